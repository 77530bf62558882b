"""Is this request really from LINE?

LINE signs the raw bytes of the body: Base64(HMAC-SHA256(channel secret, body)), in the header `x-line-signature`
(https://developers.line.biz/en/reference/messaging-api/#signature-validation).
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence


def sign(secret: str, body: bytes) -> str:
    """The signature LINE would send for `body`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_signed(body: bytes, signature: str | None, secrets: Sequence[str]) -> bool:
    """Whether one of our channel secrets made this signature. Several are known while one is being replaced.

    LINE retires an old secret at once, so the new one is put beside it before it is reissued.
    """
    given = (signature or "").encode(errors="replace")
    matches = [hmac.compare_digest(sign(secret, body).encode(), given) for secret in secrets]
    return any(matches)
