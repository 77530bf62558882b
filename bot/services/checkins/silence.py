"""Silence climbs, stage by stage, to somebody at the door.

    asked again → (group) → telephone task, announced → contacts, in order → visit task

Each step is moved by an update that names the stage it expects, and noted under a unique constraint, so that two
clocks, or one that was killed in between, do it once.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from bot.services import changes, council, outgoing, tasks
from bot.services.checkins import contacts, groups, rhythm, templates, waiting
from bot.services.checkins.rounds import BATCH, Said
from bot.services.checkins.templates import Step
from bot.store.checkins import (
    CheckinPlan,
    CheckinRound,
    CheckinStage,
)
from bot.store.engine import insert_or_ignore, rows_changed
from bot.store.residents import Resident, Thread

PATIENCE = timedelta(minutes=15)
"""How long an urgent task waits for somebody until the next person is told."""

AGAIN_AFTER = timedelta(minutes=30)
"""After which a plan or round that makes the program fail is tried anew."""


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
            silent.next_stage_at = _after_asking(plan, now)
            return "contact"
    step = _next_step(plan, silent)
    moved = (
        update(CheckinRound)
        .where(CheckinRound.id == silent.id, CheckinRound.stage == silent.stage, CheckinRound.ended_at.is_(None))
        .values(
            stage=step.stage if step else silent.stage,
            stage_at=now if step else silent.stage_at,
            next_stage_at=templates.next_at(plan, step.stage, now) if step else None,
        )
    )
    if rows_changed(session, moved) == 0:
        return None
    session.refresh(silent)
    if step is None:
        if not waiting.is_somebody_at_it(session, silent):  # no visit was agreed, and the contacts are exhausted
            _open_task(session, silent, plan, None, "phone", now)
        return None
    if not insert_or_ignore(session, CheckinStage, round_id=silent.id, stage=step.stage, reached_at=now):
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
            if _was_asked_just_now(session, silent, now):
                return  # by the next day's message
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
                silent.next_stage_at = _after_asking(plan, now)
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


def _after_asking(plan: CheckinPlan, now: datetime) -> datetime:
    """When the next contact is asked, if this one does not answer; as the stage of the contacts may disturb people."""
    return templates.allowed_at(plan, "contact", now + contacts.PATIENCE)


def _was_asked_just_now(session: Session, silent: CheckinRound, now: datetime) -> bool:
    """Whether the message of a later day, which joined this round, has just asked the person."""
    newest = select(CheckinRound.id).where(
        CheckinRound.joins_id == silent.id,
        CheckinRound.due_at > now - rhythm.LATE_ENOUGH,
        CheckinRound.unsent_because.is_(None),
    )
    return session.scalar(newest.limit(1)) is not None


def _open_task(
    session: Session, silent: CheckinRound, plan: CheckinPlan, step: Step | None, kind: Any, now: datetime
) -> int | None:
    """The task of a stage; with no stage left (None), of going on."""
    task = tasks.open_(
        session,
        f"round:{silent.id}:{step.stage if step else 'last'}",
        kind,
        now=now,
        is_urgent=True,
        climbs_after=PATIENCE,
        resident_id=plan.resident_id,
        plan_id=plan.id,
        round_id=silent.id,
        for_staff_id=step.staff_id if step else None,
    )
    return task.id if task else None


# ── what the program itself cannot do ──


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
