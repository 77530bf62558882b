"""Whoever writes to one SQLite file from this process, one after the other in the order they came.

SQLite lets one transaction write at a time. Left to itself, a connection that finds the file taken sleeps and looks
again, longer each time (https://www.sqlite.org/c3ref/busy_timeout.html): under load it is overtaken again and again,
and answers take seconds. Here writers of one process stand in a line instead; only other processes meet SQLite's wait.
"""

import sqlite3
import threading
from collections import deque
from pathlib import Path
from typing import Any


class Line:
    """A lock that is handed on in the order in which it was asked for. Not for the same thread twice."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    def enter(self, seconds: float) -> bool:
        """Wait for one's turn, at most so long. Whether it came."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
            return True  # handed over in the last moment

    def leave(self) -> None:
        """The next in the line goes on."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


_lines: dict[str, Line] = {}
_guard = threading.Lock()


def line_of(database: str) -> Line:
    """The line before a database file of this process; a database in memory has one for itself."""
    if database in ("", ":memory:"):
        return Line()
    with _guard:
        return _lines.setdefault(str(Path(database).resolve()), Line())


class QueuedConnection(sqlite3.Connection):
    """A connection whose writing transactions stand in line. Made through `sqlite3.connect(factory=…)`."""

    line: Line
    is_in_front = False

    def begin_writing(self, seconds: float) -> None:
        """Begin a transaction that may write. sqlite3.OperationalError when its turn does not come in time."""
        if not self.line.enter(seconds):
            raise sqlite3.OperationalError("database is locked")
        self.is_in_front = True
        try:
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._leave()
            raise

    def commit(self) -> None:
        super().commit()
        self._leave()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._leave()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._leave()

    def _leave(self) -> None:
        if self.is_in_front:
            self.is_in_front = False
            self.line.leave()


def queued(database: str) -> type[QueuedConnection]:
    """The kind of connection for this file."""
    attributes: dict[str, Any] = {"line": line_of(database)}
    return type("QueuedConnection", (QueuedConnection,), attributes)
