"""An entry as search looks at it: the sentences that stand for its meaning, and its words with their weights."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge.search.lexical import weighted
from knowledge.search.words import character_pairs, fold_kana, normalise, terms

TEXT_IN_VECTOR = 160  # characters of the text that stand beside the title
MOST_SENTENCES = 10  # of the text, each with a meaning of its own
SHORTEST_SENTENCE = 4  # letters
EVERYWHERE = 5  # a sentence that stands in more entries tells nothing of any of them (opening hours, who to ring)
SHORTEST_NAME = 4  # letters

_BRACKETS = re.compile(r"[（(].*?[)）]")
_QUOTED = re.compile(r"「(.+?)」")
_ENDS = re.compile(r"(?<=[。！？!?])|[\n\r]+|(?=[■●○【])")


@dataclass(frozen=True)
class Entry:
    """One resource or answer, as the index sees it."""

    id: str
    kind: Literal["resource", "answer"]
    title: str
    kana: str = ""
    other_titles: tuple[str, ...] = ()
    text: str = ""
    keywords: tuple[str, ...] = ()
    category: str = ""
    audience: str = ""
    areas: frozenset[str] = frozenset()
    latitude: float | None = None
    longitude: float | None = None
    always_open: bool = False
    is_emergency: bool = False

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.id}"


def asked_as(entry: Entry) -> list[str]:
    """How people call it or ask for it; then the title with the beginning of the text."""
    named = " ".join((entry.title, entry.category, *entry.keywords)) if entry.kind == "resource" else entry.title
    return [named, *entry.other_titles, f"{entry.title} {entry.text[:TEXT_IN_VECTOR]}"]


def sentences(entry: Entry) -> list[str]:
    """The first sentences of its text."""
    return [normalise(sentence) for sentence in _split(entry.text)][:MOST_SENTENCES]


def _split(text: str) -> list[str]:
    return [sentence.strip() for sentence in _ENDS.split(text) if len(sentence.strip()) >= SHORTEST_SENTENCE]


def said_everywhere(entries: Sequence[Entry]) -> frozenset[str]:
    """The sentences that stand in so many entries that they tell nothing."""
    counts = Counter(sentence for entry in entries for sentence in set(sentences(entry)))
    return frozenset(sentence for sentence, count in counts.items() if count > EVERYWHERE)


def fingerprint(entry: Entry, encoder_name: str) -> str:
    """Changes when the entry's vectors must be computed anew."""
    told = [encoder_name, *asked_as(entry), "", *sentences(entry)]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def weighted_terms(entry: Entry, dull: Collection[str] = ()) -> dict[str, float]:
    """Its words, the title's counting most; without the sentences that stand everywhere (`dull`)."""
    text = "\n".join(one for one in _split(entry.text) if normalise(one) not in dull) if dull else entry.text
    return _terms(entry, text)


@lru_cache(maxsize=3000)
def _terms(entry: Entry, text: str) -> dict[str, float]:
    """Remembered, so that a change of one entry does not take all the others apart again."""
    return weighted(
        [
            (terms(entry.title), 2.0),
            (terms("\n".join(entry.other_titles)), 1.0),
            (terms("\n".join(entry.keywords)), 1.5),
            (terms(f"{entry.category}\n{entry.audience}"), 0.7),
            (terms(text), 1.0),
        ]
    )


def weighted_pairs(entry: Entry) -> dict[str, float]:
    """Pairs of letters of its names, which meet kana and misspelt names."""
    asked = " ".join((entry.title, *entry.other_titles))
    return weighted(
        [
            (character_pairs(asked), 1.0),
            (character_pairs(entry.kana), 0.5),
            (character_pairs(" ".join(entry.keywords)), 0.5),
        ]
    )


def names_of(entry: Entry) -> Iterator[str]:
    """The names by which people ask for a resource; an answer is asked for by its meaning, not by a name.

    Brackets mostly tell whose it is, so that the name before them counts as well; 「 」 hold what people call it.
    """
    if entry.kind != "resource":
        return
    for told in (entry.kana, entry.title, _BRACKETS.sub("", entry.title), *_QUOTED.findall(entry.title)):
        name = fold_kana(normalise(told)).replace(" ", "")
        if len(name) >= SHORTEST_NAME:
            yield name
