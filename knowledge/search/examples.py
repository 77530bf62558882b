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
from knowledge.search.words import all_forms, fold_kana, normalise, reading

BUCKETS = 1 << 12
RIDGE = 0.3
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

        `otherwise` is the label of a text that resembles nothing;
        `cues` adds further numbers that tell of a text, always as many; `letters` is how much letters weigh
        beside meaning.
        """
        if not texts or len(texts) != len(labels):
            raise ValueError("examples need as many labels as texts, and at least one")
        self.labels = tuple(sorted(set(labels)))
        self._encoder, self._cues, self._letters_weigh = encoder, cues, np.float32(letters)
        in_how_many = np.sum([_letters(text) for text in texts], axis=0)
        self._rarity = (np.log((1 + len(texts)) / (1 + in_how_many)) + 1).astype(np.float32)
        known = self._seen(texts)
        aims = np.array([[float(label == one) for one in self.labels] for label in labels], dtype=np.float64)
        self._base = np.array([float(one == otherwise) for one in self.labels])
        kinship = (known @ known.T).astype(np.float64)
        share = np.linalg.solve(kinship + ridge * np.eye(len(texts)), aims - self._base)
        self._weights = (known.T @ share).astype(np.float32)

    def scores(self, texts: Sequence[str]) -> NDArray[np.floating]:
        """A score for each text and label (columns as in `labels`); about 1 for a sure one, 0 or less for none."""
        scored: NDArray[np.floating] = self._seen(texts) @ self._weights + self._base
        return scored

    def _seen(self, texts: Sequence[str]) -> NDArray[np.floating]:
        meant = self._encoder.encode([normalise(text) for text in texts])
        letters = np.stack([_letters(text) for text in texts]) * self._rarity
        letters *= self._letters_weigh / np.maximum(np.linalg.norm(letters, axis=1, keepdims=True), 1e-6)
        told = np.array([self._cues(text) for text in texts], dtype=np.float32).reshape(len(texts), -1)
        return np.hstack([meant, letters, told])


def _letters(text: str) -> NDArray[np.floating]:
    counted = np.zeros(BUCKETS, dtype=np.float32)
    written = normalise(text)
    for view, signs in (("w", fold_kana(written)), ("r", fold_kana(reading(text)))):
        framed = f"^{signs}$"
        for size in (2, 3, 4):
            for place in range(len(framed) - size + 1):
                counted[_bucket(view + framed[place : place + size])] = 1.0
    for form in all_forms(text):
        counted[_bucket("n" + form)] = 1.0
    return counted


def _bucket(sign: str) -> int:
    return crc32(sign.encode("utf-8", "replace")) % BUCKETS
