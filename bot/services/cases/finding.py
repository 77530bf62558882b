"""Finding cases, and what was said in them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, defer

from bot.services import consultation, threads
from bot.store.cases import Case
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery, Utterance

BEFORE = timedelta(days=2)  # how much of the talk with the bot staff see


def open_case(session: Session, resident: Resident) -> Case | None:
    """The resident's open case."""
    return session.scalars(select(Case).where(Case.resident_id == resident.id, Case.state != "closed")).one_or_none()


def earlier(session: Session, about: Case, *, most: int = 20) -> list[Case]:
    """The resident's other cases, the newest first."""
    others = select(Case).where(Case.resident_id == about.resident_id, Case.id != about.id)
    return list(session.scalars(others.order_by(Case.id.desc()).limit(most)))


def last_closed(session: Session, resident: Resident, *, now: datetime) -> Case | None:
    """The resident's newest closed case, while it may still be continued."""
    since = now - timedelta(days=consultation.rules(session).reopen_days)
    ours = select(Case).where(Case.resident_id == resident.id, Case.state == "closed", Case.closed_at > since)
    return session.scalars(ours.order_by(Case.closed_at.desc(), Case.id.desc()).limit(1)).one_or_none()


def lock(session: Session, about: Case) -> Thread | None:
    """The resident's thread, locked until the transaction ends, and the case as it stands under that lock.

    Turns lock the same row first, so whatever arrives meanwhile comes wholly before or wholly after.
    """
    thread = threads.of_resident(session, about.resident_id)
    session.refresh(about)
    if thread is not None:
        session.refresh(thread)
    return thread


def open_count(session: Session) -> tuple[int, int]:
    """How many cases are open, and how many of them wait for somebody to take them."""
    counted = select(func.count(), func.count().filter(Case.state == "waiting")).where(Case.state != "closed")
    open_, waiting = session.execute(counted).one()
    return open_, waiting


def alarms(session: Session) -> list[Case]:
    """Open cases of danger that nobody has looked at yet, the oldest first."""
    waiting = (Case.danger != "", Case.looked_at.is_(None), Case.state != "closed")
    return list(session.scalars(select(Case).where(*waiting).order_by(Case.opened_at)))


# ── what was said ──


def conversation(session: Session, about: Case, *, most: int = 200, earlier: bool = False) -> list[Utterance]:
    """What was said, on LINE and in the room, in one order: the newest `most`, from a while before the case on.

    Each thing said in a case stands in that case only; what was said to the bot stands around it. `earlier`: ever.
    """
    said = select(Utterance).where(Utterance.resident_id == about.resident_id)
    if not earlier:
        around = Utterance.case_id.is_(None) & (Utterance.said_at >= about.opened_at - BEFORE)
        if about.closed_at is not None:
            around &= Utterance.said_at <= about.closed_at
        said = said.where((Utterance.case_id == about.id) | around)
    return list(reversed(session.scalars(said.order_by(Utterance.id.desc()).limit(most)).all()))


def newest_of_staff(session: Session, about: Case) -> Utterance | None:
    return _newest(session, about, "staff")


def newest_of_resident(session: Session, about: Case) -> Utterance | None:
    return _newest(session, about, "resident")


def _newest(session: Session, about: Case, speaker: str) -> Utterance | None:
    said = select(Utterance).where(Utterance.resident_id == about.resident_id, Utterance.speaker == speaker)
    said = said.where(Utterance.said_at >= about.opened_at - BEFORE)
    return session.scalars(said.order_by(Utterance.id.desc()).limit(1)).one_or_none()


def undelivered(session: Session, delivery_ids: Collection[int]) -> Sequence[Delivery]:
    """Those of these deliveries that LINE has not taken."""
    wanted = select(Delivery).where(Delivery.id.in_(delivery_ids), Delivery.state != "sent")
    return session.scalars(wanted.options(defer(Delivery.messages), defer(Delivery.reply_token))).all()


def residents_with_refused(session: Session) -> set[int]:
    """Residents with an open case to whom something did not come through since it was opened."""
    trouble = (
        select(Delivery.resident_id)
        .join(Case, Case.resident_id == Delivery.resident_id)
        .where(Case.state != "closed", Delivery.created_at >= Case.opened_at, Delivery.settled_at.is_(None))
        .where(or_(Delivery.state == "failed", (Delivery.state == "waiting") & Delivery.refusal.is_not(None)))
    )
    return {number for number in session.scalars(trouble.distinct()) if number is not None}
