"""The index: everyday words in, ranked entries with a confidence out.

A search looks twice. First over all entries: BM25 over words, the meaning of the question and of its gist, pairs of
letters for kana, and the asker's circumstances, each as standard scores, so that none needs tuning to the size of the
base. Then closely at the most promising ones: the best sentence of the text, kinship with the best entries, names in
any spelling, what is open now.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from knowledge.search import confidence
from knowledge.search.circumstances import Asker, Circumstances, distance, kilometres
from knowledge.search.lexical import Lexical, Places, Scores, weighted
from knowledge.search.meaning import SENTENCES, Meaning
from knowledge.search.names import Names, Phrases
from knowledge.search.sentences import Encoder, Vectors
from knowledge.search.synonyms import Synonym, heard_in
from knowledge.search.views import (
    Entry,
    asked_as,
    fingerprint,
    said_everywhere,
    sentences,
    weighted_pairs,
    weighted_terms,
)
from knowledge.search.words import (
    EMPTY_WORDS,
    character_pairs,
    fold_kana,
    gist,
    is_mostly_kana,
    normalise,
    nouns_of_a_bare_question,
    terms,
    terms_within,
)

__all__ = ["Asker", "Entry", "Finding", "Hit", "Index", "Outcome", "distance", "fingerprint", "rows_of", "vectors_of"]

WORDS, MEANING, KIN = 1.0, 3.0, 0.25  # how much each voice counts
SHARP_WORDS, SHARP_MEANING, SHARP_FINER, SHARP_KIN = 2.0, 2.5, 4.0, 0.5  # where the finer encoder speaks as well
PAIRS = 1.0  # pairs of letters, heard only for questions written in kana
NAMED = 2.0  # being named, or a part of the name
NAMED_WHOLLY = 6.0  # having one's whole name said: who asks for a place by name wants that place
SYNONYM = 0.8  # a word that a synonym brings counts less than one that was said
COMMON = 0.2  # a word that stands in more of the entries than this is not part of a question's gist
CLOSELY, CLOSELY_OF_MANY = 60, 160  # entries that are looked at twice, in a small base and in a large one
MANY = 5_000  # entries make a large base
NAMED_CLOSELY = 40  # the same, for having letters of their name in common with the question
KIN_OF = 3  # entries whose kin are favoured
AT_ONCE = 32  # sentences encoded together
BEST_SEEN = 3  # of the hits, whether one of them was named

Outcome = Literal["sure", "perhaps", "unknown"]


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
    named: float = 0.0  # how far the question names one of them outright


def vectors_of(entries: Sequence[Entry], encoder: Encoder) -> dict[str, Vectors]:
    """For each entry's key its rows: ways of asking, title with text, sentences. Each sentence is encoded once."""
    rows = {entry.key: rows_of(entry, encoder) for entry in entries}
    fresh = sorted({sentence for some in rows.values() for sentence in some}, key=len)
    known: dict[str, Vectors] = {}
    for start in range(0, len(fresh), AT_ONCE):
        some = fresh[start : start + AT_ONCE]
        known.update(zip(some, encoder.encode(some), strict=True))
    return {key: np.stack([known[sentence] for sentence in some]) for key, some in rows.items()}


def rows_of(entry: Entry, encoder: Encoder) -> list[str]:
    """The sentences whose vectors stand for an entry, in their order."""
    told = [normalise(sentence) for sentence in asked_as(entry)]
    return told + sentences(entry) if encoder.reads_sentences else told


@dataclass
class Index:
    """Build once, search often, from any thread."""

    entries: Sequence[Entry]
    encoders: Sequence[Encoder]
    synonyms: Sequence[Synonym]
    vectors: Mapping[str, Mapping[str, Vectors]]  # encoder name → entry key → rows
    dull: frozenset[str]
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
        known: dict[str, Mapping[str, Vectors]] = {}
        for encoder in encoders:
            held = (vectors or {}).get(encoder.name, {})
            missing = [entry for entry in entries if entry.key not in held]
            known[encoder.name] = {**held, **vectors_of(missing, encoder)}
        return cls(entries, encoders, synonyms, known, said_everywhere(entries))

    def __post_init__(self) -> None:
        self._closely = CLOSELY if len(self.entries) < MANY else CLOSELY_OF_MANY
        self._words = Lexical([weighted_terms(entry, self.dull) for entry in self.entries])
        self._pairs = Lexical([weighted_pairs(entry) for entry in self.entries])
        self._meaning = [
            Meaning(self.entries, encoder, self.vectors[encoder.name], self.dull) for encoder in self.encoders
        ]
        self._place_of = {entry.key: place for place, entry in enumerate(self.entries)}
        self._names = Names(self.entries)
        self._phrases = Phrases(self.entries)
        self._circumstances = Circumstances(self.entries)

    def search(
        self, query: str, *, asker: Asker | None = None, limit: int = 10, exclude: Collection[str] = ()
    ) -> Finding:
        """The best entries for a question, best first. `exclude` holds keys not to show (those already seen)."""
        asker = asker or Asker()
        if not self.entries or not normalise(query):
            return Finding("unknown", ())
        asked = self._query_terms(query)
        pairs = self._pairs.score(weighted([(character_pairs(query), 1.0)]))
        said = [meaning.encoder.encode(self._ways_to_say(query, meaning.encoder)) for meaning in self._meaning]
        near = [meaning.ask(one) for meaning, one in zip(self._meaning, said, strict=True)]
        words_weigh, *meanings_weigh, kin_weighs = self._weights()

        scores = words_weigh * _standard(self._words.score(asked))
        for likeness, weight in zip(near, meanings_weigh, strict=True):
            scores += weight * _standard(likeness)
        is_kana = is_mostly_kana(query)
        if is_kana:
            scores += PAIRS * _standard(pairs)
        scores += self._circumstances.favour(asker, query)

        hidden = [place for key in exclude if (place := self._place_of.get(key)) is not None]
        scores[hidden], pairs[hidden] = -np.inf, 0
        places = np.union1d(_best(scores, self._closely), _best(pairs, NAMED_CLOSELY)).astype(np.int32)
        places = places[np.isfinite(scores[places])]
        if not len(places):
            return Finding("unknown", ())
        closely = scores[places]
        closest = np.zeros(len(places), dtype=np.float32)
        kin = np.zeros(len(places), dtype=np.float32)
        for number, (meaning, one, weight) in enumerate(zip(self._meaning, said, meanings_weigh, strict=True)):
            exact, to_title, to_sentence = meaning.look_closely(one, places)
            spread = max(float(near[number].std()), 1e-6)
            closely += weight * (exact - near[number][places] + SENTENCES * to_sentence) / spread
            if number == 0:  # in kana the encoder hardly knows words: there it is the better of both ways to say it
                closest = to_title.max(axis=1) if is_kana else to_title[:, 0]
        names = self._names.heard_in(query, places)
        named = np.maximum(names.named, self._phrases.heard_in(query, places))
        closely += NAMED * named + NAMED_WHOLLY * names.whole + self._circumstances.favour_open(asker, places)
        if self._meaning:
            kin = self._meaning[-1].like_the_best(places, _of_the_best(closely))
            closely += kin_weighs * _standard(kin)

        covered = self._words.covered(asked, places, worthless=EMPTY_WORDS)
        lacking = self._words.lacks_one(self._nouns_alone(query), places)
        trust = confidence.of(likeness=closest, covered=covered, named=named, wholly=names.whole, lacking=lacking)
        order = np.argsort(-closely, kind="stable")
        hits = [
            Hit(entry, round(float(trust[spot]), 3), kilometres(asker, entry))
            for spot in order[:limit]
            for entry in (self.entries[places[spot]],)
        ]
        outright = max((float(named[spot]) for spot in order[:BEST_SEEN]), default=0.0)
        return Finding(confidence.outcome([hit.score for hit in hits]), tuple(hits), outright)

    def listen(self, query: str) -> None:
        """Encode the question now, so that the search that follows soon need not."""
        if self.entries and normalise(query):
            for meaning in self._meaning:
                meaning.encoder.encode(self._ways_to_say(query, meaning.encoder))

    def named_in(self, query: str) -> Scores:
        """How far the question says the whole name of entries, from 0 to 1: of those with letters in common."""
        pairs = self._pairs.score(weighted([(character_pairs(query), 1.0)]))
        return self._names.heard_in(query, _best(pairs, NAMED_CLOSELY)).whole

    def _weights(self) -> tuple[float, ...]:
        """For words first, then for each encoder, then for kin."""
        if len(self._meaning) == 2:
            return SHARP_WORDS, SHARP_MEANING, SHARP_FINER, SHARP_KIN
        return (WORDS, MEANING, KIN) if self._meaning else (WORDS, KIN)

    def _ways_to_say(self, query: str, encoder: Encoder) -> list[str]:
        plain = normalise(query)
        if not encoder.reads_sentences:
            return [plain]
        core = gist(query, lambda word: self._words.share(word) >= COMMON) or plain
        told = " ".join(synonym.told for synonym in heard_in(query, self.synonyms))
        return [plain, f"{core} {told}" if told else core]

    def _query_terms(self, query: str) -> dict[str, float]:
        said = terms(query)
        heard = heard_in(query, self.synonyms)
        brought = [word for synonym in heard for word in synonym.means if word not in said]
        explained = terms_within(query, [synonym.everyday for synonym in heard])
        said = [word for word in said if word not in explained or self._words.share(word)]
        return weighted([(said, 1.0), (brought, SYNONYM)])

    def _nouns_alone(self, query: str) -> list[tuple[str, ...]]:
        """The nouns of a question that says nothing else, each with what it may be called by everyday words."""
        nouns = nouns_of_a_bare_question(query)
        if not nouns:
            return []
        said = frozenset(terms(query))
        heard = [(one.everyday, frozenset(one.means) - said) for one in heard_in(query, self.synonyms)]
        return [
            (*noun, *(word for everyday, means in heard if fold_kana(noun[0]) in everyday for word in means))
            for noun in nouns
        ]


def _best(scores: Scores, many: int) -> Places:
    """The places of the highest scores, in any order."""
    if many >= len(scores):
        return np.arange(len(scores), dtype=np.int32)
    return np.argpartition(-scores, many)[:many].astype(np.int32)


def _of_the_best(scores: Scores) -> Scores:
    """A weight for each of the few best, by how far it lies behind the first; 0 for the others."""
    weights = np.zeros_like(scores)
    best = _best(scores, KIN_OF)
    weights[best] = np.exp((scores[best] - scores.max()) / 2)
    found: Scores = weights / weights.sum()
    return found


def _standard(scores: Scores) -> Scores:
    """Standard scores; all zero when nothing stands out."""
    spread = float(scores.std())
    if spread < 1e-9:
        return np.zeros_like(scores)
    standard: Scores = (scores - scores.mean()) / spread
    return standard
