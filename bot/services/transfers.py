"""Where a case goes after it was taken: to a colleague, to another queue, to rest until a day, back to everybody."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import audit, case_notes, changes, office_hours, queues, threads
from bot.services.cases import finding, ownership, refusals
from bot.store.cases import Case, CaseNote, NoteKind
from bot.store.queues import Queue


class DayIsOver(ValueError):
    """A case rests until a day that is yet to come."""


def to_colleague(session: Session, held: Case, *, to: int, reason: str, staff_id: int, now: datetime) -> None:
    """A colleague answers from now on. NothingSaid without a reason; NotOpen when the case is closed."""
    _move(session, held, "transfer", reason, staff_id=staff_id, now=now)
    held.state, held.owner_id, held.taken_at = "taken", to, now
    case_notes.mention(session, held, to, staff_id=staff_id, now=now)


def to_queue(session: Session, held: Case, queue: Queue, *, reason: str, staff_id: int, now: datetime) -> None:
    """It waits in this queue for whoever takes it there. NothingSaid without a reason; NotOpen when it is closed."""
    _move(session, held, "transfer", reason, staff_id=staff_id, now=now)
    held.left_by = held.owner_id  # where cases are shared out, it does not come straight back
    held.state, held.owner_id, held.taken_at, held.queue_id = "waiting", None, None, queue.id
    session.flush()
    ownership.assign(session, held, now=now)


def take_over(session: Session, held: Case, *, staff_id: int, now: datetime) -> int | None:
    """From a colleague who cannot go on. Whose it was; None when it was nobody's. NotOpen when it is closed."""
    thread = finding.lock(session, held)
    if held.state == "closed":
        raise refusals.NotOpen
    before = held.owner_id
    held.state, held.owner_id, held.taken_at, held.on_hold_until = "taken", staff_id, now, None
    held.looked_at = held.looked_at or now
    if thread is not None and thread.owner == "bot":
        threads.give_to_person(thread)
    _note(session, held, "transfer", "", staff_id=staff_id, now=now)
    if before is not None and before != staff_id:
        case_notes.mention(session, held, before, staff_id=staff_id, now=now)
    audit.record(session, "take_over_case", staff_id=staff_id, now=now, kind="case", record_id=held.id)
    return before


def put_on_hold(session: Session, held: Case, *, until: date, reason: str, staff_id: int, now: datetime) -> None:
    """Nothing to do before that day. Words of the resident wake it earlier. DayIsOver, NothingSaid, NotOpen."""
    if until <= now.date():
        raise DayIsOver
    _move(session, held, "hold", reason, staff_id=staff_id, now=now)
    held.on_hold_until = until


def go_on(session: Session, held: Case, *, staff_id: int | None, now: datetime) -> None:
    """It rests no longer."""
    finding.lock(session, held)
    if held.on_hold_until is None:
        return
    held.on_hold_until = None
    _note(session, held, "hold", "", staff_id=staff_id, now=now)


def _move(session: Session, held: Case, kind: NoteKind, reason: str, *, staff_id: int, now: datetime) -> None:
    if not reason.strip():
        raise refusals.NothingSaid
    finding.lock(session, held)
    if held.state == "closed":
        raise refusals.NotOpen
    held.on_hold_until = held.closing_asked_at = held.closing_asked_by = None
    _note(session, held, kind, reason.strip(), staff_id=staff_id, now=now)
    audit.record(session, f"{kind}_case", staff_id=staff_id, now=now, kind="case", record_id=held.id)


def _note(
    session: Session, about: Case, kind: NoteKind, words: str, *, staff_id: int | None, now: datetime
) -> CaseNote:
    note = CaseNote(case_id=about.id, staff_id=staff_id, kind=kind, written_at=now, words=words)
    session.add(note)
    session.flush()
    changes.tell(session, about.id, "case", now=now)
    return note


# ── what the clock does ──


def tend(session: Session, *, now: datetime) -> int:
    """Wake what rested long enough, take cases back from the silent and the absent, assign what waits. How many."""
    count = 0
    for one in _rested(session, today=now.date()):
        go_on(session, one, staff_id=None, now=now)
        if one.owner_id is not None:
            case_notes.mention(session, one, one.owner_id, staff_id=None, now=now)
        count += 1
    for one in left_lying(session, now=now):
        count += _take_back(session, one, now=now)
    for one in _unassigned(session):
        count += ownership.assign(session, one, now=now) is not None
    return count


def must_tend(session: Session, *, now: datetime) -> bool:
    """Whether the clock has anything to do here; looks only."""
    if _rested(session, today=now.date()) or left_lying(session, now=now):
        return True
    there = queues.on_duty(session, now=now)
    waiting = _unassigned(session)
    return any((queues.members(session, one.queue_id or 0) & there) - {one.left_by} for one in waiting)


def left_lying(session: Session, *, now: datetime) -> Sequence[Case]:
    """Taken cases whose resident waits while the owner is silent too long, or is off duty beyond the target.

    Only minutes count in which the desk is open: nobody loses their cases overnight. In danger every minute counts.
    """
    waiting = select(Case).where(
        Case.state == "taken", Case.unanswered_since.is_not(None), Case.on_hold_until.is_(None)
    )
    taken = session.scalars(waiting).all()
    if not taken:
        return []
    there, desk = queues.on_duty(session, now=now), office_hours.of(session)
    by_id = {one.id: one for one in queues.all_(session)}
    found = []
    for one in taken:
        since = max(filter(None, (one.unanswered_since, one.taken_at)))
        waited = office_hours.waited(desk, since, now=now, is_danger=bool(one.danger))
        if is_left_lying(one, by_id.get(one.queue_id or 0), there, waited=waited):
            found.append(one)
    return found


def is_left_lying(held: Case, queue: Queue | None, there: Collection[int], *, waited: int) -> bool:
    """Whether its owner let the resident wait too long. An owner who is off duty has until the queue's target."""
    if queue is None:
        return False
    is_slow = held.owner_id in there and not held.danger
    return waited >= (queue.return_minutes if is_slow else min(queue.target_minutes, queue.return_minutes))


def _take_back(session: Session, held: Case, *, now: datetime) -> bool:
    finding.lock(session, held)
    owner = held.owner_id
    if held.state != "taken" or held.unanswered_since is None:
        return False  # answered meanwhile
    held.state, held.owner_id, held.taken_at, held.left_by = "waiting", None, None, owner
    _note(session, held, "return", "", staff_id=None, now=now)
    if owner is not None:
        case_notes.mention(session, held, owner, staff_id=None, now=now)
    audit.record(session, "return_case", staff_id=None, now=now, kind="case", record_id=held.id)
    ownership.assign(session, held, now=now)
    return True


def _rested(session: Session, *, today: date) -> Sequence[Case]:
    return session.scalars(select(Case).where(Case.state != "closed", Case.on_hold_until <= today)).all()


def _unassigned(session: Session) -> Sequence[Case]:
    automatic = select(Queue.id).where(Queue.assigns == "automatic")
    waiting = select(Case).where(Case.state == "waiting", Case.queue_id.in_(automatic), Case.on_hold_until.is_(None))
    return session.scalars(waiting.order_by(Case.opened_at)).all()
