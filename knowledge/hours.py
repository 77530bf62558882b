"""Weekly opening hours: read from the notation staff write, told as 「今日は17時15分まで」.

The notation, as on the council's own pages:

    月～金 8:30～17:15（祝日を除く）      平日 10:00～15:00        毎日 24時間
    火～土 9:00～12:00・13:00～16:00      土 9:00～17:00、日 17:00～21:00
    毎日 16:00～21:00（12月29日～1月3日は休み）        月～金 18:00～翌8:30、土日祝 24時間

What cannot be read as hours keeps its text and is shown as it is: nothing is guessed. A list of times without days
(「8:30～17:15」) is such a text, because it does not say on which days somebody is there.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

DAYS = "月火水木金土日"
HOLIDAY = 7  # stands beside the seven weekdays
YEAR_END = ((12, 29), (1, 3))  # 年末年始, the days public offices close

_RANGE = r"(?:翌)?\d{1,2}(?::\d{2}|時(?:\d{1,2}分)?)"
_SPAN = re.compile(rf"({_RANGE})~({_RANGE})")
_DAYS = re.compile(rf"(毎日|平日|年中無休|[{DAYS}祝](?:(?:曜日?)?[~・,]?[{DAYS}祝])*(?:曜日?)?)")


class NotHours(ValueError):
    """The text does not tell on which days and at which times somebody is there."""


@dataclass(frozen=True)
class Span:
    """Open from `opens` to `closes`, in minutes since midnight; past 1440 it goes on into the next day."""

    opens: int
    closes: int


@dataclass(frozen=True)
class Hours:
    """Spans for Monday to Sunday and for public holidays, and whether the days around New Year are closed."""

    week: tuple[tuple[Span, ...], ...]  # eight: seven weekdays, then public holidays
    closed_at_year_end: bool = False

    @property
    def is_always(self) -> bool:
        return all(spans == (Span(0, 1440),) for spans in self.week) and not self.closed_at_year_end

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """When somebody is there on a day, public holidays and New Year considered."""
        if self.closed_at_year_end and _is_year_end(day):
            return ()
        return self.week[HOLIDAY] if _is_holiday(day) else self.week[day.weekday()]

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at an instant (in the council's time zone)."""
        return self.closes_at(at) is not None

    def closes_at(self, at: datetime) -> datetime | None:
        """Until when it is open now; None when it is closed."""
        for day in (at.date(), at.date() - timedelta(days=1)):
            midnight = datetime.combine(day, time(), at.tzinfo)
            for span in self.spans_on(day):
                closes = midnight + timedelta(minutes=span.closes)
                if midnight + timedelta(minutes=span.opens) <= at < closes:
                    return closes
        return None

    def today_words(self, at: datetime) -> str:
        """One short sentence about today, for a card."""
        if self.is_always:
            return "24時間つながります"
        closes = self.closes_at(at)
        if closes is not None:
            if closes.date() > at.date():
                return "いま開いています（夜どおし）" if closes.time() != time() else "今日は24時まで"
            return f"今日は{_clock(closes)}まで"
        later = [span for span in self.spans_on(at.date()) if span.opens > at.hour * 60 + at.minute]
        if later:
            return f"今日は{_clock_of(later[0].opens)}から"
        return "今日は終わりました" if self.spans_on(at.date()) else "今日は休みです"


@lru_cache(maxsize=1024)
def parse(text: str) -> Hours:
    """The hours a text tells, or NotHours."""
    plain = unicodedata.normalize("NFKC", text).replace("〜", "~").replace("–", "~").replace("-", "~").replace(" ", "")
    outside, notes = _without_notes(plain)
    if outside in ("24時間", "年中無休24時間"):
        outside = "毎日24時間"
    week: list[list[Span]] = [[] for _ in range(8)]
    named_holiday = False
    parts = [part for part in re.split(r"[、,]", outside) if part]
    if not parts:
        raise NotHours(text)
    for part in parts:
        found = _DAYS.match(part)
        if found is None:
            raise NotHours(text)
        days, spans = _days(found.group(1)), _spans(part[found.end() :])
        if days is None or not spans:
            raise NotHours(text)
        named_holiday = named_holiday or HOLIDAY in days
        for day in days:
            week[day] += spans
    if "祝日を除く" in notes or "日祝を除く" in notes or "土日祝" in notes or "祝日・年末年始" in notes:
        week[HOLIDAY] = []
    elif "平日" not in outside and not named_holiday:
        week[HOLIDAY] = []  # a holiday is told only where the text says so; else be careful
        if "毎日" in outside or "年中無休" in outside:
            week[HOLIDAY] = list(week[6])
    closed = "年末年始" in notes or "12月29日~1月3日" in notes
    if notes and not (closed or "祝" in notes or "電話は" in notes):
        raise NotHours(text)
    if re.search(r"\d+:\d+|\d+時", notes):
        raise NotHours(text)  # the note carries times of its own: show the text
    return Hours(tuple(tuple(spans) for spans in week), closed)


def read(text: str) -> Hours | None:
    """The hours a text tells, or None when it tells none that can be relied on."""
    try:
        return parse(text) if text else None
    except NotHours:
        return None


def _without_notes(text: str) -> tuple[str, str]:
    notes = "".join(re.findall(r"\(([^)]*)\)", text))
    return re.sub(r"\([^)]*\)", "", text), notes


def _days(named: str) -> set[int] | None:
    if named in ("毎日", "年中無休"):
        return set(range(8))
    if named == "平日":
        return set(range(5))
    named = named.replace("曜日", "").replace("曜", "")
    if "~" in named:
        first, _, last = named.partition("~")
        if len(first) != 1 or first not in DAYS or last[:1] not in DAYS:
            return None
        start, end = DAYS.index(first), DAYS.index(last[0])
        days = {place % 7 for place in range(start, end + 1 if end >= start else end + 8)}
        named = last[1:]
    else:
        days = set()
    for sign in named.replace("・", "").replace(",", ""):
        days.add(HOLIDAY if sign == "祝" else DAYS.index(sign))
    return days


def _spans(text: str) -> list[Span]:
    if text == "24時間":
        return [Span(0, 1440)]
    spans = []
    for piece in text.split("・"):
        found = _SPAN.fullmatch(piece)
        if found is None:
            return []
        opens, closes = _minutes(found.group(1)), _minutes(found.group(2))
        if closes <= opens:
            return []
        spans.append(Span(opens, closes))
    return spans


def _minutes(clock: str) -> int:
    next_day = 1440 if clock.startswith("翌") else 0
    numbers = [int(number) for number in re.findall(r"\d+", clock)]
    return next_day + numbers[0] * 60 + (numbers[1] if len(numbers) > 1 else 0)


def _clock(at: datetime) -> str:
    return _clock_of(at.hour * 60 + at.minute)


def _clock_of(minutes: int) -> str:
    hour, minute = divmod(minutes % 1440, 60)
    return f"{hour}時{minute}分" if minute else f"{hour}時"


@lru_cache(maxsize=8)
def _holidays_of(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("JP", years=year)


def _is_holiday(day: date) -> bool:
    return day in _holidays_of(day.year)


def _is_year_end(day: date) -> bool:
    return (day.month, day.day) >= YEAR_END[0] or (day.month, day.day) <= YEAR_END[1]
