"""きょうの仕事: everything people must do today in one list, whichever corner of the house it comes from.

    gather   promises to anonymous reporters (a working day ahead) and visits of today become tasks; those that are
             over go
    list_    alarms, cases whose promise is due, and tasks, the most pressing first
    load     who holds how much, for the supervisor

Everything in the list gets a name: an alarm by looking at it, a case by taking it, a task by accepting it. What gets
none in time climbs: alarms and tasks to those on call, a case's promise to the supervisor.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from bot.services import desk_rules, office_hours, tasks, working_days
from bot.services.cases import finding
from bot.store.cases import Case
from bot.store.tasks import Task
from bot.store.worries import OutreachVisit, WorryReport

EVENING = time(17)  # when something that is due on a day is due


@dataclass(frozen=True)
class Item:
    """One line of the list. Exactly one of `case` and `task` is there."""

    what: Literal["alarm", "promise", "task"]
    due_at: datetime
    is_urgent: bool
    is_late: bool
    holder: int | None
    case: Case | None = None
    task: Task | None = None

    @property
    def is_climbed(self) -> bool:
        return self.task.stage > 0 if self.task else self.case is not None and self.case.climbed_at is not None


@dataclass(frozen=True)
class Load:
    """What one member of staff holds now."""

    staff_id: int
    cases: int
    tasks: int


def gather(session: Session, *, now: datetime) -> int:
    """Open the duties of today that are not tasks yet, and drop those that are over. How many were opened.

    Only while the office is open, so that nothing climbs in the night merely because a day has begun.
    """
    _let_go(session, now=now)
    desk = office_hours.of(session)
    if not desk.is_open(now):
        return 0
    minutes, opened = desk_rules.rules(session).accept_minutes, 0
    patience = desk.after(now, minutes) - now
    for report in session.scalars(select(WorryReport).where(*_answer_is_due(_next_working_day(now)))):
        need = f"worry:{report.id}:answer:{report.answer_due_on}"
        at, urgent = _end_of(report.answer_due_on, now), report.is_urgent
        its_day = max(now, datetime.combine(report.answer_due_on, time(), now.tzinfo))  # nothing climbs a day too early
        opened += _opened(
            session, need, "promise", report.id,
            due_at=at, urgent=urgent, patience=patience, climbs=desk.after(its_day, minutes), now=now,
        )  # fmt: skip
    for visit in session.scalars(select(OutreachVisit).where(*_visit_is_due(now.date()))):
        need, at = f"outreach:{visit.id}", _end_of(visit.planned_on, now)
        opened += _opened(session, need, "visit", visit.report_id, due_at=at, urgent=False, patience=patience, now=now)
    return opened


def list_(session: Session, *, now: datetime, staff_id: int | None = None) -> list[Item]:
    """What is to be done until tonight, and answers promised for the next working day, so that there is time for them.

    With `staff_id`: only what is theirs or nobody's yet.
    """
    tonight, tomorrow = _end_of(now.date(), now), _end_of(_next_working_day(now), now)
    items = [
        Item("alarm", alarmed.opened_at, is_urgent=True, is_late=True, holder=alarmed.owner_id, case=alarmed)
        for alarmed in finding.alarms(session)
    ]
    seen = {item.case.id for item in items if item.case is not None}
    seen |= set(
        session.scalars(select(Task.case_id).where(Task.kind == "promise", Task.state.in_(("open", "accepted"))))
    )
    items += [
        Item("promise", at, is_urgent=bool(one.danger), is_late=at < now, holder=one.owner_id, case=one)
        for one in session.scalars(select(Case).where(*_promise_is_due(now.date())))
        if one.id not in seen and staff_id in (None, one.owner_id or staff_id) and (at := _promised(one, now))
    ]
    items += [
        Item("task", task.due_at, task.is_urgent, _is_late(task, now), task.accepted_by, task=task)
        for task in tasks.to_do(session, staff_id=staff_id, until=tomorrow)
        if task.due_at <= tonight or _is_a_reporters(task)
    ]
    return sorted(items, key=lambda item: (item.what != "alarm", not item.is_urgent, not item.is_climbed, item.due_at))


def load(session: Session) -> Sequence[Load]:
    """Who holds how many cases and tasks now, the most laden first."""
    held = Counter(session.scalars(select(Case.owner_id).where(Case.state != "closed", Case.owner_id.is_not(None))))
    accepted = Counter(session.scalars(select(Task.accepted_by).where(Task.state == "accepted")))
    loads = [Load(one, held[one], accepted[one]) for one in {*held, *accepted} if one is not None]
    return sorted(loads, key=lambda one: (-one.cases - one.tasks, one.staff_id))


def cases_of(session: Session, staff_id: int) -> int:
    """How many open cases they hold."""
    held = select(func.count()).select_from(Case).where(Case.owner_id == staff_id, Case.state != "closed")
    return session.scalar(held) or 0


def without_a_name(session: Session) -> int:
    """How many tasks wait for somebody to accept them."""
    return session.scalar(select(func.count()).select_from(Task).where(Task.state == "open")) or 0


def _opened(
    session: Session, need: str, kind: Literal["promise", "visit"], worry_id: str,
    *, due_at: datetime, urgent: bool, patience: timedelta, now: datetime, climbs: datetime | None = None,
) -> bool:  # fmt: skip
    task = tasks.open_(
        session, need, kind, now=now, due_at=due_at, is_urgent=urgent,
        climbs_after=patience, climbs_first_at=climbs, worry_id=worry_id,
    )  # fmt: skip
    return task is not None


def _let_go(session: Session, *, now: datetime) -> None:
    """Reports that were answered, visits that were made: nobody need do these any more."""
    waiting = {
        f"worry:{one.id}:answer:{one.answer_due_on}"
        for one in session.scalars(select(WorryReport).where(WorryReport.state == "new"))
    }
    planned = {
        f"outreach:{one}" for one in session.scalars(select(OutreachVisit.id).where(OutreachVisit.done_on.is_(None)))
    }
    over = [
        task.id
        for task in session.scalars(
            select(Task).where(
                Task.state.in_(("open", "accepted")),
                Task.worry_id.is_not(None),
                or_(Task.need.like("worry:%:answer:%"), Task.need.like("outreach:%")),
            )
        )
        if task.need not in waiting | planned
    ]
    if over:
        tasks.drop(session, Task.id.in_(over), now=now)


def _is_late(task: Task, now: datetime) -> bool:
    """Past its hour; what is to be done at once is late when it had to climb."""
    return task.stage > 0 if task.is_at_once else task.due_at < now


def _is_a_reporters(task: Task) -> bool:
    return task.kind == "promise" and task.worry_id is not None


def _next_working_day(now: datetime) -> date:
    return working_days.after(now.date(), 1)


def _answer_is_due(today: date) -> tuple[ColumnElement[bool], ...]:
    return WorryReport.state == "new", WorryReport.answer_due_on <= today


def _visit_is_due(today: date) -> tuple[ColumnElement[bool], ...]:
    return OutreachVisit.done_on.is_(None), OutreachVisit.planned_on <= today


def _promise_is_due(today: date) -> tuple[ColumnElement[bool], ...]:
    is_waited_for = Case.answered_at.is_(None) & Case.unanswered_since.is_not(None)
    return Case.state != "closed", is_waited_for, Case.on_hold_until.is_(None), Case.promised_on <= today


def _promised(one: Case, now: datetime) -> datetime:
    return one.promised_by or _end_of(one.promised_on, now)


def _end_of(day: date, like: datetime) -> datetime:
    return datetime.combine(day, EVENING, like.tzinfo)
