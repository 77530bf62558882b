"""A sealed file: whoever finds it reads nothing, and a changed or cut one is noticed.

    first line    plain JSON: what the file is, and the key made for it, locked by a passphrase or by DATA_KEYS
    the rest      an age file (https://age-encryption.org/v1) for that key, around gzip

Written and read as a stream, so that the size of the database does not matter.
"""

import base64
import gzip
import io
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

import pyrage
from pyrage import passphrase as by_passphrase
from pyrage import x25519

from bot.store import ciphers

LONGEST_FIRST_LINE = 64 * 1024


class CannotOpen(Exception):
    """It is no file of ours, it was changed or cut, or the passphrase or key is another. The text says which."""


def write(to: BinaryIO, about: Mapping[str, Any], lines: Iterable[bytes], *, passphrase: str = "") -> None:
    """Write `lines` sealed. `about` stays readable in the first line. Without a passphrase DATA_KEYS lock it."""
    key = x25519.Identity.generate()
    secret = str(key).encode()
    if passphrase:
        lock, locked = "passphrase", by_passphrase.encrypt(secret, passphrase)
    else:
        lock, locked = "data keys", ciphers.encrypt(secret)
    first = {**about, "locked by": lock, "key": base64.b64encode(locked).decode()}
    to.write(json.dumps(first).encode() + b"\n")
    pyrage.encrypt_io(_Zipped(lines), to, [key.to_public()])


def first_line(source: BinaryIO) -> dict[str, Any]:
    """What a sealed file says of itself. CannotOpen when it is none."""
    line = source.readline(LONGEST_FIRST_LINE)
    try:
        first = json.loads(line)
        base64.b64decode(first["key"])
    except (ValueError, KeyError, TypeError):
        raise CannotOpen("This is no backup file.") from None
    return dict(first)


@contextmanager
def reading(source: BinaryIO, first: Mapping[str, Any], *, passphrase: str = "") -> Iterator[BinaryIO]:
    """The opened lines after `first_line`. Leaving the block raises CannotOpen if the file was changed or cut."""
    key = x25519.Identity.from_str(_unlocked(first, passphrase))
    out, into = os.pipe()
    trouble: list[BaseException] = []

    def open_up() -> None:
        try:
            with os.fdopen(into, "wb") as pipe:
                pyrage.decrypt_io(source, pipe, [key])
        except BaseException as failure:  # told to the reader, who waits for it
            trouble.append(failure)

    opener = threading.Thread(target=open_up, name="open backup", daemon=True)
    opener.start()
    try:
        with os.fdopen(out, "rb") as pipe, gzip.open(pipe) as lines:
            yield lines  # type: ignore[misc]  # a GzipFile reads like any binary file
            while lines.read(1024 * 1024):  # to the very end: only there a cut file shows
                pass
    except (EOFError, OSError) as cut:
        raise CannotOpen("The backup file was changed or is not whole: take another copy.") from cut
    finally:
        opener.join(timeout=30)
    if trouble:
        raise CannotOpen("The backup file was changed or is not whole: take another copy.") from trouble[0]


def _unlocked(first: Mapping[str, Any], passphrase: str) -> str:
    locked = base64.b64decode(first["key"])
    if first.get("locked by") == "passphrase":
        if not passphrase:
            raise CannotOpen("This backup is locked by a passphrase: give it.")
        try:
            return bytes(by_passphrase.decrypt(locked, passphrase)).decode()
        except pyrage.DecryptError:
            raise CannotOpen("The passphrase is not the one this backup was made with.") from None
    try:
        return ciphers.decrypt(locked).decode()
    except ciphers.WrongKeys:
        raise CannotOpen("DATA_KEYS is not the one this backup was made with: take it from its safe place.") from None


class _Zipped(io.RawIOBase):
    """Lines as a file of gzip, made while it is read."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._made = io.BytesIO()
        self._zip = gzip.GzipFile(fileobj=self._made, mode="wb", mtime=0)
        self._lines = iter(lines)
        self._is_done = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._made.tell() and not self._is_done:
            line = next(self._lines, None)
            if line is None:
                self._zip.close()
                self._is_done = True
            else:
                self._zip.write(line)
        made = self._made.getvalue()
        given = made[: len(buffer)]
        buffer[: len(given)] = given
        self._made.seek(0)
        self._made.truncate()
        self._made.write(made[len(given) :])
        return len(given)
