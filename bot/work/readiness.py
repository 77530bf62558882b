"""Whether residents are being served: what `/readyz` tells whoever watches the program.

Each sign has a bound; docs/runbook.md says what it means when one is passed, and what to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.services import health
from bot.store import migrate
from bot.store.engine import Store
from bot.store.talk import Delivery, InboxEvent

OLDEST_EVENT = timedelta(seconds=60)
OLDEST_DELIVERY = timedelta(minutes=5)
MOST_EVENTS = 1_000


@dataclass(frozen=True)
class Sign:
    """One thing looked at: its name, whether it is well, and what was found."""

    name: str
    is_well: bool
    found: str


def signs(store: Store, *, now: datetime) -> list[Sign]:
    """Everything looked at. Without a database there is nothing else to see."""
    try:
        with store.reading() as session:
            return list(_look(session, now))
    except SQLAlchemyError as away:
        return [Sign("database", False, type(away).__name__)]


def _look(session: Session, now: datetime) -> Iterator[Sign]:
    yield Sign("database", True, "answers")
    free = health.free_bytes(session)
    if free is not None:
        yield Sign("disk", not health.is_disk_nearly_full(session), f"{free // 2**20} MiB free")
    revision = migrate.revision_of(session.connection())
    yield Sign("migrations", revision == migrate.newest(), f"tables at {revision}, program at {migrate.newest()}")
    waiting, oldest = session.execute(
        select(func.count(), func.min(func.coalesce(InboxEvent.next_try_at, InboxEvent.received_at))).where(
            InboxEvent.state == "waiting"
        )
    ).one()
    yield Sign("inbox depth", waiting <= MOST_EVENTS, f"{waiting} waiting")
    yield _age("inbox age", oldest, now, OLDEST_EVENT)
    due = func.coalesce(Delivery.next_try_at, Delivery.created_at)
    late = session.scalar(select(func.min(due)).where(Delivery.state == "waiting"))
    yield _age("outbox age", late, now, OLDEST_DELIVERY)
    for part in health.state(session, now=now).parts:
        yield Sign(part.name, part.is_alive, f"last sign {_seconds(part.beat_at, now)}")
    stopped = health.are_checkins_stopped(session, now=now)
    yield Sign("check-ins", not stopped, "no rounds are made" if stopped else "rounds are made")
    taken = session.scalar(select(func.max(Delivery.done_at)).where(Delivery.state == "sent"))
    tried = session.scalar(select(func.min(Delivery.created_at)).where(Delivery.state == "waiting", Delivery.tries > 0))
    is_well = tried is None or now - tried < OLDEST_DELIVERY or (taken is not None and taken > tried)
    yield Sign("LINE", is_well, f"last took something {_seconds(taken, now)}")


def _age(name: str, since: datetime | None, now: datetime, most: timedelta) -> Sign:
    return Sign(name, since is None or now - since <= most, f"oldest due {_seconds(since, now)}")


def _seconds(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else f"{max(0, round((now - at).total_seconds()))} s ago"
