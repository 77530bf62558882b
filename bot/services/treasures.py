"""地域の宝物: a place, a gathering, a helping hand nearby that a resident proposes, checked before anybody sees it.

Nobody's name is kept with it: what is needed is the place, not who told of it.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.services.daily_limits import DailyLimit
from bot.store.knowledge import Resource
from knowledge import entries

CATEGORY = "居場所・サロン"  # staff choose another when they check it; the first of the taxonomy where it is not there
LONGEST_NAME, LONGEST_PLACE, LONGEST_WORDS = 60, 150, 600

proposals_a_day = DailyLimit(3)


class TooMany(Exception):
    """More proposals today than one person makes in earnest."""


class NothingSaid(ValueError):
    """A name, or what it is, is missing."""


def propose(
    session: Session,
    *,
    by: str,
    name: str,
    where: str,
    what: str,
    latitude: float | None = None,
    longitude: float | None = None,
    now: datetime,
) -> Resource:
    """Keep a proposal as a draft. `by` (a resident's id) only counts against the day's limit and is not kept."""
    if not name.strip() or not what.strip():
        raise NothingSaid
    if proposals_a_day.is_used_up(by, now=now):
        raise TooMany
    names = list(entries.category_names(session))
    facts = {
        "name": name.strip()[:LONGEST_NAME],
        "category": CATEGORY if CATEGORY in names or not names else names[0],
        "description": what.strip()[:LONGEST_WORDS],
        "address": where.strip()[:LONGEST_PLACE],
        "latitude": latitude,
        "longitude": longitude,
    }
    proposal = entries.propose(session, facts, now=now)
    proposals_a_day.count(by, now=now)
    return proposal
