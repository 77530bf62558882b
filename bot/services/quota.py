"""The month's messages: how many LINE still takes, what the check-ins need, and who must wait when they run short.

Messages have classes. The lower ones are held back first, so that the higher ones still go:

    escalation  an alarm on its way, a disaster round     until nothing is left
    checkin     「お変わりありませんか」                     keeps a reserve for escalations
    answer      what a person wrote to a resident          keeps two days of check-ins as well
    reminder, news                                         keep the check-ins of the whole month

A check-in or an escalation that finds the month used up is not held back: a person telephones in its place
(`checkins.rounds.note_unsent`). Replies with a reply token cost nothing and never ask here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.services import tasks
from bot.services.checkins import rhythm
from bot.store.checkins import CheckinPlan, CheckinStage, QuotaMonth
from bot.store.engine import insert_or_ignore, rows_changed
from bot.store.talk import MessageClass

WARN_DAYS = 7
WARN_PERCENT = 80  # of the month's messages: from here on the desk warns
MOST_RESERVE, RESERVE_SHARE = 200, 20
"""What is kept for escalations: a twentieth of the month, at most 200."""

Leave = Literal["go", "wait", "person"]


def month_of(now: datetime) -> str:
    return now.strftime("%Y-%m")


def of(session: Session, now: datetime) -> QuotaMonth | None:
    """What is known of this month; None until LINE was asked."""
    return session.get(QuotaMonth, month_of(now))


def left(month: QuotaMonth) -> int | None:
    """How many messages are left; None where the plan has no limit."""
    return None if month.most is None else max(0, month.most - month.used - month.counted)


def percent_used(month: QuotaMonth) -> int | None:
    """How much of the month is used; None where the plan has no limit."""
    if month.most is None:
        return None
    return min(100, 100 * (month.used + month.counted) // month.most) if month.most else 100


def kept_back(month: QuotaMonth, message_class: MessageClass) -> int:
    """How many messages this class must leave for the higher ones."""
    if month.most is None:
        return 0
    reserve = min(MOST_RESERVE, month.most // RESERVE_SHARE)
    match message_class:
        case "escalation":
            return 0
        case "checkin":
            return reserve
        case "answer":
            return reserve + min(2 * month.needed_a_day, month.needed_rest)
    return reserve + month.needed_rest


def take(session: Session, message_class: MessageClass, people: int, *, now: datetime) -> Leave:
    """Ask for leave to send to so many people: `go` (counted), `wait`, or `person` (a person takes its place).

    What nobody has asked LINE yet is no reason to be silent: then LINE itself says no.
    """
    month = of(session, now)
    if month is None or month.most is None:
        return "go"
    counting = (
        update(QuotaMonth)
        .where(
            QuotaMonth.month == month.month,
            QuotaMonth.used + QuotaMonth.counted + people + kept_back(month, message_class) <= QuotaMonth.most,
        )
        .values(counted=QuotaMonth.counted + people)
    )
    if rows_changed(session, counting):
        return "go"
    return "person" if message_class in ("escalation", "checkin") else "wait"


def give_back(session: Session, people: int, *, now: datetime) -> None:
    """LINE did not take what was counted."""
    session.execute(
        update(QuotaMonth)
        .where(QuotaMonth.month == month_of(now), QuotaMonth.counted >= people)
        .values(counted=QuotaMonth.counted - people)
    )


def note(session: Session, *, most: int | None, used: int, now: datetime) -> QuotaMonth:
    """What LINE says now. Its count is approximate and a little late, so the higher of the two counts is kept."""
    insert_or_ignore(session, QuotaMonth, month=month_of(now), most=most, used=0, counted=0, read_at=now)
    month = session.get_one(QuotaMonth, month_of(now), with_for_update=True, populate_existing=True)
    known = month.used + month.counted
    month.most, month.used, month.counted, month.read_at = most, used, max(0, known - used), now
    return month


def forecast(session: Session, *, now: datetime) -> QuotaMonth | None:
    """Count what the check-ins still need this month, and when the messages run out at this pace."""
    month = of(session, now)
    if month is None:
        return None
    by_day = dict(rounds_ahead(session, now))
    extra = _escalations_a_day(session, now)
    month.needed_rest = sum(by_day.values()) + extra * len(by_day)
    month.needed_a_day = max(by_day.values(), default=0) + extra
    month.runs_out_on = None
    remaining = left(month)
    if remaining is not None:
        others = max(0, round(_spent_otherwise_a_day(month, now) - extra))
        for day, count in by_day.items():
            remaining -= count + extra + others
            if remaining < 0:
                month.runs_out_on = day
                break
    return month


def rounds_ahead(session: Session, now: datetime) -> Iterator[tuple[date, int]]:
    """How many people are due on each day from tomorrow to the end of the month."""
    plans = session.execute(
        select(
            CheckinPlan.every,
            CheckinPlan.weekdays,
            CheckinPlan.starts_on,
            CheckinPlan.paused_until,
            func.count(),
        )
        .where(CheckinPlan.next_due_at.is_not(None))
        .group_by(CheckinPlan.every, CheckinPlan.weekdays, CheckinPlan.starts_on, CheckinPlan.paused_until)
    ).all()
    day = now.date() + timedelta(days=1)
    while day.month == now.month:
        yield (
            day,
            sum(
                count
                for every, weekdays, starts_on, paused_until, count in plans
                if rhythm.is_asked_on(_Days(every, weekdays, starts_on, paused_until), day)
            ),
        )
        day += timedelta(days=1)


@dataclass
class _Days:
    every: int
    weekdays: str
    starts_on: date
    paused_until: date | None
    window_from: int = 0


def _escalations_a_day(session: Session, now: datetime) -> int:
    """How many stages a day were reached in the last four weeks, rounded up."""
    since = now - timedelta(days=28)
    count = session.scalar(select(func.count()).select_from(CheckinStage).where(CheckinStage.reached_at > since))
    return -(-(count or 0) // 28)


def _spent_otherwise_a_day(month: QuotaMonth, now: datetime) -> float:
    """What was sent a day so far beyond a day's check-ins."""
    return max(0.0, (month.used + month.counted) / now.day - month.needed_a_day)


def warn(session: Session, month: QuotaMonth, *, now: datetime) -> None:
    """Staff are told once a month, days before the messages run out."""
    if month.runs_out_on is not None and month.runs_out_on <= now.date() + timedelta(days=WARN_DAYS):
        tasks.open_(session, f"quota:{month.month}", "quota", now=now, due_at=now, is_urgent=True)
