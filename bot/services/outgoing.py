"""Putting words on their way to a resident, in the transaction of whatever made them necessary.

A row of the outbox is one call to LINE. Nothing here talks to LINE: `bot.work.outbox` delivers.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bot.conversation import Action, Message, Notice, message_to_plain, words_of
from bot.services import changes
from bot.store.engine import rows_changed
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery, MessageClass, Utterance

REPLY_TOKEN_LIVES = timedelta(seconds=50)
"""LINE lets a token live for a minute after the webhook was received; ten seconds are kept for the way there
(https://developers.line.biz/en/reference/messaging-api/#send-reply-message-reply-token)."""

MOST_MESSAGES = 5
BUNDLED = timedelta(seconds=2)
"""How long something a member of staff said waits for more, when only a push can carry it."""
MOST_PEOPLE = 500

SAID_IN = "said_in"
"""Under this name a session remembers the threads in which something was said, for whoever rings the bell."""

NAMES = uuid.UUID("5a1c1e3e-6f4b-4f0e-9d5a-2c9b7a3f8e10")
"""The namespace of derived retry keys."""


def retry_key(what: str) -> str:
    """A retry key derived from what is said for: the same however often it is made, so that a crash between sending
    and noting cannot send twice."""
    return str(uuid.uuid5(NAMES, what))


def say(
    session: Session,
    thread: Thread,
    resident: Resident,
    messages: Sequence[Message],
    *,
    now: datetime,
    choices: Sequence[Action] = (),
    speaker: str = "bot",
    message_class: MessageClass = "answer",
    reply_token: str = "",
    reply_received_at: datetime | None = None,
    retry_key: str = "",
    is_passing: bool = False,
    staff_id: int | None = None,
    case_id: int | None = None,
) -> Delivery:
    """Send one to five messages in one call. A reply token makes it free while the token lives.

    `case_id`: the case in which it is said.
    `is_passing`: the conversation does not keep the words, and the delivery is gone once LINE has it.

    ValueError when there are no messages or more than LINE takes in one call.
    """
    if not 1 <= len(messages) <= MOST_MESSAGES:
        raise ValueError(f"{len(messages)} messages: LINE takes one to five in a call")
    delivery = Delivery(
        thread_key=thread.key,
        resident_id=resident.id,
        kind="messages",
        message_class=message_class,
        recipient=resident.line_id or "",
        messages=[to_plain(messages, choices)],
        message_count=len(messages),
        reply_token=reply_token or None,
        reply_until=(reply_received_at or now) + REPLY_TOKEN_LIVES if reply_token else None,
        retry_key=retry_key or str(uuid.uuid4()),
        created_at=now,
        is_passing=is_passing,
    )
    session.add(delivery)
    session.flush()
    session.info.setdefault(SAID_IN, set()).add(thread.key)
    if is_passing or all(isinstance(message, Notice) for message in messages):
        return delivery
    session.add(
        Utterance(
            resident_id=resident.id,
            said_at=now,
            speaker=speaker,
            words="\n".join(filter(None, map(words_of, messages))),
            delivery_id=delivery.id,
            staff_id=staff_id,
            case_id=case_id,
        )
    )
    changes.about(session, resident.id, "said", now=now)
    return delivery


def say_for_person(
    session: Session,
    thread: Thread,
    resident: Resident,
    messages: Sequence[Message],
    *,
    staff_id: int,
    case_id: int,
    key: str | None,
    now: datetime,
) -> Delivery:
    """What a member of staff says. A reply token that still lives makes it free; else what is said within a moment
    goes out in one push, because each push counts against the month. `key` names the form it came from.
    """
    token = thread.reply_token if thread.reply_until is not None and thread.reply_until > now else None
    if token is None and (waiting := _joined(session, thread, messages, now=now)) is not None:
        delivery = waiting
    else:
        delivery = Delivery(
            thread_key=thread.key,
            resident_id=resident.id,
            recipient=resident.line_id or "",
            messages=[to_plain(messages, ())],
            message_count=len(messages),
            reply_token=token,
            reply_until=thread.reply_until if token else None,
            next_try_at=None if token else now + BUNDLED,
            retry_key=str(uuid.uuid4()),
            created_at=now,
        )
        session.add(delivery)
        session.flush()
    thread.reply_token = thread.reply_until = None
    session.add(
        Utterance(
            resident_id=resident.id,
            said_at=now,
            speaker="staff",
            words="\n".join(filter(None, map(words_of, messages))),
            delivery_id=delivery.id,
            staff_id=staff_id,
            case_id=case_id,
            form_key=key,
        )
    )
    changes.about(session, resident.id, "said", now=now)
    return delivery


def _joined(session: Session, thread: Thread, messages: Sequence[Message], *, now: datetime) -> Delivery | None:
    """The newest delivery of the thread, with these messages in it too; None when it cannot take them (any more)."""
    newest = session.scalars(
        select(Delivery)
        .where(Delivery.thread_key == thread.key, Delivery.state == "waiting")
        .order_by(Delivery.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or newest.next_try_at is None or newest.created_at < now - BUNDLED:
        return None
    together = newest.message_count + len(messages)
    if together > MOST_MESSAGES:
        return None
    joining = update(Delivery).where(
        Delivery.id == newest.id,
        Delivery.state == "waiting",
        Delivery.tries == 0,
        Delivery.claimed_until.is_(None),
        Delivery.held_at.is_(None),
        Delivery.reply_token.is_(None),
        Delivery.kind == "messages",
        Delivery.message_class == "answer",
    )
    contents = [*newest.messages, to_plain(messages, ())]
    if rows_changed(session, joining.values(messages=contents, message_count=together)) == 0:
        return None  # a worker has it already
    session.refresh(newest)
    return newest


def keep_reply_token(thread: Thread, token: str, *, received_at: datetime) -> None:
    """The bot stays silent: whoever answers in its place may use the token while it lives."""
    thread.reply_token, thread.reply_until = token, received_at + REPLY_TOKEN_LIVES


def try_again(session: Session, refused: Delivery, *, now: datetime) -> bool:
    """Staff ask for a refused delivery to be tried again. False when it is not refused, or nothing is left of it."""
    if refused.state != "failed" or not refused.messages:
        return False
    refused.state, refused.tries = "waiting", 0
    refused.next_try_at = refused.claimed_until = refused.done_at = refused.pushed_first_at = None
    refused.retry_key = str(uuid.uuid4())
    if refused.resident_id is not None:
        changes.about(session, refused.resident_id, "delivery", now=now)
    return True


def say_to_many(
    session: Session,
    people: Sequence[tuple[Resident, str]],
    messages: Sequence[Message],
    *,
    now: datetime,
    message_class: MessageClass,
    retry_key: str,
    choices: Sequence[Action] = (),
) -> Delivery:
    """The same words to up to 500 people (each with the key of their thread) in one call; to one person it is a
    plain `messages` delivery. Safe to repeat under the given retry key. ValueError when nobody or too many are given.
    """
    if not 1 <= len(people) <= MOST_PEOPLE:
        raise ValueError(f"{len(people)} people: LINE takes one to {MOST_PEOPLE} in a call")
    is_one = len(people) == 1
    delivery = Delivery(
        thread_key=people[0][1] if is_one else "+" + retry_key.replace("-", "")[:21],
        resident_id=people[0][0].id if is_one else None,
        kind="messages" if is_one else "many",
        message_class=message_class,
        recipient=(people[0][0].line_id or "")
        if is_one
        else json.dumps([[resident.id, key, resident.line_id] for resident, key in people]),
        recipient_count=len(people),
        messages=[to_plain(messages, choices)],
        message_count=len(messages),
        retry_key=retry_key,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    said = "\n".join(words_of(message) for message in messages)
    session.execute(
        insert(Utterance),
        [
            {"resident_id": resident.id, "said_at": now, "speaker": "bot", "words": said, "delivery_id": delivery.id}
            for resident, _ in people
        ],
    )
    return delivery


def people_of(delivery: Delivery) -> list[tuple[int, str, str]]:
    """Resident id, thread key and LINE id of everybody a `many` delivery goes to."""
    return [(int(one), str(key), str(line_id)) for one, key, line_id in json.loads(delivery.recipient or "[]")]


def split(session: Session, delivery: Delivery, *, now: datetime) -> list[Delivery]:
    """LINE did not take a call to many: one call for each of them instead, under keys derived from the call's own."""
    single = []
    for resident_id, thread_key, line_id in people_of(delivery):
        single.append(
            Delivery(
                thread_key=thread_key,
                resident_id=resident_id,
                message_class=delivery.message_class,
                recipient=line_id,
                messages=delivery.messages,
                message_count=delivery.message_count,
                retry_key=str(uuid.uuid5(NAMES, f"{delivery.retry_key}:{resident_id}")),
                created_at=now,
                split_from=delivery.id,
            )
        )
    session.add_all(single)
    delivery.state, delivery.done_at, delivery.messages, delivery.recipient = "dropped", now, [], ""
    delivery.claimed_until = delivery.next_try_at = None
    session.flush()
    return single


def leave_group(
    session: Session, thread: Thread, group: str, messages: Sequence[Message], *, now: datetime, reply_token: str
) -> None:
    """Say something to a group or room with its reply token, then leave it."""
    if reply_token:
        session.add(
            Delivery(
                thread_key=thread.key,
                recipient=group,
                messages=[to_plain(messages, ())],
                message_count=len(messages),
                reply_token=reply_token,
                reply_until=now + REPLY_TOKEN_LIVES,
                retry_key=str(uuid.uuid4()),
                created_at=now,
            )
        )
        session.flush()
    session.add(
        Delivery(
            thread_key=thread.key,
            kind="leave",
            recipient=group,
            messages=[],
            message_count=0,
            retry_key=str(uuid.uuid4()),
            created_at=now,
        )
    )


def to_plain(messages: Sequence[Message], choices: Sequence[Action]) -> dict[str, Any]:
    """One call's content as plain data: own words, not LINE's."""
    return {
        "messages": [message_to_plain(message) for message in messages],
        "choices": [asdict(choice) for choice in choices],
    }
