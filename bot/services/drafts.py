"""What staff are writing and have not sent: kept, so that nothing is lost, and colleagues see that it is written."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.services import changes, room
from bot.store.cases import Case
from bot.store.desk import CaseDraft

WRITING = timedelta(seconds=15)  # so long after the last stroke somebody counts as writing
SIGN_LASTS = 20  # seconds LINE shows that somebody is writing
LONGEST = 4000


def save(session: Session, about: Case, words: str, *, staff_id: int, now: datetime, form_key: str = "") -> bool:
    """Keep the draft; empty words throw it away. True when LINE should show (again) that somebody is writing.

    The last stroke may arrive after the words themselves were sent. What the form `form_key` has sent is no draft.
    """
    if form_key and room.said_before(session, str(room.answer_key(session, form_key))):
        return False
    kept = session.get(CaseDraft, (about.id, staff_id))
    began = bool(words.strip()) and (kept is None or now - kept.saved_at > WRITING)
    sign_is_over = kept is not None and _sign(kept.saved_at) != _sign(now)
    if not words.strip():
        if kept is not None:
            session.delete(kept)
            changes.tell(session, about.id, "typing", now=now)
        return False
    if kept is None:
        kept = CaseDraft(case_id=about.id, staff_id=staff_id)
        session.add(kept)
    kept.words, kept.saved_at = words[:LONGEST], now
    if began:
        changes.tell(session, about.id, "typing", now=now)
    return began or sign_is_over


def _sign(at: datetime) -> int:
    return int(at.timestamp() // SIGN_LASTS)


def of(session: Session, about: Case, staff_id: int) -> str:
    kept = session.get(CaseDraft, (about.id, staff_id))
    return kept.words if kept is not None else ""


def throw_away(session: Session, about: Case, *, staff_id: int) -> None:
    session.execute(delete(CaseDraft).where(CaseDraft.case_id == about.id, CaseDraft.staff_id == staff_id))


def being_written_by(session: Session, about: Case, *, now: datetime) -> list[int]:
    """Who is writing to the resident at this moment."""
    writing = select(CaseDraft.staff_id).where(CaseDraft.case_id == about.id, CaseDraft.saved_at > now - WRITING)
    return list(session.scalars(writing))
