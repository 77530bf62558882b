"""つながり: friends or neighbours who tap OK for each other. The silent one is named to the others, then to staff.

Whoever joins agrees with those who are there; they are asked whether they agree with the newcomer. Two people hear of
each other's silence once both have said yes after the later one of them came.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.services.checkins import contacts
from bot.store.checkins import CheckinAsk, CheckinGroup, CheckinPlan, CheckinRound
from bot.store.engine import insert_or_ignore

CODE_LIVES = timedelta(days=14)
MOST = 10


class GroupFull(Exception):
    """A group is small, so that its members know each other."""


def begin(session: Session, plan: CheckinPlan, name: str, *, now: datetime) -> CheckinGroup:
    """A new group with this person as its first member. The code lets others join."""
    while True:
        code = f"{secrets.randbelow(1_000_000):06}"
        if session.scalar(select(CheckinGroup.id).where(CheckinGroup.code == code)) is None:
            break
    group = CheckinGroup(name=name.strip()[:40], code=code, code_until=now + CODE_LIVES, made_at=now)
    session.add(group)
    session.flush()
    plan.group_id, plan.group_joined_at, plan.group_ok_at = group.id, now, now
    return group


def of(session: Session, plan: CheckinPlan) -> CheckinGroup | None:
    return session.get(CheckinGroup, plan.group_id) if plan.group_id else None


def by_code(session: Session, code: str, *, now: datetime) -> CheckinGroup | None:
    return session.scalars(
        select(CheckinGroup).where(CheckinGroup.code == code, CheckinGroup.code_until > now)
    ).one_or_none()


def join(session: Session, group: CheckinGroup, plan: CheckinPlan, say: Any, *, now: datetime) -> None:
    """The person agrees that the others are told their name when they are silent, and the others are asked whether
    they agree too. GroupFull."""
    if plan.group_id == group.id:
        return
    count = session.scalar(select(func.count()).select_from(CheckinPlan).where(CheckinPlan.group_id == group.id))
    if (count or 0) >= MOST:
        raise GroupFull
    plan.group_id, plan.group_joined_at, plan.group_ok_at = group.id, now, now
    session.flush()
    for other in members(session, group.id):
        if other.id != plan.id:
            asked, key = say.somebody_joins(plan.name or ""), f"joins:{group.id}:{plan.id}:{other.id}:{now}"
            contacts.tell(session, other.resident_id, asked, key, now, "answer")


def agree(plan: CheckinPlan, *, now: datetime) -> bool:
    """Yes to everybody who is in the group now. False when the person is in none."""
    if plan.group_id is None:
        return False
    plan.group_ok_at = now
    return True


def watch_each_other(one: CheckinPlan, other: CheckinPlan) -> bool:
    """Whether both have agreed since the later of them came."""
    agreed, came = (one.group_ok_at, other.group_ok_at), (one.group_joined_at, other.group_joined_at)
    if None in (*agreed, *came) or one.group_id != other.group_id:
        return False
    return min(at for at in agreed if at) >= max(at for at in came if at)


def leave(plan: CheckinPlan) -> None:
    plan.group_id = plan.group_joined_at = plan.group_ok_at = None


def members(session: Session, group_id: int | None) -> list[CheckinPlan]:
    if group_id is None:
        return []
    return list(
        session.scalars(
            select(CheckinPlan)
            .where(CheckinPlan.group_id == group_id, CheckinPlan.state != "stopped")
            .order_by(CheckinPlan.id)
        )
    )


def tell_members(session: Session, silent: CheckinRound, plan: CheckinPlan, say: Any, *, now: datetime) -> int:
    """Name the silent one to the other members who can be reached, each once. How many were told."""
    told = 0
    for other in members(session, plan.group_id):
        if (
            other.id == plan.id
            or not watch_each_other(plan, other)
            or not insert_or_ignore(session, CheckinAsk, round_id=silent.id, member_id=other.id, asked_at=now)
        ):
            continue
        ask = session.scalars(
            select(CheckinAsk).where(CheckinAsk.round_id == silent.id, CheckinAsk.member_id == other.id)
        ).one()
        said = say.a_friend_is_silent(ask.id, plan.name or "")
        ask.delivery_id = contacts.tell(session, other.resident_id, said, f"ask:{ask.id}", now)
        told += ask.delivery_id is not None
    return told
