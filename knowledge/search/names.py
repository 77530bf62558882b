"""Names of resources, heard in any spelling: in kana, misspelt, or as a part of a longer question."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.search.lexical import Places, Scores
from knowledge.search.views import SHORTEST_NAME, Entry, name_of
from knowledge.search.words import fold_kana, is_mostly_kana, normalise, reading

ALIKE = 85  # of 100
SHORTEST_QUESTION = 3  # letters
WHOLE_NAME = 8  # letters from which a name is beyond doubt


class Names:
    """The names of some entries, as spoken and as written."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._spoken = [name_of(entry, entry.kana or entry.title) for entry in entries]
        self._written = [name_of(entry, entry.title) for entry in entries]

    def heard_in(self, query: str, places: Places | None = None) -> Scores:
        """How far the question names each entry (or each of those at `places`) outright, from 0 to 1."""
        spoken = self._spoken if places is None else [self._spoken[place] for place in places]
        written = self._written if places is None else [self._written[place] for place in places]
        named = np.zeros(len(spoken), dtype=np.float32)
        folded = fold_kana(normalise(query)).replace(" ", "")
        if len(folded) < SHORTEST_QUESTION or not spoken:
            return named
        asked = reading(query) if is_mostly_kana(query) else folded
        likeness = np.maximum(_partly(asked, spoken), _partly(folded, written))
        for spot in np.flatnonzero(likeness >= ALIKE):
            shorter = min(len(asked), len(spoken[spot]))
            if shorter >= SHORTEST_NAME:
                named[spot] = (likeness[spot] - 70) / 30 * min(1.0, shorter / WHOLE_NAME)
        return named


def _partly(asked: str, names: Sequence[str]) -> Scores:
    """How far `asked` stands within each name, or the name within it (0 to 100); 0 for names of under four letters."""
    found: Scores = process.cdist([asked], names, scorer=fuzz.partial_ratio, score_cutoff=ALIKE, dtype=np.float32)[0]
    return found
