"""What staff look at: today at a glance, a person's calendar, and soft signs that something changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, case, extract, func, or_, select
from sqlalchemy.orm import Session, joinedload

from bot.services.checkins import rhythm
from bot.store.checkins import CheckinAsk, CheckinContact, CheckinPlan, CheckinResponse, CheckinRound, CheckinStage
from bot.store.staff import AuditEntry

LATELY, BEFORE = 7, 28
LATER_BY = timedelta(minutes=45)
MORE_UNEASY = 2
WORRIED = ("uneasy", "talk")
PAGE = 50


@dataclass(frozen=True)
class Today:
    """Today's people, each counted once, by where they stand."""

    not_yet: int
    waiting: int
    answered: int
    worried: int
    silent: int
    joined: int
    without_line: int
    paused: int
    unreachable: int


def day_of(now: datetime) -> tuple[datetime, datetime]:
    begins = rhythm.on_day(now.date(), 0, now)
    return begins, rhythm.on_day(now.date() + timedelta(days=1), 0, now)


def today(session: Session, *, now: datetime) -> Today:
    begins, ends = day_of(now)
    not_yet = session.scalar(
        select(func.count()).where(CheckinPlan.next_due_at >= begins, CheckinPlan.next_due_at < ends)
    )
    stands = case(
        (CheckinRound.ended_at.is_(None) & (CheckinRound.stage != ""), "silent"),
        (CheckinRound.ended_at.is_(None), "waiting"),
        (CheckinRound.answer.in_(WORRIED), "worried"),
        else_="answered",
    )
    rows = session.execute(
        select(stands, func.count())
        .where(
            or_(
                (CheckinRound.due_at >= begins) & (CheckinRound.due_at < ends) & CheckinRound.joins_id.is_(None),
                CheckinRound.ended_at.is_(None) & CheckinRound.joins_id.is_(None),
            )
        )
        .group_by(stands)
    )
    counted = {row[0]: row[1] for row in rows}
    states = {
        row[0]: row[1] for row in session.execute(select(CheckinPlan.state, func.count()).group_by(CheckinPlan.state))
    }
    unreachable = session.scalar(
        select(func.count()).where(CheckinPlan.unreachable_at.is_not(None), CheckinPlan.state != "stopped")
    )
    return Today(
        not_yet=not_yet or 0,
        waiting=counted.get("waiting", 0),
        answered=counted.get("answered", 0),
        worried=counted.get("worried", 0),
        silent=counted.get("silent", 0),
        joined=states.get("on", 0) + states.get("paused", 0),
        without_line=states.get("waiting", 0),
        paused=states.get("paused", 0),
        unreachable=unreachable or 0,
    )


def silent(session: Session) -> list[CheckinRound]:
    """The rounds that climb now, the furthest and oldest first."""
    order = case({"visit": 0, "contact": 1, "phone": 2, "group": 3}, value=CheckinRound.stage, else_=4)
    return list(
        session.scalars(
            select(CheckinRound)
            .where(CheckinRound.ended_at.is_(None), CheckinRound.stage != "", CheckinRound.joins_id.is_(None))
            .options(joinedload(CheckinRound.plan))
            .order_by(order, CheckinRound.due_at)
            .limit(200)
        )
    )


def worried(session: Session, *, now: datetime) -> list[CheckinResponse]:
    """Who said today that they are uneasy or want to talk: of each the newest, or the newest with words."""
    begins, _ = day_of(now)
    newest = session.scalars(
        select(CheckinResponse)
        .where(CheckinResponse.at >= begins, CheckinResponse.kind.in_(WORRIED))
        .order_by(CheckinResponse.id.desc())
    )
    told: dict[int, CheckinResponse] = {}
    for one in newest:
        known = told.setdefault(one.plan_id, one)
        if one.words and not known.words:
            told[one.plan_id] = one
    return list(told.values())


def people(session: Session, *, state: str = "", page: int = 1, most: int = PAGE) -> tuple[list[CheckinPlan], int]:
    """The plans (not stopped ones, unless asked for), newest last, and how many pages there are."""
    wanted = select(CheckinPlan).options(joinedload(CheckinPlan.area))
    if state == "unreachable":
        wanted = wanted.where(CheckinPlan.unreachable_at.is_not(None), CheckinPlan.state != "stopped")
    elif state:
        wanted = wanted.where(CheckinPlan.state == state)
    else:
        wanted = wanted.where(CheckinPlan.state != "stopped")
    count = session.scalar(select(func.count()).select_from(wanted.options().subquery())) or 0
    found = session.scalars(wanted.order_by(CheckinPlan.id).limit(most).offset((page - 1) * most))
    return list(found), -(-count // most)


def due_today(session: Session, *, now: datetime) -> list[tuple[CheckinPlan, CheckinRound | None]]:
    """Everybody who is asked today, with the round if it was made: the list for a day without computers."""
    begins, ends = day_of(now)
    rounds = {
        one.plan_id: one
        for one in session.scalars(
            select(CheckinRound).where(
                or_((CheckinRound.due_at >= begins) & (CheckinRound.due_at < ends), CheckinRound.ended_at.is_(None))
            )
        )
    }
    plans = session.scalars(
        select(CheckinPlan)
        .where(
            CheckinPlan.state != "stopped",
            or_(CheckinPlan.paused_until.is_(None), CheckinPlan.paused_until < now.date()),
        )
        .options(joinedload(CheckinPlan.area))
        .order_by(CheckinPlan.area_id, CheckinPlan.window_from, CheckinPlan.id)
    )
    return [
        (plan, rounds.get(plan.id))
        for plan in plans
        if plan.id in rounds or plan.unreachable_at is not None or rhythm.is_asked_on(plan, now.date())
    ]


@dataclass(frozen=True)
class Day:
    """One day of a person's calendar. `stands`: '' nobody asked, or fine, uneasy, talk, words, sign, contact, staff,
    waiting, silent. `minutes`: from the message to the response."""

    on: date
    stands: str
    minutes: int | None


def calendar(session: Session, plan: CheckinPlan, *, now: datetime, days: int = BEFORE) -> list[Day]:
    """The last days, the oldest first."""
    first = now.date() - timedelta(days=days - 1)
    rounds = session.scalars(
        select(CheckinRound)
        .where(CheckinRound.plan_id == plan.id, CheckinRound.due_at >= rhythm.on_day(first, 0, now))
        .order_by(CheckinRound.due_at)
    )
    by_day = {one.due_at.astimezone(now.tzinfo).date(): one for one in rounds}
    told = []
    for ahead in range(days):
        day = first + timedelta(days=ahead)
        one = by_day.get(day)
        if one is None:
            told.append(Day(day, "", None))
            continue
        stands = (one.answer or "sign") if one.ended_at else "silent" if one.stage else "waiting"
        took = int((one.answered_at - one.sent_at).total_seconds() // 60) if one.answered_at and one.sent_at else None
        told.append(Day(day, stands, None if took is None else max(0, took)))
    return told


@dataclass(frozen=True)
class Drift:
    """A change worth a kind word before anything happens: answers so many minutes later, so often uneasy lately."""

    later_minutes: int = 0
    uneasy: int = 0

    def __bool__(self) -> bool:
        return bool(self.later_minutes or self.uneasy)


def drift(days: Sequence[Day]) -> Drift:
    """What changed in the last week against the three before."""
    lately, before = days[-LATELY:], days[:-LATELY]
    now_took = [day.minutes for day in lately if day.minutes is not None]
    then_took = [day.minutes for day in before if day.minutes is not None]
    later = round(median(now_took) - median(then_took)) if len(now_took) >= 3 and len(then_took) >= 5 else 0
    uneasy = sum(day.stands in WORRIED for day in lately)
    was_uneasy = sum(day.stands in WORRIED for day in before) / 3
    return Drift(
        later_minutes=later if later >= LATER_BY.total_seconds() / 60 else 0,
        uneasy=uneasy if uneasy >= MORE_UNEASY and uneasy > was_uneasy else 0,
    )


def drifting(session: Session, *, now: datetime, most: int = 30) -> list[tuple[CheckinPlan, Drift]]:
    """The people whose answers changed, for a look before a miss happens."""
    since, lately = now - timedelta(days=BEFORE), now - timedelta(days=LATELY)
    took = _seconds(session)
    recent = case((CheckinRound.due_at >= lately, took))
    earlier = case((CheckinRound.due_at < lately, took))
    uneasy = func.sum(case(((CheckinRound.due_at >= lately) & CheckinRound.answer.in_(WORRIED), 1), else_=0))
    rows = session.execute(
        select(CheckinRound.plan_id)
        .where(CheckinRound.due_at >= since, CheckinRound.answered_at.is_not(None), CheckinRound.sent_at.is_not(None))
        .group_by(CheckinRound.plan_id)
        .having(
            or_(
                (func.count(recent) >= 3)
                & (func.count(earlier) >= 5)
                & (func.avg(recent) - func.avg(earlier) >= LATER_BY.total_seconds()),
                uneasy >= MORE_UNEASY,
            )
        )
        .limit(most * 3)
    )
    found = []
    for row in rows:
        plan = session.get_one(CheckinPlan, row[0])
        changed = drift(calendar(session, plan, now=now))
        if changed and plan.state == "on":
            found.append((plan, changed))
    return sorted(found, key=lambda one: (-one[1].uneasy, -one[1].later_minutes))[:most]


def _seconds(session: Session) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday(CheckinRound.answered_at) - func.julianday(CheckinRound.sent_at)) * 86400
    return extract("epoch", CheckinRound.answered_at - CheckinRound.sent_at)


def responses(session: Session, plan: CheckinPlan, *, most: int = 30) -> list[CheckinResponse]:
    newest = select(CheckinResponse).where(CheckinResponse.plan_id == plan.id).order_by(CheckinResponse.id.desc())
    return list(session.scalars(newest.limit(most)))


def waiting_round(session: Session, plan: CheckinPlan) -> CheckinRound | None:
    """The round that waits for a sign of life now."""
    return session.scalars(
        select(CheckinRound)
        .where(CheckinRound.plan_id == plan.id, CheckinRound.ended_at.is_(None))
        .order_by(CheckinRound.joins_id.is_not(None), CheckinRound.id)
        .limit(1)
    ).one_or_none()


@dataclass(frozen=True)
class Told:
    """Who was told of a silent round, and what they said: `answer` going, not_now or None; `outcome` what was found."""

    name: str
    at: datetime
    answer: str | None
    outcome: str | None
    is_friend: bool  # of the group, not a contact


def told(session: Session, one: CheckinRound) -> list[Told]:
    """The contacts and friends who were told of this round, in order."""
    rows = session.execute(
        select(CheckinAsk, CheckinContact.name, CheckinPlan.name)
        .outerjoin(CheckinContact, CheckinContact.id == CheckinAsk.contact_id)
        .outerjoin(CheckinPlan, CheckinPlan.id == CheckinAsk.member_id)
        .where(CheckinAsk.round_id == one.id)
        .order_by(CheckinAsk.id)
    )
    return [
        Told(contact or friend or "", ask.asked_at, ask.answer, ask.outcome, is_friend=ask.contact_id is None)
        for ask, contact, friend in rows
    ]


def stages(session: Session, one: CheckinRound) -> list[CheckinStage]:
    return list(session.scalars(select(CheckinStage).where(CheckinStage.round_id == one.id).order_by(CheckinStage.id)))


def history(session: Session, plan: CheckinPlan, *, most: int = 30) -> list[AuditEntry]:
    """What was done with the plan, by whom, newest first."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.kind == "plan", AuditEntry.record_id == str(plan.id))
            .order_by(AuditEntry.id.desc())
            .limit(most)
        )
    )
