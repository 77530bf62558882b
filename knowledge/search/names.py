"""Names of resources, heard in any spelling: in kana, misspelt, or as a part of a longer question."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.search.lexical import Places, Scores
from knowledge.search.views import SHORTEST_NAME, Entry, names_of
from knowledge.search.words import fold_kana, is_mostly_kana, normalise, reading

ALIKE = 85  # of 100
SHORTEST_QUESTION = 3  # letters
WHOLE_NAME = 8  # letters from which a name is beyond doubt
MOST_OF_A_NAME = 0.5  # which part of it may be left out by who says nothing else (「法テラス」 of 法テラス兵庫)
WHOLE_PHRASE = 5  # the same for a phrase
LONGEST_PHRASE = 16  # characters of a way to ask that counts as a phrase
SAID_OF_IT = 0.7  # of a phrase must stand in the question
SHARED_BY = 3  # entries; a phrase of more of them tells none apart


class Heard(NamedTuple):
    """For each entry from 0 to 1: how far question and name share a part, and how far the name is said whole."""

    part: Scores
    whole: Scores

    @property
    def named(self) -> Scores:
        found: Scores = np.maximum(self.part, self.whole)
        return found


class Names:
    """The names of some entries, as spoken and as written."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._names = [tuple(dict.fromkeys(names_of(entry))) for entry in entries]

    def heard_in(self, query: str, places: Places | None = None) -> Heard:
        """How far the question names each entry (or each of those at `places`)."""
        some = self._names if places is None else [self._names[place] for place in places]
        part, whole = np.zeros(len(some), dtype=np.float32), np.zeros(len(some), dtype=np.float32)
        folded = fold_kana(normalise(query)).replace(" ", "")
        names = [name for all_of_one in some for name in all_of_one]
        if len(folded) < SHORTEST_QUESTION or not names:
            return Heard(part, whole)
        owners = np.repeat(np.arange(len(some)), [len(all_of_one) for all_of_one in some])
        asked = reading(query) if is_mostly_kana(query) else folded
        likeness = (
            np.maximum(_partly(asked, names), _partly(folded, names)) if asked != folded else _partly(asked, names)
        )
        for spot in np.flatnonzero(likeness >= ALIKE):
            name, owner = names[spot], owners[spot]
            shorter = min(len(asked), len(name))
            if shorter < SHORTEST_NAME:
                continue
            sureness = (likeness[spot] - 70) / 30
            part[owner] = max(part[owner], sureness * min(1.0, shorter / WHOLE_NAME))
            said = 1.0 if len(name) <= len(folded) else len(asked) / len(name)
            if said >= MOST_OF_A_NAME:
                whole[owner] = max(whole[owner], sureness * said)
        return Heard(part, whole)


class Phrases:
    """The short ways to ask for entries, as they sound: for questions in kana, where words cannot be told apart."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._sounds: dict[int, tuple[str, ...]] = {}

    def heard_in(self, query: str, places: Places) -> Scores:
        """How far a question in kana holds one of the phrases of each entry, from 0 to 1; 0 for other questions."""
        heard = np.zeros(len(places), dtype=np.float32)
        if not is_mostly_kana(query):
            return heard
        asked = fold_kana(normalise(query)).replace(" ", "")
        if len(asked) < SHORTEST_NAME:
            return heard
        owners: dict[str, set[int]] = {}
        for spot, place in enumerate(places):
            for phrase in self._of(int(place)):
                owners.setdefault(phrase, set()).add(spot)
        telling = {phrase: spots for phrase, spots in owners.items() if len(spots) <= SHARED_BY}
        likeness = _partly(asked, list(telling))
        for alike, (phrase, spots) in zip(likeness, telling.items(), strict=True):
            shorter = min(len(asked), len(phrase))
            if alike >= ALIKE and shorter >= max(SHORTEST_NAME, SAID_OF_IT * len(phrase)):
                worth = (alike - 70) / 30 * min(1.0, shorter / WHOLE_PHRASE)
                for spot in spots:
                    heard[spot] = max(heard[spot], worth)
        return heard

    def _of(self, place: int) -> tuple[str, ...]:
        if place not in self._sounds:
            entry = self._entries[place]
            told = [*entry.keywords, *(one for one in entry.other_titles if len(one) <= LONGEST_PHRASE)]
            sounds = {reading(one) for one in told}
            self._sounds[place] = tuple(sorted(one for one in sounds if len(one) >= SHORTEST_NAME))
        return self._sounds[place]


def _partly(asked: str, names: Sequence[str]) -> Scores:
    """How far `asked` stands within each name, or the name within it (0 to 100); 0 for names of under four letters."""
    found: Scores = process.cdist([asked], names, scorer=fuzz.partial_ratio, score_cutoff=ALIKE, dtype=np.float32)[0]
    return found
