"""One conversation's waiting events, in order, one at a time, each in one transaction.

    think about the words ─ lock the thread ─ oldest waiting event ─ handlers answer ─ event done + changes + next step
    + outbox ─ commit

The row of the thread is the lock (on SQLite the write transaction itself), so whichever workers are woken, a
resident's events are answered one after the other; a worker that is killed has done the whole turn or none of it.
An event that cannot be answered is tried again with growing pauses; after `MOST_TRIES` it is kept as failed, staff
see it, and the resident is told so with the office's telephone number.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.conversation import Reply, Turn
from bot.line import events
from bot.line.events import Incoming
from bot.services import changes, council, outgoing, residents, threads
from bot.services.cases import finding
from bot.store.residents import Resident, Thread
from bot.store.talk import InboxEvent, Utterance
from bot.work.metrics import TURN_SECONDS, TURNS
from bot.work.parts import Parts
from handlers import router
from handlers.copy import apology, groups

MOST_TRIES = 5
PAUSES = (1, 5, 20, 60, 60)  # seconds before the next try

log = structlog.get_logger(__name__)


def take_turns(
    parts: Parts,
    thread_key: str,
    *,
    typing: Callable[[str, str, datetime], None] | None = None,
    ring: Callable[[str], object] | None = None,
) -> datetime | None:
    """Answer all waiting events of one thread. Returns when to come again, if one must be tried later.

    `ring` is called for each other thread in which a turn said something, such as a contact's.
    `typing` is told of each event before it is thought about, so that a slow answer shows as being written.
    """
    while True:
        started = time.perf_counter()
        event_id = ""
        if not _think(parts, thread_key, typing):
            return None
        try:
            with parts.store.turn() as session:
                thread = threads.of(session, thread_key)
                event = _next_waiting(session, thread_key)
                if event is None:
                    return None
                if event.next_try_at is not None and event.next_try_at > parts.now():
                    return event.next_try_at
                event_id = event.id
                with structlog.contextvars.bound_contextvars(turn=event_id):
                    outcome = _take_turn(parts, session, thread, event)
        except OperationalError:
            raise  # the database is away: nothing of the turn happened, and it is no fault of the event
        except Exception:
            log.exception("turn failed", turn=event_id)
            with parts.store.turn() as session:
                again = _note_failure(parts, session, thread_key, event_id)
            TURNS.labels("failed").inc()
            if again is not None:
                return again
        else:
            for other in session.info.pop(outgoing.SAID_IN, set()) - {thread_key}:
                if ring is not None:
                    ring(other)
            TURNS.labels(outcome).inc()
            TURN_SECONDS.observe(time.perf_counter() - started)


def _think(parts: Parts, thread_key: str, typing: Callable[[str, str, datetime], None] | None) -> bool:
    """Whether an event waits. Its words are thought about here already, while nothing is locked."""
    with parts.store.reading() as session:
        event = _next_waiting(session, thread_key)
        if event is None:
            return False
        thread = session.get(Thread, thread_key)
        is_with_bot = thread is None or threads.owner_of(thread) == "bot"
        incoming, received_at = events.read(event.event or {}), event.received_at
        if event.next_try_at is not None and event.next_try_at > parts.now():
            return True
    if incoming.is_standby or incoming.heard in (None, "group") or not incoming.source_id:
        return True
    if typing is not None and incoming.reply_token:
        typing(thread_key, incoming.source_id, received_at)
    if incoming.heard == "text":
        try:
            router.think_ahead(incoming.said, parts.library, is_with_bot=is_with_bot)
        except Exception:
            log.exception("thinking ahead failed")  # the turn thinks for itself, and is kept as failed if it cannot
    return True


def _next_waiting(session: Session, thread_key: str) -> InboxEvent | None:
    return session.scalars(
        select(InboxEvent)
        .where(InboxEvent.thread_key == thread_key, InboxEvent.state == "waiting")
        .order_by(InboxEvent.happened_at, InboxEvent.id)
        .limit(1)
    ).one_or_none()


def _take_turn(
    parts: Parts,
    session: Session,
    thread: Thread,
    event: InboxEvent,
) -> str:
    now = parts.now()
    incoming = events.read(event.event or {})
    received_at = event.received_at
    event.event, event.done_at, event.state = None, now, "done"  # what was answered is not kept twice
    if incoming.is_standby or incoming.heard is None or not incoming.source_id:
        event.state = "ignored"
        return "ignored"
    if incoming.heard == "group":
        _leave(parts, session, thread, incoming, now)
        return "answered"
    resident = residents.meet(
        session,
        thread,
        line_id=incoming.source_id,
        line_id_hash=parts.store.key_of("line", incoming.source_id),
        now=now,
    )
    turn = _turn(parts, session, thread, resident, event, incoming, now)
    if not router.leaves_no_words(turn):
        _write_down(session, turn)
    reply = router.answer(turn)
    if not reply.said:
        if threads.owner_of(thread) == "person" and incoming.reply_token:
            outgoing.keep_reply_token(thread, incoming.reply_token, received_at=received_at)
        return "silent"
    if not threads.may_bot_speak(thread, reply):
        return "held back"
    outgoing.say(
        session,
        thread,
        resident,
        reply.said,
        now=now,
        choices=reply.choices,
        reply_token=incoming.reply_token,
        reply_received_at=received_at,
        is_passing=reply.is_passing,
    )
    return "answered"


def _turn(
    parts: Parts,
    session: Session,
    thread: Thread,
    resident: Resident,
    event: InboxEvent,
    incoming: Incoming,
    now: datetime,
) -> Turn:
    return Turn(
        heard=incoming.heard,  # type: ignore[arg-type]  # "group" was answered before
        now=now,
        session=session,
        resident=resident,
        thread=thread,
        library=parts.library,
        council=council.about(session),
        public_url=parts.public_url,
        said=incoming.said,
        choice=incoming.choice,
        tapped=incoming.tapped,
        step=incoming.step,
        date=incoming.date,
        time=incoming.time,
        place=incoming.place,
        message_hash=parts.store.key_of("message", incoming.message_id) if incoming.message_id else "",
        is_return=incoming.is_return,
        event_id=event.id,
        written_at=event.happened_at,
    )


def _write_down(session: Session, turn: Turn) -> None:
    """What the resident typed belongs to the conversation that staff may see after a handoff."""
    if turn.heard == "text":
        to_people = finding.open_case(session, turn.resident) if threads.owner_of(turn.thread) == "person" else None
        session.add(
            Utterance(
                resident_id=turn.resident.id,
                case_id=to_people.id if to_people is not None else None,
                said_at=turn.now,
                speaker="resident",
                words=turn.said,
                message_hash=turn.message_hash or None,
            )
        )
        changes.about(session, turn.resident.id, "said", now=turn.now)


def _leave(parts: Parts, session: Session, thread: Thread, incoming: Incoming, now: datetime) -> None:
    """Groups are told once that the bot only talks one-to-one."""
    if threads.owner_of(thread) == "nobody":
        return
    outgoing.leave_group(
        session, thread, incoming.source_id, [groups.only_one_to_one()], now=now, reply_token=incoming.reply_token
    )
    threads.release(thread)


def _note_failure(parts: Parts, session: Session, thread_key: str, event_id: str) -> datetime | None:
    """Count the failed try. When it was the last, keep the event as failed and tell the resident."""
    now = parts.now()
    event = session.get(InboxEvent, event_id)
    if event is None or event.state != "waiting":
        return None
    event.tries += 1
    if event.tries < MOST_TRIES:
        event.next_try_at = now + timedelta(seconds=PAUSES[event.tries - 1])
        return event.next_try_at
    incoming = events.read(event.event or {})
    event.state, event.done_at = "failed", now
    thread = threads.of(session, thread_key)
    if incoming.reply_token and thread.resident is not None:
        sorry = Reply(apology.could_not_answer(council.about(session)), is_safety=True)
        outgoing.say(
            session,
            thread,
            thread.resident,
            sorry.said,
            now=now,
            reply_token=incoming.reply_token,
            reply_received_at=event.received_at,
        )
    return None


def threads_waiting(session: Session, *, before: datetime, most: int = 500) -> list[str]:
    """The threads with an event that waited since `before` and is due, the longest first: who must be woken."""
    return list(
        session.scalars(
            select(InboxEvent.thread_key)
            .where(
                InboxEvent.state == "waiting",
                InboxEvent.received_at <= before,
                (InboxEvent.next_try_at.is_(None)) | (InboxEvent.next_try_at <= before),
            )
            .group_by(InboxEvent.thread_key)
            .order_by(func.min(InboxEvent.received_at))
            .limit(most)
        )
    )
