"""Referrals つなぎ: an agency is asked to help, with the resident's consent; a week later the bot asks how it went."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversation import Action, Message
from bot.services import audit, case_notes, changes, outgoing, tasks, threads
from bot.services.cases import refusals
from bot.store.cases import Case, CaseNote
from bot.store.engine import rows_changed
from bot.store.knowledge import Resource
from bot.store.referrals import Referral, ReferralAnswer, ReferralResult
from bot.store.residents import Resident
from bot.store.talk import Utterance
from knowledge import asked

ASK_AFTER = timedelta(days=7)
LATER = timedelta(days=1)  # the question waits while people are talking
QUIET = timedelta(days=1)
ANSWERS: dict[ReferralAnswer, ReferralResult] = {"yes": "connected", "no": "not_connected"}


class NoConsent(ValueError):
    """The resident has not agreed that the agency is told."""


class AgencyMissing(ValueError):
    """Which agency?"""


def make(
    session: Session,
    about: Case,
    *,
    agency: str,
    told: str,
    has_consent: bool,
    staff_id: int,
    now: datetime,
    resource: Resource | None = None,
) -> Referral:
    """The agency was told; the bot will ask in a week. AgencyMissing, NoConsent; NothingSaid when nothing was told."""
    name = resource.name if resource is not None else agency.strip()
    if not name:
        raise AgencyMissing
    if not has_consent:
        raise NoConsent
    if not told.strip():
        raise refusals.NothingSaid
    made = Referral(
        case_id=about.id,
        resource_id=resource.id if resource is not None else None,
        agency=name,
        told=told.strip(),
        consented_at=now,
        made_at=now,
        made_by=staff_id,
        ask_on=(now + ASK_AFTER).date(),
    )
    session.add(made)
    session.flush()
    audit.record(session, "make_referral", staff_id=staff_id, now=now, kind="referral", record_id=made.id)
    changes.tell(session, about.id, "case", now=now)
    return made


def note_result(session: Session, made: Referral, result: ReferralResult, *, staff_id: int, now: datetime) -> None:
    """What staff heard from the agency. Once it is settled the bot need not ask."""
    made.result, made.result_at = result, now
    if result == "not_connected":
        made.ask_on = None
    audit.record(session, "note_referral", staff_id=staff_id, now=now, kind="referral", record_id=made.id)
    changes.tell(session, made.case_id, "case", now=now)


def of(session: Session, about: Case) -> Sequence[Referral]:
    return session.scalars(select(Referral).where(Referral.case_id == about.id).order_by(Referral.id)).all()


# ── a week later ──


def due(session: Session, *, now: datetime) -> Sequence[tuple[Referral, Resident]]:
    """Referrals whose resident the bot should ask now."""
    rows = session.execute(
        select(Referral, Resident)
        .join(Case, Case.id == Referral.case_id)
        .join(Resident, Resident.id == Case.resident_id)
        .where(Referral.ask_on <= now.date())
        .order_by(Referral.id)
    )
    return [(made, resident) for made, resident in rows]


def ask(
    session: Session, made: Referral, resident: Resident, question: Message, choices: Sequence[Action], *, now: datetime
) -> bool:
    """Ask the resident. False when another clock was first, people are talking, or the resident cannot be reached."""
    thread = threads.of_resident(session, resident.id)
    is_talking = thread is not None and thread.owner == "person" and _spoke_lately(session, resident, now)
    mine = update(Referral).where(Referral.id == made.id, Referral.ask_on == made.ask_on)
    if is_talking:
        session.execute(mine.values(ask_on=(now + LATER).date()))
        return False
    if thread is None or not resident.is_following:
        session.execute(mine.values(ask_on=None))
        return False
    if rows_changed(session, mine.values(ask_on=None, asked_at=now)) == 0:
        return False
    outgoing.say(session, thread, resident, [question], now=now, choices=choices, message_class="reminder")
    return True


def _spoke_lately(session: Session, resident: Resident, now: datetime) -> bool:
    spoken = select(Utterance.id).where(
        Utterance.resident_id == resident.id, Utterance.said_at > now - QUIET, Utterance.speaker == "staff"
    )
    return session.scalar(spoken.limit(1)) is not None


def hear_answer(
    session: Session, resident: Resident, referral_id: int, answer: ReferralAnswer, *, now: datetime
) -> Referral | None:
    """The resident's answer goes to the case, its owner, and the quality of the entry. None when it is not theirs.

    The first 「つながった」 or 「うまくいかなかった」 counts for the entry; a later one only corrects what staff read.
    """
    found = session.execute(
        select(Referral, Case)
        .join(Case, Case.id == Referral.case_id)
        .where(Referral.id == referral_id, Case.resident_id == resident.id)
    ).one_or_none()
    if found is None:
        return None
    made, about = found
    is_first, is_settled = made.answer is None, made.answer in ANSWERS
    made.answer, made.answered_at = answer, now
    if answer in ANSWERS:
        made.result, made.result_at = ANSWERS[answer], now
    if answer == "not_yet":
        made.ask_on = (now + ASK_AFTER).date() if is_first else None
    if made.resource_id and answer in ANSWERS and not is_settled:
        asked.note_verdict(session, f"resource/{made.resource_id}", helped=answer == "yes", on=now.date())
    if answer == "no":
        tasks.open_(
            session,
            f"referral {made.id} not connected",
            "follow_up",
            now=now,
            case_id=about.id,
            resident_id=resident.id,
            for_staff_id=about.owner_id,
        )
    note = CaseNote(case_id=about.id, staff_id=None, kind="referral", written_at=now, words=answer)
    session.add(note)
    session.flush()
    case_notes.mention(session, about, about.owner_id or made.made_by, staff_id=None, now=now, note=note)
    changes.tell(session, about.id, "case", now=now)
    return made
