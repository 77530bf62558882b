"""Words, names and LINE ids never rest in the clear: encrypted column types, and keyed hashes to find rows by.

`use_keys` is called once when the program starts. The first key encrypts, all keys decrypt. Keys can be changed
while the program runs: a text under a key we do not know yet makes us read them anew (`read_keys_again`).
Look-ups ("is there a resident with this LINE id?") use an HMAC under a secret that lies in the database, itself
encrypted: a stolen database without the keys cannot test guesses.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, LargeBinary, TypeDecorator

log = structlog.get_logger(__name__)


class KeysMissing(RuntimeError):
    """Nothing can be read or written before `use_keys` was called."""


class WrongKeys(RuntimeError):
    """The stored text was encrypted under a key that DATA_KEYS does not hold."""


_fernet: MultiFernet | None = None
_keys: tuple[str, ...] = ()
_reader: Callable[[], Sequence[str]] | None = None


def use_keys(keys: Sequence[str], *, read_again: Callable[[], Sequence[str]] | None = None) -> None:
    """Take the Fernet keys (32 bytes, urlsafe base64), newest first. ValueError when one is malformed.

    `read_again` gives the keys as they are set now, for a program that goes on while somebody changes them.
    """
    global _fernet, _keys, _reader
    _fernet, _keys = MultiFernet([Fernet(key) for key in keys]), tuple(keys)
    _reader = read_again or _reader


def read_keys_again() -> bool:
    """Take the keys as they are set now. Whether they had changed; keys that cannot be read change nothing."""
    if _reader is None:
        return False
    try:
        keys = tuple(_reader())
        if not keys or keys == _keys:
            return False
        use_keys(keys)
    except Exception as trouble:  # a half-written file is whole a moment later
        log.warning("keys not read", why=type(trouble).__name__)
        return False
    log.info("keys changed", keys=len(keys))
    return True


def encrypt(plain: bytes) -> bytes:
    if _fernet is None:
        raise KeysMissing("DATA_KEYS is not set")
    return _fernet.encrypt(plain)


def encrypt_undated(plain: bytes) -> bytes:
    """Sealed without telling when: a Fernet token otherwise carries its second of writing in the clear
    (https://github.com/fernet/spec/blob/master/Spec.md)."""
    if _fernet is None:
        raise KeysMissing("DATA_KEYS is not set")
    return _fernet.encrypt_at_time(plain, 0)


def decrypt(sealed: bytes) -> bytes:
    """The plain bytes, or WrongKeys."""
    if _fernet is None:
        raise KeysMissing("DATA_KEYS is not set")
    try:
        return _fernet.decrypt(sealed)
    except InvalidToken:
        if read_keys_again():
            return decrypt(sealed)
        raise WrongKeys("a stored text cannot be read with the keys in DATA_KEYS") from None


def rotated(sealed: bytes, newest: Fernet) -> bytes | None:
    """The same text under the newest key, with its time of writing as it was; None when it is under it already."""
    if _fernet is None:
        raise KeysMissing("DATA_KEYS is not set")
    try:
        newest.decrypt(sealed)
    except InvalidToken:
        try:
            return _fernet.rotate(sealed)
        except InvalidToken:
            raise WrongKeys("a stored text cannot be read with the keys in DATA_KEYS") from None
    return None


def fresh_secret() -> str:
    """256 random bits, printable."""
    return secrets.token_urlsafe(32)


def keyed_hash(secret: bytes, subject: str, value: str) -> str:
    """A 22-character name for `value` that only holders of `secret` can make. `subject` keeps uses apart."""
    digest = hmac.new(secret, f"{subject}\0{value}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


class EncryptedText(TypeDecorator[str]):
    """Text that is encrypted in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else encrypt(value.encode(errors="replace"))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else decrypt(value).decode()


class UndatedText(EncryptedText):
    """Encrypted text that does not tell when it was written, for what nobody may trace."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else encrypt_undated(value.encode(errors="replace"))


class EncryptedJson(TypeDecorator[Any]):
    """Plain data (dict, list, str, numbers) that is encrypted in the database. Assign anew to change it."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else encrypt(json.dumps(value).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(decrypt(value))


class EncryptedBytes(TypeDecorator[bytes]):
    """A file (a photo) that is encrypted in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else decrypt(value)
