"""Adding and changing entries. Every change keeps who, when, and how it was before and after."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.store.knowledge import Answer, Change, Resource
from knowledge import versions

Kind = type[Resource] | type[Answer]


def keep(
    session: Session, kind: Kind, entry_id: str, facts: Mapping[str, Any], *, now: datetime, staff_id: int | None = None
) -> str:
    """Make the entry what `facts` say. Returns `added`, `changed` or `unchanged`; history is written with it."""
    entry: Any = session.get(kind, entry_id)
    before = None if entry is None else plain(entry)
    if entry is None:
        entry = kind(id=entry_id, **facts)
        session.add(entry)
        session.flush()
    else:
        for name, value in facts.items():
            setattr(entry, name, value)
    after = plain(entry)
    if before == after:
        return "unchanged"
    session.add(
        Change(
            kind=kind.__tablename__,
            entry_id=entry_id,
            changed_at=now,
            staff_id=staff_id,
            before=before,
            after=after,
        )
    )
    versions.bump(session)
    return "added" if before is None else "changed"


def plain(entry: Resource | Answer) -> dict[str, Any]:
    """All columns of an entry as plain data, for the history."""
    values = {column.key: getattr(entry, column.key) for column in entry.__table__.columns}
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
