"""Forgetting, when a resident asks for it. What is erased by its age is `bot.services.retention`'s.

    erase        「データを消して」: the resident's words and what they told about themselves, wherever they lie
    finish       what had to wait, because people were still working on a case of danger

Numbers stay: that there was a case, of which topic, when, and how it ended. The notes of staff on a case of danger that
is still open wait, because somebody may have to act on them; they go when it is closed. Anonymous reports stay, because
nothing leads from a resident to them. SQLite overwrites what is deleted (`secure_delete`), and its log is cut within a
minute (`Store.empty_log`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.services import audit, callbacks, changes, retention, threads
from bot.services.checkins import plans
from bot.store.cases import Case, CaseNote
from bot.store.consents import Consent
from bot.store.engine import rows_changed
from bot.store.knowledge import UnansweredQuestion
from bot.store.residents import Resident, Thread
from bot.store.room import RoomDevice, RoomLink
from bot.store.talk import Delivery, InboxEvent, Utterance
from bot.store.tasks import Task

MOST_WORDS_OF_A_QUESTION = 500  # as `knowledge.asked` keeps them


@dataclass(frozen=True)
class Erased:
    """What went: how many things said, whether a case was closed with it, and whether one stays open for danger."""

    said: int
    closed_case: bool = False
    stays_open: bool = False


def erase(session: Session, resident: Resident, thread: Thread, *, now: datetime) -> Erased:
    """The resident wants to be forgotten. They go on following us, so how to reach them on LINE stays."""
    _unanswered_questions(session, resident)
    plans.erase(session, resident, now=now)
    closed_case = stays_open = False
    for case in session.scalars(select(Case).where(Case.resident_id == resident.id)).all():
        if case.state != "closed" and not case.danger:
            _withdraw(session, case, now=now)
            closed_case = True
        if case.state == "closed":
            _forget_case(session, case, now=now)
        else:
            stays_open, case.erasure_asked_at = True, now
            session.add(CaseNote(case_id=case.id, staff_id=None, kind="erased", written_at=now, words=""))
            changes.tell(session, case.id, "case", now=now)
    count = rows_changed(session, delete(Utterance).where(Utterance.resident_id == resident.id))
    _letters(session, resident, thread, now=now)
    session.execute(delete(Consent).where(Consent.resident_id == resident.id))
    told = (Task.resident_id == resident.id) & or_(Task.words.is_not(None), Task.outcome.is_not(None))
    session.execute(update(Task).where(told).values(words=None, outcome=None))
    resident.name = resident.area = resident.area_id = None
    threads.forget_step(thread)
    thread.last_lookup = thread.reply_token = thread.reply_until = None
    if threads.owner_of(thread) == "person" and not stays_open:
        threads.give_to_bot(thread)
    audit.record(
        session, "erase_resident", staff_id=None, now=now, kind="resident", record_id=resident.id,
        details={"said": count},
    )  # fmt: skip
    return Erased(count, closed_case, stays_open)


def finish(session: Session, *, now: datetime) -> int:
    """Forget the cases that were open when their resident asked to be forgotten, and are closed now. How many."""
    asked = select(Case).where(Case.state == "closed", Case.erasure_asked_at.is_not(None), Case.erased_at.is_(None))
    closed = session.scalars(asked).all()
    for case in closed:
        _forget_case(session, case, now=now)
    return len(closed)


def _withdraw(session: Session, case: Case, *, now: datetime) -> None:
    """The resident takes the case back."""
    case.state, case.closed_at, case.outcome_kind = "closed", now, "withdrawn"
    case.unanswered_since = case.on_hold_until = None
    session.flush()
    changes.tell(session, case.id, "case", now=now)


def _forget_case(session: Session, case: Case, *, now: datetime) -> None:
    """What was said and noted in the case goes; that there was one, and how it ended, stays."""
    callbacks.cancel_of(session, case, now=now)
    for table in (RoomLink, RoomDevice):
        session.execute(delete(table).where(table.case_id == case.id))
    session.execute(delete(Utterance).where(Utterance.case_id == case.id))  # photos go with them
    retention.erase_words_of_cases(session, [case.id])
    case.outcome, case.erased_at = None, now
    session.add(CaseNote(case_id=case.id, staff_id=None, kind="erased", written_at=now, words=""))


def _letters(session: Session, resident: Resident, thread: Thread, *, now: datetime) -> None:
    """What came from LINE and what was on its way to it."""
    session.execute(
        update(Delivery)
        .where(Delivery.resident_id == resident.id, Delivery.state == "waiting")
        .values(state="dropped", done_at=now)
    )
    session.execute(
        update(Delivery)
        .where(Delivery.resident_id == resident.id)
        .values(messages=[], reply_token=None, recipient="", refusal=None)
    )
    session.execute(
        update(InboxEvent)
        .where(InboxEvent.thread_key == thread.key, InboxEvent.state == "failed")
        .values(event=None, state="ignored")
    )
    session.execute(
        update(InboxEvent).where(InboxEvent.thread_key == thread.key, InboxEvent.state != "waiting").values(event=None)
    )


def _unanswered_questions(session: Session, resident: Resident) -> None:
    """Questions nobody could answer are kept without who asked; those in exactly this resident's words go as well."""
    said = session.execute(
        select(Utterance.said_at, Utterance.words).where(
            Utterance.resident_id == resident.id, Utterance.speaker == "resident", Utterance.words.is_not(None)
        )
    ).all()
    if not said:
        return
    theirs = {(words or "")[:MOST_WORDS_OF_A_QUESTION] for _, words in said}
    since = min(at for at, _ in said).date() - timedelta(days=1)
    kept = session.execute(
        select(UnansweredQuestion.id, UnansweredQuestion.words).where(UnansweredQuestion.asked_on >= since)
    )
    same = [number for number, words in kept if words in theirs]
    session.execute(delete(UnansweredQuestion).where(UnansweredQuestion.id.in_(same)))
