"""BM25 over weighted fields, with the term impacts computed once (Robertson and Zaragoza, 2009)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.6

Scores = NDArray[np.float32]


class Lexical:
    """Postings: for each term, the entries that hold it and how much it counts there."""

    def __init__(self, documents: Sequence[Mapping[str, float]]) -> None:
        """`documents`: for each entry its terms with their weighted counts."""
        self.size = len(documents)
        lengths = np.array([sum(document.values()) for document in documents], dtype=np.float32)
        usual = float(lengths.mean()) if self.size else 1.0
        places: dict[str, list[int]] = defaultdict(list)
        counts: dict[str, list[float]] = defaultdict(list)
        for place, document in enumerate(documents):
            for term, count in document.items():
                places[term].append(place)
                counts[term].append(count)
        self._postings: dict[str, tuple[NDArray[np.int32], Scores]] = {}
        self.rarity: dict[str, float] = {}
        for term, held in places.items():
            where = np.array(held, dtype=np.int32)
            many = np.array(counts[term], dtype=np.float32)
            rarity = float(np.log(1 + (self.size - len(held) + 0.5) / (len(held) + 0.5)))
            damped = many * (K1 + 1) / (many + K1 * (1 - B + B * lengths[where] / max(usual, 1e-6)))
            self._postings[term] = (where, (rarity * damped).astype(np.float32))
            self.rarity[term] = rarity

    def score(self, terms: Mapping[str, float]) -> Scores:
        """One score for each entry; 0 where no term of the query stands."""
        scores = np.zeros(self.size, dtype=np.float32)
        for term, weight in terms.items():
            if (posting := self._postings.get(term)) is not None:
                np.add.at(scores, posting[0], posting[1] * weight) if weight != 1 else _add(scores, *posting)
        return scores

    def covered(self, terms: Mapping[str, float], place: int) -> float:
        """Which part of the query, by rarity of its words, stands in one entry (0 to 1). Unknown words count fully."""
        unknown = float(np.log(1 + self.size))
        total = found = 0.0
        for term, weight in terms.items():
            worth = weight * self.rarity.get(term, unknown)
            total += worth
            posting = self._postings.get(term)
            if posting is not None and _holds(posting[0], place):
                found += worth
        return found / total if total else 0.0


def _add(scores: Scores, where: NDArray[np.int32], impact: Scores) -> None:
    scores[where] += impact  # an entry stands once in a posting


def _holds(where: NDArray[np.int32], place: int) -> bool:
    spot = int(np.searchsorted(where, place))
    return spot < len(where) and int(where[spot]) == place


def weighted(fields: Iterable[tuple[Iterable[str], float]]) -> dict[str, float]:
    """Terms of several fields with their weights added up."""
    counts: Counter[str] = Counter()
    for terms, weight in fields:
        for term in terms:
            counts[term] += weight  # type: ignore[assignment]
    return dict(counts)
