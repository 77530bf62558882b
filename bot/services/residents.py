"""Residents: who they are to us, when they come, when they leave, and what must be forgotten."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.services import changes, threads
from bot.store.areas import Area
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery, InboxEvent, Utterance


def meet(session: Session, thread: Thread, *, line_id: str, line_id_hash: str, now: datetime) -> Resident:
    """The resident of this thread; a new one when we have not met. Any sign from them is noted as the last one."""
    resident = (
        thread.resident or session.scalars(select(Resident).where(Resident.line_id_hash == line_id_hash)).one_or_none()
    )
    if resident is None:
        resident = Resident(line_id=line_id, line_id_hash=line_id_hash, created_at=now, language="ja")
        session.add(resident)
        session.flush()
    if thread.resident_id is None:
        thread.resident = resident
    resident.last_seen_at = now
    return resident


def came(resident: Resident, thread: Thread, *, now: datetime) -> None:
    """The resident follows us, for the first time or again."""
    resident.is_following = True
    resident.followed_at = now
    resident.left_at = None
    if threads.owner_of(thread) == "nobody":
        threads.give_to_bot(thread)


def left(session: Session, resident: Resident, thread: Thread, *, now: datetime) -> None:
    """The resident blocked us or deleted the account: everything that was going to be sent to them stops."""
    resident.is_following = False
    resident.left_at = now
    threads.release(thread)
    session.execute(
        update(Delivery)
        .where(Delivery.thread_key == thread.key, Delivery.state == "waiting")
        .values(state="dropped", done_at=now, messages=[], reply_token=None)
    )
    changes.about(session, resident.id, "left", now=now)


def live_in(resident: Resident, area: Area | None) -> None:
    """The resident told us their area; None when they would rather not."""
    resident.area = area
    resident.area_id = area.id if area else None


def take_back(session: Session, message_hash: str, *, now: datetime) -> int:
    """The resident unsent a message: its words are erased wherever they lie. How many places held them.

    LINE asks for it (https://developers.line.biz/en/docs/messaging-api/receiving-messages/#receive-unsend-event).
    """
    said = session.scalars(select(Utterance).where(Utterance.message_hash == message_hash)).all()
    for utterance in said:
        utterance.words = None
        utterance.unsent_at = now
    waiting = session.scalars(
        select(InboxEvent).where(InboxEvent.message_hash == message_hash, InboxEvent.state == "waiting")
    ).all()
    for event in waiting:
        if (event.event or {}).get("type") != "unsend":
            event.event, event.state, event.done_at = None, "ignored", now
    for one in {utterance.resident_id for utterance in said}:
        changes.about(session, one, "unsent", now=now)
    return len(said) + len(waiting)
