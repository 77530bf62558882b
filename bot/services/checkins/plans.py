"""What was agreed with one person: joining, pausing, changing, stopping, linking with LINE, becoming unreachable."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.services import audit, changes, tasks
from bot.services.checkins import rhythm, templates
from bot.store.checkins import CheckinContact, CheckinPlan, CheckinResponse, CheckinRound
from bot.store.engine import rows_changed
from bot.store.residents import Resident
from bot.store.tasks import Task

CODE_LIVES = timedelta(days=30)
LINK_BY = timedelta(days=7)
LOST_AGAIN = timedelta(minutes=5)
"""How soon the next person on call is told of somebody who became unreachable, while nobody has taken it."""
MOST_PAUSE = timedelta(days=366)
WORDS = ("さくら", "もみじ", "つばき", "すみれ", "ひまわり", "あじさい", "わかば", "こすもす", "うぐいす", "つばめ")


class PlanWrong(ValueError):
    """Something of the plan cannot be. The text names what: `days`, `window`, `pause`, `name`, `birthday`."""


class AlreadyWatched(Exception):
    """This resident has a plan."""


def of(session: Session, resident_id: int | None) -> CheckinPlan | None:
    """The resident's plan that is not stopped."""
    if resident_id is None:
        return None
    return session.scalars(
        select(CheckinPlan).where(CheckinPlan.resident_id == resident_id, CheckinPlan.state != "stopped")
    ).one_or_none()


def join(
    session: Session,
    resident: Resident,
    *,
    every: int = 1,
    weekdays: str = "",
    window_from: int,
    window_to: int,
    now: datetime,
) -> CheckinPlan:
    """The resident agreed in the chat. From the next chosen day on they are asked. AlreadyWatched, PlanWrong."""
    if of(session, resident.id) is not None:
        raise AlreadyWatched
    plan = CheckinPlan(
        resident_id=resident.id,
        template_id=templates.usual(session, now=now).id,
        state="on",
        area_id=resident.area_id,
        starts_on=now.date(),
        shared_word=secrets.choice(WORDS),
        consent_at=now,
        consent_way="line",
        created_at=now,
        **_rhythm(every, weekdays, window_from, window_to),
    )
    plan.next_due_at = rhythm.next_due(plan, now)
    session.add(plan)
    session.flush()
    audit.record(session, "join_checkins", staff_id=None, now=now, kind="plan", record_id=plan.id)
    return plan


def enrol(
    session: Session,
    *,
    name: str,
    phone: str = "",
    address: str = "",
    every: int = 1,
    weekdays: str = "",
    window_from: int,
    window_to: int,
    area_id: int | None = None,
    template_id: int | None = None,
    staff_id: int,
    now: datetime,
) -> CheckinPlan:
    """Staff enrol somebody who agreed on paper or at the door. They are asked once their LINE is linked by the code;
    until then a task reminds staff."""
    if not name.strip():
        raise PlanWrong("name")
    plan = CheckinPlan(
        template_id=template_id or templates.usual(session, now=now).id,
        state="waiting",
        name=name.strip(),
        phone=phone.strip() or None,
        address=address.strip() or None,
        area_id=area_id,
        starts_on=now.date(),
        shared_word=secrets.choice(WORDS),
        consent_at=now,
        consent_way="paper",
        enrolled_by=staff_id,
        created_at=now,
        **_rhythm(every, weekdays, window_from, window_to),
    )
    session.add(plan)
    session.flush()
    new_code(session, plan, now=now)
    tasks.open_(session, f"plan:{plan.id}:link", "follow_up", now=now, due_at=now + LINK_BY, plan_id=plan.id)
    audit.record(session, "enrol_in_checkins", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)
    return plan


def new_code(session: Session, plan: CheckinPlan, *, now: datetime) -> str:
    """A fresh six-digit code that links a LINE to this plan, once, for a month."""
    while True:
        code = f"{secrets.randbelow(1_000_000):06}"
        if session.scalar(select(CheckinPlan.id).where(CheckinPlan.code == code)) is None:
            break
    plan.code, plan.code_until = code, now + CODE_LIVES
    session.flush()
    return code


def link(session: Session, code: str, resident: Resident, *, now: datetime) -> CheckinPlan | None:
    """The resident whose card shows this code is asked on this LINE from now on. None: no such code, or too old.
    AlreadyWatched when this LINE has a plan of its own."""
    if of(session, resident.id) is not None:
        raise AlreadyWatched
    linking = (
        update(CheckinPlan)
        .where(CheckinPlan.code == code, CheckinPlan.code_until > now, CheckinPlan.state != "stopped")
        .values(code=None, code_until=None, resident_id=resident.id)
        .returning(CheckinPlan.id)
    )
    plan_id = session.scalars(linking).one_or_none()
    if plan_id is None:
        return None
    plan = session.get_one(CheckinPlan, plan_id, populate_existing=True)
    plan.state = "on"
    plan.area_id = plan.area_id or resident.area_id
    plan.unreachable_at = None
    plan.next_due_at = rhythm.next_due(plan, now)
    tasks.drop(session, Task.need == f"plan:{plan.id}:link", now=now, result="linked")
    audit.record(session, "link_plan", staff_id=None, now=now, kind="plan", record_id=plan.id)
    return plan


def pause(
    session: Session, plan: CheckinPlan, *, until: date, reason: str = "", staff_id: int | None = None, now: datetime
) -> CheckinPlan:
    """No messages until the end of that day; what waits for a response now is over. PlanWrong for a day gone by."""
    if until < now.date() or until > now.date() + MOST_PAUSE:
        raise PlanWrong("pause")
    end_waiting(session, plan, kind="staff" if staff_id else "sign", now=now)
    plan.state, plan.paused_until, plan.pause_reason = "paused", until, reason.strip() or None
    _due_anew(plan, now)
    audit.record(session, "pause_checkins", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)
    return plan


def resume(session: Session, plan: CheckinPlan, *, staff_id: int | None = None, now: datetime) -> CheckinPlan:
    """Back from hospital or the journey."""
    plan.state = "on" if plan.resident_id is not None else "waiting"
    plan.paused_until = plan.pause_reason = None
    _due_anew(plan, now)
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
    told = _rhythm(
        plan.every if every is None else every,
        plan.weekdays if weekdays is None else weekdays,
        plan.window_from if window_from is None else window_from,
        plan.window_to if window_to is None else window_to,
    )
    for name, value in told.items():
        setattr(plan, name, value)
    plan.starts_on = now.date()
    _due_anew(plan, now)
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
    """No more check-ins. Nothing waits any longer, and nobody need look after it."""
    end_waiting(session, plan, kind="staff" if staff_id else "sign", now=now)
    plan.state, plan.stopped_at, plan.next_due_at, plan.code, plan.group_id = "stopped", now, None, None, None
    tasks.drop(session, Task.plan_id == plan.id, now=now, result="stopped")
    audit.record(session, "stop_checkins", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)


def lost(session: Session, resident: Resident, *, now: datetime) -> CheckinRound | None:
    """The resident blocked the account or deleted it. That is not silence: staff are told at once, and the way through
    contacts and a visit begins. None when nobody watches over them."""
    plan = of(session, resident.id)
    if plan is None or plan.unreachable_at is not None:
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
        resident_id=resident.id,
        plan_id=plan.id,
        round_id=alarm.id,
    )
    if task is not None:
        task.climbs_at = now  # those on call hear of it with the clock's next look, not after waiting for somebody
    return alarm


def found(session: Session, resident: Resident, *, now: datetime) -> None:
    """The resident follows again: the check-ins go on. (That they did something ends the alarm, as any sign does.)"""
    plan = of(session, resident.id)
    if plan is not None and plan.unreachable_at is not None:
        plan.unreachable_at = None
        _due_anew(plan, now)


def end_waiting(session: Session, plan: CheckinPlan, *, kind: str, now: datetime) -> list[CheckinRound]:
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


def _rhythm(every: int, weekdays: str, window_from: int, window_to: int) -> dict[str, Any]:
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


def _due_anew(plan: CheckinPlan, now: datetime) -> None:
    """Count the next due time anew, if the person can be asked at all."""
    can_be_asked = plan.state in ("on", "paused") and plan.resident_id is not None and plan.unreachable_at is None
    plan.next_due_at = rhythm.next_due(plan, now) if can_be_asked else None
