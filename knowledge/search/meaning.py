"""How near entries are to a question in meaning: all of them roughly, the most promising ones closely.

Up to some thousands of entries every vector is compared. Beyond that the rough look uses each vector's strongest
directions only (principal components), so that time grows far more slowly than the base.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from knowledge.search.lexical import Places, Scores
from knowledge.search.sentences import Encoder, Vectors
from knowledge.search.views import Entry, sentences

FEW = 5_000  # entries whose vectors are all compared
DIRECTIONS = 64  # kept of each vector in the rough look at more entries
SENTENCES = 0.5  # how much the best sentence of the text counts beside title and text


class Meaning:
    """The vectors of one encoder. `said`, where search hands it in, are the question's vectors, one a row."""

    def __init__(
        self,
        entries: Sequence[Entry],
        encoder: Encoder,
        vectors: Mapping[str, Vectors],
        dull: Collection[str] = (),
    ) -> None:
        """`dull` are sentences that tell nothing of an entry, because they stand in so many."""
        self.encoder = encoder
        rows = [vectors[entry.key] for entry in entries]
        titles = [1 + len(entry.other_titles) for entry in entries]
        self._starts = np.cumsum([0, *titles])
        kind = np.float32 if len(entries) <= FEW else np.float16  # memory
        self._titles = _stacked([row[:many] for row, many in zip(rows, titles, strict=True)], kind)
        self._texts = _stacked([row[many : many + 1] for row, many in zip(rows, titles, strict=True)], kind)
        told = [
            row[many + 1 :][[one not in dull for one in sentences(entry)]] if len(row) > many + 1 else row[:0]
            for entry, row, many in zip(entries, rows, titles, strict=True)
        ]
        self._sentence_starts = np.cumsum([0, *(len(some) for some in told)])
        self._sentences = _stacked(told, kind)
        self._axes: Vectors | None = None
        wholes = self._wholes(np.arange(len(entries), dtype=np.int32)) if entries else np.zeros((0, 1), kind)
        if len(entries) <= FEW:
            self._all_wholes = wholes
            self._several = np.flatnonzero(np.diff(self._starts) > 1)  # entries that are asked for in several ways
            ways = [np.arange(self._starts[one], self._starts[one + 1]) for one in self._several]
            self._ways = np.concatenate([*ways, np.zeros(0, np.intp)]).astype(np.intp)
            self._ways_start = np.cumsum([0, *(len(some) for some in ways)])[:-1]
        else:
            sample = wholes[:: max(1, len(entries) // 4000)]
            _, axes = np.linalg.eigh(sample.T @ sample)
            self._axes = np.ascontiguousarray(axes[:, -DIRECTIONS:]).astype(np.float32)
            self._rough = wholes @ self._axes

    def ask(self, said: Vectors) -> Scores:
        """How near each entry's ways of asking and its text are to what was said, added up."""
        if self._axes is not None:
            rough: Scores = self._rough @ (self._axes.T @ said.sum(axis=0))
            return rough
        near: Scores = self._all_wholes @ said.sum(axis=0)  # as if everything were asked for in its first way
        if len(self._several):
            ways = self._titles[self._ways] @ said.T
            better = np.maximum.reduceat(ways, self._ways_start) - ways[self._ways_start]
            near[self._several] += better.sum(axis=1)
        return near

    def look_closely(self, said: Vectors, places: Places) -> tuple[Scores, Scores, Scores]:
        """For some entries: the same exactly; how like each thing said is to the nearest way of asking, a column each;
        the likeness to the best sentence.
        """
        likeness = self._likeness(self._titles, self._starts, said, places)
        texts = self._texts[places].astype(np.float32, copy=False) @ said.T
        best = self._likeness(self._sentences, self._sentence_starts, said[:1], places)[:, 0]
        has_some = self._sentence_starts[places + 1] > self._sentence_starts[places]
        best = np.where(has_some, best, likeness[:, 0])
        return (likeness + texts).sum(axis=1), likeness, best

    def like_the_best(self, places: Places, weights: Scores) -> Scores:
        """How near each of some entries is to the middle of those with weight: what answers well has kin."""
        wholes = self._wholes(places)
        wholes /= np.maximum(np.linalg.norm(wholes, axis=1, keepdims=True), 1e-9)
        near: Scores = wholes @ (weights @ wholes)
        return near

    def _wholes(self, places: Places) -> Vectors:
        whole: Vectors = self._titles[self._starts[places]].astype(np.float32, copy=False) + self._texts[places]
        return whole

    @staticmethod
    def _likeness(rows: Vectors, starts: Places, said: Vectors, places: Places) -> Scores:
        """The best of each entry's rows for each thing said; 0 for an entry without rows."""
        many = starts[places + 1] - starts[places]
        firsts = np.cumsum([0, *many[:-1]])
        spots = np.arange(many.sum()) - np.repeat(firsts - starts[places], many)
        found = np.zeros((len(places), len(said)), np.float32)
        held = many > 0
        if held.any():
            found[held] = np.maximum.reduceat(rows[spots].astype(np.float32, copy=False) @ said.T, firsts[held])
        return found


def _stacked(some: Sequence[Vectors], kind: type[np.floating]) -> Vectors:
    return np.concatenate(some).astype(kind) if some else np.zeros((0, 1), kind)
