"""Which topics residents can choose when they want to talk with people. 「そのほか」 is always there."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from bot.services import audit, cases
from bot.store.running import CouncilSetting

HIDDEN = "topics.hidden"
ALWAYS = "other"


def offered(session: Session) -> tuple[str, ...]:
    """The topics to choose from, in their order."""
    row = session.get(CouncilSetting, HIDDEN)
    hidden = set(row.value) if row is not None else set()
    return tuple(topic for topic in cases.TOPICS if topic not in hidden)


def offer(session: Session, wanted: Collection[str], *, staff_id: int, now: datetime) -> None:
    """Offer these from now on. Cases that have another topic keep it."""
    hidden = [topic for topic in cases.TOPICS if topic not in wanted and topic != ALWAYS]
    row = session.get(CouncilSetting, HIDDEN)
    if row is None:
        session.add(CouncilSetting(name=HIDDEN, value=hidden, changed_at=now))
    else:
        row.value, row.changed_at = hidden, now
    audit.record(session, "change_setting", staff_id=staff_id, now=now, kind="setting", record_id="topics")
