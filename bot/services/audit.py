"""The record of what staff saw and did. Append-only: each entry's digest covers the one before, so a change shows.

Entries carry ids, never words or names.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.store.staff import AuditEntry

ONE_AT_A_TIME = 7_390_424_432  # names PostgreSQL's advisory lock; SQLite's writers queue up anyway


def record(
    session: Session,
    deed: str,
    *,
    staff_id: int | None,
    now: datetime,
    kind: str = "",
    record_id: object = "",
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add an entry, in the transaction of the deed itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one_or_none()
    entry = AuditEntry(
        id=(last.id if last else 0) + 1,
        at=now.replace(microsecond=0),
        staff_id=staff_id,
        deed=deed,
        kind=kind,
        record_id=str(record_id),
        details=details or {},
    )
    entry.digest = _digest(entry, last.digest if last else "")
    session.add(entry)
    session.flush()
    return entry


def first_broken(session: Session) -> int | None:
    """The number of the first entry that was changed, or before which one is missing; None when all is whole."""
    before, expected = "", 1
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)).yield_per(1000):
        if entry.id != expected or entry.digest != _digest(entry, before):
            return expected
        before, expected = entry.digest, expected + 1
    return None


def _digest(entry: AuditEntry, before: str) -> str:
    told = [
        entry.id,
        entry.at.astimezone(UTC).isoformat(),
        entry.staff_id,
        entry.deed,
        entry.kind,
        entry.record_id,
        entry.details,
    ]
    return hashlib.sha256((before + json.dumps(told, sort_keys=True, ensure_ascii=False)).encode()).hexdigest()
