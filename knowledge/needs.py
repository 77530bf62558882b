"""What residents asked and did not get: grouped by meaning, counted by district, settled by staff.

The words are kept without who asked. A group is made when somebody looks; nothing about meaning is stored with them.
"""

import threading
import zlib
from collections import Counter, OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.store.areas import Area
from bot.store.engine import rows_changed
from bot.store.knowledge import CouncilItem, UnansweredQuestion
from knowledge.search.sentences import Encoder, Vectors
from knowledge.search.words import fold_kana, normalise, reading

FEW = 3  # counts below it are not shown outside the desk
MEANING = 0.6  # how much meaning counts beside the letters of the reading (犬のさんぽ = いぬのさんぽ)
ALIKE = 0.3  # mean likeness from which two groups ask for the same
LETTERS = 1024  # places into which pairs and triples of letters fall
MOST = 500  # questions that are looked at, the newest first
REMEMBERED = 5000  # meanings kept in this process
Settled = Literal["entry", "words", "synonym", "council", "nothing"]
State = Literal["new", "discussed", "working", "done", "dropped"]
STATES: tuple[State, ...] = ("new", "discussed", "working", "done", "dropped")


class NothingWritten(ValueError):
    """An item for the district council needs a sentence that says what is needed."""


@dataclass(frozen=True)
class Group:
    """Questions that ask for the same. `questions` begins with what was said most, nearest to all the others."""

    questions: tuple[UnansweredQuestion, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(one.id for one in self.questions)

    @property
    def title(self) -> str:
        return self.questions[0].words

    @property
    def wordings(self) -> tuple[str, ...]:
        """The different ways it was asked."""
        return tuple(dict.fromkeys(one.words for one in self.questions))

    @property
    def not_this(self) -> int:
        return sum(one.because == "not_this" for one in self.questions)

    def by_district(self, district_of: dict[int, int]) -> Counter[int]:
        """How many questions came from each district (0: the area is not known)."""
        return Counter(district_of.get(one.area_id or 0, 0) for one in self.questions)


def open_questions(session: Session) -> list[UnansweredQuestion]:
    """What is not settled yet, the newest first."""
    newest = select(UnansweredQuestion).where(UnansweredQuestion.settled_on.is_(None))
    return list(session.scalars(newest.order_by(UnansweredQuestion.id.desc()).limit(MOST)))


def by_ids(session: Session, ids: Collection[int]) -> list[UnansweredQuestion]:
    """Questions by number, those still open, in the order of `ids`."""
    if not ids:
        return []
    rows = session.scalars(
        select(UnansweredQuestion).where(UnansweredQuestion.id.in_(list(ids)), UnansweredQuestion.settled_on.is_(None))
    )
    found = {row.id: row for row in rows}
    return [found[one] for one in dict.fromkeys(ids) if one in found]


def remember(questions: Sequence[UnansweredQuestion], encoder: Encoder) -> None:
    """Work out now what the questions mean, so that grouping them later is quick."""
    _meanings(list(dict.fromkeys(_spelt(one) for one in questions)), encoder)


def grouped(questions: Sequence[UnansweredQuestion], encoder: Encoder) -> list[Group]:
    """Questions that ask for the same, together; the largest group first.

    The same words in any spelling are one; then the two groups that are most alike on average become one, again and
    again, whatever the order of the questions (average linkage, Sokal and Michener 1958).
    """
    spelt: dict[str, list[UnansweredQuestion]] = {}
    for one in questions:
        spelt.setdefault(_spelt(one), []).append(one)
    if not spelt:
        return []
    keys = list(spelt)
    vectors = np.array(_meanings(keys, encoder))
    groups = []
    for places in _joined(vectors @ vectors.T):
        middle = vectors[places].sum(axis=0)
        nearest = sorted(places, key=lambda place: (-len(spelt[keys[place]]), -float(vectors[place] @ middle)))
        groups.append(Group(tuple(one for place in nearest for one in spelt[keys[place]])))
    return sorted(groups, key=lambda group: (-len(group.questions), -group.questions[0].id))


def _spelt(question: UnansweredQuestion) -> str:
    """The words in one spelling."""
    return fold_kana(normalise(question.words))


def _joined(likeness: Vectors) -> list[list[int]]:
    """Places put together while two groups are alike enough."""
    alike = likeness.astype(np.float32)
    np.fill_diagonal(alike, -1)
    members = [[place] for place in range(len(alike))]
    while len(alike) > 1:
        one, other = divmod(int(alike.argmax()), len(alike))
        if alike[one, other] < ALIKE:
            break
        here, there = len(members[one]), len(members[other])
        mean = (alike[one] * here + alike[other] * there) / (here + there)
        alike[one], alike[:, one], alike[one, one] = mean, mean, -1
        alike[other], alike[:, other] = -1, -1
        members[one] += members[other]
        members[other] = []
    return [places for places in members if places]


def shown_counts(counts: Counter[int]) -> dict[int, int | None]:
    """Counts for eyes outside the desk: None where so few asked that somebody could be recognised."""
    return {district: None if count < FEW else count for district, count in counts.items() if count}


def districts(session: Session) -> tuple[list[Area], dict[int, int]]:
    """The junior-high districts in their order, and for each area's id the district it lies in."""
    areas = list(session.scalars(select(Area).order_by(Area.layer, Area.position)))
    parents = {area.id: area for area in areas}
    inside: dict[int, int] = {}
    for area in areas:
        up: Area | None = area
        while up is not None and up.layer != 2:
            up = parents.get(up.parent_id or 0)
        if up is not None:
            inside[area.id] = up.id
    return [area for area in areas if area.layer == 2], inside


def settle(session: Session, ids: Collection[int], as_: Settled, *, on: date) -> int:
    """Take questions off the lists, noting what came of them. How many were still open."""
    if not ids:
        return 0
    still_open = (UnansweredQuestion.id.in_(list(ids)), UnansweredQuestion.settled_on.is_(None))
    return rows_changed(session, update(UnansweredQuestion).where(*still_open).values(settled_on=on, settled_as=as_))


# ── items for the district councils ──


def put_forward(
    session: Session,
    need: str,
    *,
    area_id: int | None,
    question_ids: Collection[int] = (),
    staff_id: int | None,
    now: datetime,
) -> CouncilItem:
    """A need becomes an item for the district council; its questions are settled with it."""
    if not need.strip():
        raise NothingWritten
    item = CouncilItem(
        need=need.strip()[:500],
        area_id=area_id,
        counted=settle(session, question_ids, "council", on=now.date()),
        created_at=now,
        changed_at=now,
        staff_id=staff_id,
    )
    session.add(item)
    session.flush()
    return item


def items(session: Session, *, area_id: int | None = None, with_done: bool = False) -> list[CouncilItem]:
    """The items, the newest first; those done or dropped only if asked for."""
    query = select(CouncilItem)
    if area_id is not None:
        query = query.where(CouncilItem.area_id == area_id)
    if not with_done:
        query = query.where(CouncilItem.state.not_in(("done", "dropped")))
    return list(session.scalars(query.order_by(CouncilItem.id.desc())))


def move_on(session: Session, item: CouncilItem, state: State, *, note: str, seen: State, now: datetime) -> bool:
    """What became of an item. False when somebody else moved it since it was looked at."""
    moved = update(CouncilItem).where(CouncilItem.id == item.id, CouncilItem.state == seen)
    done = rows_changed(session, moved.values(state=state, note=note.strip()[:2000], changed_at=now))
    session.refresh(item)
    return bool(done)


_remembered: OrderedDict[tuple[str, str], Vectors] = OrderedDict()
_guard = threading.Lock()


def _meanings(texts: Sequence[str], encoder: Encoder) -> list[Vectors]:
    """What each text asks for, as numbers of length one: its meaning beside the letters of its reading.

    Kept in memory alone: beside the encrypted words no trace of them is stored.
    """
    with _guard:
        known = {text: _remembered[(encoder.name, text)] for text in texts if (encoder.name, text) in _remembered}
    new = [text for text in texts if text not in known]
    for start in range(0, len(new), 64):
        some = new[start : start + 64]
        for text, meaning in zip(some, encoder.encode(some), strict=True):
            both = np.concatenate([np.sqrt(MEANING) * meaning, np.sqrt(1 - MEANING) * _letters(text)])
            known[text] = (both / np.linalg.norm(both)).astype(np.float32)
    with _guard:
        for text in new:
            _remembered[(encoder.name, text)] = known[text]
        while len(_remembered) > REMEMBERED:
            _remembered.popitem(last=False)
    return [known[text] for text in texts]


def _letters(text: str) -> Vectors:
    """Pairs and triples of letters of the text as it is read aloud, of length one (or nothing)."""
    read = fold_kana(normalise(reading(text)))
    places = np.zeros(LETTERS, np.float32)
    for length in (2, 3):
        for start in range(len(read) - length + 1):
            places[zlib.crc32(read[start : start + length].encode()) % LETTERS] += 1
    size = float(np.linalg.norm(places))
    return places / size if size else places
