"""Opening hours as a simple form: eight lines of from and to, and the notation they become (`knowledge.hours`)."""

from collections.abc import Mapping
from datetime import date, timedelta

from knowledge.hours import DAYS, HOLIDAY, Hours, Span, read

LINES = (*(f"{day}曜日" for day in DAYS), "祝日")


class NotATime(ValueError):
    """A line has a beginning without an end, an end before its beginning, or no time in it. `line` is its name."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def notation(form: Mapping[str, str]) -> str:
    """The notation a filled-in form means; empty when no day is open. NotATime names a line that cannot be so."""
    by_times: dict[str, list[str]] = {}
    for number, line in enumerate(LINES):
        opens, closes = (form.get(f"{name}-{number}", "").strip() for name in ("opens", "closes"))
        if not opens and not closes:
            continue
        if not (_is_time(opens) and _is_time(closes)) or opens >= closes:
            raise NotATime(line)
        sign = DAYS[number] if number < HOLIDAY else "祝"
        by_times.setdefault(f"{_plain(opens)}～{_plain(closes)}", []).append(sign)
    if not by_times:
        return ""
    days = "、".join(f"{'・'.join(signs)} {times}" for times, signs in by_times.items())
    without = [] if any("祝" in signs for signs in by_times.values()) else ["祝日"]
    without += ["年末年始"] if form.get("year_end") else []
    return f"{days}（{'・'.join(without)}を除く）" if without else days


def lines(text: str) -> list[tuple[str, str, str]] | None:
    """Each line's name, beginning and end; None when the text says more than the form can."""
    hours = read(text) if text else Hours(tuple(() for _ in range(8)))
    if hours is None or any(len(spans) > 1 or any(span.closes >= 1440 for span in spans) for spans in hours.week):
        return None
    return [(name, *_ends(hours.week[number])) for number, name in enumerate(LINES)]


def week_ahead(hours: Hours, today: date, closed_on: frozenset[date]) -> list[tuple[date, str]]:
    """The next seven days and what a resident would find."""
    return [(day, _told(hours, day, closed_on)) for day in (today + timedelta(days=ahead) for ahead in range(7))]


def _told(hours: Hours, day: date, closed_on: frozenset[date]) -> str:
    spans = () if day in closed_on else hours.spans_on(day)
    return "・".join(f"{_clock(span.opens)}～{_clock(span.closes)}" for span in spans) or "休み"


def _ends(spans: tuple[Span, ...]) -> tuple[str, str]:
    return (_clock(spans[0].opens), _clock(spans[0].closes)) if spans else ("", "")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _plain(clock: str) -> str:
    return clock.removeprefix("0") if clock != "00:00" else "0:00"


def _is_time(text: str) -> bool:
    hour, _, minute = text.partition(":")
    return len(text) == 5 and hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60
