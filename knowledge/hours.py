"""Weekly opening hours: read from the notation staff write, told as 「17時15分まで」.

The notation, as on the council's own pages:

    月～金 8:30～17:15（祝日を除く）      平日 10:00～15:00        毎日 24時間
    火～土 9:00～12:00・13:00～16:00      土 9:00～17:00、日 17:00～21:00
    毎日 16:00～21:00（12月29日～1月3日は休み）        月～金 18:00～翌8:30、土日祝 24時間
    第2・4水 10:00～12:00           第1土曜 13:30～15:30

Days that differ from the week (`special_days`) are written one a line, and kept as dates:

    2026-12-28 9:00～12:00 仕事納め       2026-12-29～2027-01-04 休み 年末年始

What cannot be read as hours keeps its text and is shown as it is: nothing is guessed. A list of times without days
(「8:30～17:15」) is such a text, because it does not say on which days somebody is there.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

DAYS = "月火水木金土日"
HOLIDAY = 7  # stands beside the seven weekdays
YEAR_END = ((12, 29), (1, 3))  # 年末年始, the days public offices close

CLOSED = "休み"

_RANGE = r"(?:翌)?\d{1,2}(?::\d{2}|時(?:\d{1,2}分)?)"
_SPAN = re.compile(rf"({_RANGE})~({_RANGE})")
_DAYS = re.compile(rf"(毎日|平日|年中無休|[{DAYS}祝](?:(?:曜日?)?[~・,]?[{DAYS}祝])*(?:曜日?)?)")

_CLOSED = r"(?:土日祝|日祝|祝日?|年末年始|12月29日~1月3日)"
_CLOSED_ON = re.compile(rf"(?:{_CLOSED}(?:[・、,]{_CLOSED})*(?:を?除く|は?休み|は?休館|は?休業))+")
_NTH = re.compile(rf"第(\d(?:[・,]第?\d)*)([{DAYS}](?:[・,][{DAYS}])*)(?:曜日?)?")
_SPECIAL = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:~(\d{4}-\d{1,2}-\d{1,2}))?\s+(\S+)(?:\s+(.*))?")


class NotHours(ValueError):
    """The text does not tell on which days and at which times somebody is there."""


class NotSpecialDay(ValueError):
    """A line that names no day with its hours. `line` is the line as written, `number` counts from one."""

    def __init__(self, number: int, line: str) -> None:
        super().__init__(f"line {number}: {line}")
        self.number, self.line = number, line


@dataclass(frozen=True)
class Span:
    """Open from `opens` to `closes`, in minutes since midnight; past 1440 it goes on into the next day."""

    opens: int
    closes: int


@dataclass(frozen=True)
class Nth:
    """Spans on some weekdays of a month only: the second and fourth Wednesday."""

    weeks: frozenset[int]  # 1 to 5
    weekday: int
    spans: tuple[Span, ...]

    def is_on(self, day: date) -> bool:
        return day.weekday() == self.weekday and (day.day - 1) // 7 + 1 in self.weeks


@dataclass(frozen=True)
class SpecialDay:
    """Days from `first` to `last` that differ from the week; no span means closed."""

    first: date
    last: date
    spans: tuple[Span, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Hours:
    """Spans for Monday to Sunday and for public holidays, and whether the days around New Year are closed."""

    week: tuple[tuple[Span, ...], ...]  # eight: seven weekdays, then public holidays
    closed_at_year_end: bool = False
    monthly: tuple[Nth, ...] = ()
    special: tuple[SpecialDay, ...] = ()

    @property
    def is_always(self) -> bool:
        return all(spans == (Span(0, 1440),) for spans in self.week) and not self.closed_at_year_end

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """When somebody is there on a day: special days first, then New Year, public holidays, the week."""
        special = self.special_on(day)
        if special is not None:
            return special.spans
        if self.closed_at_year_end and _is_year_end(day):
            return ()
        if _is_holiday(day):
            return self.week[HOLIDAY]
        return self.week[day.weekday()] + tuple(span for nth in self.monthly if nth.is_on(day) for span in nth.spans)

    def special_on(self, day: date) -> SpecialDay | None:
        """What is written for this very day; the last line that names it counts."""
        return next((one for one in reversed(self.special) if one.first <= day <= one.last), None)

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
        """What a card says beside 「きょう」."""
        special = self.special_on(at.date())
        if special is not None and not special.spans and self.closes_at(at) is None:
            return f"休みです（{special.why}）" if special.why else "休みです"
        if self.is_always:
            return "24時間つながります"
        closes = self.closes_at(at)
        if closes is not None:
            if closes.date() > at.date():
                return "いま開いています（夜どおし）" if closes.time() != time() else "24時まで"
            return f"{_clock(closes)}まで"
        later = [span for span in self.spans_on(at.date()) if span.opens > at.hour * 60 + at.minute]
        if later:
            return f"{_clock_of(later[0].opens)}から"
        return "終わりました" if self.spans_on(at.date()) else "休みです"


@lru_cache(maxsize=1024)
def parse(text: str) -> Hours:
    """The hours a text tells, or NotHours."""
    plain = unicodedata.normalize("NFKC", text).replace("〜", "~").replace("–", "~").replace("-", "~").replace(" ", "")
    outside, notes = _without_notes(plain)
    if outside in ("24時間", "年中無休24時間"):
        outside = "毎日24時間"
    week: list[list[Span]] = [[] for _ in range(8)]
    monthly: list[Nth] = []
    named_holiday = False
    parts = [part for part in re.split(r"[、,]", outside) if part]
    if not parts:
        raise NotHours(text)
    for part in parts:
        if (nth := _NTH.match(part)) is not None:
            spans = tuple(_spans(part[nth.end() :]))
            weeks = frozenset(int(number) for number in re.findall(r"\d", nth.group(1)))
            if not spans or not weeks <= {1, 2, 3, 4, 5}:
                raise NotHours(text)
            monthly += [Nth(weeks, DAYS.index(sign), spans) for sign in nth.group(2) if sign in DAYS]
            continue
        found = _DAYS.match(part)
        if found is None:
            raise NotHours(text)
        days, daily = _days(found.group(1)), _spans(part[found.end() :])
        if days is None or not daily:
            raise NotHours(text)
        named_holiday = named_holiday or HOLIDAY in days
        for day in days:
            week[day] += daily
    if "祝" in notes:
        week[HOLIDAY] = []
    elif "平日" not in outside and not named_holiday:
        week[HOLIDAY] = []  # a holiday is told only where the text says so; else be careful
        if "毎日" in outside or "年中無休" in outside:
            week[HOLIDAY] = list(week[6])
    closed = "年末年始" in notes or "12月29日~1月3日" in notes
    if notes and not (_CLOSED_ON.fullmatch(notes) or "電話は" in notes):
        raise NotHours(text)  # 「祝日の翌日は休館」 and the like: show the text, compute nothing from it
    if re.search(r"\d+:\d+|\d+時", notes):
        raise NotHours(text)  # the note carries times of its own: show the text
    return Hours(tuple(tuple(spans) for spans in week), closed, tuple(monthly))


def read(text: str, special: Sequence[Mapping[str, str]] = ()) -> Hours | None:
    """The hours a text tells, with the dated exceptions; None when it tells none that can be relied on."""
    try:
        found = parse(text) if text else None
    except NotHours:
        return None
    return replace(found, special=_from_stored(special)) if found is not None and special else found


def today(text: str, special: Sequence[Mapping[str, str]], at: datetime) -> tuple[str, bool] | None:
    """What to say of today, and whether it is open now; None when nothing is known for sure.

    A dated exception tells of its day even where the text about the week cannot be read.
    """
    found = read(text, special)
    if found is None:
        found = Hours(((),) * 8, special=_from_stored(special))
        if found.special_on(at.date()) is None:
            return None
    return found.today_words(at), found.is_open(at)


def day_by_day(told: Hours) -> list[tuple[str, str]]:
    """Each weekday (and public holidays) with its hours, as staff check them."""
    names = (*DAYS, "祝日")
    rows = [(name, _spans_written(spans) or CLOSED) for name, spans in zip(names, told.week, strict=True)]
    rows += [
        (f"第{'・'.join(map(str, sorted(nth.weeks)))}{DAYS[nth.weekday]}", _spans_written(nth.spans))
        for nth in told.monthly
    ]
    return [*rows, ("年末年始", CLOSED)] if told.closed_at_year_end else rows


# ── writing hours ─────────────────────────────────────────────────────────────────────────────────────────────────


def write(told: Hours) -> str:
    """The hours in the notation; reading it again gives the same week."""
    parts = [f"{_days_named(days)} {_spans_written(spans)}" for days, spans in _days_by_spans(told.week)]
    by_spans: dict[tuple[frozenset[int], tuple[Span, ...]], list[int]] = {}
    for nth in told.monthly:
        by_spans.setdefault((nth.weeks, nth.spans), []).append(nth.weekday)
    for (weeks, spans), weekdays in by_spans.items():
        named = "・".join(DAYS[day] for day in sorted(weekdays))
        parts.append(f"第{'・'.join(map(str, sorted(weeks)))}{named} {_spans_written(spans)}")
    notes = [] if told.week[HOLIDAY] or not parts else ["祝日"]
    notes += ["年末年始"] if told.closed_at_year_end else []
    return "、".join(parts) + (f"（{'・'.join(notes)}を除く）" if notes else "")


def _days_by_spans(week: Sequence[tuple[Span, ...]]) -> list[tuple[list[int], tuple[Span, ...]]]:
    groups: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in enumerate(week):
        if spans:
            groups.setdefault(spans, []).append(day)
    return [(days, spans) for spans, days in groups.items()]


def _days_named(days: list[int]) -> str:
    if len(days) == 8:
        return "毎日"
    weekdays = [day for day in days if day != HOLIDAY]
    runs = len(weekdays) >= 3 and weekdays == list(range(weekdays[0], weekdays[0] + len(weekdays)))
    named = f"{DAYS[weekdays[0]]}～{DAYS[weekdays[-1]]}" if runs else "・".join(DAYS[day] for day in weekdays)
    return "・".join(part for part in (named, "祝" if HOLIDAY in days else "") if part)


def _spans_written(spans: tuple[Span, ...]) -> str:
    if spans == (Span(0, 1440),):
        return "24時間"
    return "・".join(f"{_written(span.opens)}～{_written(span.closes)}" for span in spans)


def _written(minutes: int) -> str:
    hour, minute = divmod(minutes - 1440 if minutes > 1440 else minutes, 60)
    return f"{'翌' if minutes > 1440 else ''}{hour}:{minute:02}"


# ── special days ──────────────────────────────────────────────────────────────────────────────────────────────────


def special_days(lines: str) -> list[dict[str, str]]:
    """The lines staff write, as they are stored. NotSpecialDay names the first line that cannot be read."""
    kept = []
    for number, line in enumerate(lines.splitlines(), start=1):
        plain = _plain_line(line)
        if not plain:
            continue
        found = _SPECIAL.fullmatch(plain)
        try:
            first = date.fromisoformat(_padded(found.group(1))) if found else None
            last = date.fromisoformat(_padded(found.group(2) or found.group(1))) if found else None
        except ValueError:
            first = last = None
        if found is None or first is None or last is None or last < first:
            raise NotSpecialDay(number, line)
        times = found.group(3)
        spans = [] if times == CLOSED else _spans(times)
        if not spans and times != CLOSED:
            raise NotSpecialDay(number, line)
        kept.append(
            {
                "from": first.isoformat(),
                "to": last.isoformat(),
                "hours": _spans_written(tuple(spans)) if spans else "",
                "why": (found.group(4) or "").strip(),
            }
        )
    return kept


def special_lines(stored: Sequence[Mapping[str, str]]) -> str:
    """Stored special days as staff write them."""
    return "\n".join(
        " ".join(
            part
            for part in (
                one["from"] if one["from"] == one["to"] else f"{one['from']}～{one['to']}",
                one.get("hours") or CLOSED,
                one.get("why", ""),
            )
            if part
        )
        for one in stored
    )


def _from_stored(stored: Sequence[Mapping[str, str]]) -> tuple[SpecialDay, ...]:
    return tuple(
        SpecialDay(
            date.fromisoformat(one["from"]),
            date.fromisoformat(one["to"]),
            tuple(_spans(_plain_line(one.get("hours", "")))),
            one.get("why", ""),
        )
        for one in stored
    )


def _plain_line(line: str) -> str:
    return unicodedata.normalize("NFKC", line).replace("〜", "~").replace("–", "~").strip()


def _padded(day: str) -> str:
    year, month, of_month = day.split("-")
    return f"{year}-{int(month):02}-{int(of_month):02}"


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
