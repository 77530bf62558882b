"""Tasks: what a person must do. Opened once for each need; accepted, done with a result, passed on; climbing when
nobody takes them.

    open_      the need has come up; opening it again changes nothing
    accept     「わたしがします」
    done       with a result and, if wanted, words
    pass_on    to a colleague, or back to everybody
    drop       the need is over (the person has answered)
    climb_due  what nobody accepted, or accepted and did not do, goes to the next person on call
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from bot.services import audit
from bot.store.engine import insert_or_ignore, rows_changed
from bot.store.tasks import Task, TaskKind

DOING = timedelta(hours=2)
"""How long somebody who accepted a task that climbs may take before it is everybody's again."""

RESULTS: dict[str, tuple[str, ...]] = {
    "phone": ("well", "needs_help", "not_reached"),
    "visit": ("well", "needs_help", "not_reached"),
    "contact": ("well", "needs_help", "not_reached"),
    "unreachable": ("well", "needs_help", "not_reached", "stopped"),
}
"""The results that mean something to the program, by kind. Other kinds are simply `done`."""


class AlreadyAccepted(Exception):
    """A colleague was first. `by` is the id of the account."""

    def __init__(self, by: int | None) -> None:
        super().__init__(by)
        self.by = by


class NotToDo(Exception):
    """The task is done, or its need is over."""


class NoSuchResult(ValueError):
    """A task of this kind cannot end like that."""


def open_(
    session: Session,
    need: str,
    kind: TaskKind,
    *,
    now: datetime,
    due_at: datetime | None = None,
    is_urgent: bool = False,
    climbs_after: timedelta | None = None,
    climbs_first_at: datetime | None = None,
    resident_id: int | None = None,
    case_id: int | None = None,
    worry_id: str | None = None,
    plan_id: int | None = None,
    round_id: int | None = None,
    contact_id: int | None = None,
    for_staff_id: int | None = None,
    words: str | None = None,
) -> Task | None:
    """Open a task. `need` names it for good (`round:12:phone`): None when it was opened before, by whomever.

    `climbs_after`: how long it waits for somebody before the next person is told; None: it waits on the list.
    `climbs_first_at`: when the first of them is told, where that is later.
    """
    is_new = insert_or_ignore(
        session,
        Task,
        need=need,
        kind=kind,
        state="open",
        is_urgent=is_urgent,
        resident_id=resident_id,
        case_id=case_id,
        worry_id=worry_id,
        plan_id=plan_id,
        round_id=round_id,
        contact_id=contact_id,
        for_staff_id=for_staff_id,
        words=words,
        opened_at=now,
        due_at=due_at or now,
        patience_minutes=None if climbs_after is None else max(1, round(climbs_after.total_seconds() / 60)),
        climbs_at=None if climbs_after is None else climbs_first_at or now + climbs_after,
        stage=0,
    )
    return by_need(session, need) if is_new else None


def by_need(session: Session, need: str) -> Task | None:
    return session.scalars(select(Task).where(Task.need == need)).one_or_none()


def accept(session: Session, wanted: Task, *, staff_id: int, now: datetime) -> None:
    """This member of staff does it. AlreadyAccepted when a colleague was first; NotToDo when it is over."""
    accepted = (
        update(Task)
        .where(Task.id == wanted.id, Task.state == "open")
        .values(
            state="accepted",
            accepted_by=staff_id,
            accepted_at=now,
            climbs_at=None if wanted.patience_minutes is None else now + DOING,
        )
    )
    is_first = rows_changed(session, accepted) == 1
    session.refresh(wanted)
    if is_first:
        audit.record(session, "accept_task", staff_id=staff_id, now=now, kind="task", record_id=wanted.id)
    elif wanted.state != "accepted":
        raise NotToDo
    elif wanted.accepted_by != staff_id:
        raise AlreadyAccepted(wanted.accepted_by)


def done(
    session: Session, finished: Task, *, result: str = "done", outcome: str = "", staff_id: int, now: datetime
) -> None:
    """It is done. NotToDo when it was over already; NoSuchResult when its kind cannot end like that."""
    if result not in RESULTS.get(finished.kind, ("done",)):
        raise NoSuchResult(result)
    closing = (
        update(Task)
        .where(Task.id == finished.id, Task.state.in_(("open", "accepted")))
        .values(
            state="done",
            done_by=staff_id,
            done_at=now,
            result=result,
            outcome=outcome.strip() or None,
            accepted_by=func.coalesce(Task.accepted_by, staff_id),
            accepted_at=func.coalesce(Task.accepted_at, now),
            climbs_at=None,
        )
    )
    if rows_changed(session, closing) == 0:
        raise NotToDo
    session.refresh(finished)
    if finished.round_id is not None:
        from bot.services.checkins import signs  # silence opens tasks; this avoids a circle at import time

        signs.heed(session, finished, staff_id=staff_id, now=now)
    audit.record(
        session, "do_task", staff_id=staff_id, now=now, kind="task", record_id=finished.id, details={"result": result}
    )


def pass_on(session: Session, held: Task, *, to: int | None, staff_id: int, now: datetime) -> None:
    """To a colleague, or back to everybody (`to` None). It waits anew for somebody to accept it."""
    passing = (
        update(Task)
        .where(Task.id == held.id, Task.state.in_(("open", "accepted")))
        .values(state="open", for_staff_id=to, accepted_by=None, accepted_at=None, climbs_at=_waits_until(held, now))
    )
    if rows_changed(session, passing) == 0:
        raise NotToDo
    session.refresh(held)
    audit.record(session, "pass_on_task", staff_id=staff_id, now=now, kind="task", record_id=held.id)


def drop(session: Session, *which: ColumnElement[bool], now: datetime, result: str = "need_is_over") -> int:
    """Nobody need do these any more. How many there were."""
    dropping = update(Task).where(*which, Task.state.in_(("open", "accepted")))
    return rows_changed(session, dropping.values(state="dropped", done_at=now, result=result, climbs_at=None))


def climb_due(session: Session, *, now: datetime, most: int = 200) -> list[Task]:
    """The tasks whose time to climb has come, each moved one stage up and open to everybody. The caller tells people.

    Two clocks may call it: a task is returned to the one that moved it.
    """
    late = session.scalars(select(Task).where(Task.climbs_at <= now).order_by(Task.climbs_at).limit(most)).all()
    climbed = []
    for task in late:
        moving = (
            update(Task)
            .where(Task.id == task.id, Task.stage == task.stage, Task.climbs_at == task.climbs_at)
            .values(
                stage=Task.stage + 1,
                climbed_at=now,
                climbs_at=_waits_until(task, now),
                state="open",
                for_staff_id=None,
                accepted_by=None,
                accepted_at=None,
            )
        )
        if rows_changed(session, moving):
            session.refresh(task)
            climbed.append(task)
    return climbed


def to_do(session: Session, *, staff_id: int | None = None, until: datetime | None = None) -> Sequence[Task]:
    """What is to be done, the most urgent first: everybody's and, with `staff_id`, what was given to or taken by them.

    `until`: only what is due before.
    """
    wanted = select(Task).where(Task.state.in_(("open", "accepted")))
    if staff_id is not None:
        mine = (Task.for_staff_id == staff_id) | (Task.accepted_by == staff_id)
        everybodys = Task.for_staff_id.is_(None) & (Task.state == "open")
        wanted = wanted.where(mine | everybodys)
    if until is not None:
        wanted = wanted.where(Task.due_at <= until)
    return session.scalars(wanted.order_by(Task.is_urgent.desc(), Task.due_at, Task.id)).all()


def about(session: Session, *which: ColumnElement[bool]) -> Sequence[Task]:
    """All tasks about something, the newest first."""
    return session.scalars(select(Task).where(*which).order_by(Task.id.desc())).all()


def _waits_until(task: Task, now: datetime) -> datetime | None:
    return None if task.patience_minutes is None else now + timedelta(minutes=task.patience_minutes)
