"""What has been kept as long as it may be is erased, a little at a time, and the record says how much of what.

Personal data are to be erased without delay once they are no longer needed (Act on the Protection of Personal
Information 個人情報の保護に関する法律, article 22). How long each kind is needed is set by staff
(`bot.services.keeping`), and until then by the environment; the README's table gives the reasons. Words of closed cases
go by the promise residents agreed to (`consultation.Rules.keep_days`).

Counts, days and states stay: the yearly report is written from them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, delete, exists, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from bot.services import audit, changes, consultation, keeping, threads, worries
from bot.services.keeping import Keep
from bot.store.callbacks import Callback
from bot.store.cases import Case, CaseNote
from bot.store.checkins import CheckinContact, CheckinPlan, CheckinResponse, CheckinRound
from bot.store.desk import CaseDraft
from bot.store.engine import rows_changed
from bot.store.knowledge import UnansweredQuestion
from bot.store.mail import Mail
from bot.store.referrals import Referral
from bot.store.residents import Resident, Thread
from bot.store.room import RoomPhoto
from bot.store.staff import SignIn
from bot.store.talk import Delivery, InboxEvent, Utterance
from bot.store.tasks import Task

AT_ONCE = 500
"""Rows erased in one transaction, so that residents' turns get in between."""

BEFORE_A_CASE = timedelta(days=2)
"""Talk with the bot that staff see on a case is kept as long as the case's own words."""


Step = Callable[[Session, Keep, datetime], int]
"""Erases at most about `AT_ONCE` rows of one kind; returns how many went. It is called until none is left."""


def _events(session: Session, keep: Keep, now: datetime) -> int:
    """LINE tells an event again within minutes or hours; after that its id is needed no more."""
    old = (InboxEvent.received_at < now - timedelta(days=keep.inbox), InboxEvent.state != "waiting")
    return _delete_some(session, InboxEvent, InboxEvent.id, *old)


def _deliveries(session: Session, keep: Keep, now: datetime) -> int:
    old = (Delivery.done_at < now - timedelta(days=keep.outbox), Delivery.state != "waiting")
    return _delete_some(session, Delivery, Delivery.id, *old)


def _mails(session: Session, keep: Keep, now: datetime) -> int:
    return _delete_some(session, Mail, Mail.id, Mail.done_at < now - timedelta(days=keep.outbox))


def _conversations(session: Session, keep: Keep, now: datetime) -> int:
    """Old talk with the bot, and talk of cases closed long ago; never what a case still keeps."""
    closed_before = now - timedelta(days=consultation.rules(session).keep_days)
    its_talk = (
        Case.resident_id == Utterance.resident_id,
        Utterance.said_at >= _talk_began(session),
        Utterance.said_at <= func.coalesce(Case.closed_at, Utterance.said_at),
    )
    is_kept = exists().where(or_(Case.closed_at.is_(None), Case.closed_at >= closed_before), *its_talk)
    is_of_old_case = exists().where(Case.closed_at < closed_before, *its_talk)
    is_old = Utterance.said_at < now - timedelta(days=keep.conversation)
    return _delete_some(session, Utterance, Utterance.id, or_(is_old, is_of_old_case), ~is_kept)


def _talk_began(session: Session) -> Any:
    """From when on talk counts as a case's own: some days before it was opened. In the database's own arithmetic."""
    if session.get_bind().dialect.name == "postgresql":
        return type_coerce(Case.opened_at, DateTime(timezone=True)) - BEFORE_A_CASE
    return func.datetime(Case.opened_at, f"-{BEFORE_A_CASE.days} days")


def _cases(session: Session, keep: Keep, now: datetime) -> int:
    """The words of cases closed long ago: notes, outcome, what an agency was told, photos, call-back numbers."""
    closed_before = now - timedelta(days=consultation.rules(session).keep_days)
    has_words = or_(
        Case.outcome.is_not(None),
        exists().where(CaseNote.case_id == Case.id),
        exists().where(RoomPhoto.case_id == Case.id),
    )
    old = list(session.scalars(select(Case.id).where(Case.closed_at < closed_before, has_words).limit(AT_ONCE)))
    if old:
        erase_words_of_cases(session, old)
    return len(old)


def erase_words_of_cases(session: Session, case_ids: list[int]) -> None:
    """Erase all that was written about these cases. What kind they were and how they went is still counted."""
    session.query(CaseNote).filter(CaseNote.case_id.in_(case_ids)).delete()
    session.query(CaseDraft).filter(CaseDraft.case_id.in_(case_ids)).delete()
    session.query(RoomPhoto).filter(RoomPhoto.case_id.in_(case_ids)).delete()
    session.execute(update(Referral).where(Referral.case_id.in_(case_ids)).values(agency="", told="", ask_on=None))
    session.execute(update(Callback).where(Callback.case_id.in_(case_ids)).values(phone=None, shared_word=None))
    session.execute(update(Task).where(Task.case_id.in_(case_ids)).values(words=None, outcome=None))
    session.execute(update(Case).where(Case.id.in_(case_ids)).values(outcome=None))


def _checkins(session: Session, keep: Keep, now: datetime) -> int:
    before = now - timedelta(days=keep.checkins)
    gone = _delete_some(session, CheckinResponse, CheckinResponse.id, CheckinResponse.at < before)
    return gone + _delete_some(
        session, CheckinRound, CheckinRound.id, CheckinRound.due_at < before, CheckinRound.ended_at.is_not(None)
    )


def _stopped_plans(session: Session, keep: Keep, now: datetime) -> int:
    """Who is no longer watched over, and whom they had named."""
    before = now - timedelta(days=keep.checkins)
    old = list(
        session.scalars(
            select(CheckinPlan.id)
            .where(
                CheckinPlan.state == "stopped", CheckinPlan.stopped_at < before, CheckinPlan.resident_id.is_not(None)
            )
            .limit(AT_ONCE)
        )
    )
    if old:
        session.query(CheckinContact).filter(CheckinContact.plan_id.in_(old)).delete()
        session.execute(
            update(CheckinPlan)
            .where(CheckinPlan.id.in_(old))
            .values(
                resident_id=None, name=None, phone=None, address=None, shared_word=None, note=None, birthday=None,
                personal_line=None, pause_reason=None,
            )
        )  # fmt: skip
    return len(old)


def _tasks(session: Session, keep: Keep, now: datetime) -> int:
    """Tasks done long ago that no case keeps."""
    old = (Task.done_at < now - timedelta(days=keep.checkins), Task.state.in_(("done", "dropped")))
    return _delete_some(session, Task, Task.id, *old)


def _questions(session: Session, keep: Keep, now: datetime) -> int:
    old = UnansweredQuestion.asked_on < (now - timedelta(days=keep.questions)).date()
    return _delete_some(session, UnansweredQuestion, UnansweredQuestion.id, old)


def _last_questions(session: Session, keep: Keep, now: datetime) -> int:
    """What somebody looked for last and where they were, once they have been silent as long as a question waits."""
    silent = select(Resident.id).where(Resident.last_seen_at < now - threads.STEP_LIVES)
    asked = update(Thread).where(Thread.resident_id.in_(silent), Thread.last_lookup.is_not(None))
    rows_changed(session, asked.values(last_lookup=None))
    return 0  # all at once


def _sign_ins(session: Session, keep: Keep, now: datetime) -> int:
    """From which browser staff were there; that they were stays on record."""
    return _delete_some(session, SignIn, SignIn.id, SignIn.seen_at < now - timedelta(days=keep.sign_ins))


STEPS: dict[str, Step] = {
    "events": _events,
    "deliveries": _deliveries,
    "mails": _mails,
    "cases": _cases,
    "conversations": _conversations,
    "last_questions": _last_questions,
    "checkins": _checkins,
    "stopped_plans": _stopped_plans,
    "tasks": _tasks,
    "questions": _questions,
    "sign_ins": _sign_ins,
    "worries": lambda session, keep, now: worries.erase_old(session, now=now, keep=timedelta(days=keep.worries)),
    "steps": lambda session, _keep, now: threads.forget_old_steps(session, now=now),
    "changes": lambda session, _keep, now: changes.forget_old(session, now=now) or 0,
}
UNRECORDED = frozenset({"worries", "steps", "changes"})
"""What records itself, or is forgotten every day and tells nothing."""


def erase_some(session: Session, what: str, keep: Keep, *, now: datetime) -> int:
    """One step of erasing `what`, a name in `STEPS`; `keep` is what the environment says. How many rows went; 0 when
    nothing is left to erase."""
    gone = STEPS[what](session, keeping.as_set(session, keep), now)
    if gone and what not in UNRECORDED:
        audit.record(session, "erase_old", staff_id=None, now=now, kind=what, details={"count": gone})
    return gone


def _delete_some(session: Session, table: Any, key: Any, *which: Any) -> int:
    some = select(key).where(*which).limit(AT_ONCE)
    return rows_changed(session, delete(table).where(key.in_(some)).execution_options(synchronize_session=False))
