"""What a case is about: the topics residents choose from, as the council words, orders, adds and takes them away.

A topic keeps its name for ever (`care`, `own-3`), since cases, queues and figures stand under it; its words may change.
「そのほか」 is always there. One that is no longer offered stays readable wherever it was used.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.services import audit
from bot.store.running import CouncilSetting

SETTING = "topics"
ALWAYS = "other"
LONGEST = 20  # what LINE shows on a button
MOST = 12  # LINE shows thirteen buttons; one is left
USUAL = {
    "care": "介護・お年より",
    "children": "子育て・子ども",
    "money": "お金・くらし",
    "disability": "障害",
    "loneliness": "さみしさ・こころ",
    "other": "そのほか",
}


class NotAllowed(ValueError):
    """The topics cannot be so. `why`: `empty`, `long`, `same`, `many`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Topic:
    """`name` is what is stored with a case, `words` what people read."""

    name: str
    words: str
    is_offered: bool = True


def all_(session: Session) -> list[Topic]:
    """Every topic, offered or not, in its order."""
    row = session.get(CouncilSetting, SETTING)
    if row is not None:
        return [Topic(**one) for one in row.value]
    return [Topic(name, words) for name, words in USUAL.items()]


def offered(session: Session) -> tuple[Topic, ...]:
    """The topics to choose from, in their order."""
    return tuple(one for one in all_(session) if one.is_offered)


def words_of(session: Session) -> dict[str, str]:
    """The words of every topic there is, by name."""
    return {one.name: one.words for one in all_(session)}


def own_words(session: Session, name: str) -> str:
    """The council's own words for a topic; empty where it has the usual ones, which the bot says in every language."""
    words = words_of(session).get(name, "")
    return "" if words == USUAL.get(name) else words


def new_name(known: Sequence[Topic]) -> str:
    """A name no topic had before."""
    numbers = [int(one.name.removeprefix("own-")) for one in known if one.name.startswith("own-")]
    return f"own-{max(numbers, default=0) + 1}"


def check(wanted: Sequence[Topic]) -> None:
    """NotAllowed when residents could not choose among these."""
    chosen = [one for one in wanted if one.is_offered or one.name == ALWAYS]
    if any(not one.words for one in wanted):
        raise NotAllowed("empty")
    if any(len(one.words) > LONGEST for one in wanted):
        raise NotAllowed("long")
    if len({one.words for one in chosen}) < len(chosen):
        raise NotAllowed("same")
    if len(chosen) > MOST:
        raise NotAllowed("many")


def set_(session: Session, wanted: Sequence[Topic], *, staff_id: int, now: datetime) -> None:
    """These from now on; 「そのほか」 stays offered. NotAllowed. Topics that are left out are no longer offered."""
    check(wanted)
    kept_names = {one.name for one in wanted}
    left_out = [Topic(one.name, one.words, False) for one in all_(session) if one.name not in kept_names]
    kept = [Topic(one.name, one.words, one.is_offered or one.name == ALWAYS) for one in (*wanted, *left_out)]
    session.merge(CouncilSetting(name=SETTING, value=[asdict(one) for one in kept], changed_at=now))
    audit.record(session, "change_setting", staff_id=staff_id, now=now, kind="setting", record_id="topics")
