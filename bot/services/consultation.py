"""How the council talks with residents: which ways, when the desk is there, how long what was said is kept.

Staff change these on the settings page; `rules` reads them as they are now. What nobody has set keeps the careful
value that stands here. `desk_hours` are the hours in which staff answer and telephone. They are not told to residents
as opening hours of the office, which are a fact of the council (`bot.services.council`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.services import council
from bot.store.running import CouncilSetting
from knowledge import hours
from knowledge.hours import Hours, NotHours

WAYS = ("room", "line")
PREFIX = "consultation."
USUAL_HOURS = "平日 9:00～17:00（祝日・年末年始を除く）"


class NotAllowed(ValueError):
    """A rule cannot have this value. `rule` is its name."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True)
class Rules:
    """The council's rules. Days are written as ISO dates."""

    ways: tuple[str, ...] = ("room",)  # in which residents may talk with people, the first one being offered first
    desk_hours: str = ""  # in the notation of knowledge.hours; empty: the office's opening hours
    closed_days: tuple[str, ...] = ()
    answer_minutes: int = 120  # open minutes until a first answer when nobody else waits
    minutes_a_case: int = 20  # more for every case that each member of staff on duty has waiting
    reopen_days: int = 14  # how long after closing a new message continues the case
    callback_minutes: int = 30  # length of one slot
    callback_places: int = 2  # how many calls one slot holds
    callback_days: int = 5  # how many open days ahead can be chosen
    room_idle_hours: int = 12  # after how long without use a device is out of the room
    keep_days: int = 365  # after closing, until the words are erased

    @property
    def closed_on(self) -> frozenset[date]:
        return frozenset(date.fromisoformat(day) for day in self.closed_days)


LIMITS = {
    "answer_minutes": (10, 2400),
    "minutes_a_case": (0, 240),
    "reopen_days": (0, 90),
    "callback_minutes": (10, 120),
    "callback_places": (1, 20),
    "callback_days": (1, 20),
    "room_idle_hours": (1, 168),
    "keep_days": (30, 3650),
}


def rules(session: Session) -> Rules:
    """The rules as set now."""
    names = [PREFIX + field.name for field in fields(Rules)]
    kept: dict[str, Any] = {
        row.name.removeprefix(PREFIX): tuple(row.value) if isinstance(row.value, list) else row.value
        for row in session.scalars(select(CouncilSetting).where(CouncilSetting.name.in_(names)))
    }
    return Rules(**kept)


def set_rules(session: Session, wanted: Mapping[str, Any], *, now: datetime) -> None:
    """Keep the given rules. NotAllowed names the first that cannot be so; then nothing is changed."""
    for name, value in wanted.items():
        if not _is_allowed(name, value):
            raise NotAllowed(name)
    for name, value in wanted.items():
        stored = list(value) if isinstance(value, tuple) else value
        row = session.get(CouncilSetting, PREFIX + name)
        if row is None:
            session.add(CouncilSetting(name=PREFIX + name, value=stored, changed_at=now))
        elif row.value != stored:
            row.value, row.changed_at = stored, now


def hours_of_desk(session: Session, kept: Rules) -> Hours:
    """When staff answer: as set for the desk, else the office's opening hours, else those of most offices."""
    for text in (kept.desk_hours, council.about(session).hours, USUAL_HOURS):
        if (read := hours.read(text)) is not None:
            return read
    raise NotHours(USUAL_HOURS)


def _is_allowed(name: str, value: Any) -> bool:
    if name in LIMITS:
        lowest, highest = LIMITS[name]
        return isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest
    if name == "ways":
        return bool(value) and len(set(value)) == len(value) and set(value) <= set(WAYS)
    if name == "desk_hours":
        return value == "" or hours.read(value) is not None
    if name == "closed_days":
        return all(_is_day(day) for day in value)
    return name in asdict(Rules())


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except (TypeError, ValueError):
        return False
