"""Everyday words and what they mean in the field's words, from a file that staff can edit."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.search.words import fold_kana, normalise, words

FILE = Path(__file__).with_name("synonyms.csv")


@dataclass(frozen=True)
class Synonym:
    """`everyday` as it stands in a question (folded); `means` are words of the field."""

    everyday: str
    means: tuple[str, ...]


def load(file: Path = FILE) -> tuple[Synonym, ...]:
    """The pairs of a synonyms file (columns `everyday,means`)."""
    with file.open(encoding="utf-8-sig", newline="") as rows:
        return tuple(
            Synonym(fold_kana(normalise(row["everyday"])), tuple(words(row["means"])))
            for row in csv.DictReader(rows)
            if row.get("everyday") and row.get("means")
        )


def meanings(text: str, synonyms: Sequence[Synonym]) -> list[str]:
    """The field's words that the everyday words in `text` stand for."""
    folded = fold_kana(normalise(text))
    return [word for synonym in synonyms if synonym.everyday in folded for word in synonym.means]
