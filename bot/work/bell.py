"""The bell that wakes a worker for a thread: Huey's queue, in SQLite beside the database or in PostgreSQL.

A bell that does not ring loses nothing; the sweep rings again for what waited too long. So ringing never raises, and
one thread rings for all the others of a process: whoever answers LINE need not wait for the queue's own lock. Threads
that wait to be rung for go into the queue together, a few at a time.
"""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import psycopg
import structlog
from huey import Huey, PostgresHuey, SqliteHuey

from bot.store.engine import database_url

MOST_TRIES = 5
MADE_MEANWHILE = (psycopg.errors.UniqueViolation, psycopg.errors.DuplicateTable)
MOST_TOGETHER = 8  # threads for which one worker gets up

log = structlog.get_logger(__name__)


def make_huey(url: str) -> Huey:
    """The queue behind JOBS_URL. It is only a bell, so a power cut may cost its last entries (no fsync)."""
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "var/sasaeai-jobs.db")
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("sasaeai", filename=str(path), fsync=False, timeout=10, results=False)
    dsn = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    for _ in range(MOST_TRIES):
        try:
            return PostgresHuey("sasaeai", dsn=dsn, results=False)
        except MADE_MEANWHILE:  # another process is making the queue's tables at this moment
            time.sleep(0.2)
    return PostgresHuey("sasaeai", dsn=dsn, results=False)


class Bell:
    """Rings for a thread whose events wait, whose deliveries are due, or in which a person is writing."""

    def __init__(self, url: str) -> None:
        self.huey = make_huey(url)
        self._turns_heard: Callable[[Sequence[str]], object] | None = None
        self._deliveries_heard: Callable[[str], object] | None = None
        self._typing_heard: Callable[[str], object] | None = None
        self._wait_for_turns: SimpleQueue[str] = SimpleQueue()
        self._ringer: threading.Thread | None = None  # begins at the first ring, in the process that was forked
        self._guard = threading.Lock()
        self._for_turns = self.huey.task(name="turns")(self._hear_turns)
        self._for_deliveries = self.huey.task(name="deliveries")(self._hear_deliveries)
        self._for_typing = self.huey.task(name="typing")(self._hear_typing)

    def answered_by(
        self,
        turns: Callable[[Sequence[str]], object],
        deliveries: Callable[[str], object],
        typing: Callable[[str], object],
    ) -> None:
        """Who gets up when the bell rings, in this process."""
        self._turns_heard, self._deliveries_heard, self._typing_heard = turns, deliveries, typing

    def ring_for_turns(self, thread_keys: Sequence[str]) -> None:
        if self._ringer is None:
            with self._guard:
                if self._ringer is None:
                    self._ringer = threading.Thread(target=self._ring_for_those_who_wait, name="bell", daemon=True)
                    self._ringer.start()
        for key in thread_keys:
            self._wait_for_turns.put(key)

    def ring_for_deliveries(self, thread_keys: Sequence[str]) -> None:
        self._ring(self._for_deliveries, thread_keys)

    def ring_for_typing(self, thread_keys: Sequence[str]) -> None:
        """A person is writing an answer there."""
        self._ring(self._for_typing, thread_keys)

    def _ring(self, task: Callable[[str], object], thread_keys: Sequence[str]) -> None:
        for key in thread_keys:
            self._ring_now(task, key)

    def _ring_for_those_who_wait(self) -> None:
        while True:
            waiting = {self._wait_for_turns.get(): None}
            while len(waiting) < MOST_TOGETHER and not self._wait_for_turns.empty():
                waiting[self._wait_for_turns.get()] = None
            self._ring_now(self._for_turns, list(waiting))

    def _ring_now(self, task: Callable[[Any], object], about: object) -> None:
        try:
            task(about)
        except Exception as trouble:  # whatever the queue's database says, the sweep comes
            log.warning("the bell did not ring", why=type(trouble).__name__)

    def _hear_turns(self, thread_keys: Sequence[str]) -> None:
        if self._turns_heard is not None:
            self._turns_heard(thread_keys)

    def _hear_typing(self, thread_key: str) -> None:
        if self._typing_heard is not None:
            self._typing_heard(thread_key)

    def _hear_deliveries(self, thread_key: str) -> None:
        if self._deliveries_heard is not None:
            self._deliveries_heard(thread_key)
