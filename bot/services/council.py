"""What the council says about itself: its name, its telephone, when somebody is there.

These are data, not code: a starter set brings them (`sasaeai kb import --starter kakogawa`), staff change them on the
settings page. A council that has set nothing yet is spoken of in general words, and no number is made up.
"""

import re
import unicodedata
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.running import CouncilSetting


@dataclass(frozen=True)
class Council:
    """What may be told to residents about the council. An empty text means: not set yet."""

    name: str = ""
    short_name: str = "社協"
    city: str = ""
    phone: str = ""
    calling_phone: str = ""  # which staff telephone from; empty: the council's telephone
    fax: str = ""
    email: str = ""
    url: str = ""
    address: str = ""
    hours: str = ""  # in the notation of knowledge.hours; empty while nobody has confirmed them
    city_hall_name: str = ""
    city_hall_phone: str = ""

    @property
    def calls_from(self) -> str:
        """The number a call of staff comes from, shown before it comes."""
        return self.calling_phone or self.phone


def about(session: Session) -> Council:
    """The council as set now."""
    known = {field.name for field in fields(Council)}
    rows = session.scalars(select(CouncilSetting).where(CouncilSetting.name.in_(known)))
    return Council(**{row.name: str(row.value) for row in rows})


def set_facts(session: Session, facts: dict[str, Any], *, now: datetime) -> None:
    """Keep the given facts. KeyError names one that a council does not have."""
    unknown = set(facts) - set(asdict(Council()))
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    for name, value in facts.items():
        row = session.get(CouncilSetting, name)
        if row is None:
            session.add(CouncilSetting(name=name, value=value, changed_at=now))
        elif row.value != value:
            row.value, row.changed_at = value, now


# ── facts that can do harm when they are wrong ──

SOURCE = "source."
NUMBERS = ("phone", "calling_phone", "fax", "city_hall_phone")
_NUMBER = re.compile(r"0\d{1,4}-\d{1,4}-\d{3,4}|0\d{9,10}")


class SourceMissing(ValueError):
    """A number was changed without saying where it was confirmed."""


class NotANumber(ValueError):
    """This is no telephone number of Japan. `fact` names which."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


@dataclass(frozen=True)
class Source:
    """Where a number was read, and when."""

    source: str
    confirmed_on: str


def sources(session: Session) -> dict[str, Source]:
    """Where the numbers were confirmed, by the name of the fact."""
    rows = session.scalars(select(CouncilSetting).where(CouncilSetting.name.in_([SOURCE + one for one in NUMBERS])))
    return {row.name.removeprefix(SOURCE): Source(**row.value) for row in rows}


def confirm_facts(session: Session, given: dict[str, str], *, source: str, now: datetime) -> list[str]:
    """Keep what staff confirmed; the names of the facts that changed. SourceMissing or NotANumber keep nothing."""
    before = asdict(about(session))
    changed = {name: value.strip() for name, value in given.items() if value.strip() != before[name]}
    new_numbers = [name for name in NUMBERS if changed.get(name)]
    for name in new_numbers:
        changed[name] = unicodedata.normalize("NFKC", changed[name]).replace("ー", "-").replace("−", "-")
        if not _NUMBER.fullmatch(changed[name]):
            raise NotANumber(name)
    if new_numbers and not source.strip():
        raise SourceMissing
    set_facts(session, changed, now=now)
    for name in new_numbers:
        told = {"source": source.strip(), "confirmed_on": now.date().isoformat()}
        row = session.get(CouncilSetting, SOURCE + name)
        if row is None:
            session.add(CouncilSetting(name=SOURCE + name, value=told, changed_at=now))
        else:
            row.value, row.changed_at = told, now
    return list(changed)


LINE_ID = "line_basic_id"


def line_id(session: Session) -> str:
    """The account's id on LINE (`@…`), as LINE told it; empty until it did."""
    kept = session.get(CouncilSetting, LINE_ID)
    return str(kept.value) if kept is not None else ""


def note_line_id(session: Session, basic_id: str, *, now: datetime) -> None:
    kept = session.get(CouncilSetting, LINE_ID)
    if kept is None:
        session.add(CouncilSetting(name=LINE_ID, value=basic_id, changed_at=now))
    elif kept.value != basic_id:
        kept.value, kept.changed_at = basic_id, now
