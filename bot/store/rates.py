"""Counting for rate limits in the database, so that several web processes count together without another server.

Flask-Limiter finds it by `RATE_LIMITS_URL=database://`. It keeps a count until its time is over; which doors are
limited, and how often they may be tried, is said where the doors are.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from limits.storage.base import Storage
from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot.store.engine import Store
from bot.store.running import RateCount

MOST_AT_ONCE = 100
"""Counts whose time is over that go together."""


class CountsInDatabase(Storage):
    """What `limits` asks of a place to count in."""

    STORAGE_SCHEME = ["database"]  # noqa: RUF012 - as the library declares it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, *, store: Store, **_: Any) -> None:
        super().__init__(uri, wrap_exceptions)
        self._store = store

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """One more; the count begins anew when its time is over. What is over of others goes."""
        now = datetime.now(UTC)
        until = now + timedelta(seconds=expiry)
        rows = RateCount.__table__.c
        insert = sqlite.insert if self._store.engine.dialect.name == "sqlite" else postgresql.insert
        counting = insert(RateCount).values(key=key, count=amount, expires_at=until)
        is_over = rows.expires_at <= now
        counting = counting.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": case((is_over, amount), else_=rows.count + amount),
                "expires_at": case((is_over, until), else_=rows.expires_at),
            },
        )
        over = select(rows.key).where(rows.expires_at <= now, rows.key != key).limit(MOST_AT_ONCE)
        with self._store.turn() as session:
            count = int(session.scalars(counting.returning(rows.count)).one())
            # What another process is counting just now is left to it: nobody waits for anybody here.
            session.execute(delete(RateCount).where(rows.key.in_(over.with_for_update(skip_locked=True))))
            return count

    def get(self, key: str) -> int:
        found = self._found(key)
        return 0 if found is None else found.count

    def get_expiry(self, key: str) -> float:
        found = self._found(key)
        return datetime.now(UTC).timestamp() if found is None else found.expires_at.timestamp()

    def _found(self, key: str) -> RateCount | None:
        alive = select(RateCount).where(RateCount.key == key, RateCount.expires_at > datetime.now(UTC))
        with self._store.reading() as session:
            return session.scalars(alive).one_or_none()

    def check(self) -> bool:
        self._found("")
        return True

    def reset(self) -> int | None:
        with self._store.turn() as session:
            session.execute(delete(RateCount))
        return None

    def clear(self, key: str) -> None:
        with self._store.turn() as session:
            session.execute(delete(RateCount).where(RateCount.key == key))
