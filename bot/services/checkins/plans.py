"""What was agreed with one person: the days, pausing, changing, stopping."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import audit, tasks
from bot.services.checkins import rhythm, waiting
from bot.store.checkins import CheckinContact, CheckinPlan, CheckinResponse, CheckinRound
from bot.store.residents import Resident
from bot.store.tasks import Task

MOST_PAUSE = timedelta(days=366)


class PlanWrong(ValueError):
    """Something of the plan cannot be. The text names what: `days`, `window`, `pause`, `name`, `birthday`."""


def of(session: Session, resident_id: int | None) -> CheckinPlan | None:
    """The resident's plan that is not stopped."""
    if resident_id is None:
        return None
    return session.scalars(
        select(CheckinPlan).where(CheckinPlan.resident_id == resident_id, CheckinPlan.state != "stopped")
    ).one_or_none()


def pause(
    session: Session, plan: CheckinPlan, *, until: date, reason: str = "", staff_id: int | None = None, now: datetime
) -> CheckinPlan:
    """No messages until the end of that day; what waits for a response now is over. PlanWrong for a day gone by."""
    if until < now.date() or until > now.date() + MOST_PAUSE:
        raise PlanWrong("pause")
    waiting.end(session, plan, kind="staff" if staff_id else "sign", now=now)
    plan.state, plan.paused_until, plan.pause_reason = "paused", until, reason.strip() or None
    due_anew(plan, now)
    audit.record(session, "pause_checkins", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)
    return plan


def resume(session: Session, plan: CheckinPlan, *, staff_id: int | None = None, now: datetime) -> CheckinPlan:
    """Back from hospital or the journey."""
    plan.state = "on" if plan.resident_id is not None else "waiting"
    plan.paused_until = plan.pause_reason = None
    due_anew(plan, now)
    audit.record(session, "resume_checkins", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)
    return plan


def change(
    session: Session,
    plan: CheckinPlan,
    *,
    every: int | None = None,
    weekdays: str | None = None,
    window_from: int | None = None,
    window_to: int | None = None,
    staff_id: int | None = None,
    now: datetime,
) -> CheckinPlan:
    """Other days, or another time of day. What waits for a response goes on waiting."""
    told = days(
        plan.every if every is None else every,
        plan.weekdays if weekdays is None else weekdays,
        plan.window_from if window_from is None else window_from,
        plan.window_to if window_to is None else window_to,
    )
    for name, value in told.items():
        setattr(plan, name, value)
    plan.starts_on = now.date()
    begins = rhythm.on_day(now.date(), 0, now)
    today = select(CheckinRound.id).where(CheckinRound.plan_id == plan.id, CheckinRound.due_at >= begins)
    was_asked = session.scalar(today.limit(1)) is not None
    due_anew(plan, rhythm.last_moment(now) if was_asked else now)  # nobody is asked twice on one day
    audit.record(session, "change_checkins", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)
    return plan


def describe(session: Session, plan: CheckinPlan, facts: dict[str, Any], *, staff_id: int, now: datetime) -> None:
    """What staff know of the person: name, telephone, address, shared word, birthday, a personal line, template, area.
    PlanWrong for a birthday that is none."""
    if (birthday := facts.get("birthday")) is not None:
        facts = {**facts, "birthday": _birthday(birthday)}
    for name, value in facts.items():
        if name not in DESCRIBED:
            raise PlanWrong(name)
        setattr(plan, name, value.strip() or None if isinstance(value, str) else value)
    audit.record(session, "describe_plan", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)


DESCRIBED = (
    "name",
    "phone",
    "address",
    "shared_word",
    "note",
    "birthday",
    "personal_line",
    "template_id",
    "area_id",
    "own_steps",
)


def stop(session: Session, plan: CheckinPlan, *, staff_id: int | None = None, now: datetime) -> None:
    """No more check-ins. Nothing waits any longer, and nobody need look after it; help that was called for goes on."""
    waiting.end(session, plan, kind="staff" if staff_id else "sign", now=now)
    plan.state, plan.stopped_at, plan.next_due_at, plan.code, plan.group_id = "stopped", now, None, None, None
    is_help = (Task.kind == "follow_up") & Task.is_urgent  # somebody called for it: stopping does not call it off
    tasks.drop(session, Task.plan_id == plan.id, ~is_help, now=now, result="stopped")
    audit.record(session, "stop_checkins", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)


def erase(session: Session, resident: Resident, *, now: datetime) -> None:
    """「データを消して」: the plan stops, and what it held about the person and their contacts goes."""
    plan = of(session, resident.id)
    if plan is not None:
        stop(session, plan, now=now)
    for one in session.scalars(select(CheckinPlan).where(CheckinPlan.resident_id == resident.id)):
        for name in ("name", "phone", "address", "shared_word", "note", "birthday", "personal_line", "pause_reason"):
            setattr(one, name, None)
        session.query(CheckinContact).filter_by(plan_id=one.id).delete()
        session.query(CheckinResponse).filter_by(plan_id=one.id).update({"words": None})


def days(every: int, weekdays: str, window_from: int, window_to: int) -> dict[str, Any]:
    """What of a plan says when somebody is asked, checked. PlanWrong."""
    days = "".join(sorted(set(weekdays)))
    if not 1 <= every <= rhythm.MOST_DAYS or not set(days) <= set("0123456"):
        raise PlanWrong("days")
    if not (0 <= window_from < window_to <= 24 * 60):
        raise PlanWrong("window")
    return {"every": every, "weekdays": days, "window_from": window_from, "window_to": window_to}


def _birthday(written: str) -> str | None:
    """Month and day (`3-15`, `02-29`) as they are kept; None for nothing."""
    if not written:
        return None
    month, _, day = written.partition("-")
    try:
        return date(2024, int(month), int(day)).strftime("%m-%d")
    except ValueError:
        raise PlanWrong("birthday") from None


def due_anew(plan: CheckinPlan, after: datetime) -> None:
    """Count the next due time anew, if the person can be asked at all."""
    can_be_asked = plan.state in ("on", "paused") and plan.resident_id is not None and plan.unreachable_at is None
    plan.next_due_at = rhythm.next_due(plan, after) if can_be_asked else None
