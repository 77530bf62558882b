"""What the council says about itself: its name, its telephone, when somebody is there.

These are data, not code: a starter set brings them (`sasaeai kb import --starter kakogawa`), staff change them on the
settings page. A council that has set nothing yet is spoken of in general words, and no number is made up.
"""

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
    fax: str = ""
    email: str = ""
    url: str = ""
    address: str = ""
    hours: str = ""  # in the notation of knowledge.hours; empty while nobody has confirmed them
    city_hall_name: str = ""
    city_hall_phone: str = ""


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
