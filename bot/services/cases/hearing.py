"""What the resident says in a case, on LINE or in the consultation room: it waits for an answer from then on."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import consultation, room
from bot.services.cases import finding, opening, refusals
from bot.services.photos import Photo
from bot.store.cases import Case
from bot.store.residents import Resident, Thread
from bot.store.talk import Utterance


def hear(session: Session, resident: Resident, *, now: datetime) -> Case | None:
    """The resident said something for people to read. The case waits for an answer from now on, also one on hold."""
    open_one = finding.open_case(session, resident)
    if open_one is not None:
        opening.heard(session, open_one, now)
    return open_one


def hear_late(session: Session, resident: Resident, thread: Thread, *, written_at: datetime, now: datetime) -> bool:
    """Words written before the resident could know that the case was closed belong to it: it is open again."""
    meanwhile = select(Case.id).where(Case.resident_id == resident.id, Case.way == "line", Case.closed_at >= written_at)
    if session.scalar(meanwhile.limit(1)) is None:
        return False
    within = now - written_at + timedelta(seconds=1)
    return opening.reopen(session, resident, thread, within=within, now=now) is not None


def hear_in_room(
    session: Session,
    visited: Case,
    words: str,
    *,
    form: str,
    photo: Photo | None = None,
    danger: str = "",
    now: datetime,
) -> Utterance | None:
    """The resident wrote in the room: it stands there, staff see it. None when this very form was sent before.

    A case that was closed lately is open again. NotOpen when it was closed too long ago, or another case is open;
    NothingSaid when there is neither a word nor a photo.
    """
    if photo is None and not words.strip():
        raise refusals.NothingSaid
    thread = finding.lock(session, visited)
    key = room.form_key(session, form, words.encode(), photo.jpeg if photo else b"")
    if room.said_before(session, key):
        return None
    if visited.state == "closed":
        within = timedelta(days=consultation.rules(session).reopen_days)
        opened = thread and opening.reopen(session, visited.resident, thread, within=within, now=now)
        if not opened or opened.id != visited.id:
            raise refusals.NotOpen
    written = room.put(session, visited, "resident", words.strip(), now=now, key=key)
    if photo is not None:
        room.keep_photo(session, written, photo)
    opening.heard(session, visited, now)
    if danger:
        opening.open_for(session, visited.resident, because="danger", danger=danger, now=now)
    return written
