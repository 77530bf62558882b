"""Keeping events that came in, each once.

Requests that arrive together share one commit: the first to come writes for all that wait behind it. On a disk that
takes milliseconds to make a commit durable, this is what keeps the acknowledgement quick at noon.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from bot.line.events import Envelope
from bot.store.engine import Store
from bot.store.talk import InboxEvent

MOST_AT_ONCE = 200


class Inbox:
    """The table of events, as the webhook sees it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = sqlite.insert if store.engine.dialect.name == "sqlite" else postgresql.insert
        self._insert = insert(InboxEvent.__table__).on_conflict_do_nothing(index_elements=["id"])  # type: ignore[arg-type]
        self._waiting: list[tuple[list[dict[str, Any]], Future[None]]] = []
        self._guard = threading.Lock()
        self._writing = threading.Lock()

    def keep(self, events: Sequence[Envelope], *, received_at: datetime) -> list[str]:
        """Store the events durably; one that is already there stays as it is. Returns the threads they belong to.

        Raises what the database raises when it cannot: then nothing of this request was acknowledged.
        """
        rows = [self._row(event, received_at) for event in events]
        mine: Future[None] = Future()
        with self._guard:
            self._waiting.append((rows, mine))
        with self._writing:
            while not mine.done():
                self._write_for_all()
        mine.result()
        return sorted({row["thread_key"] for row in rows})

    def _write_for_all(self) -> None:
        with self._guard:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        try:
            self._write([row for rows, _ in batch for row in rows])
        except Exception:
            for rows, waiting in batch:  # one that cannot be kept must not take the others with it
                try:
                    self._write(rows)
                except Exception as failure:
                    waiting.set_exception(failure)
                else:
                    waiting.set_result(None)
        else:
            for _, waiting in batch:
                waiting.set_result(None)

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
