"""When staff are at the desk, and by when an answer can honestly be promised.

Opening hours, Japanese public holidays, the days around New Year, the council's own closed days. A promise counts open
minutes only: an evening's question is answered the next morning, and the more cases wait for each member of staff on
duty, the later. It is rounded up to a full hour, because people remember 「11時」 and not 「10時40分」.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from bot.services import consultation, queues
from bot.services.consultation import Rules
from bot.store.cases import Case
from knowledge.hours import Hours

FARTHEST = 400  # days ahead that are looked at; a council that never opens is a mistake in the settings
DAY = 1440  # minutes
DAY_LONG = timedelta(minutes=DAY)
FEW = timedelta(minutes=10)


class NeverOpen(ValueError):
    """The settings leave no open hour within a year."""


@dataclass(frozen=True)
class OfficeHours:
    """Weekly hours without the days on which the council is closed. Instants carry the council's time zone."""

    hours: Hours
    closed_on: frozenset[date] = frozenset()

    def spans(self, day: date, like: datetime) -> list[tuple[datetime, datetime]]:
        """The open stretches of a day, in the time zone of `like`."""
        if day in self.closed_on:
            return []
        midnight = datetime.combine(day, time(), like.tzinfo)
        return [
            (midnight + timedelta(minutes=span.opens), midnight + timedelta(minutes=min(span.closes, DAY)))
            for span in sorted(self.hours.spans_on(day), key=lambda one: one.opens)
        ]

    def is_open(self, at: datetime) -> bool:
        return any(opens <= at < closes for opens, closes in self.spans(at.date(), at))

    def stretches(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open stretches from an instant on, the first one cut to what is left of it."""
        for ahead in range(FARTHEST):
            for opens, closes in self.spans(since.date() + timedelta(days=ahead), since):
                if closes > since:
                    yield max(opens, since), closes
        raise NeverOpen

    def after(self, since: datetime, minutes: int) -> datetime:
        """The instant at which that many open minutes have passed."""
        left = timedelta(minutes=minutes)
        for opens, closes in self.stretches(since):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise NeverOpen

    def minutes_between(self, since: datetime, until: datetime) -> int:
        """How many open minutes lie between two instants."""
        passed = timedelta()
        day = since.date()
        while day <= until.date():
            for opens, closes in self.spans(day, since):
                passed += max(min(closes, until) - max(opens, since), timedelta())
            day += timedelta(days=1)
        return int(passed.total_seconds() // 60)

    def full_hour(self, at: datetime) -> datetime:
        """The next full hour, or closing time if that comes first. Few minutes past an hour do not cost another one."""
        rounded = at.replace(minute=0, second=0, microsecond=0)
        opening, closing = next(
            (span for span in self.spans(at.date(), at) if span[0] <= at <= span[1]), (rounded, rounded + DAY_LONG)
        )
        if rounded + FEW < at or rounded <= opening < at:
            rounded += timedelta(hours=1)
        return min(rounded, closing)


def of(session: Session, kept: Rules | None = None) -> OfficeHours:
    """The council's desk hours as set now."""
    kept = kept or consultation.rules(session)
    return OfficeHours(consultation.hours_of_desk(session, kept), kept.closed_on)


def waited(desk: OfficeHours, since: datetime, *, now: datetime, is_danger: bool) -> int:
    """How many minutes somebody has been waiting: those in which the desk was open, or all of them in danger."""
    if is_danger:
        return max(0, int((now - since).total_seconds() // 60))
    return desk.minutes_between(since.astimezone(now.tzinfo), now)


def promise(desk: OfficeHours, kept: Rules, *, now: datetime, waiting: int, on_duty: int) -> datetime:
    """By when somebody will have answered a case that comes in now."""
    queue = math.ceil(waiting / max(1, on_duty))
    return desk.full_hour(desk.after(now, kept.answer_minutes + kept.minutes_a_case * queue))


def next_promise(session: Session, *, now: datetime, apart_from: int = 0) -> datetime:
    """The promise for a case that comes in now, with the load there is. `apart_from`: the case itself, if it waits."""
    kept = consultation.rules(session)
    desk = of(session, kept)
    waiting = select(func.count()).select_from(Case).where(Case.state == "waiting", Case.id != apart_from)
    there = len(queues.on_duty(session, now=now)) if desk.is_open(now) else _staff(session)
    try:
        return promise(desk, kept, now=now, waiting=session.scalar(waiting) or 0, on_duty=there)
    except NeverOpen:
        return now + DAY_LONG  # a mistake in the settings must keep nobody from reaching people


def _staff(session: Session) -> int:
    """How many may come in the morning. Named by its columns: the staff's table brings the sign-in library with it."""
    staff = table("staff", column("id"), column("active"))
    return session.scalar(select(func.count()).select_from(staff).where(staff.c.active)) or 0
