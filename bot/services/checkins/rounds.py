"""One due check-in: made when it is due, sent once, and noted when LINE took it or would not.

    due → sent → any sign of life ends it   (`signs`)
               → silence climbs             (`silence`)

A round is unique for a person and due time, and its messages' retry keys are derived from it, so that two clocks, or
one that was killed in between, ask once. What LINE would not take (refused, month used up, away for an hour) becomes a
telephone task at once.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from bot.conversation import Action, Message
from bot.services import outgoing
from bot.services.checkins import contacts, rhythm, templates, unreachable, waiting
from bot.store.checkins import (
    CheckinAsk,
    CheckinPlan,
    CheckinRound,
    CheckinStage,
    DisasterAsk,
)
from bot.store.residents import Thread
from bot.store.talk import Delivery

UNSENT_AFTER = timedelta(hours=1)
"""How long a message may wait for LINE until a person telephones in its place."""

BATCH = 250


@dataclass(frozen=True)
class Greeting:
    """What decides the words of one check-in."""

    plan_id: int
    at: datetime  # when it is sent, in the council's zone
    is_late: bool
    birthday_since: int | None  # days since a birthday on which nobody wished them well yet; 0: today
    personal_line: str


@dataclass(frozen=True)
class Said:
    """Words ready to be sent. The same `key` means the same words, so that they can go to many in one call."""

    key: str
    messages: tuple[Message, ...]
    choices: tuple[Action, ...] = ()


# ── due ──


def make_due(
    session: Session, greet: Callable[[Greeting], Said], *, now: datetime, most: int = BATCH, only: int | None = None
) -> tuple[int, list[str]]:
    """Make the rounds that are due, at most `most` (or of the plan `only`), and put their messages on the way. How many
    plans were looked at, and the threads to ring for. A clock that was off makes up with one message for each person.
    """
    due = list(
        session.scalars(
            select(CheckinPlan)
            .where(CheckinPlan.next_due_at <= now, *([CheckinPlan.id == only] if only is not None else []))
            .options(joinedload(CheckinPlan.resident))
            .order_by(CheckinPlan.next_due_at, CheckinPlan.id)
            .limit(most)
            .with_for_update(skip_locked=True, of=CheckinPlan)
        )
    )
    if not due:
        return 0, []
    open_rounds = _open_rounds_of(session, due)
    threads = _threads_of(session, due)
    known = _known_rounds(session, due, now)
    asked: list[tuple[CheckinPlan, CheckinRound, Said, datetime]] = []
    for plan in due:
        assert plan.next_due_at is not None
        slot = rhythm.newest_due(plan, plan.next_due_at.astimezone(now.tzinfo), now)
        plan.next_due_at = rhythm.next_due(plan, now)
        if plan.state == "paused":
            plan.state, plan.paused_until, plan.pause_reason = "on", None, None
        if plan.state != "on" or plan.unreachable_at is not None:
            plan.next_due_at = None
            continue
        if plan.resident_id not in threads:  # the event of leaving never came, as after a backup was brought back
            unreachable.lost(session, plan, now=now)
            continue
        at = rhythm.when_to_ask(slot, plan.next_due_at, templates.quiet_of(plan), now)
        if at is None or (plan.id, slot) in known:
            continue
        before = open_rounds.get(plan.id)
        joins = before.id if before is not None and _is_looked_after(session, before) else None
        one = CheckinRound(
            plan_id=plan.id, due_at=slot, joins_id=joins, next_stage_at=None if joins else at + UNSENT_AFTER
        )
        asked.append((plan, one, greet(_greeting(plan, slot, at)), at))
    session.add_all(one for _, one, _, _ in asked)
    session.flush()
    for plan, one, _, _ in asked:
        if plan.id in open_rounds and one.joins_id is None:
            open_rounds[plan.id].joins_id = one.id
    return len(due), _send(session, asked, threads, now)


def _greeting(plan: CheckinPlan, slot: datetime, at: datetime) -> Greeting:
    return Greeting(
        plan_id=plan.id,
        at=at,
        is_late=at - slot > timedelta(hours=1),
        birthday_since=rhythm.birthday_since(plan, plan.birthday, at.date()) if plan.birthday else None,
        personal_line=plan.personal_line or "",
    )


def _open_rounds_of(session: Session, due: Sequence[CheckinPlan]) -> dict[int, CheckinRound]:
    """The round that already waits for each of these people."""
    rows = session.scalars(
        select(CheckinRound)
        .where(
            CheckinRound.plan_id.in_([plan.id for plan in due]),
            CheckinRound.ended_at.is_(None),
            CheckinRound.joins_id.is_(None),
        )
        .order_by(CheckinRound.id.desc())
    )
    return {one.plan_id: one for one in rows}


def _is_looked_after(session: Session, before: CheckinRound) -> bool:
    """Whether the round still climbs, or somebody has a task about it: then a new one joins it instead of climbing
    beside it. Otherwise all have done what they could, and with the new one it begins again."""
    return before.next_stage_at is not None or waiting.is_somebody_at_it(session, before)


def _threads_of(session: Session, due: Sequence[CheckinPlan]) -> dict[int | None, str]:
    ids = [plan.resident_id for plan in due if plan.resident is not None and plan.resident.is_following]
    rows = session.execute(select(Thread.resident_id, Thread.key).where(Thread.resident_id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def _known_rounds(session: Session, due: Sequence[CheckinPlan], now: datetime) -> set[tuple[int, datetime]]:
    rows = session.execute(
        select(CheckinRound.plan_id, CheckinRound.due_at).where(
            CheckinRound.plan_id.in_([plan.id for plan in due]), CheckinRound.due_at > now - timedelta(days=9)
        )
    )
    return {(plan_id, due_at) for plan_id, due_at in rows}


def _send(
    session: Session,
    asked: Sequence[tuple[CheckinPlan, CheckinRound, Said, datetime]],
    threads: dict[int | None, str],
    now: datetime,
) -> list[str]:
    """One call for all who hear the same words at the same time; one each for the others."""
    together: dict[tuple[str, datetime], list[tuple[CheckinPlan, CheckinRound, Said]]] = defaultdict(list)
    for plan, one, said, at in asked:
        together[said.key, at].append((plan, one, said))
    rung = []
    for (_, at), group in together.items():
        words = group[0][2]
        people = [(plan.resident, threads[plan.resident_id]) for plan, _, _ in group if plan.resident is not None]
        key = outgoing.retry_key("rounds:" + ",".join(f"{one.plan_id}@{one.due_at.isoformat()}" for _, one, _ in group))
        delivery = outgoing.say_to_many(
            session, people, words.messages, choices=words.choices, now=now, message_class="checkin", retry_key=key
        )
        if at > now:
            delivery.next_try_at = at
        for _, one, _ in group:
            one.delivery_id = delivery.id
        rung.append(delivery.thread_key)
    session.flush()
    return rung


def due_plans(session: Session, *, now: datetime, most: int = BATCH) -> list[int]:
    due = select(CheckinPlan.id).where(CheckinPlan.next_due_at <= now).order_by(CheckinPlan.next_due_at)
    return list(session.scalars(due.limit(most)))


# ── what became of a message ──


def note_sent(session: Session, delivery: Delivery, *, now: datetime) -> None:
    """LINE took it. Grace counts from now, because now it was really sent."""
    for one in _rounds_of(session, delivery):
        one.sent_at = one.sent_at or now
        if one.stage == "" and one.ended_at is None and one.joins_id is None:
            one.next_stage_at = templates.next_at(one.plan, "", now)
    for reached in session.scalars(select(CheckinStage).where(CheckinStage.delivery_id == delivery.id)):
        climbing = session.get(CheckinRound, reached.round_id)
        if climbing is None or climbing.ended_at is not None or climbing.stage != reached.stage:
            continue
        if reached.stage == "ask_again":
            climbing.next_stage_at = templates.next_at(climbing.plan, reached.stage, now)
    sent = update(DisasterAsk).where(DisasterAsk.delivery_id == (delivery.split_from or delivery.id))
    if delivery.split_from is not None:
        sent = sent.where(DisasterAsk.resident_id == delivery.resident_id)
    session.execute(sent.where(DisasterAsk.sent_at.is_(None)).values(sent_at=now))


def note_unsent(session: Session, delivery: Delivery, *, because: str, now: datetime) -> None:
    """LINE will not take it (refused, or the month is used up): a person takes the message's place, now."""
    for one in _rounds_of(session, delivery):
        one.unsent_because = because
        if one.stage == "" and one.ended_at is None and one.joins_id is None:
            one.next_stage_at = now
        elif one.joins_id is not None:
            _leave_to_people(session, one.joins_id, now)
    for reached in session.scalars(select(CheckinStage).where(CheckinStage.delivery_id == delivery.id)):
        climbing = session.get(CheckinRound, reached.round_id)
        is_waiting = climbing is not None and climbing.ended_at is None and climbing.stage == reached.stage
        if climbing is not None and is_waiting and reached.stage == "ask_again":
            climbing.next_stage_at = now
    for ask in session.scalars(select(CheckinAsk).where(CheckinAsk.delivery_id == delivery.id)):
        if ask.contact_id is not None:
            contacts.have_telephoned(session, ask, now=now)


def _leave_to_people(session: Session, round_id: int, now: datetime) -> None:
    """A later message of this round was to ask again, and does not go out: it is not waited for."""
    before = session.get(CheckinRound, round_id)
    if before is not None and before.ended_at is None and before.stage in ("", "ask_again"):
        before.next_stage_at = now


def _rounds_of(session: Session, delivery: Delivery) -> list[CheckinRound]:
    found = (
        select(CheckinRound)
        .join(CheckinRound.plan)
        .where(CheckinRound.delivery_id == (delivery.split_from or delivery.id))
        .options(joinedload(CheckinRound.plan))
    )
    if delivery.split_from is not None:
        found = found.where(CheckinPlan.resident_id == delivery.resident_id)
    return list(session.scalars(found))
