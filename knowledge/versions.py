"""The number that grows with every change of the knowledge base, so that each process notices within seconds."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.knowledge import KnowledgeVersion


def current(session: Session) -> int:
    return session.scalars(select(KnowledgeVersion.number).where(KnowledgeVersion.id == 1)).one_or_none() or 0


def bump(session: Session) -> None:
    """Say that something changed, in the transaction that changes it."""
    row = session.get(KnowledgeVersion, 1, with_for_update=True)
    if row is None:
        session.add(KnowledgeVersion(id=1, number=1))
    else:
        row.number += 1


def hold(session: Session) -> None:
    """Wait for whoever else is changing much at once, and let others who change much wait until this turn ends."""
    session.get(KnowledgeVersion, 1, with_for_update=True)
