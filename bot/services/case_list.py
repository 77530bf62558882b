"""What the desk's list of cases shows: my own, what waits, what colleagues hold; the most pressing first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from bot.services import office_hours, queues
from bot.services.cases import finding
from bot.services.office_hours import OfficeHours
from bot.services.queues import Wait
from bot.store.cases import Case, CaseParticipant
from bot.store.queues import Queue
from bot.store.residents import Resident

Which = Literal["mine", "waiting", "taken", "resting"]
FALLBACK_TARGET = 60


@dataclass(frozen=True)
class Line:
    """One case on the list."""

    case: Case
    queue: str
    wait: Wait | None  # None: nobody waits for an answer
    has_refused: bool  # something did not come through to the resident


def wait_of(one: Case, queue: Queue | None, desk: OfficeHours, *, now: datetime) -> Wait | None:
    """How long the resident has been waiting for a person: open minutes, and every minute when there is danger."""
    if one.unanswered_since is None or one.state == "closed" or one.on_hold_until is not None:
        return None
    minutes = office_hours.waited(desk, one.unanswered_since, now=now, is_danger=bool(one.danger))
    return Wait(minutes, queue.target_minutes if queue is not None else FALLBACK_TARGET)


@dataclass(frozen=True)
class Board:
    """The list in its parts, and how many there are in each."""

    parts: Mapping[Which, Sequence[Line]]
    counts: Mapping[Which, int]


def board(session: Session, *, staff_id: int, now: datetime, queue_ids: Collection[int] = (), most: int = 30) -> Board:
    """At most `most` cases of each part. `queue_ids`: what waits or is taken in these queues only; empty for all."""
    wanted = {which: and_(*_conditions(which, staff_id, queue_ids)) for which in get_args(Which)}
    counted = select(*(func.count().filter(one) for one in wanted.values())).where(Case.state != "closed")
    counts = dict(zip(wanted, session.execute(counted).one(), strict=True))
    by_id = {one.id: one for one in queues.all_(session)}
    refused, desk = finding.residents_with_refused(session), office_hours.of(session)
    parts: dict[Which, list[Line]] = {}
    for which, condition in wanted.items():
        parts[which] = []
        if counts[which]:
            found = select(Case).where(Case.state != "closed", condition).order_by(*_pressing()).limit(most)
            for one in session.scalars(found.options(joinedload(Case.resident).defer(Resident.line_id))):
                queue = by_id.get(one.queue_id or 0)
                wait = wait_of(one, queue, desk, now=now)
                parts[which].append(Line(one, queue.name if queue else "", wait, one.resident_id in refused))
    return Board(parts, counts)


def next_waiting(session: Session, queue_ids: Collection[int]) -> Case | None:
    """The most pressing case that nobody has taken, in these queues (empty: in all)."""
    wanted = select(Case).where(*_conditions("waiting", 0))
    if queue_ids:
        wanted = wanted.where(or_(Case.queue_id.in_(queue_ids), Case.danger != ""))
    return session.scalars(wanted.order_by(*_pressing()).limit(1)).one_or_none()


def _conditions(which: Which, staff_id: int, queue_ids: Collection[int] = ()) -> tuple[ColumnElement[bool], ...]:
    here = (Case.queue_id.in_(queue_ids),) if queue_ids else ()
    along = select(CaseParticipant.case_id).where(CaseParticipant.staff_id == staff_id)
    mine = or_(Case.owner_id == staff_id, Case.id.in_(along))
    match which:
        case "mine":
            return (mine, Case.on_hold_until.is_(None))
        case "waiting":
            return (Case.state == "waiting", Case.on_hold_until.is_(None), *here)
        case "taken":
            return (Case.state == "taken", ~mine, Case.on_hold_until.is_(None), *here)
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
