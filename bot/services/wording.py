"""What residents read, in the council's own words: staff change sentences, and no edit can break one.

    sentence  as it stands in `handlers/copy/`
    words     what the council says instead

Danger, its numbers and what residents agree to are not among them; neither are the names of buttons, because people
also type those. Every process keeps the changed ones in memory; `refresh` looks whether there are newer ones.
"""

import hashlib
import re
import string
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.services import audit
from bot.store.wording import Wording

_NUMBER = re.compile(r"\d[\d\-ー－()\s]{4,}\d")
_changed: dict[str, str] = {}
_stamp: tuple[int, datetime | None] = (0, None)


class NotAllowed(ValueError):
    """These words would break the sentence. `why` names what is wrong."""

    def __init__(self, why: Literal["empty", "places", "long", "number", "address", "unknown"]) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Sentence:
    """A sentence staff may change. `place` is the part of the conversation it belongs to."""

    place: str
    words: str

    @property
    def id(self) -> str:
        return _id(self.words)

    @property
    def places(self) -> tuple[str, ...]:
        """The names in braces, which become something else for each resident."""
        return tuple(dict.fromkeys(name for name, _, _ in _places(self.words)))


def of(sentence: str) -> str:
    """What the council says instead of this sentence; the sentence itself when nobody changed it."""
    return _changed.get(sentence, sentence)


def refresh(session: Session) -> None:
    """Learn what was changed since the last time. One small query when nothing was."""
    global _changed, _stamp
    count, newest = session.execute(select(func.count(), func.max(Wording.changed_at)).select_from(Wording)).one()
    if (count, newest) != _stamp:
        _changed = {row.sentence: row.words for row in session.scalars(select(Wording))}
        _stamp = (count, newest)


def changed(session: Session) -> dict[str, Wording]:
    """Every changed sentence by its id."""
    return {row.id: row for row in session.scalars(select(Wording))}


def check(sentence: str, words: str) -> str:
    """The words as they would be kept. NotAllowed when they would break the sentence."""
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise NotAllowed("empty")
    if len(words) > 2 * len(sentence) + 60:
        raise NotAllowed("long")
    try:
        places = _places(words)
    except ValueError:
        raise NotAllowed("places") from None
    if set(places) != set(_places(sentence)):
        raise NotAllowed("places")
    if _numbers(words) - _numbers(sentence):
        raise NotAllowed("number")  # a number to call is a fact with a source, not a matter of words
    if "http" in words.lower() and "http" not in sentence.lower():
        raise NotAllowed("address")
    return words


def change(
    session: Session, known: Iterable[Sentence], sentence_id: str, words: str, *, staff_id: int, now: datetime
) -> None:
    """Say it like this from now on. NotAllowed when it would break, or when there is no such sentence to change."""
    sentence = next((one for one in known if one.id == sentence_id), None)
    if sentence is None:
        raise NotAllowed("unknown")
    words = check(sentence.words, words)
    row = session.get(Wording, sentence_id)
    if words == sentence.words:
        reset(session, sentence_id, staff_id=staff_id, now=now)
        return
    if row is None:
        session.add(Wording(id=sentence_id, sentence=sentence.words, words=words, changed_at=now, changed_by=staff_id))
    else:
        row.words, row.changed_at, row.changed_by = words, now, staff_id
    audit.record(session, "change_text", staff_id=staff_id, now=now, kind="text", record_id=sentence_id)


def reset(session: Session, sentence_id: str, *, staff_id: int, now: datetime) -> bool:
    """Say it as the program says it. False when it was not changed."""
    row = session.get(Wording, sentence_id)
    if row is None:
        return False
    session.delete(row)
    audit.record(session, "reset_text", staff_id=staff_id, now=now, kind="text", record_id=sentence_id)
    return True


def filled(words: str, examples: dict[str, str]) -> str:
    """The words with something in every place, for a preview."""
    return words.format(**{name: examples.get(name, "〇〇") for name, _, _ in _places(words)})


def _id(sentence: str) -> str:
    return hashlib.sha256(sentence.encode()).hexdigest()[:32]


def _places(words: str) -> list[tuple[str, str, str]]:
    """Each place: its name, its format, its conversion. ValueError when a brace stands alone."""
    return [
        (name, spec or "", conversion or "")
        for _, name, spec, conversion in string.Formatter().parse(words)
        if name is not None
    ]


def _numbers(words: str) -> set[str]:
    return {re.sub(r"\D", "", found) for found in _NUMBER.findall(unicodedata.normalize("NFKC", words))}
