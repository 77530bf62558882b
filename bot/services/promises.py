"""Keeping promises: 「あす11時までにお返事します」 is what a resident waits on.

Half an hour before one lapses unanswered it climbs: a task on the list, and the supervisors among those on call are
told. When it does lapse, the resident hears an apology and a new hour before they have to ask. After `MOST` broken ones
nothing more is promised: the task stays until somebody answers.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.conversation import Notice
from bot.services import changes, office_hours, on_call, outgoing, tasks, threads
from bot.services.on_call import Alert
from bot.store.cases import Case
from bot.store.engine import rows_changed
from bot.store.residents import Thread
from bot.store.tasks import Task

WARNING = timedelta(minutes=30)
TO_ACCEPT = timedelta(minutes=15)
MOST = 3


def must_tend(session: Session, *, now: datetime) -> list[Case]:
    """Cases nobody has answered whose promise is about to lapse and has not climbed, or has lapsed."""
    nearly = Case.climbed_at.is_(None) & (Case.promised_by <= now + WARNING)
    lapsed = (Case.promised_by <= now) & (Case.promises < MOST)
    waiting = select(Case).where(Case.state != "closed", Case.answered_at.is_(None), Case.on_hold_until.is_(None))
    waiting = waiting.where(Case.unanswered_since.is_not(None))  # whom staff invited waits for nothing yet
    return list(session.scalars(waiting.where(or_(nearly, lapsed)).order_by(Case.promised_by)))


def tend(session: Session, told: Alert, *, by_mail: bool, now: datetime) -> list[str]:
    """Let what is about to lapse climb, and make a new promise for what has lapsed. The threads to deliver to."""
    to_deliver: list[str] = []
    for case in must_tend(session, now=now):
        if case.climbed_at is None:
            to_deliver += _climb(session, case, told, by_mail=by_mail, now=now)
        if case.promised_by is not None and case.promised_by <= now and case.promises < MOST:
            to_deliver += _renew(session, case, now=now)
    return to_deliver


def _climb(session: Session, case: Case, told: Alert, *, by_mail: bool, now: datetime) -> list[str]:
    climbing = update(Case).where(Case.id == case.id, Case.climbed_at.is_(None), Case.answered_at.is_(None))
    if rows_changed(session, climbing.values(climbed_at=now)) == 0:
        return []  # another clock was here first, or somebody has answered
    session.refresh(case)
    tasks.drop(session, Task.case_id == case.id, Task.kind == "promise", now=now)
    tasks.open_(
        session,
        f"promise:{case.id}:{case.promised_by.timestamp() if case.promised_by else 0:.0f}",
        "promise",
        due_at=case.promised_by,
        is_urgent=True,
        climbs_after=TO_ACCEPT,
        resident_id=case.resident_id,
        case_id=case.id,
        now=now,
    )
    changes.tell(session, case.id, "case", now=now)
    return on_call.tell(
        session, told, about=f"promise {case.id}", by_mail=by_mail, now=now, to=on_call.supervisors(session)
    )


def _renew(session: Session, case: Case, *, now: datetime) -> list[str]:
    promised_by = office_hours.next_promise(session, now=now, apart_from=case.id)
    renewing = update(Case).where(Case.id == case.id, Case.promises == case.promises, Case.answered_at.is_(None))
    values = {"promises": Case.promises + 1, "promised_by": promised_by, "promised_on": promised_by.date()}
    if rows_changed(session, renewing.values(**values, climbed_at=None)) == 0:
        return []
    session.refresh(case)
    changes.tell(session, case.id, "case", now=now)
    thread = session.scalars(select(Thread).where(Thread.resident_id == case.resident_id)).one_or_none()
    if case.agreed_at is None or thread is None or threads.owner_of(thread) == "nobody":
        return []  # nobody was promised anything in words, or nobody can be told
    outgoing.say(session, thread, case.resident, [Notice("promise_renewed", {"by": promised_by.isoformat()})], now=now)
    return [thread.key]
