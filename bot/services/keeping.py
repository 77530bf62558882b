"""For how long what was said and done is kept: as staff set it, and until then as the environment says."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.running import CouncilSetting

PREFIX = "keep."


class NotAllowed(ValueError):
    """So many days are too few to work with, or too many to be right. `what` is the name of the kind."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class Keep:
    """For how many days what is kept after it was last needed."""

    conversation: int = 365
    inbox: int = 30
    outbox: int = 90
    checkins: int = 730
    questions: int = 365
    worries: int = 365
    sign_ins: int = 90


LIMITS = {
    "conversation": (30, 3650),
    "inbox": (7, 365),  # LINE tells an event again within hours; a week is on the safe side
    "outbox": (7, 365),
    "checkins": (60, 3650),  # a month is compared with the three before it
    "questions": (30, 3650),
    "worries": (30, 3650),
    "sign_ins": (30, 365),  # staff look a month back for one that was not theirs
}


def as_set(session: Session, keep: Keep) -> Keep:
    """`keep`, with what staff have set in its place."""
    names = [PREFIX + name for name in LIMITS]
    rows = session.scalars(select(CouncilSetting).where(CouncilSetting.name.in_(names)))
    return Keep(**{**asdict(keep), **{row.name.removeprefix(PREFIX): int(row.value) for row in rows}})


def check(wanted: Mapping[str, int]) -> None:
    """NotAllowed names the first that cannot be so."""
    for name, days in wanted.items():
        lowest, highest = LIMITS[name]
        if not lowest <= days <= highest:
            raise NotAllowed(name)


def set_days(session: Session, keep: Keep, wanted: Mapping[str, int], *, now: datetime) -> list[str]:
    """Keep so long from now on; the names of what changed. NotAllowed: then nothing is changed."""
    check(wanted)
    before, changed = asdict(as_set(session, keep)), []
    for name, days in wanted.items():
        if before[name] == days:
            continue
        session.merge(CouncilSetting(name=PREFIX + name, value=days, changed_at=now))
        changed.append(name)
    return changed
