"""How staff work, as the council sets it on the settings page: how long a task may wait for a name, when a screen
that nobody uses locks itself, how many wrong sign-ins lock an account.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.running import CouncilSetting

PREFIX = "desk."


class NotAllowed(ValueError):
    """A rule cannot have this value. `rule` is its name."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True)
class Rules:
    """The rules, in minutes and counts. What nobody has set keeps the careful value that stands here."""

    accept_minutes: int = 60  # how long a duty waits for a name before it climbs
    idle_minutes: int = 30  # after how long without use a sign-in ends
    wrong_sign_ins: int = 5  # how many wrong passwords or numbers in a row lock an account
    locked_minutes: int = 15  # for how long


LIMITS = {"accept_minutes": (10, 480), "idle_minutes": (5, 240), "wrong_sign_ins": (3, 20), "locked_minutes": (5, 1440)}


def rules(session: Session) -> Rules:
    """The rules as set now."""
    names = [PREFIX + field.name for field in fields(Rules)]
    rows = session.scalars(select(CouncilSetting).where(CouncilSetting.name.in_(names)))
    return Rules(**{row.name.removeprefix(PREFIX): int(row.value) for row in rows})


def set_rules(session: Session, wanted: Mapping[str, int], *, now: datetime) -> list[str]:
    """Keep the given rules; the names of those that changed. NotAllowed names the first that cannot be so."""
    for name, value in wanted.items():
        lowest, highest = LIMITS[name]
        if not lowest <= value <= highest:
            raise NotAllowed(name)
    before, changed = rules(session), []
    for name, value in wanted.items():
        if getattr(before, name) == value:
            continue
        row = session.get(CouncilSetting, PREFIX + name)
        if row is None:
            session.add(CouncilSetting(name=PREFIX + name, value=value, changed_at=now))
        else:
            row.value, row.changed_at = value, now
        changed.append(name)
    return changed
