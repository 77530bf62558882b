"""The record of what staff saw and did. Append-only: each entry's digest covers the one before, so a change shows.

Entries carry ids, never words or names.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
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


def first_broken(session: Session, *, newest: int | None = None) -> int | None:
    """The number of the first entry that was changed, or before which one is missing; None when all is whole.

    `newest`: only so many of the last ones are looked at, each against the one before it.
    """
    before, expected, wanted = "", 1, select(AuditEntry).order_by(AuditEntry.id)
    if newest is not None:
        first = (session.scalar(select(func.max(AuditEntry.id))) or 0) - newest
        if (start := session.get(AuditEntry, first)) is not None:
            before, expected, wanted = start.digest, first + 1, wanted.where(AuditEntry.id > first)
    for entry in session.scalars(wanted).yield_per(1000):
        if entry.id != expected or entry.digest != _digest(entry, before):
            return expected
        before, expected = entry.digest, expected + 1
    return None


@dataclass(frozen=True)
class Filter:
    """Which entries are wanted; what is empty does not matter."""

    staff_id: int | None = None
    deed: str = ""
    kind: str = ""
    record_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        asked = (
            (self.staff_id is not None, AuditEntry.staff_id == self.staff_id),
            (self.deed, AuditEntry.deed == self.deed),
            (self.kind, AuditEntry.kind == self.kind),
            (self.record_id, AuditEntry.record_id == self.record_id),
        )
        spans = []
        if self.since is not None:
            spans.append(AuditEntry.at >= self.since)
        if self.until is not None:
            spans.append(AuditEntry.at < self.until)
        return [condition for is_asked, condition in asked if is_asked] + spans


def entries(session: Session, wanted: Filter, *, page: int, size: int) -> tuple[Sequence[AuditEntry], int]:
    """One page of the entries that fit, the newest first, and how many fit in all."""
    conditions = wanted.conditions()
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*conditions)) or 0
    found = select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc())
    return session.scalars(found.offset((page - 1) * size).limit(size)).all(), total


def deeds(session: Session) -> Sequence[str]:
    """Every kind of deed on record."""
    return session.scalars(select(AuditEntry.deed).distinct().order_by(AuditEntry.deed)).all()


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
