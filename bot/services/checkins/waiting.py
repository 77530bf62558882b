"""What waits for a sign of life, and that the waiting is over."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.services import changes, tasks
from bot.store.checkins import CheckinPlan, CheckinRound
from bot.store.engine import rows_changed
from bot.store.tasks import Task


def end(session: Session, plan: CheckinPlan, *, kind: str, now: datetime) -> list[CheckinRound]:
    """Everything of this person that waits for a sign of life is over, and what people were to do about it.

    The rounds that were waiting. Contacts who were asked are told by the clock's next look.
    """
    waiting = list(
        session.scalars(
            select(CheckinRound)
            .where(CheckinRound.plan_id == plan.id, CheckinRound.ended_at.is_(None))
            .order_by(CheckinRound.id)
        )
    )
    ended = []
    for one in waiting:
        ending = (
            update(CheckinRound)
            .where(CheckinRound.id == one.id, CheckinRound.ended_at.is_(None))
            .values(ended_at=now, answered_at=now, answer=kind, next_stage_at=None)
        )
        if rows_changed(session, ending):
            session.refresh(one)
            ended.append(one)
    if any(one.stage for one in ended):
        changes.tell(session, 0, "desk", now=now)  # an alarm is over: open pages of the desk show it at once
    if ended:
        tasks.drop(session, Task.round_id.in_([one.id for one in ended]), now=now, result="sign_of_life")
    return ended


def is_somebody_at_it(session: Session, silent: CheckinRound) -> bool:
    """Whether a task about this round is still to be done."""
    todo = select(Task.id).where(Task.round_id == silent.id, Task.state.in_(("open", "accepted")))
    return session.scalar(todo.limit(1)) is not None
