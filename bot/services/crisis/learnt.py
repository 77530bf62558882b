"""How much a sentence sounds like danger, learnt from `examples.toml`: for words that no rule foresaw.

A sentence is compared with every example by its meaning (the sentence vector; the nearest ones count most), by its
letters and normal forms, and by the readable signs of `cues.toml` together with the rules that met it. What each of
these weighs is found by kernel ridge regression, in closed form: the same examples always give the same model.

What was learnt lies in `learnt.npz`, so that a start takes no time: `sasaeai safety learn` writes it. When the words
were changed since, the program learns by itself at the start, which takes a minute.
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np
import structlog
from numpy.typing import NDArray

from knowledge.search.sentences import default_encoder
from knowledge.search.words import letter_runs, normalise

HERE = Path(__file__).parent
WORDS = ("examples.toml", "cues.toml", "rules.toml")
KEPT = HERE / "learnt.npz"
BENIGN = "benign"
WAY = "2"  # the way of learning below: another number makes what was kept stale

BUCKETS = 1 << 13  # of letters
LETTERS_WEIGH, CUES_WEIGH, NEARNESS_WEIGHS = 2.0, 0.015, 2.0  # beside meaning, which weighs 1
NARROW = 2.0  # how fast nearness falls off
FINENESS = 400  # of the kept vectors, which lie in one byte a number
RIDGE = 0.3
AT_ONCE = 32  # sentences encoded together; more would need much memory for a moment

Floats = NDArray[np.float32]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Danger:
    """How dangerous a sentence sounds (about 1: surely; about -1: not at all), and of which kind."""

    score: float
    kind: str


@dataclass(frozen=True)
class Model:
    """What was learnt. Columns of the weights: danger as a whole, then each kind."""

    kinds: tuple[str, ...]
    rarity: Floats  # of the letters
    letters: Floats
    meanings: Floats
    cues: Floats
    examples: Floats  # the vectors of all examples
    nearness: Floats  # what each example weighs
    common: Floats


class Learnt:
    """The model, made once in a process. `cues_of` tells the readable signs of a text, always as many."""

    def __init__(self, cues_of: Callable[[str], Sequence[float]]) -> None:
        self._cues_of = cues_of
        kept = _read()
        if kept is None:
            log.warning("the words of danger were changed: learning them anew")
            kept = self.learn()
        self._model = kept

    def listen(self, texts: Sequence[str]) -> list[Danger]:
        """One judgement for each text."""
        model = self._model
        seen = self._see(texts, model.rarity)
        scores = seen.letters @ model.letters + seen.meanings @ model.meanings + seen.cues @ model.cues
        scores += _near(seen.meanings, model.examples) @ model.nearness + model.common
        return [Danger(float(row[0]), model.kinds[int(row[1:].argmax())]) for row in scores]

    def learn(self) -> Model:
        """Weigh everything anew from the examples."""
        told = tomllib.loads((HERE / "examples.toml").read_text(encoding="utf-8"))
        pairs = [(text, kind) for kind, texts in told.items() for text in texts]
        kinds = tuple(sorted(set(told) - {BENIGN}))
        rarity = _rarity([text for text, _ in pairs])
        known = self._see([text for text, _ in pairs], rarity)
        examples = _unpacked(_packed(known.meanings))
        aims = np.array([[1.0 if kind != BENIGN else -1.0, *(kind == one for one in kinds)] for _, kind in pairs])
        kinship = known.letters @ known.letters.T + known.meanings @ known.meanings.T + known.cues @ known.cues.T
        kinship += _near(known.meanings, examples) + 1  # the 1: how common danger is among the examples
        kinship.flat[:: len(pairs) + 1] += RIDGE
        weights = np.linalg.solve(kinship.astype(np.float64), aims).astype(np.float32)
        return Model(
            kinds,
            rarity,
            known.letters.T @ weights,
            known.meanings.T @ weights,
            known.cues.T @ weights,
            examples,
            weights,
            weights.sum(axis=0),
        )

    def _see(self, texts: Sequence[str], rarity: Floats) -> "_Seen":
        letters = np.zeros((len(texts), BUCKETS), dtype=np.float32)
        for row, text in zip(letters, texts, strict=True):
            found = _letters(text)
            row[found] = rarity[found]
            row *= LETTERS_WEIGH**0.5 / max(float(np.linalg.norm(row)), 1e-6)
        plain = [normalise(text) for text in texts]
        parts = [plain[start : start + AT_ONCE] for start in range(0, len(plain), AT_ONCE)]
        return _Seen(
            letters,
            np.vstack([default_encoder().encode(part) for part in parts]),
            CUES_WEIGH**0.5 * np.array([self._cues_of(text) for text in texts], dtype=np.float32),
        )


@dataclass(frozen=True)
class _Seen:
    """Sentences as the model sees them, a row for each."""

    letters: Floats
    meanings: Floats
    cues: Floats


def _near(meanings: Floats, examples: Floats) -> Floats:
    """How near each sentence is to each example: a Gaussian of the distance between vectors of length one."""
    near: Floats = NEARNESS_WEIGHS * np.exp(-NARROW * (2 - 2 * (meanings @ examples.T)))
    return near


def _rarity(texts: Sequence[str]) -> Floats:
    """How much each letter run counts: rare ones more."""
    count = np.zeros(BUCKETS)
    for text in texts:
        count[_letters(text)] += 1
    return (np.log((1 + len(texts)) / (1 + count)) + 1).astype(np.float16).astype(np.float32)


def stamp() -> str:
    """What the model is learnt from, in short: another stamp means that it must be learnt anew."""
    told = sha256(WAY.encode())
    for name in WORDS:
        told.update((HERE / name).read_bytes())
    return told.hexdigest()[:32]


def is_fresh() -> bool:
    """Whether what is kept was learnt from the words as they are now."""
    return _read() is not None


def keep(model: Model) -> None:
    """Write what was learnt: weights in half precision, vectors in bytes."""
    half = {name: getattr(model, name).astype(np.float16) for name in HALVES}
    packed = _packed(model.examples)
    np.savez_compressed(KEPT, stamp=np.array(stamp()), kinds=np.array(model.kinds), examples=packed, **half)


HALVES = ("rarity", "letters", "meanings", "cues", "nearness", "common")


def _read() -> Model | None:
    if not KEPT.exists():
        return None
    with np.load(KEPT) as kept:
        if str(kept["stamp"]) != stamp():
            return None
        whole = {name: kept[name].astype(np.float32) for name in HALVES}
        return Model(tuple(str(kind) for kind in kept["kinds"]), examples=_unpacked(kept["examples"]), **whole)


def _packed(vectors: Floats) -> NDArray[np.int8]:
    return np.round(vectors * FINENESS).clip(-127, 127).astype(np.int8)


def _unpacked(packed: NDArray[np.int8]) -> Floats:
    return packed.astype(np.float32) / np.float32(FINENESS)


def _letters(text: str) -> list[int]:
    """The places of the letter runs and word forms that stand in the text, as written and as read aloud."""
    return list({crc32(sign.encode("utf-8", "replace")) % BUCKETS for sign in letter_runs(text)})


# ── readable signs ──


def cues(folded: str) -> list[float]:
    """Which signs of `cues.toml` stand in a folded text, alone and together."""
    signs = _signs()
    seen = {name: float(sign.search(folded) is not None) for name, sign in signs.alone.items()}
    return [*seen.values(), *(seen[one] * seen[other] for one, other in signs.together)]


def signs_of_danger(folded: str) -> list[str]:
    """The names of the signs in a folded text that speak of danger by themselves."""
    signs = _signs()
    return [name for name in signs.danger if signs.alone[name].search(folded)]


@dataclass(frozen=True)
class _Signs:
    danger: tuple[str, ...]
    alone: dict[str, re.Pattern[str]]
    together: tuple[tuple[str, str], ...]


@cache
def _signs() -> _Signs:
    told = tomllib.loads((HERE / "cues.toml").read_text(encoding="utf-8"))
    alone = {name: re.compile(pattern) for name, pattern in told["signs"].items()}
    return _Signs(tuple(told["danger"]), alone, tuple((one, other) for one, other in told["together"]))
