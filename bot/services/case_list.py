"""What the desk's list of cases shows: my own, what waits, what colleagues hold; the most pressing first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from bot.services import cases, queues
from bot.services.queues import Wait
from bot.store.cases import Case, CaseParticipant
from bot.store.queues import Queue

Which = Literal["urgent", "mine", "waiting", "taken", "resting"]
FALLBACK_TARGET = 60


@dataclass(frozen=True)
class Line:
    """One case on the list."""

    case: Case
    queue: str
    wait: Wait | None  # None: nobody waits for an answer
    has_refused: bool  # something did not come through to the resident


def wait_of(one: Case, queue: Queue | None, *, now: datetime) -> Wait | None:
    """How long the resident has been waiting for a person."""
    if one.unanswered_since is None or one.state == "closed" or one.on_hold_until is not None:
        return None
    minutes = max(0, int((now - one.unanswered_since).total_seconds() // 60))
    return Wait(minutes, queue.target_minutes if queue is not None else FALLBACK_TARGET)


def lines(
    session: Session,
    which: Which,
    *,
    staff_id: int,
    now: datetime,
    queue_ids: Collection[int] = (),
    most: int = 50,
) -> list[Line]:
    """The cases of this part of the list. `queue_ids`: only those queues; empty for all."""
    wanted = select(Case).where(Case.state != "closed", *_conditions(which, staff_id))
    if queue_ids and which in ("waiting", "taken"):
        wanted = wanted.where(Case.queue_id.in_(queue_ids))
    found = session.scalars(wanted.order_by(*_pressing()).limit(most)).all()
    return _lines(session, found, now=now)


def counts(session: Session, *, staff_id: int, queue_ids: Collection[int] = ()) -> dict[Which, int]:
    """How many there are in each part."""
    counted: dict[Which, int] = {}
    for which in ("urgent", "mine", "waiting", "taken", "resting"):
        wanted = select(func.count()).select_from(Case).where(Case.state != "closed", *_conditions(which, staff_id))
        if queue_ids and which in ("waiting", "taken"):
            wanted = wanted.where(Case.queue_id.in_(queue_ids))
        counted[which] = session.scalar(wanted) or 0
    return counted


def next_waiting(session: Session, queue_ids: Collection[int]) -> Case | None:
    """The most pressing case that nobody has taken, in these queues (empty: in all)."""
    wanted = select(Case).where(*_conditions("waiting", 0))
    if queue_ids:
        wanted = wanted.where(or_(Case.queue_id.in_(queue_ids), Case.danger != ""))
    return session.scalars(wanted.order_by(*_pressing()).limit(1)).one_or_none()


def _conditions(which: Which, staff_id: int) -> tuple[ColumnElement[bool], ...]:
    along = select(CaseParticipant.case_id).where(CaseParticipant.staff_id == staff_id)
    mine = or_(Case.owner_id == staff_id, Case.id.in_(along))
    match which:
        case "urgent":
            return (Case.danger != "", Case.looked_at.is_(None))
        case "mine":
            return (mine, Case.on_hold_until.is_(None))
        case "waiting":
            return (Case.state == "waiting", Case.on_hold_until.is_(None))
        case "taken":
            return (Case.state == "taken", ~mine, Case.on_hold_until.is_(None))
        case "resting":
            return (Case.on_hold_until.is_not(None),)


def _pressing() -> tuple[ColumnElement[object], ...]:
    """Danger nobody has looked at, danger, then whoever has waited longest for an answer."""
    urgency = case(((Case.danger != "") & Case.looked_at.is_(None), 0), (Case.danger != "", 1), else_=2)
    return (
        urgency,
        Case.unanswered_since.is_(None),
        Case.unanswered_since,  # type: ignore[return-value]
        Case.opened_at,
        Case.id,
    )


def _lines(session: Session, found: Sequence[Case], *, now: datetime) -> list[Line]:
    by_id = {one.id: one for one in queues.all_(session)}
    refused = cases.residents_with_refused(session)
    made = []
    for one in found:
        queue = by_id.get(one.queue_id or 0)
        wait = wait_of(one, queue, now=now)
        made.append(Line(one, queue.name if queue else "", wait, one.resident_id in refused))
    return made
