"""The number that grows with every change of the knowledge base, so that each process notices within seconds."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.store.knowledge import KnowledgeVersion


def current(session: Session) -> int:
    return session.scalars(select(KnowledgeVersion.number).where(KnowledgeVersion.id == 1)).one_or_none() or 0


def bump(session: Session) -> None:
    """Say that something changed, in the transaction that changes it."""
    hold(session).number += 1


def hold(session: Session) -> KnowledgeVersion:
    """Wait for whoever else is changing the base, and let others wait until this turn ends."""
    row = session.get(KnowledgeVersion, 1, with_for_update=True)
    if row is None:
        try:
            with session.begin_nested():
                session.add(KnowledgeVersion(id=1, number=0))
        except IntegrityError:
            pass  # another process was first
        row = session.get_one(KnowledgeVersion, 1, with_for_update=True)
    return row
