"""Somebody who cannot be asked on LINE any more: that is not silence, people are told at once."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.services import tasks
from bot.services.checkins import plans, templates
from bot.store.checkins import CheckinPlan, CheckinRound
from bot.store.tasks import Task

LOST_AGAIN = timedelta(minutes=5)
"""How soon the next person on call is told of somebody who became unreachable, while nobody has taken it."""

HOW_TO_GO_ON = timedelta(days=1)
"""By when staff decide how to look after somebody whom they reached, but whom LINE does not reach any more."""


def lost(session: Session, plan: CheckinPlan, *, now: datetime) -> CheckinRound | None:
    """The person blocked the account or deleted it. Staff are told at once, and the way through contacts and a visit
    begins. None when that is known already."""
    if plan.unreachable_at is not None:
        return None
    plan.unreachable_at, plan.next_due_at = now, None
    alarm = CheckinRound(plan_id=plan.id, due_at=now, kind="lost", stage="phone", stage_at=now)
    alarm.next_stage_at = templates.next_at(plan, "phone", now)
    session.add(alarm)
    session.flush()
    joining = update(CheckinRound).where(
        CheckinRound.plan_id == plan.id,
        CheckinRound.id != alarm.id,
        CheckinRound.ended_at.is_(None),
        CheckinRound.stage.in_(("", "ask_again", "group")),
    )
    session.execute(joining.values(joins_id=alarm.id, next_stage_at=None))
    task = tasks.open_(
        session,
        f"round:{alarm.id}:phone",
        "unreachable",
        now=now,
        is_urgent=True,
        climbs_after=LOST_AGAIN,
        resident_id=plan.resident_id,
        plan_id=plan.id,
        round_id=alarm.id,
    )
    if task is not None:
        task.climbs_at = now  # those on call hear of it with the clock's next look, not after waiting for somebody
    return alarm


def found(session: Session, plan: CheckinPlan, *, now: datetime) -> None:
    """The person follows again: the check-ins go on. (That they did something ends the alarm, as any sign does.)"""
    if plan.unreachable_at is None:
        return
    plan.unreachable_at = None
    plans.due_anew(plan, now)
    tasks.drop(session, Task.plan_id == plan.id, Task.need.like("plan:%:without_line"), now=now)


def decide_how_to_go_on(session: Session, plan: CheckinPlan, *, now: datetime) -> None:
    """Staff reached the person, whom LINE still does not: nobody asks tomorrow, so staff decide how to look after
    them."""
    if plan.unreachable_at is None or plan.state == "stopped":
        return
    waits = select(Task.id).where(
        Task.plan_id == plan.id, Task.need.like("plan:%:without_line"), Task.state.in_(("open", "accepted"))
    )
    if session.scalar(waits.limit(1)) is None:
        need = f"plan:{plan.id}:{now:%Y%m%d%H%M}:without_line"
        tasks.open_(session, need, "follow_up", now=now, due_at=now + HOW_TO_GO_ON, plan_id=plan.id)
