"""Everyday words and what they mean in the field's words (「包括」 is 「地域包括支援センター」).

The pairs lie in a table that staff edit. `synonyms.csv` seeds it: each release may bring new pairs, which are added
once; a pair that staff dropped stays dropped. Every change counts as a change of the knowledge base, so each process
hears the new word within two seconds.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.knowledge import SynonymPair
from knowledge import versions
from knowledge.search.words import fold_kana, normalise, terms

FILE = Path(__file__).with_name("synonyms.csv")
SHORTEST, LONGEST_EVERYDAY, LONGEST_MEANS = 2, 100, 200


class NotASynonym(ValueError):
    """The pair cannot be used; `field` is `everyday` or `means`, `why` is `missing`, `short` or `long`."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


@dataclass(frozen=True)
class Synonym:
    """`everyday` as it stands in a question (folded); `means` as words to compare, `told` as written."""

    everyday: str
    means: tuple[str, ...]
    told: str = ""


# ── what staff do ──


def listed(session: Session, *, looking_for: str = "") -> list[SynonymPair]:
    """The pairs in use, by their everyday word; only those that hold `looking_for` if given."""
    rows = session.scalars(
        select(SynonymPair).where(SynonymPair.dropped_at.is_(None)).order_by(SynonymPair.everyday, SynonymPair.id)
    )
    wanted = _folded(looking_for)
    return [row for row in rows if wanted in _folded(f"{row.everyday} {row.means}")]


def add(session: Session, *, everyday: str, means: str, now: datetime, staff_id: int | None = None) -> SynonymPair:
    """Let `everyday` stand for `means` (words of the field, separated by spaces). A dropped pair comes back.

    Raises NotASynonym when one side is missing, too long, or so short that it would be heard everywhere.
    """
    everyday, means = _tidy(everyday, "everyday", LONGEST_EVERYDAY), _tidy(means, "means", LONGEST_MEANS)
    if len(_folded(everyday)) < SHORTEST:
        raise NotASynonym("everyday", "short")
    row = session.scalars(select(SynonymPair).filter_by(everyday=everyday, means=means)).one_or_none()
    if row is not None and row.dropped_at is None:
        return row
    if row is None:
        row = SynonymPair(everyday=everyday, means=means)
        session.add(row)
    row.added_at, row.added_by = now, staff_id
    row.dropped_at = row.dropped_by = None
    session.flush()
    versions.bump(session)
    return row


def drop(session: Session, pair: SynonymPair, *, now: datetime, staff_id: int | None = None) -> None:
    """Use the pair no longer. It is kept, with who dropped it."""
    if pair.dropped_at is None:
        pair.dropped_at, pair.dropped_by = now, staff_id
        versions.bump(session)


def seed(session: Session, file: Path = FILE) -> int:
    """Add the file's pairs that the table has never held. How many these were."""
    fresh = _unseen(session, file)
    for everyday, means in fresh:
        session.add(SynonymPair(everyday=everyday, means=means))
    if fresh:
        versions.bump(session)
    return len(fresh)


def lacks_some(session: Session, file: Path = FILE) -> bool:
    """Whether the file holds pairs that the table has never held."""
    return bool(_unseen(session, file))


# ── what search does ──


def in_use(session: Session) -> tuple[Synonym, ...]:
    """The pairs as search hears them."""
    return tuple(_heard(row.everyday, row.means) for row in listed(session))


def load(file: Path = FILE) -> tuple[Synonym, ...]:
    """The pairs of a synonyms file (columns `everyday,means`), for measuring without a database."""
    return tuple(_heard(everyday, means) for everyday, means in _pairs(file))


def heard_in(text: str, synonyms: Sequence[Synonym]) -> list[Synonym]:
    """The pairs whose everyday word stands in `text`."""
    folded = _folded(text)
    return [synonym for synonym in synonyms if synonym.everyday in folded]


def _heard(everyday: str, means: str) -> Synonym:
    return Synonym(_folded(everyday), tuple(terms(means)), means)


def _folded(text: str) -> str:
    return fold_kana(normalise(text))


def _tidy(text: str, field: str, longest: int) -> str:
    tidy = normalise(text)
    if not tidy:
        raise NotASynonym(field, "missing")
    if len(tidy) > longest:
        raise NotASynonym(field, "long")
    return tidy


def _pairs(file: Path) -> list[tuple[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as rows:
        return [
            (normalise(row["everyday"]), normalise(row["means"]))
            for row in csv.DictReader(rows)
            if row.get("everyday") and row.get("means")
        ]


def _unseen(session: Session, file: Path) -> list[tuple[str, str]]:
    held = {(row.everyday, row.means) for row in session.scalars(select(SynonymPair))}
    return [pair for pair in dict.fromkeys(_pairs(file)) if pair not in held]
