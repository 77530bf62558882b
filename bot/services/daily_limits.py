"""How often somebody may do a thing in a day, without remembering who.

Counts are kept in this process alone, under a hash whose key is thrown away every day, so that yesterday's counts lead
to nobody and nothing is written down.
"""

import hashlib
import hmac
import secrets
import threading
from datetime import date, datetime


class DailyLimit:
    """At most `most` times a day for each name (a LINE id, a network address)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._day: date | None = None
        self._key = b""
        self._counts: dict[bytes, int] = {}

    def is_used_up(self, name: str, *, now: datetime) -> bool:
        with self._lock:
            return self._counts.get(self._hash(name, now), 0) >= self._most

    def count(self, name: str, *, now: datetime) -> None:
        """Note one time."""
        with self._lock:
            hashed = self._hash(name, now)
            self._counts[hashed] = self._counts.get(hashed, 0) + 1

    def forget(self) -> None:
        """Begin the day anew."""
        with self._lock:
            self._day = None

    def _hash(self, name: str, now: datetime) -> bytes:
        if self._day != now.date():
            self._day, self._key, self._counts = now.date(), secrets.token_bytes(32), {}
        return hmac.new(self._key, name.encode(), hashlib.sha256).digest()
