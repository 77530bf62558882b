"""What staff should look at: doubtful facts, what nobody verified for long, what only waits to be published."""

from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.store.knowledge import Answer, Resource
from knowledge.entries import Entry

STALE_AFTER_DAYS = 365
MOST = 200


def to_confirm(session: Session) -> list[Entry]:
    """Entries with something to ask about, published ones first: residents see those now."""
    found: list[Entry] = []
    for table in (Resource, Answer):
        doubtful = select(table).where(table.to_confirm != "", table.status != "archived")
        found += session.scalars(doubtful.order_by(table.status.desc(), table.id).limit(MOST))
    return found


def ready_to_publish(session: Session) -> list[Entry]:
    """Drafts with nothing left to confirm."""
    found: list[Entry] = []
    own = Resource.proposed_on.is_(None) | Resource.verified_on.is_not(None)
    found += session.scalars(
        select(Resource).where(Resource.to_confirm == "", Resource.status == "draft", own).limit(MOST)
    )
    found += session.scalars(select(Answer).where(Answer.to_confirm == "", Answer.status == "draft").limit(MOST))
    return found


def proposed(session: Session) -> list[Resource]:
    """What residents proposed and nobody has checked yet."""
    waiting = (Resource.proposed_on.is_not(None), Resource.status == "draft", Resource.verified_on.is_(None))
    return list(session.scalars(select(Resource).where(*waiting).order_by(Resource.proposed_on).limit(MOST)))


def not_verified_for(session: Session, days: int, *, today: date) -> list[Entry]:
    """Published entries whose facts nobody verified for so many days, the oldest first."""
    before = today - timedelta(days=days)
    found: list[Entry] = []
    for table in (Resource, Answer):
        old = or_(table.verified_on.is_(None), table.verified_on < before)
        stale = select(table).where(table.status == "published", old).order_by(table.verified_on, table.id)
        if table is Resource:  # nobody need ask about what is over
            stale = stale.where(or_(Resource.ends_on.is_(None), Resource.ends_on >= today))
        found += session.scalars(stale.limit(MOST))
    return sorted(found, key=lambda one: one.verified_on or date.min)
