"""Delivering what is due, in order for each resident, neither lost nor twice.

A delivery is claimed in one transaction, handed to LINE outside of any, and its result noted in a second one. A
worker that dies in between leaves a claim; the next one that starts takes it over, before anything else, and repeats
the call in the same way as before. (If none starts, the claim runs out.)

**Push.** The row's own `X-Line-Retry-Key` makes repeating safe for 24 hours: LINE answers 409 when it has accepted the
key before, and we count that as delivered
(https://developers.line.biz/en/docs/messaging-api/retrying-api-request/).

**Many.** The same words to many go by multicast under one key. If LINE refuses the call for one of them, or the month
does not reach for all, it is split into pushes; their keys are derived, so a crash in the middle sends nothing twice.

**Reply.** A reply takes no retry key, but its token works once. So when the answer to a reply is lost, the same reply
is tried again while the token lives:

- LINE takes it: the first call had not arrived, and the single use of the token says there is no second one.
- LINE refuses it (400): either the first call had arrived and used up the token, or these messages are refused as
  such. `validate/reply` tells which: if it finds nothing wrong with the messages, they were delivered.
- No clear answer until the token's life is over: LINE was away all that minute. Then the messages are pushed, because
  a resident who waits for help must not be left without an answer. Only if LINE had in fact accepted the very first
  call, lost its answer and given no clear one for the rest of the minute could this show twice.

So that the token lives long enough to tell, a first reply is not begun with an old one: then it is pushed at once,
unless the month's messages do not reach for that.

A first reply that is refused means that the token is dead (or the messages wrong): a push follows, and when that is
refused as well the delivery is kept as failed with LINE's reason, for staff to see.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
import urllib3
from linebot.v3.messaging import ApiException
from sqlalchemy import ColumnElement, case, or_, select, update
from sqlalchemy.orm import Session

from bot.conversation import Cards, Notice, Text, action_from_plain, message_from_plain
from bot.line.gateway import Answer, Quota
from bot.line.messages import render
from bot.services import changes, outgoing, quota
from bot.services.checkins import rounds
from bot.store.engine import rows_changed
from bot.store.residents import Resident
from bot.store.talk import Delivery
from bot.work.metrics import DELIVERIES
from bot.work.parts import Parts
from handlers import notices

CLAIM = timedelta(seconds=20)  # longer than any call to LINE may take
LONGEST_CLAIM = timedelta(minutes=5)
TIME_TO_LEARN = timedelta(seconds=30)  # what a reply token must still have, to learn what became of a lost answer
RETRY_KEY_LIVES = timedelta(hours=23)  # LINE keeps a key for 24 hours
LONGEST_PAUSE = 60.0  # seconds: so much later than LINE itself may a resident get an answer after LINE was away
QUOTA_PAUSE = timedelta(minutes=10)
HELD_BACK = "held back: the month's messages"
WATCHED = ("checkin", "escalation")  # what must end in a message or in a person

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Claimed:
    """One call to make: what was read from the row while claiming it."""

    id: int
    kind: str
    recipient: str
    messages: list[dict[str, Any]]
    reply_token: str
    is_reply_repeated: bool
    retry_key: str
    tries: int
    people: int = 1


def deliver(parts: Parts, thread_key: str, ring: Callable[[str], object] | None = None) -> datetime | None:
    """Deliver what is due for one thread, oldest first. Returns when to come again, if something must wait.

    `ring` is called for other threads that have something to deliver now, because a call to many was split.
    """
    while True:
        if not _waits(parts, thread_key):
            return None
        with parts.store.turn() as session:
            claimed = _claim(session, thread_key, parts.now(), parts.public_url)
        _ring_for_split(session, ring)
        if claimed is AGAIN:
            continue
        if not isinstance(claimed, Claimed):
            return claimed  # type: ignore[return-value]
        way, answer = _call(parts, claimed)
        reading = _reading(parts) if answer.status == 429 and way in ("push", "many") else None
        with parts.store.turn() as session:
            again = _note(parts, session, claimed, way, answer, reading)
        _ring_for_split(session, ring)
        DELIVERIES.labels(way, answer.verdict).inc()
        if again is not None:
            return again


def _waits(parts: Parts, thread_key: str) -> bool:
    """Whether there is anything to claim. Looking locks nothing."""
    with parts.store.reading() as session:
        waiting = select(Delivery.id).where(Delivery.thread_key == thread_key, Delivery.state == "waiting")
        return session.scalar(waiting.limit(1)) is not None


AGAIN = "again"


def _claim(session: Session, thread_key: str, now: datetime, public_url: str) -> Claimed | datetime | str | None:
    """Take the thread's oldest waiting delivery; or say when it will be free; or None when nothing waits.

    Check-ins and alarms come before others, what is held back comes last.

    AGAIN: the oldest one was settled without LINE, look at the next.
    """
    oldest = session.scalars(
        select(Delivery)
        .where(Delivery.thread_key == thread_key, Delivery.state == "waiting")
        .order_by(case((Delivery.message_class.in_(WATCHED), 0), (Delivery.held_at.is_(None), 1), else_=2), Delivery.id)
        .limit(1)
    ).one_or_none()
    if oldest is None:
        return None
    if oldest.next_try_at is not None and oldest.next_try_at > now:
        return oldest.next_try_at
    if oldest.claimed_until is not None and now < oldest.claimed_until <= now + LONGEST_CLAIM:
        return oldest.claimed_until
    uses_reply = _may_be_replied(oldest, now, left=TIME_TO_LEARN)
    is_counted = not uses_reply and oldest.pushed_first_at is None and oldest.kind != "leave"
    if is_counted:
        leave = quota.take(session, oldest.message_class, oldest.recipient_count, now=now)
        is_counted = leave == "go"
        uses_reply = leave != "go" and _may_be_replied(oldest, now)
        if leave != "go" and not uses_reply:
            return _go_without(session, oldest, leave, now)
        oldest.held_at = None
    repeated = oldest.reply_tried_at is not None
    claim = (
        update(Delivery)
        .where(
            Delivery.id == oldest.id,
            Delivery.state == "waiting",
            Delivery.tries == oldest.tries,
            _is_unclaimed(now),
        )
        .values(
            claimed_until=now + CLAIM,
            tries=Delivery.tries + 1,
            reply_tried_at=now if uses_reply else oldest.reply_tried_at,
            pushed_first_at=oldest.pushed_first_at or (None if uses_reply else now),
        )
    )
    if rows_changed(session, claim) == 0:
        if is_counted:
            quota.give_back(session, oldest.recipient_count, now=now)
        return now + CLAIM  # another worker was here first
    session.refresh(oldest)  # more may have joined it before it was claimed
    return Claimed(
        id=oldest.id,
        kind=oldest.kind,
        recipient=oldest.recipient,
        messages=_rendered(session, oldest, now, public_url),
        reply_token=(oldest.reply_token or "") if uses_reply else "",
        is_reply_repeated=repeated,
        retry_key=oldest.retry_key,
        tries=oldest.tries,
        people=oldest.recipient_count,
    )


def _may_be_replied(delivery: Delivery, now: datetime, *, left: timedelta = timedelta()) -> bool:
    """Whether its reply token lives, and if it was never tried yet, whether so much of its life is left."""
    if not delivery.reply_token or delivery.reply_until is None:
        return False
    return now < delivery.reply_until - (left if delivery.reply_tried_at is None else timedelta())


def _go_without(session: Session, delivery: Delivery, leave: str, now: datetime) -> datetime | str:
    """The month's messages do not allow this one. "wait": hold it back; "person": somebody takes its place."""
    if leave == "person":
        _month_is_over(session, delivery, now)
        return AGAIN
    delivery.next_try_at = now + QUOTA_PAUSE
    if delivery.held_at is None:
        _tell_desk(session, delivery, now)  # staff see at its words that it waits, and what to do
    delivery.held_at, delivery.refusal = delivery.held_at or now, HELD_BACK
    return delivery.next_try_at


def _month_is_over(session: Session, delivery: Delivery, now: datetime) -> None:
    """The month's messages do not reach for this one. Of many, as many as can be are still sent one by one; for the
    others a person takes the message's place."""
    if delivery.kind == "many":
        _split(session, delivery, now)
        return
    _done(delivery, "failed", now)
    delivery.refusal, delivery.settled_at = HELD_BACK, now  # the task is what staff see
    rounds.note_unsent(session, delivery, because="quota", now=now)


def _split(session: Session, delivery: Delivery, now: datetime) -> None:
    session.info["split"] = [one.thread_key for one in outgoing.split(session, delivery, now=now)]


def _ring_for_split(session: Session, ring: Callable[[str], object] | None) -> None:
    """Only after the commit are the rows there for others to see. Without a bell the sweep finds them."""
    for key in session.info.pop("split", []):
        if ring is not None:
            ring(key)


def _is_unclaimed(now: datetime) -> ColumnElement[bool]:
    """Nobody is calling LINE for it now. A claim far ahead was made before the machine's clock was set back."""
    until = Delivery.claimed_until
    return or_(until.is_(None), until <= now, until > now + LONGEST_CLAIM)


def _rendered(session: Session, delivery: Delivery, now: datetime, public_url: str) -> list[dict[str, Any]]:
    rendered: list[dict[str, Any]] = []
    resident = session.get(Resident, delivery.resident_id) if delivery.resident_id is not None else None
    language = resident.language if resident is not None else "ja"
    for content in delivery.messages:
        told = [message_from_plain(message) for message in content["messages"]]
        choices = [action_from_plain(choice) for choice in content["choices"]]
        messages: list[Text | Cards] = []
        for one in told:
            if isinstance(one, Notice):
                spoken = notices.speak(session, one, language=language, now=now, public_url=public_url)
                messages.append(spoken.message)
                choices += spoken.choices
            else:
                messages.append(one)
        rendered += render(messages, choices)
    return rendered


def _call(parts: Parts, claimed: Claimed) -> tuple[str, Answer]:
    line = parts.gateway
    if claimed.kind == "leave":
        return "leave", line.leave(claimed.recipient)
    if claimed.kind == "many":
        to = [line_id for _, _, line_id in json.loads(claimed.recipient)]
        return "many", line.multicast(to, claimed.messages, retry_key=claimed.retry_key)
    if not claimed.reply_token:
        return "push", line.push(claimed.recipient, claimed.messages, retry_key=claimed.retry_key)
    answer = line.reply(claimed.reply_token, claimed.messages)
    if answer.verdict == "refused" and claimed.is_reply_repeated:
        could = line.could_be_replied(claimed.messages)
        if could.verdict == "accepted":
            return "reply", Answer("already", status=answer.status, request_id=answer.request_id)
        return "reply", could if could.verdict == "refused" else Answer("unknown", reason="reply not confirmed")
    return "reply", answer


def _note(
    parts: Parts, session: Session, claimed: Claimed, way: str, answer: Answer, reading: Quota | None = None
) -> datetime | None:
    """Keep the result. Returns when to try again, or None when the thread's next delivery may go."""
    now = parts.now()
    delivery = session.get(Delivery, claimed.id, with_for_update=True)
    if delivery is None or delivery.state != "waiting":
        return None  # dropped meanwhile: the resident left
    if delivery.tries != claimed.tries and answer.verdict not in ("accepted", "already"):
        return None  # taken over meanwhile: what becomes of it is the other's to find out
    delivery.claimed_until = None
    delivery.line_request_id = answer.request_id or delivery.line_request_id
    if (
        delivery.is_passing
        and answer.verdict in ("accepted", "already", "refused")
        and not _may_push(way, claimed, answer)
    ):
        session.delete(delivery)  # part of a worry report: not even that it was sent is kept
        return None
    if answer.verdict in ("accepted", "already"):
        _done(delivery, "sent", now)
        delivery.sent_by = "reply" if way == "reply" else "push"
        if delivery.message_class in WATCHED:
            rounds.note_sent(session, delivery, now=now)
        if delivery.kind == "many":
            delivery.recipient = ""
        return None
    delivery.refusal = f"{answer.status} {answer.reason}".strip() or None
    if _may_push(way, claimed, answer):
        delivery.reply_token = None  # the token is dead: the next round of the loop pushes
        return None
    if answer.verdict == "refused":
        quota.give_back(session, claimed.people, now=now)
        if delivery.kind == "many":
            _split(session, delivery, now)  # one id LINE does not know must not cost the others theirs
            return None
        _done(delivery, "failed", now)
        _tell_desk(session, delivery, now)
        if delivery.message_class in WATCHED:
            rounds.note_unsent(session, delivery, because="refused", now=now)
        return None
    if reading is not None:
        quota.note(session, most=reading.limit, used=reading.used, now=now)
        over = reading.limit is not None and reading.used + claimed.people > reading.limit
        if over and delivery.message_class in WATCHED:
            quota.give_back(session, claimed.people, now=now)
            _month_is_over(session, delivery, now)
            return None
        if over:
            quota.give_back(session, claimed.people, now=now)
            _tell_desk(session, delivery, now)
            delivery.pushed_first_at, delivery.held_at = None, now  # LINE did not take it: it asks for leave anew
            delivery.next_try_at = now + QUOTA_PAUSE
            return delivery.next_try_at
    if way == "reply" and answer.verdict == "unsent":
        delivery.reply_tried_at = None  # LINE cannot have seen it
    if delivery.pushed_first_at is not None and now - delivery.pushed_first_at > RETRY_KEY_LIVES:
        _tell_desk(session, delivery, now)
        _done(delivery, "failed", now)  # LINE is about to forget the key: repeating would no longer be safe
        if delivery.message_class in WATCHED:
            rounds.note_unsent(session, delivery, because="unclear", now=now)
        return None
    if claimed.tries == 1:
        _tell_desk(session, delivery, now)  # staff see at once that it is not through yet
    delivery.next_try_at = now + _pause(claimed)
    if way == "reply" and delivery.reply_token and delivery.reply_until is not None:
        # While the token lives, a repeated reply can still tell what became of the first one.
        delivery.next_try_at = min(delivery.next_try_at, max(now + timedelta(seconds=1), delivery.reply_until))
    return delivery.next_try_at


def _tell_desk(session: Session, delivery: Delivery, now: datetime) -> None:
    if delivery.resident_id is not None:
        changes.about(session, delivery.resident_id, "delivery", now=now)


def _may_push(way: str, claimed: Claimed, answer: Answer) -> bool:
    """Whether a refused reply only means that its token was dead."""
    return way == "reply" and answer.verdict == "refused" and not claimed.is_reply_repeated


def _done(delivery: Delivery, state: str, now: datetime) -> None:
    delivery.state = state  # type: ignore[assignment]
    delivery.done_at = now
    delivery.reply_token = None
    delivery.next_try_at = None
    if state == "sent":
        delivery.messages = []  # the conversation keeps the words; the outbox need not
        delivery.refusal = None


def _pause(claimed: Claimed) -> timedelta:
    """Growing, jittered pauses, so that many rows do not come back in the same moment."""
    longest = min(LONGEST_PAUSE, 0.5 * 2 ** min(claimed.tries - 1, 12))
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))  # noqa: S311 - no secret


def _reading(parts: Parts) -> Quota | None:
    """What LINE says of the month; None when it does not say."""
    try:
        return parts.gateway.quota()
    except (ApiException, urllib3.exceptions.HTTPError, OSError):
        return None


def take_over(session: Session, *, now: datetime) -> list[str]:
    """For a worker that starts: the threads with something to deliver now, those in which a death may have interrupted
    a call to LINE included, whose token lives for seconds only. Claims of workers that are alive end as well: repeating
    is safe, and only one of the two may conclude that LINE refuses.
    """
    is_claimed = [Delivery.state == "waiting", Delivery.claimed_until.is_not(None)]
    interrupted = list(session.scalars(select(Delivery.thread_key).where(*is_claimed).order_by(Delivery.id)))
    session.execute(update(Delivery).where(*is_claimed).values(claimed_until=None))
    return list(dict.fromkeys([*interrupted, *threads_due(session, now=now)]))


def threads_due(session: Session, *, now: datetime, most: int = 500) -> list[str]:
    """The threads whose oldest delivery is due, safety before news: whom the sweep must wake."""
    urgency = case({"escalation": 0, "checkin": 1, "answer": 2, "reminder": 3}, value=Delivery.message_class, else_=4)
    rows = session.execute(
        select(Delivery.thread_key)
        .where(
            Delivery.state == "waiting",
            or_(Delivery.next_try_at.is_(None), Delivery.next_try_at <= now),
            _is_unclaimed(now),
        )
        .order_by(urgency, Delivery.id)
        .limit(most)
    )
    return list(dict.fromkeys(key for (key,) in rows))
