"""How the running program is: what waits, what LINE refused, which parts are alive."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.store.cases import Case
from bot.store.checkins import CheckinPlan
from bot.store.residents import Resident
from bot.store.running import Heartbeat
from bot.store.talk import Delivery, InboxEvent

SILENT_AFTER = timedelta(seconds=120)
CHECKINS_STOPPED_AFTER = timedelta(seconds=90)
LEAST_FREE = 500 * 2**20
"""Bytes. With less than this some days are left to make room: photos and backups fill a disk, words hardly do."""
PARTS = ("web", "worker", "clock")


@dataclass(frozen=True)
class Part:
    """One part of the program; `beat_at` is None when it never ran."""

    name: str
    beat_at: datetime | None
    is_alive: bool


@dataclass(frozen=True)
class Health:
    events_waiting: int
    oldest_event_at: datetime | None
    events_failed: int
    deliveries_waiting: int
    oldest_delivery_at: datetime | None
    refused: Sequence[Delivery]
    parts: Sequence[Part]

    @property
    def is_well(self) -> bool:
        return all(part.is_alive for part in self.parts)


def state(session: Session, *, now: datetime, most_refused: int = 50) -> Health:
    """The state now. `refused` are the newest deliveries LINE refused that nobody has settled."""
    events = session.execute(
        select(func.count(), func.min(InboxEvent.received_at)).where(InboxEvent.state == "waiting")
    ).one()
    deliveries = session.execute(
        select(func.count(), func.min(Delivery.created_at)).where(Delivery.state == "waiting")
    ).one()
    failed = session.scalar(select(func.count()).select_from(InboxEvent).where(InboxEvent.state == "failed"))
    refused = session.scalars(
        select(Delivery)
        .where(Delivery.state == "failed", Delivery.settled_at.is_(None))
        .order_by(Delivery.id.desc())
        .limit(most_refused)
    ).all()
    return Health(
        events_waiting=events[0],
        oldest_event_at=events[1],
        events_failed=failed or 0,
        deliveries_waiting=deliveries[0],
        oldest_delivery_at=deliveries[1],
        refused=refused,
        parts=[_part(session, name, now) for name in PARTS],
    )


@dataclass(frozen=True)
class Whom:
    """Whom a refused delivery was for, and where staff find them."""

    resident: Resident
    case_id: int | None
    plan_id: int | None


def whom(session: Session, refused: Sequence[Delivery]) -> dict[int, Whom]:
    """By the number of the delivery; without those for nobody or for many."""
    wanted = {one.resident_id for one in refused if one.resident_id is not None}
    if not wanted:
        return {}
    people = {one.id: one for one in session.scalars(select(Resident).where(Resident.id.in_(wanted)))}
    newest = select(Case.resident_id, func.max(Case.id)).where(Case.resident_id.in_(wanted))
    cases = {row[0]: row[1] for row in session.execute(newest.group_by(Case.resident_id))}
    watched = select(CheckinPlan.resident_id, CheckinPlan.id).where(
        CheckinPlan.resident_id.in_(wanted), CheckinPlan.state != "stopped"
    )
    plans = {row[0]: row[1] for row in session.execute(watched)}
    return {
        one.id: Whom(person, cases.get(person.id), plans.get(person.id))
        for one in refused
        if (person := people.get(one.resident_id or 0)) is not None
    }


def _part(session: Session, name: str, now: datetime) -> Part:
    beat_at = session.scalar(select(func.max(Heartbeat.beat_at)).where(Heartbeat.part == name))
    return Part(name, beat_at, beat_at is not None and now - beat_at < SILENT_AFTER)


def are_checkins_stopped(session: Session, *, now: datetime) -> bool:
    """Whether nobody would notice a silent person now: no clock has made its rounds, or no worker delivers.

    It asks for signs of life of the last 90 seconds, so that staff see it within two minutes.
    """
    return any(
        (beat_at := _part(session, name, now).beat_at) is None or now - beat_at >= CHECKINS_STOPPED_AFTER
        for name in ("rounds", "worker")
    )


def free_bytes(session: Session) -> int | None:
    """Room on the disk that holds the database; None when a server of its own keeps it."""
    file = session.get_bind().engine.url.database or ""
    if session.get_bind().dialect.name != "sqlite" or not file:
        return None
    return shutil.disk_usage(Path(file).parent).free


def is_disk_nearly_full(session: Session) -> bool:
    free = free_bytes(session)
    return free is not None and free < LEAST_FREE


def settle(session: Session, delivery_id: int, *, by: int, now: datetime) -> bool:
    """A member of staff has dealt with a refused delivery. False when it is gone or somebody was first."""
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.state != "failed" or delivery.settled_at is not None:
        return False
    delivery.settled_at, delivery.settled_by = now, by
    return True
