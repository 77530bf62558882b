"""概況: how it goes, in numbers without names; the yearly report is written from it.

Counts below `FEW` are hidden, because in a small neighbourhood a single case is a person. Where one hidden count could
be worked out from the sum, the next smallest is hidden with it.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.services import worries
from bot.store.areas import Area
from bot.store.cases import Case
from bot.store.checkins import CheckinRound
from bot.store.referrals import Referral
from bot.store.residents import Resident
from bot.store.worries import OutreachVisit, WorryReport

FEW = worries.FEW
MOST_WEEKS = 106  # two years and a little


@dataclass(frozen=True)
class Period:
    """From an instant up to another, both at midnight in the council's time zone."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Now:
    """The desk at this moment."""

    waiting: int
    longest: timedelta | None
    taken: int
    urgent: int


@dataclass(frozen=True)
class Answers:
    """How soon the cases opened in a period were first answered. None where too few were answered."""

    opened: int | None
    median: timedelta | None
    nine_of_ten: timedelta | None
    kept: int | None  # percent of the promises


@dataclass(frozen=True)
class Counts:
    """Numbers by something, in their order; None stands for 少数."""

    rows: tuple[tuple[str, int | None], ...]

    @property
    def is_empty(self) -> bool:
        return not any(count != 0 for _, count in self.rows)

    @property
    def can_be_drawn(self) -> bool:
        """Whether any number is large enough to be shown."""
        return any(count for _, count in self.rows)


def now_(session: Session, *, now: datetime) -> Now:
    """Who waits now, and how long the longest has waited."""
    open_ = session.execute(
        select(Case.state, Case.unanswered_since, Case.opened_at, Case.danger).where(Case.state != "closed")
    ).all()
    waiting = [row for row in open_ if row.state == "waiting"]
    since = [row.unanswered_since or row.opened_at for row in waiting]
    return Now(
        waiting=len(waiting),
        longest=now - min(since) if since else None,
        taken=len(open_) - len(waiting),
        urgent=sum(bool(row.danger) for row in open_),
    )


def answers(session: Session, during: Period) -> Answers:
    """From opening to the first answer by a person. Cases that staff opened themselves do not count."""
    rows = session.execute(
        select(Case.opened_at, Case.answered_at, Case.promised_by, Case.promises, Case.opened_because).where(
            *_within(during)
        )
    ).all()
    asked = [row for row in rows if row.opened_because != "staff"]
    took = sorted(row.answered_at - row.opened_at for row in asked if row.answered_at is not None)
    if len(took) < FEW:
        return Answers(hidden(len(asked)), None, None, None)
    kept = sum(row.promises <= 1 and row.promised_by is not None and row.answered_at <= row.promised_by
               for row in asked if row.answered_at is not None)  # fmt: skip
    return Answers(
        opened=hidden(len(asked)),
        median=statistics.median(took),
        nine_of_ten=took[max(0, -(-len(took) * 9 // 10) - 1)],
        kept=round(100 * kept / len(took)),
    )


def by_topic(session: Session, during: Period, words: Mapping[str, str]) -> Counts:
    counted = Counter(session.scalars(select(Case.topic).where(*_within(during))))
    return _counts(counted, list(words.items()))


def by_area(session: Session, during: Period) -> Counts:
    """By junior-high district; residents who named none are told apart."""
    rows = select(Resident.area_id).join(Case, Case.resident_id == Resident.id).where(*_within(during))
    counted = Counter(session.scalars(rows))
    areas = session.execute(select(Area.id, Area.name).order_by(Area.layer, Area.position)).all()
    known = [(row.id, row.name) for row in areas if counted[row.id]]
    return _counts(counted, [*known, (None, "えらんでいない方")])


def by_week(session: Session, during: Period) -> Counts:
    """By the Monday a week begins with."""
    zone = during.since.tzinfo
    opened = session.scalars(select(Case.opened_at).where(*_within(during)))
    counted = Counter(_monday(at.astimezone(zone).date()) for at in opened)
    first, weeks = _monday(during.since.date()), list[tuple[date, str]]()
    while first < during.until.date() and len(weeks) < MOST_WEEKS:
        weeks.append((first, f"{first.month}/{first.day}"))
        first += timedelta(days=7)
    return _counts(counted, weeks)


def referrals(session: Session, during: Period, words: Mapping[str, str]) -> Counts:
    """What came of leading people to other agencies."""
    made = select(Referral.result).where(Referral.made_at >= during.since, Referral.made_at < during.until)
    return _counts(Counter(session.scalars(made)), list(words.items()))


def outreach(session: Session, during: Period) -> Counts:
    """Noticing early: anonymous reports by what they are about, and the visits they led to."""
    first, last = during.since.date(), during.until.date()
    filed = select(WorryReport.kind).where(WorryReport.filed_on >= first, WorryReport.filed_on < last)
    return _counts(Counter(session.scalars(filed)), list(worries.KINDS.items()))


def visits(session: Session, during: Period) -> int | None:
    first, last = during.since.date(), during.until.date()
    made = select(func.count()).where(OutreachVisit.done_on >= first, OutreachVisit.done_on < last)
    return hidden(session.scalar(made) or 0)


def rounds(session: Session, during: Period) -> int | None:
    """How many check-ins were asked."""
    asked = select(func.count()).where(CheckinRound.due_at >= during.since, CheckinRound.due_at < during.until)
    return hidden(session.scalar(asked) or 0)


def useful(session: Session, during: Period) -> Counts:
    """「役に立ちましたか」"""
    told = select(Case.was_useful).where(*_within(during), Case.was_useful.is_not(None))
    return _counts(Counter(session.scalars(told)), [(True, "はい"), (False, "いいえ")])


def hidden(count: int) -> int | None:
    """The count, or None where it is too small to be shown."""
    return count if count == 0 or count >= FEW else None


def hide_small(counts: Iterable[int]) -> list[int | None]:
    """Counts with the small ones hidden, so that none can be worked out from the sum of all."""
    plain = list(counts)
    shown: list[int | None] = [hidden(count) for count in plain]
    covered = [place for place, count in enumerate(shown) if count is None]
    others = sorted((count, place) for place, count in enumerate(plain) if shown[place])
    total = sum(plain[place] for place in covered)
    tells = len(covered) == 1 or total in (len(covered), (FEW - 1) * len(covered))
    if covered and others and tells:
        shown[others[0][1]] = None
    return shown


def _counts(counted: Mapping[Any, int], order: Sequence[tuple[Any, str]]) -> Counts:
    numbers = hide_small(counted.get(key, 0) for key, _ in order)
    return Counts(tuple((words, number) for (_, words), number in zip(order, numbers, strict=True)))


def _within(during: Period) -> tuple[ColumnElement[bool], ...]:
    return Case.opened_at >= during.since, Case.opened_at < during.until


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
