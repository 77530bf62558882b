"""Queues 相談窓口: where a case waits, who works there, who is on duty, and whose turn it is."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.services import audit, changes
from bot.store.areas import Area
from bot.store.cases import Case
from bot.store.queues import Assigns, Duty, Queue, QueueMember

DUTY_LASTS = timedelta(hours=12)  # who forgets the switch is off duty the next morning
SOON = 0.6  # of the target: from here on a waiting case is shown as nearly late


class NameTaken(ValueError):
    """Another queue has this name."""


class NameMissing(ValueError):
    """A queue needs a name."""


class MustStay(ValueError):
    """The queue that takes whatever no other names cannot be removed."""


# ── which queue ──


def choose(queues: Sequence[Queue], topic: str, area_ids: Collection[int]) -> Queue | None:
    """The most specific queue for a topic and the areas around a resident: topic and area, topic, area, the rest."""

    def names(queue: Queue) -> tuple[bool, bool]:
        return (bool(queue.topics), bool(queue.area_ids))

    fitting = [
        queue
        for queue in queues
        if (not queue.topics or topic in queue.topics)
        and (not queue.area_ids or bool(set(queue.area_ids) & set(area_ids)))
    ]
    return max(fitting, key=lambda queue: (names(queue), -queue.id), default=None)


def all_(session: Session) -> list[Queue]:
    """Every queue, the catch-all last."""
    return list(session.scalars(select(Queue).order_by(Queue.is_catch_all, Queue.id)))


def catch_all(session: Session) -> Queue:
    return session.scalars(select(Queue).where(Queue.is_catch_all)).one()


def for_case(session: Session, topic: str, area: Area | None) -> Queue:
    """Where a case of this topic and area waits."""
    around = [number for number in (area.id, area.parent_id) if number is not None] if area is not None else []
    return choose(all_(session), topic, around) or catch_all(session)


# ── editing ──


@dataclass(frozen=True)
class Form:
    """What the page of a queue says."""

    name: str
    topics: Sequence[str] = ()
    area_ids: Sequence[int] = ()
    assigns: Assigns = "pull"
    target_minutes: int = 60
    return_minutes: int = 240
    members: Collection[int] = ()


def save(session: Session, queue: Queue | None, form: Form, *, staff_id: int, now: datetime) -> Queue:
    """A new queue, or an old one changed. NameMissing, NameTaken. The catch-all keeps taking every topic and area."""
    name = form.name.strip()
    if not name:
        raise NameMissing
    other = session.scalar(select(Queue.id).where(Queue.name == name))
    if other is not None and (queue is None or other != queue.id):
        raise NameTaken(name)
    if queue is None:
        queue = Queue(name=name, created_at=now)
        session.add(queue)
    queue.name, queue.assigns = name, form.assigns
    queue.target_minutes, queue.return_minutes = form.target_minutes, form.return_minutes
    if not queue.is_catch_all:
        queue.topics, queue.area_ids = list(form.topics), list(form.area_ids)
    session.flush()
    session.execute(delete(QueueMember).where(QueueMember.queue_id == queue.id))
    session.add_all(QueueMember(queue_id=queue.id, staff_id=one) for one in set(form.members))
    audit.record(session, "save_queue", staff_id=staff_id, now=now, kind="queue", record_id=queue.id)
    changes.tell(session, 0, "desk", now=now)
    return queue


def remove(session: Session, queue: Queue, *, staff_id: int, now: datetime) -> None:
    """The queue is gone; its cases wait in the catch-all. MustStay for the catch-all itself."""
    if queue.is_catch_all:
        raise MustStay
    session.execute(update(Case).where(Case.queue_id == queue.id).values(queue_id=catch_all(session).id))
    audit.record(session, "remove_queue", staff_id=staff_id, now=now, kind="queue", record_id=queue.id)
    session.delete(queue)
    changes.tell(session, 0, "desk", now=now)


def members(session: Session, queue_id: int) -> set[int]:
    return set(session.scalars(select(QueueMember.staff_id).where(QueueMember.queue_id == queue_id)))


def of_staff(session: Session, staff_id: int) -> set[int]:
    """The queues this member of staff works."""
    return set(session.scalars(select(QueueMember.queue_id).where(QueueMember.staff_id == staff_id)))


# ── on duty ──


def go_on_duty(session: Session, staff_id: int, *, now: datetime) -> None:
    session.merge(Duty(staff_id=staff_id, since=now))
    audit.record(session, "go_on_duty", staff_id=staff_id, now=now, kind="staff", record_id=staff_id)
    changes.tell(session, 0, "desk", now=now)


def go_off_duty(session: Session, staff_id: int, *, now: datetime) -> None:
    session.execute(delete(Duty).where(Duty.staff_id == staff_id))
    audit.record(session, "go_off_duty", staff_id=staff_id, now=now, kind="staff", record_id=staff_id)
    changes.tell(session, 0, "desk", now=now)


def on_duty(session: Session, *, now: datetime) -> set[int]:
    """Who is at the desk now."""
    return set(session.scalars(select(Duty.staff_id).where(Duty.since > now - DUTY_LASTS)))


# ── whose turn ──


def next_in_turn(session: Session, queue: Queue, *, now: datetime, apart_from: int | None = None) -> int | None:
    """Of the queue's members on duty, the one with the fewest open cases; among equals who had none the longest."""
    there = (members(session, queue.id) & on_duty(session, now=now)) - {apart_from}
    if not there:
        return None
    held = select(Case.owner_id, func.count(), func.max(Case.taken_at)).where(
        Case.state == "taken", Case.on_hold_until.is_(None), Case.owner_id.in_(there)
    )
    load: Counter[int] = Counter()
    last: dict[int, datetime] = {}
    for owner, count, taken_at in session.execute(held.group_by(Case.owner_id)):
        load[owner or 0], last[owner or 0] = count, taken_at or now
    return min(there, key=lambda one: (load[one], last[one].timestamp() if one in last else 0.0, one))


def load(session: Session) -> Counter[int]:
    """How many open cases each member of staff holds."""
    held = select(Case.owner_id, func.count()).where(Case.state == "taken").group_by(Case.owner_id)
    return Counter({owner: count for owner, count in session.execute(held) if owner is not None})


# ── waiting ──


@dataclass(frozen=True)
class Wait:
    """How long a resident has been waiting for a person, against the queue's target."""

    minutes: int
    target: int

    @property
    def state(self) -> Literal["calm", "soon", "late"]:
        if self.minutes >= self.target:
            return "late"
        return "soon" if self.minutes >= self.target * SOON else "calm"
