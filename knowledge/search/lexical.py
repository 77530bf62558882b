"""BM25 over weighted fields, with the term impacts computed once (Robertson and Zaragoza, 2009)."""

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.6

Scores = NDArray[np.float32]
Places = NDArray[np.int32]


class Lexical:
    """Postings: for each term, the entries that hold it and how much it counts there."""

    def __init__(self, documents: Sequence[Mapping[str, float]]) -> None:
        """`documents`: for each entry its terms with their weighted counts."""
        self.size = len(documents)
        lengths = np.array([sum(document.values()) for document in documents], dtype=np.float32)
        usual = float(lengths.mean()) if self.size else 1.0
        held: dict[str, tuple[array[int], array[float]]] = {}
        for place, document in enumerate(documents):
            for term, count in document.items():
                if term not in held:
                    held[term] = (array("i"), array("f"))
                held[term][0].append(place)
                held[term][1].append(count)
        self._postings: dict[str, tuple[Places, Scores]] = {}
        self.rarity: dict[str, float] = {}
        for term, (places, counts) in held.items():
            where, many = np.array(places, dtype=np.int32), np.array(counts, dtype=np.float32)
            rarity = float(np.log(1 + (self.size - len(where) + 0.5) / (len(where) + 0.5)))
            damped = many * (K1 + 1) / (many + K1 * (1 - B + B * lengths[where] / max(usual, 1e-6)))
            self._postings[term] = (where, (rarity * damped).astype(np.float32))
            self.rarity[term] = rarity

    def score(self, terms: Mapping[str, float]) -> Scores:
        """One score for each entry; 0 where no term of the query stands."""
        scores = np.zeros(self.size, dtype=np.float32)
        for term, weight in terms.items():
            if (posting := self._postings.get(term)) is not None:
                scores[posting[0]] += posting[1] * np.float32(weight)  # an entry stands once in a posting
        return scores

    def share(self, term: str) -> float:
        """In which part of all entries the term stands (0 to 1)."""
        posting = self._postings.get(term)
        return len(posting[0]) / self.size if posting is not None else 0.0

    def covered(self, terms: Mapping[str, float], places: Places, *, worthless: Collection[str] = ()) -> Scores:
        """Which part of the query, by rarity of its words, stands in each entry (0 to 1).

        A word that stands nowhere counts fully, unless it is `worthless`.
        """
        unknown = float(np.log(1 + self.size))
        total = 0.0
        found = np.zeros(len(places), dtype=np.float32)
        for term, weight in terms.items():
            posting = self._postings.get(term)
            if posting is None and term in worthless:
                continue
            worth = weight * self.rarity.get(term, unknown)
            total += worth
            if posting is not None:
                spots = np.minimum(np.searchsorted(posting[0], places), len(posting[0]) - 1)
                found += np.float32(worth) * (posting[0][spots] == places)
        return found / np.float32(total) if total else found

    def lacks_one(self, wanted: Iterable[Collection[str]], places: Places) -> Scores:
        """1 for each entry in which one of the things wanted stands in none of its spellings, else 0."""
        lacks = np.zeros(len(places), dtype=bool)
        for spellings in wanted:
            stands = np.zeros(len(places), dtype=bool)
            for term in spellings:
                if (posting := self._postings.get(term)) is not None:
                    spots = np.minimum(np.searchsorted(posting[0], places), len(posting[0]) - 1)
                    stands |= posting[0][spots] == places
            lacks |= ~stands
        return lacks.astype(np.float32)


def weighted(fields: Iterable[tuple[Iterable[str], float]]) -> dict[str, float]:
    """Terms of several fields with their weights added up."""
    counts: Counter[str] = Counter()
    for terms, weight in fields:
        for term in terms:
            counts[term] += weight  # type: ignore[assignment]
    return dict(counts)
