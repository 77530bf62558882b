"""Files that wait between the look at what they would change and the deed. Each belongs to whoever sent it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.store.engine import rows_changed
from bot.store.knowledge import WaitingFile

KEEP_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Waiting:
    """A file as it was sent, with what was said about it."""

    content: bytes
    name: str
    format: Any
    source: str
    credit: str


def keep(
    session: Session,
    content: bytes,
    *,
    name: str,
    format: str,
    source: str,
    credit: str,
    staff_id: int,
    now: datetime,
) -> str:
    """Keep a file until it is taken. What waited too long goes."""
    session.execute(delete(WaitingFile).where(WaitingFile.sent_at < now - KEEP_FOR))
    row = WaitingFile(
        id=secrets.token_urlsafe(16),
        content=content,
        name=name[:200],
        format=format,
        source=source,
        credit=credit,
        staff_id=staff_id,
        sent_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def take(session: Session, upload_id: str, *, staff_id: int, now: datetime) -> Waiting | None:
    """Take the file out, once; None when it is gone, too old, or somebody else's."""
    row = session.get(WaitingFile, upload_id)
    if row is None or row.staff_id != staff_id or row.sent_at < now - KEEP_FOR:
        return None
    found = Waiting(row.content, row.name, row.format, row.source, row.credit)
    session.expunge(row)
    if not rows_changed(session, delete(WaitingFile).where(WaitingFile.id == upload_id)):
        return None  # the other of two clicks was first
    return found
