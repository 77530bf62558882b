"""The index: everyday words in, ranked entries with a confidence out.

Voices are heard and added up, each as standard scores over all entries, so that none needs tuning to the size of the
base: BM25 over words, the meaning of the sentence, names in any spelling, and pairs of letters for kana.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from typing import Literal

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.search import confidence
from knowledge.search.lexical import Lexical, Scores, weighted
from knowledge.search.sentences import Encoder, Vectors
from knowledge.search.synonyms import Synonym, meanings
from knowledge.search.words import character_pairs, fold_kana, is_mostly_kana, normalise, reading, words

WORDS, MEANING = 1.0, 3.0  # how much each voice counts
SHARP = (1.5, 2.0, 4.0)  # the same, where the finer encoder speaks as well: words, meaning, finer meaning
PAIRS = 1.0  # pairs of letters, heard only for questions written in kana
SHORTEST_NAME = 4  # letters
NAMED = 2.0  # being named outright
TEXT_IN_VECTOR = 160  # characters of the text that its vector sees
SYNONYM = 0.6  # a word that a synonym brings counts less than one that was said

Outcome = Literal["sure", "perhaps", "unknown"]


@dataclass(frozen=True)
class Entry:
    """One resource or answer, as the index sees it."""

    id: str
    kind: Literal["resource", "answer"]
    title: str
    kana: str = ""
    other_titles: tuple[str, ...] = ()
    text: str = ""
    keywords: tuple[str, ...] = ()
    category: str = ""
    audience: str = ""
    areas: frozenset[str] = frozenset()
    latitude: float | None = None
    longitude: float | None = None
    always_open: bool = False
    is_emergency: bool = False

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True)
class Asker:
    """What is known about who asks. `is_open` tells of an entry's key whether it is open now."""

    areas: frozenset[str] = frozenset()
    latitude: float | None = None
    longitude: float | None = None
    is_night: bool = False
    is_open: Callable[[str], bool] | None = None


@dataclass(frozen=True)
class Hit:
    """`score` is the confidence that this entry answers, from 0 to 1."""

    entry: Entry
    score: float
    kilometres: float | None = None


@dataclass(frozen=True)
class Finding:
    """What was found: `sure` shows cards, `perhaps` asks 「もしかして」, `unknown` does not guess."""

    outcome: Outcome
    hits: tuple[Hit, ...]


def asked_as(entry: Entry) -> list[str]:
    """The sentences whose meaning stands for the entry: what people call it or ask, then title with text."""
    named = " ".join((entry.title, entry.category, *entry.keywords)) if entry.kind == "resource" else entry.title
    return [named, *entry.other_titles, f"{entry.title} {entry.text[:TEXT_IN_VECTOR]}"]


def fingerprint(entry: Entry, encoder_name: str) -> str:
    """Changes when the entry's vectors must be computed anew."""
    return hashlib.sha256("\0".join([encoder_name, *asked_as(entry)]).encode()).hexdigest()


@dataclass
class Index:
    """Build once, search often, from any thread."""

    entries: Sequence[Entry]
    encoders: Sequence[Encoder]
    synonyms: Sequence[Synonym]
    vectors: Mapping[str, Mapping[str, Vectors]]  # encoder name → entry key → rows
    _words: Lexical = field(init=False)
    _pairs: Lexical = field(init=False)

    @classmethod
    def build(
        cls,
        entries: Sequence[Entry],
        *,
        encoders: Sequence[Encoder] = (),
        synonyms: Sequence[Synonym] = (),
        vectors: Mapping[str, Mapping[str, Vectors]] | None = None,
    ) -> "Index":
        """`vectors` holds rows already computed (see `fingerprint`); the others are computed now."""
        known = {encoder.name: dict((vectors or {}).get(encoder.name, {})) for encoder in encoders}
        for encoder in encoders:
            missing = [entry for entry in entries if entry.key not in known[encoder.name]]
            sentences = [asked_as(entry) for entry in missing]
            flat = [sentence for some in sentences for sentence in some]
            rows = [encoder.encode(flat[start : start + 64]) for start in range(0, len(flat), 64)]
            stacked = np.concatenate(rows) if rows else np.zeros((0, 1), np.float32)
            start = 0
            for entry, some in zip(missing, sentences, strict=True):
                known[encoder.name][entry.key] = stacked[start : start + len(some)]
                start += len(some)
        return cls(entries, encoders, synonyms, known)

    def __post_init__(self) -> None:
        self._words = Lexical([_terms(entry) for entry in self.entries])
        self._pairs = Lexical([_pair_terms(entry) for entry in self.entries])
        self._meaning = [_Meaning(self.entries, encoder, self.vectors[encoder.name]) for encoder in self.encoders]
        self._names = [_nameable(entry, entry.kana or entry.title) for entry in self.entries]
        self._titles = [_nameable(entry, entry.title) for entry in self.entries]

    def search(
        self, query: str, *, asker: Asker | None = None, limit: int = 10, exclude: Collection[str] = ()
    ) -> Finding:
        """The best entries for a question, best first. `exclude` holds keys not to show (those already seen)."""
        asker = asker or Asker()
        if not self.entries or not normalise(query):
            return Finding("unknown", ())
        terms = self._query_terms(query)
        said, *heard = self._weights()
        scores = said * _standard(self._words.score(terms))
        if is_mostly_kana(query):
            scores += PAIRS * _standard(self._pairs.score(weighted([(character_pairs(query), 1.0)])))
        meant = [meaning.score(query) for meaning in self._meaning]
        for likeness, weight in zip(meant, heard, strict=True):
            scores += weight * _standard(likeness.mixed)
        named = self._named(query)
        scores += NAMED * named
        scores += self._circumstances(asker)
        wanted = min(len(self.entries), limit + len(exclude) + 5)
        best = np.argpartition(-scores, wanted - 1)[:wanted]
        best = best[np.argsort(-scores[best], kind="stable")]
        hits = []
        for place in best:
            entry = self.entries[int(place)]
            if entry.key in exclude:
                continue
            trust = confidence.of(
                likeness=max((float(one.closest[place]) for one in meant[:1]), default=0.0),
                covered=self._words.covered(terms, int(place)),
                named=float(named[place]),
            )
            hits.append(Hit(entry, round(trust, 3), _kilometres(asker, entry)))
        return Finding(confidence.outcome([hit.score for hit in hits]), tuple(hits[:limit]))

    def _weights(self) -> list[float]:
        """For words first, then for each encoder."""
        return list(SHARP) if len(self._meaning) == 2 else [WORDS, MEANING][: 1 + len(self._meaning)]

    def _query_terms(self, query: str) -> dict[str, float]:
        said = words(query)
        brought = [word for word in meanings(query, self.synonyms) if word not in said]
        return weighted([(said, 1.0), (brought, SYNONYM)])

    def _named(self, query: str) -> Scores:
        """How far the question names an entry outright, also in kana or misspelt (0 to 1)."""
        folded = fold_kana(normalise(query)).replace(" ", "")
        spoken = reading(query) if is_mostly_kana(query) else ""
        named = np.zeros(len(self.entries), dtype=np.float32)
        if len(folded) < 3 or not any(self._names):
            return named
        asked = spoken or folded
        likeness = np.maximum(_partly(asked, self._names), _partly(folded, self._titles))
        for place in np.flatnonzero(likeness >= 85):
            shorter = min(len(asked), len(self._names[place]))
            if shorter >= 4:
                named[place] = (likeness[place] - 70) / 30 * min(1.0, shorter / 8)
        return named

    def _circumstances(self, asker: Asker) -> Scores:
        """Small advantages: in the asker's area, near, open now, day-and-night lines at night."""
        favour = np.zeros(len(self.entries), dtype=np.float32)
        knows_something = asker.areas or asker.is_night or asker.is_open or asker.latitude is not None
        if not knows_something:
            return favour
        for place, entry in enumerate(self.entries):
            if asker.areas and entry.areas:
                favour[place] += 0.6 if entry.areas & asker.areas else -0.6
            if asker.is_night and entry.always_open:
                favour[place] += 0.8
            if asker.is_open is not None and asker.is_open(entry.key):
                favour[place] += 0.2
            distance = _kilometres(asker, entry)
            if distance is not None:
                favour[place] += 1.0 / (1.0 + distance)
        return favour


@dataclass
class _Likeness:
    closest: Scores  # to the nearest way of asking
    mixed: Scores  # with the text heard as well


class _Meaning:
    """All rows of one encoder, and which entry each belongs to."""

    def __init__(self, entries: Sequence[Entry], encoder: Encoder, vectors: Mapping[str, Vectors]) -> None:
        self._encoder = encoder
        rows = [vectors[entry.key] for entry in entries]
        self._titles = np.concatenate([row[:-1] for row in rows]) if rows else np.zeros((0, 1), np.float32)
        self._starts = np.cumsum([0, *(len(row) - 1 for row in rows)])[:-1]
        self._texts = np.stack([row[-1] for row in rows]) if rows else np.zeros((0, 1), np.float32)

    def score(self, query: str) -> _Likeness:
        asked = self._encoder.encode([normalise(query)])[0]
        closest = np.maximum.reduceat(self._titles @ asked, self._starts)
        return _Likeness(closest, closest + self._texts @ asked)


def _terms(entry: Entry) -> dict[str, float]:
    return weighted(
        [
            (words(entry.title), 2.0),
            (words(" ".join(entry.other_titles)), 1.0),
            (words(" ".join(entry.keywords)), 1.5),
            (words(f"{entry.category} {entry.audience}"), 0.7),
            (words(entry.text), 1.0),
        ]
    )


def _pair_terms(entry: Entry) -> dict[str, float]:
    asked = " ".join((entry.title, *entry.other_titles))
    return weighted(
        [
            (character_pairs(asked), 1.0),
            (character_pairs(entry.kana), 0.5),
            (character_pairs(" ".join(entry.keywords)), 0.5),
        ]
    )


def _nameable(entry: Entry, name: str) -> str:
    """The name by which people ask for a resource; an answer is asked for by its meaning, not by a name."""
    folded = fold_kana(normalise(name)) if entry.kind == "resource" else ""
    return folded if len(folded) >= SHORTEST_NAME else ""


def _partly(asked: str, names: Sequence[str]) -> Scores:
    """How far `asked` stands within each name, or the name within it (0 to 100); 0 for names of under four letters."""
    found: Scores = process.cdist([asked], names, scorer=fuzz.partial_ratio, score_cutoff=85, dtype=np.float32)[0]
    return found


def _standard(scores: Scores) -> Scores:
    """Standard scores over all entries; all zero when nothing stands out."""
    spread = float(scores.std())
    if spread < 1e-9:
        return np.zeros_like(scores)
    standard: Scores = (scores - scores.mean()) / spread
    return standard


def _kilometres(asker: Asker, entry: Entry) -> float | None:
    """How far the entry is from who asks, or None when one of the places is not known."""
    if asker.latitude is None or asker.longitude is None or entry.latitude is None or entry.longitude is None:
        return None
    return distance(asker.latitude, asker.longitude, entry.latitude, entry.longitude)


def distance(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Great-circle distance in kilometres between two points in degrees."""
    lat1, lat2 = radians(latitude), radians(to_latitude)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(to_longitude - longitude) / 2) ** 2
    return 2 * 6371.0 * asin(min(1.0, sqrt(half)))
