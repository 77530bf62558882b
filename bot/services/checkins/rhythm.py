"""When somebody is asked, and when a message or a person may come: rules on values alone, in the council's zone.

Every instant handed in carries the council's time zone; the zone of the server plays no part.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from bot.services import working_days

MOST_DAYS = 7
LATE_ENOUGH = timedelta(hours=2)
"""A made-up message less than this before the next regular one is left out: one message, not two."""


class Agreed(Protocol):
    """What of a plan decides its days."""

    every: int
    weekdays: str
    window_from: int
    starts_on: date
    paused_until: date | None


@dataclass(frozen=True)
class Quiet:
    """From when to when (minutes of the day) nobody is disturbed. Equal: never quiet."""

    begins: int
    ends: int

    def holds(self, at: datetime) -> bool:
        minute = at.hour * 60 + at.minute
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends

    def after(self, at: datetime) -> datetime:
        """`at`, or the end of the quiet hours it lies in."""
        if not self.holds(at):
            return at
        ends = on_day(at.date(), self.ends, at)
        return ends if ends > at else on_day(at.date() + timedelta(days=1), self.ends, at)


def on_day(day: date, minutes: int, like: datetime) -> datetime:
    """That minute of that day, in the zone of `like`."""
    return datetime.combine(day, time(minutes // 60 % 24, minutes % 60), like.tzinfo)


def last_moment(like: datetime) -> datetime:
    """The end of that day."""
    return on_day(like.date() + timedelta(days=1), 0, like) - timedelta(microseconds=1)


def is_asked_on(plan: Agreed, day: date) -> bool:
    """Whether the plan asks on this day."""
    if day < plan.starts_on or (plan.paused_until is not None and day <= plan.paused_until):
        return False
    if plan.weekdays:
        return str(day.weekday()) in plan.weekdays
    return (day - plan.starts_on).days % plan.every == 0


def next_due(plan: Agreed, after: datetime) -> datetime:
    """The first due time after `after`."""
    day = max(after.date(), plan.starts_on, (plan.paused_until or date.min))
    for ahead in range(MOST_DAYS + 2):
        slot = on_day(day + timedelta(days=ahead), plan.window_from, after)
        if slot > after and is_asked_on(plan, slot.date()):
            return slot
    raise ValueError("a plan must ask at least once a week")


def newest_due(plan: Agreed, first: datetime, now: datetime) -> datetime:
    """The last of the due times from `first` to `now`: what a clock that was off makes up for."""
    day = now.date()
    for back in range(MOST_DAYS + 1):
        slot = on_day(day - timedelta(days=back), plan.window_from, now)
        if first < slot <= now and is_asked_on(plan, slot.date()):
            return slot
    return first


def birthday_since(plan: Agreed, birthday: str, day: date) -> int | None:
    """How many days ago the birthday (`MM-DD`) was, if this is the first day on which the person is asked since then;
    None otherwise. Whoever was born on a leap day has it on 28 February in other years."""
    for back in range(MOST_DAYS):
        that = day - timedelta(days=back)
        is_leap_day_kept = birthday == "02-29" and not isleap(that.year) and (that.month, that.day) == (2, 28)
        if that.strftime("%m-%d") == birthday or is_leap_day_kept:
            return back
        if is_asked_on(plan, that - timedelta(days=1)):
            return None
    return None


def when_to_ask(due: datetime, next_one: datetime, quiet: Quiet, now: datetime) -> datetime | None:
    """When the message of this due time may go out: now, or after the quiet hours; None when the next one is so near
    that it takes its place. The due time somebody chose is kept even inside quiet hours."""
    at = now if now - due < timedelta(minutes=30) else quiet.after(now)
    return at if at <= now or at + LATE_ENOUGH <= next_one else None


def stage_time(since: datetime, minutes: int, quiet: Quiet, *, at_night: bool, on_holidays: bool) -> datetime:
    """When a stage comes that waits `minutes` from `since`; not in quiet hours, not on holidays, unless it may."""
    at = since + timedelta(minutes=minutes)
    for _ in range(40):
        if not at_night:
            at = quiet.after(at)
        if on_holidays or working_days.is_working_day(at.date()):
            return at
        at = on_day(at.date() + timedelta(days=1), quiet.ends if not at_night else 0, at)
    return at
