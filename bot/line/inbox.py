"""Keeping events that came in, each once.

Requests that arrive together share one commit: the first to come writes for all that wait behind it. On a disk that
takes milliseconds to make a commit durable, this is what keeps the acknowledgement quick at noon.
"""

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from bot.line.events import Envelope
from bot.store.engine import Store
from bot.store.talk import InboxEvent

MOST_AT_ONCE = 200
GATHERING = 0.003
"""Seconds the writer waits for others while requests come in quickly, as PostgreSQL's `commit_delay` does
(https://www.postgresql.org/docs/current/runtime-config-wal.html): one commit then carries many of them."""


class _Request:
    """The events of one request, and whether they are kept. `answered` is let go when that is known, or when it is this
    request's turn to write."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.is_kept = False
        self.failure: Exception | None = None
        self.answered = threading.Lock()
        self.answered.acquire()


class Inbox:
    """The table of events, as the webhook sees it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = sqlite.insert if store.engine.dialect.name == "sqlite" else postgresql.insert
        self._insert = insert(InboxEvent.__table__).on_conflict_do_nothing(index_elements=["id"])  # type: ignore[arg-type]
        self._waiting: list[_Request] = []
        self._guard = threading.Lock()
        self._is_busy = False
        self._is_written = False  # whether somebody is writing now

    def keep(self, events: Sequence[Envelope], *, received_at: datetime) -> list[str]:
        """Store the events durably; one that is already there stays as it is. Returns the threads they belong to.

        Raises what the database raises when it cannot: then nothing of this request was acknowledged.
        """
        mine = _Request([self._row(event, received_at) for event in events])
        with self._guard:
            self._waiting.append(mine)
            writes, self._is_written = not self._is_written, True
        if not writes:
            mine.answered.acquire()
        if not mine.is_kept and mine.failure is None:  # first in the line: writes for itself and those behind it
            self._write_for_all()
        if mine.failure is not None:
            raise mine.failure
        return sorted({row["thread_key"] for row in mine.rows})

    def _write_for_all(self) -> None:
        if self._is_busy:
            time.sleep(GATHERING)
        with self._guard:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        try:
            self._write([row for one in batch for row in one.rows])
        except Exception:
            for one in batch:  # one that cannot be kept must not take the others with it
                try:
                    self._write(one.rows)
                except Exception as failure:
                    one.failure = failure
                else:
                    one.is_kept = True
        else:
            for one in batch:
                one.is_kept = True
        self._is_busy = len(batch) > 1
        with self._guard:
            self._is_written = bool(self._waiting)
            following = self._waiting[:1]
        for one in (*following, *batch):  # the next one writes while these answer
            one.answered.release()

    def _write(self, rows: list[dict[str, Any]]) -> None:
        with self._store.engine.begin() as connection:
            connection.execute(self._insert, rows)

    def _row(self, event: Envelope, received_at: datetime) -> dict[str, Any]:
        message_hash = self._store.key_of("message", event.message_id) if event.message_id else None
        return {
            "id": event.event_id,
            "thread_key": self._store.key_of("thread", event.source_id),
            "happened_at": event.happened_at,
            "received_at": received_at,
            "event": event.event,
            "message_hash": message_hash,
            "state": "waiting",
            "tries": 0,
        }
