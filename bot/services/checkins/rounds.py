"""One due check-in, from the message to a sign of life, or stage by stage to somebody at the door.

    due → sent → any sign of life
               → asked again → (group) → telephone task, announced → contacts, in order → visit task

Each step is moved by an update that names the stage it expects, and noted under a unique constraint, so that two
clocks, or one that was killed in between, do it once. LINE's 200 proves nothing: only a sign of life ends a round.
What LINE would not take (refused, month used up, away for an hour) becomes a telephone task at once.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from bot.conversation import Action, Message
from bot.services import cases, changes, council, outgoing, tasks
from bot.services.checkins import contacts, groups, plans, rhythm, templates
from bot.services.checkins.templates import Step
from bot.store.cases import Case
from bot.store.checkins import (
    CheckinAsk,
    CheckinPlan,
    CheckinResponse,
    CheckinRound,
    CheckinStage,
    DisasterAsk,
)
from bot.store.engine import insert_or_ignore, rows_changed
from bot.store.residents import Resident, Thread
from bot.store.talk import Delivery
from bot.store.tasks import Task

UNSENT_AFTER = timedelta(hours=1)
"""How long a message may wait for LINE until a person telephones in its place."""

PATIENCE = timedelta(minutes=15)
"""How long an urgent task waits for somebody until the next person is told."""

BATCH = 250


@dataclass(frozen=True)
class Greeting:
    """What decides the words of one check-in."""

    plan_id: int
    at: datetime  # when it is sent, in the council's zone
    is_late: bool
    is_birthday: bool
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
    waiting = _waiting_of(session, due)
    threads = _threads_of(session, due)
    known = _known_rounds(session, due, now)
    asked: list[tuple[CheckinPlan, CheckinRound, Said, datetime]] = []
    for plan in due:
        assert plan.next_due_at is not None
        slot = rhythm.newest_due(plan, plan.next_due_at.astimezone(now.tzinfo), now)
        plan.next_due_at = rhythm.next_due(plan, now)
        if plan.state == "paused":
            plan.state, plan.paused_until, plan.pause_reason = "on", None, None
        if plan.state != "on" or plan.resident_id not in threads or plan.unreachable_at is not None:
            plan.next_due_at = None
            continue
        at = rhythm.when_to_ask(slot, plan.next_due_at, templates.quiet_of(plan), now)
        if at is None or (plan.id, slot) in known:
            continue
        joins = waiting.get(plan.id)
        one = CheckinRound(
            plan_id=plan.id, due_at=slot, joins_id=joins, next_stage_at=None if joins else at + UNSENT_AFTER
        )
        asked.append((plan, one, greet(_greeting(plan, slot, at)), at))
    session.add_all(one for _, one, _, _ in asked)
    session.flush()
    return len(due), _send(session, asked, threads, now)


def _greeting(plan: CheckinPlan, slot: datetime, at: datetime) -> Greeting:
    return Greeting(
        plan_id=plan.id,
        at=at,
        is_late=at - slot > timedelta(hours=1),
        is_birthday=bool(plan.birthday) and plan.birthday == at.strftime("%m-%d"),
        personal_line=plan.personal_line or "",
    )


def _waiting_of(session: Session, due: Sequence[CheckinPlan]) -> dict[int, int]:
    """The round that already waits for each of these people; a new one joins it instead of climbing beside it."""
    rows = session.execute(
        select(CheckinRound.plan_id, CheckinRound.id)
        .where(
            CheckinRound.plan_id.in_([plan.id for plan in due]),
            CheckinRound.ended_at.is_(None),
            CheckinRound.joins_id.is_(None),
        )
        .order_by(CheckinRound.id.desc())
    )
    return {row[0]: row[1] for row in rows}


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


# ── what became of a message ──


def note_sent(session: Session, delivery: Delivery, *, now: datetime) -> None:
    """LINE took it. Grace counts from now, because now it was really sent."""
    for one in _rounds_of(session, delivery):
        one.sent_at = one.sent_at or now
        if one.stage == "" and one.ended_at is None and one.joins_id is None:
            one.next_stage_at = _next_at(one.plan, "", now)
    for reached in session.scalars(select(CheckinStage).where(CheckinStage.delivery_id == delivery.id)):
        climbing = session.get(CheckinRound, reached.round_id)
        if climbing is None or climbing.ended_at is not None or climbing.stage != reached.stage:
            continue
        if reached.stage == "ask_again":
            climbing.next_stage_at = _next_at(climbing.plan, reached.stage, now)
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
    for reached in session.scalars(select(CheckinStage).where(CheckinStage.delivery_id == delivery.id)):
        climbing = session.get(CheckinRound, reached.round_id)
        is_waiting = climbing is not None and climbing.ended_at is None and climbing.stage == reached.stage
        if climbing is not None and is_waiting and reached.stage == "ask_again":
            climbing.next_stage_at = now
    for ask in session.scalars(select(CheckinAsk).where(CheckinAsk.delivery_id == delivery.id)):
        if ask.contact_id is not None:
            contacts.have_telephoned(session, ask, now=now)


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


# ── silence ──


def climb_due(session: Session, say: Any, *, now: datetime, most: int = 100, only: int | None = None) -> int:
    """Move the silent rounds whose time has come (or the round `only`) to their next stage, and do what it asks for.
    How many there were.

    `say` has the words: `handlers.copy.checkin`.
    """
    late = session.scalars(
        select(CheckinRound)
        .where(CheckinRound.next_stage_at <= now, *([CheckinRound.id == only] if only is not None else []))
        .options(joinedload(CheckinRound.plan))
        .order_by(CheckinRound.next_stage_at, CheckinRound.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=CheckinRound)
    ).all()
    for silent in late:
        escalate(session, silent, say, now=now)
    return len(late)


def escalate(session: Session, silent: CheckinRound, say: Any, *, now: datetime) -> str | None:
    """Move a silent round on: to the next contact, or to its next stage. None: another clock was here first, or there
    is no further stage. The stage it is in now otherwise."""
    plan = silent.plan
    if silent.stage == "contact" and silent.ended_at is None and not contacts.is_somebody_going(session, silent):
        asked_more = contacts.ask_next(session, silent, plan, say, now=now, at_once=1)
        if asked_more:
            silent.next_stage_at = now + contacts.PATIENCE
            return "contact"
    step = _next_step(plan, silent)
    moved = (
        update(CheckinRound)
        .where(CheckinRound.id == silent.id, CheckinRound.stage == silent.stage, CheckinRound.ended_at.is_(None))
        .values(
            stage=step.stage if step else silent.stage,
            stage_at=now if step else silent.stage_at,
            next_stage_at=_next_at(plan, step.stage, now) if step else None,
        )
    )
    if rows_changed(session, moved) == 0:
        return None
    session.refresh(silent)
    if step is None or not insert_or_ignore(
        session, CheckinStage, round_id=silent.id, stage=step.stage, reached_at=now
    ):
        return None
    reached = session.scalars(
        select(CheckinStage).where(CheckinStage.round_id == silent.id, CheckinStage.stage == step.stage)
    ).one()
    _act(session, silent, plan, step, reached, say, now)
    changes.tell(session, 0, "desk", now=now)
    return step.stage


def _next_step(plan: CheckinPlan, silent: CheckinRound) -> Step | None:
    """The stage that comes now. What was never sent cannot be asked again: a person telephones."""
    step = templates.following(plan, silent.stage)
    while step is not None and step.stage in ("ask_again", "group") and silent.sent_at is None:
        step = templates.following(plan, step.stage)
    return step


def _next_at(plan: CheckinPlan, stage: str, now: datetime) -> datetime | None:
    step = templates.following(plan, stage)
    if step is None:
        return None
    return rhythm.stage_time(
        now, step.after, templates.quiet_of(plan), at_night=step.at_night, on_holidays=step.on_holidays
    )


def _act(
    session: Session,
    silent: CheckinRound,
    plan: CheckinPlan,
    step: Step,
    reached: CheckinStage,
    say: Any,
    now: datetime,
) -> None:
    """What a stage asks for. Where nobody can be told, the next stage comes at once."""
    match step.stage:
        case "ask_again":
            reached.delivery_id = _tell(session, plan, say.asked_again(), silent, "ask_again", now)
            if reached.delivery_id is None:
                silent.next_stage_at = now
        case "group":
            if not groups.tell_members(session, silent, plan, say, now=now):
                silent.next_stage_at = now
        case "phone":
            reached.task_id = _open_task(session, silent, plan, step, "phone", now)
            call = say.we_will_call(council.about(session), plan.shared_word or "")
            reached.delivery_id = _tell(session, plan, call, silent, "phone", now)
        case "contact":
            if not contacts.ask_next(session, silent, plan, say, now=now, at_once=plan.template.contacts_at_once):
                silent.next_stage_at = now
            else:
                silent.next_stage_at = now + contacts.PATIENCE
        case "visit":
            reached.task_id = _open_task(session, silent, plan, step, "visit", now)
            silent.next_stage_at = None


def _tell(
    session: Session, plan: CheckinPlan, words: Said, silent: CheckinRound, stage: str, now: datetime
) -> int | None:
    """Say something to the silent person, in their own chat. None when they cannot be reached there."""
    resident = session.get(Resident, plan.resident_id) if plan.resident_id else None
    if resident is None or not resident.is_following:
        return None
    thread = session.scalars(select(Thread).where(Thread.resident_id == resident.id)).one_or_none()
    if thread is None:
        return None
    return outgoing.say(
        session,
        thread,
        resident,
        words.messages,
        choices=words.choices,
        now=now,
        message_class="escalation",
        retry_key=outgoing.retry_key(f"round:{silent.id}:{stage}"),
    ).id


def _open_task(
    session: Session, silent: CheckinRound, plan: CheckinPlan, step: Step, kind: Any, now: datetime
) -> int | None:
    task = tasks.open_(
        session,
        f"round:{silent.id}:{step.stage}",
        kind,
        now=now,
        is_urgent=True,
        climbs_after=PATIENCE,
        resident_id=plan.resident_id,
        plan_id=plan.id,
        round_id=silent.id,
        for_staff_id=step.staff_id,
    )
    return task.id if task else None


# ── what the program itself cannot do ──

AGAIN_AFTER = timedelta(minutes=30)


def due_plans(session: Session, *, now: datetime, most: int = BATCH) -> list[int]:
    due = select(CheckinPlan.id).where(CheckinPlan.next_due_at <= now).order_by(CheckinPlan.next_due_at)
    return list(session.scalars(due.limit(most)))


def due_stages(session: Session, *, now: datetime, most: int = BATCH) -> list[int]:
    due = select(CheckinRound.id).where(CheckinRound.next_stage_at <= now).order_by(CheckinRound.next_stage_at)
    return list(session.scalars(due.limit(most)))


def leave_to_people(
    session: Session, *, plan_id: int | None = None, round_id: int | None = None, now: datetime
) -> None:
    """Something about this one plan or round makes the program fail: a person looks after it, and the others are not
    held up. Only plain columns are touched, so that this cannot fail in the same way."""
    later = now + AGAIN_AFTER
    if plan_id is not None:
        session.execute(update(CheckinPlan).where(CheckinPlan.id == plan_id).values(next_due_at=later))
    if round_id is not None:
        session.execute(update(CheckinRound).where(CheckinRound.id == round_id).values(next_stage_at=later))
        plan_id = session.scalar(select(CheckinRound.plan_id).where(CheckinRound.id == round_id))
    tasks.open_(
        session,
        f"plan:{plan_id}:broken:{now.date().isoformat()}",
        "phone",
        now=now,
        is_urgent=True,
        climbs_after=PATIENCE,
        plan_id=plan_id,
    )


# ── a sign of life ──


@dataclass(frozen=True)
class Heard:
    """What a response met: the rounds it ended, whether people had been alarmed, the case it opened."""

    plan: CheckinPlan
    ended: list[CheckinRound]
    case: Case | None = None

    @property
    def was_alarm(self) -> bool:
        return any(one.stage not in ("", "ask_again") for one in self.ended)


def hear(session: Session, resident: Resident, kind: Any, *, now: datetime, words: str = "") -> Heard | None:
    """The resident gave a sign of life: whatever waits for one is over. 「ちょっと不安」 and 「話したい」 open a case.

    None when nobody watches over them. `words` are kept only when they worry.
    """
    plan = plans.of(session, resident.id)
    if plan is None:
        return None
    ended = plans.end_waiting(session, plan, kind=kind, now=now)
    worries = kind in ("uneasy", "talk")
    if ended or kind not in ("sign", "words"):
        session.add(
            CheckinResponse(
                plan_id=plan.id,
                round_id=ended[-1].id if ended else None,
                at=now,
                kind=kind,
                words=words or None if worries else None,
            )
        )
    case = cases.open_for(session, resident, because="resident", topic="loneliness", now=now) if worries else None
    return Heard(plan, ended, case)


def worry_after_all(
    session: Session, heard: Heard, kind: Any, resident: Resident, *, now: datetime, words: str
) -> Case:
    """Words that ended a round turn out to worry: staff see them."""
    newest = session.scalars(
        select(CheckinResponse).where(CheckinResponse.plan_id == heard.plan.id).order_by(CheckinResponse.id.desc())
    ).first()
    if newest is not None and newest.at == now:
        newest.kind, newest.words = kind, words
    for one in heard.ended:
        one.answer = kind
    return cases.open_for(session, resident, because="resident", topic="loneliness", now=now)


def confirmed_by_people(
    session: Session, silent: CheckinRound, *, kind: str, staff_id: int | None = None, now: datetime
) -> bool:
    """A contact or staff made sure that the person is well: the alarm is over. False when it was already."""
    ended = plans.end_waiting(session, silent.plan, kind=kind, now=now)
    if ended:
        session.add(CheckinResponse(plan_id=silent.plan_id, round_id=silent.id, at=now, kind=kind))
    return bool(ended)


def reported(session: Session, ask: CheckinAsk, outcome: Any, *, now: datetime) -> bool:
    """A contact or a member of the group tells what they found. False when the alarm was over already."""
    silent = session.scalars(
        select(CheckinRound).where(CheckinRound.id == ask.round_id).with_for_update(of=CheckinRound)
    ).one()
    ask.outcome, ask.outcome_at = outcome, now
    if silent.ended_at is not None:
        return False
    if outcome == "not_met":
        silent.next_stage_at = None if silent.stage == "visit" else now
        return True
    confirmed_by_people(session, silent, kind="contact", now=now)
    if outcome == "needs_help":
        _stay_with(session, f"ask:{ask.id}:help", silent, now)
    return True


def heed(session: Session, task: Task, *, staff_id: int, now: datetime) -> None:
    """A task about a silent person was done: what its result means for the round."""
    silent = session.get(CheckinRound, task.round_id) if task.round_id is not None else None
    if silent is None:
        return
    match task.result:
        case "well":
            confirmed_by_people(session, silent, kind="staff", staff_id=staff_id, now=now)
        case "needs_help":
            confirmed_by_people(session, silent, kind="staff", staff_id=staff_id, now=now)
            _stay_with(session, f"task:{task.id}:after", silent, now)
        case "stopped":
            plans.stop(session, silent.plan, staff_id=staff_id, now=now)
        case "not_reached" if silent.ended_at is None:
            if silent.next_stage_at is not None:
                silent.next_stage_at = now
            elif (
                not session.query(Task).filter(Task.round_id == silent.id, Task.state.in_(("open", "accepted"))).count()
            ):
                _stay_with(session, f"task:{task.id}:after", silent, now)


def _stay_with(session: Session, need: str, silent: CheckinRound, now: datetime) -> None:
    """Somebody goes on caring: a case for who is known, and a task in any event."""
    case = None
    resident = session.get(Resident, silent.plan.resident_id) if silent.plan.resident_id else None
    if resident is not None:
        case = cases.open_for(session, resident, because="staff", topic="loneliness", now=now)
    tasks.open_(
        session,
        need,
        "follow_up",
        now=now,
        is_urgent=True,
        climbs_after=PATIENCE,
        resident_id=silent.plan.resident_id,
        case_id=case.id if case else None,
        plan_id=silent.plan_id,
    )
