"""Which label a sentence most likely has, learnt from labelled examples that people can read and add to.

A linear model over two views of a sentence: its meaning (the sentence vector) and its letters (runs of two to four
signs as written and as read aloud, and the words' normal forms, so that kana, kanji and dialect meet). It is fitted
when it is loaded, in closed form (ridge regression, one score for each label), so the same examples always give the
same model and there is nothing to train by hand or to ship.
"""

from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.search.sentences import Encoder
from knowledge.search.words import letter_runs, normalise

BUCKETS = 1 << 12
RIDGE = 0.3
AT_ONCE = 32  # sentences encoded together; more would need much memory for a moment
LETTERS = 1.4  # how much the letters weigh beside the meaning


class Examples:
    """Scores sentences by labelled examples. Thread-safe once made; about 2 ms a sentence."""

    def __init__(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        encoder: Encoder,
        *,
        otherwise: str,
        cues: Callable[[str], Sequence[float]] = lambda _: (),
        letters: float = LETTERS,
        ridge: float = RIDGE,
    ) -> None:
        """`texts` and `labels` belong together, in any order. ValueError when there are none.

        `otherwise` is the label of a text that resembles nothing. `cues` adds further numbers that tell of a text,
        always as many. `letters` is how much letters weigh beside meaning.
        """
        if not texts or len(texts) != len(labels):
            raise ValueError("examples need as many labels as texts, and at least one")
        self.labels = tuple(sorted(set(labels)))
        self._encoder, self._cues, self._letters_weigh = encoder, cues, np.float32(letters)
        known = self._seen(texts)
        counted = known[:, :BUCKETS]
        self._rarity = (np.log((1 + len(texts)) / (1 + counted.sum(axis=0))) + 1).astype(np.float32)
        self._weigh(counted)
        aims = np.array([[float(label == one) for one in self.labels] for label in labels])
        self._base = np.array([float(one == otherwise) for one in self.labels])
        kinship = (known @ known.T).astype(np.float64)
        kinship.flat[:: len(texts) + 1] += ridge
        self._weights = (known.T @ np.linalg.solve(kinship, aims - self._base).astype(np.float32)).astype(np.float32)

    def scores(self, texts: Sequence[str]) -> NDArray[np.floating]:
        """A score for each text and label (columns as in `labels`); about 1 for a sure one, 0 or less for none."""
        seen = self._seen(texts)
        self._weigh(seen[:, :BUCKETS])
        scored: NDArray[np.floating] = seen @ self._weights + self._base
        return scored

    def _seen(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row for each text: its letters, counted; its meaning; its cues."""
        rows: NDArray[np.float32] | None = None
        for start in range(0, len(texts), AT_ONCE):
            some = texts[start : start + AT_ONCE]
            meant = self._encoder.encode([normalise(text) for text in some])
            for place, text in enumerate(some):
                told = (*meant[place], *self._cues(text))
                if rows is None:
                    rows = np.zeros((len(texts), BUCKETS + len(told)), dtype=np.float32)
                rows[start + place, _letters(text)] = 1.0
                rows[start + place, BUCKETS:] = told
        return rows if rows is not None else np.zeros((0, BUCKETS), dtype=np.float32)

    def _weigh(self, counted: NDArray[np.float32]) -> None:
        """Rare letters count more, and long texts no more than short ones; in place."""
        counted *= self._rarity
        counted *= self._letters_weigh / np.maximum(np.linalg.norm(counted, axis=1, keepdims=True), 1e-6)


def _letters(text: str) -> list[int]:
    """The places of the letter runs and word forms that stand in the text."""
    return [_bucket(sign) for sign in letter_runs(text)]


def _bucket(sign: str) -> int:
    return crc32(sign.encode("utf-8", "replace")) % BUCKETS
