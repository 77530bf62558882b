"""Receipt codes: the only way back to a worry report, known to its reporter alone.

A code is twenty signs in groups of four, such as `7K2M-QX9D-…`: no sign that is mistaken for another (Crockford's
base 32, https://www.crockford.com/base32.html). The first four find the row, all twenty are checked against a slow
hash: 80 of its 100 random bits are stored nowhere.
"""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 20, 4
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_hasher = PasswordHasher()
_nobody = _hasher.hash("nobody")


def new() -> str:
    """A fresh code, as it is shown."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def read(typed: str) -> str:
    """A typed code in its stored form (any case, width, spaces, dashes); empty when it cannot be one."""
    signs = "".join(sign for sign in _plain(typed).translate(_ALIKE) if sign.isalnum())
    return signs if len(signs) == LENGTH and set(signs) <= set(SIGNS) else ""


def _plain(typed: str) -> str:
    """Capital letters of one width. Nothing else is changed: what tidies prose (「www」) would spoil a code."""
    return unicodedata.normalize("NFKC", typed[:200]).upper()


def place_of(code: str) -> str:
    return read(code)[:GROUP]


def seal(code: str) -> str:
    """The slow hash of a code."""
    return _hasher.hash(read(code))


def opens(code: str, sealed: str | None) -> bool:
    """Whether the code belongs to the hash. Without a hash it takes as long, and is false."""
    try:
        return _hasher.verify(sealed or _nobody, read(code)) and sealed is not None
    except VerificationError:
        return False
