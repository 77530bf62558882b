"""Whose case it is: taken by somebody, given to whoever's turn it is; and who has looked at an alarm."""

from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from bot.services import audit, changes, mail, queues, threads
from bot.services.cases import finding, refusals
from bot.store.cases import Case
from bot.store.engine import rows_changed
from bot.store.queues import Queue


def take(session: Session, wanted: Case, *, staff_id: int, now: datetime) -> None:
    """This member of staff answers from now on. AlreadyTaken when a colleague was first; NotOpen when it is closed."""
    thread = finding.lock(session, wanted)
    taken = (
        update(Case)
        .where(Case.id == wanted.id, Case.state == "waiting")
        .values(state="taken", owner_id=staff_id, taken_at=now, looked_at=func.coalesce(Case.looked_at, now))
    )
    if rows_changed(session, taken) == 0:
        session.refresh(wanted)
        if wanted.state == "closed":
            raise refusals.NotOpen
        if wanted.owner_id != staff_id:
            raise refusals.AlreadyTaken(wanted.owner_id)
        return
    session.refresh(wanted)
    mail.withdraw(session, f"alarm {wanted.id} ")
    if thread is not None and thread.owner == "bot" and wanted.way == "line":
        threads.give_to_person(thread)
    audit.record(session, "take_case", staff_id=staff_id, now=now, kind="case", record_id=wanted.id)
    changes.tell(session, wanted.id, "case", now=now)


def assign(session: Session, waiting: Case, *, now: datetime) -> int | None:
    """Give a waiting case to whose turn it is, if its queue says so. Who that is; None when nobody, or not so."""
    queue = session.get(Queue, waiting.queue_id) if waiting.queue_id else None
    if queue is None or queue.assigns != "automatic":
        return None
    chosen = queues.next_in_turn(session, queue, now=now, apart_from=waiting.left_by)
    if chosen is None:
        return None
    given = update(Case).where(Case.id == waiting.id, Case.state == "waiting")
    if rows_changed(session, given.values(state="taken", owner_id=chosen, taken_at=now)) == 0:
        return None  # somebody took it meanwhile
    session.refresh(waiting)
    audit.record(session, "assign_case", staff_id=None, now=now, kind="case", record_id=waiting.id)
    changes.tell(session, waiting.id, "case", now=now)
    return chosen


def acknowledge(session: Session, alarmed: Case, *, staff_id: int, now: datetime) -> bool:
    """Somebody has seen the alarm. False when a colleague was first."""
    seen = update(Case).where(Case.id == alarmed.id, Case.looked_at.is_(None)).values(looked_at=now, looked_by=staff_id)
    if rows_changed(session, seen) == 0:
        return False
    session.refresh(alarmed)
    mail.withdraw(session, f"alarm {alarmed.id} ")
    audit.record(session, "acknowledge_alarm", staff_id=staff_id, now=now, kind="case", record_id=alarmed.id)
    changes.tell(session, alarmed.id, "case", now=now)
    return True
