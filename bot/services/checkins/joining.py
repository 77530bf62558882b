"""How somebody comes to be asked: in the chat, or enrolled by staff and linked with LINE by the code on a card."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.services import audit, tasks
from bot.services.checkins import plans, rhythm, templates, waiting
from bot.services.checkins.plans import PlanWrong
from bot.store.checkins import CheckinPlan
from bot.store.residents import Resident
from bot.store.tasks import Task

CODE_LIVES = timedelta(days=30)
LINK_BY = timedelta(days=7)
WORDS = ("さくら", "もみじ", "つばき", "すみれ", "ひまわり", "あじさい", "わかば", "こすもす", "うぐいす", "つばめ")


class AlreadyWatched(Exception):
    """This resident has a plan."""


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
    if plans.of(session, resident.id) is not None:
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
        **plans.days(every, weekdays, window_from, window_to),
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
        **plans.days(every, weekdays, window_from, window_to),
    )
    session.add(plan)
    session.flush()
    new_code(session, plan, now=now)
    _remind_staff_to_link(session, plan, by=now + LINK_BY, now=now)
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
    if plans.of(session, resident.id) is not None:
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
    tasks.drop(session, Task.plan_id == plan.id, Task.need.like("plan:%:link"), now=now, result="linked")
    audit.record(session, "link_plan", staff_id=None, now=now, kind="plan", record_id=plan.id)
    return plan


def unlink(session: Session, plan: CheckinPlan, *, staff_id: int | None = None, now: datetime) -> None:
    """This LINE was somebody else's (a helper tried the card). Nobody is asked until a new code has linked the right
    one; staff are reminded at once, because somebody believes to be watched over."""
    waiting.end(session, plan, kind="staff", now=now)
    plan.resident_id = plan.next_due_at = plan.unreachable_at = None
    plan.group_id = plan.group_joined_at = plan.group_ok_at = None
    if plan.state == "on":
        plan.state = "waiting"
    new_code(session, plan, now=now)
    _remind_staff_to_link(session, plan, by=now, now=now)
    audit.record(session, "unlink_plan", staff_id=staff_id, now=now, kind="plan", record_id=plan.id)


def _remind_staff_to_link(session: Session, plan: CheckinPlan, *, by: datetime, now: datetime) -> None:
    need = f"plan:{plan.id}:{now:%Y%m%d%H%M}:link"
    tasks.open_(session, need, "follow_up", now=now, due_at=by, plan_id=plan.id)
