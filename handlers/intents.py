"""What a resident wants when it is not a place to get help: greeting, thanks, help, a person, settings, …

Every intent is scored: by spelling (rapidfuzz over folded text, so typing mistakes and kana meet), by shared words, and
by meaning (the nearest example as a sentence vector). The margin to the second decides; a near tie between two intents
asks. Questions for help compete as an intent of their own, `question`, so that they are never swallowed.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz

from bot.conversation import Handler, Reply, Tap, Turn
from handlers import lookup, menu, office, other_languages, profile, settings, small_talk
from handlers.copy import common
from handlers.copy import intents as say
from knowledge.search.sentences import Encoder, Vectors, default_encoder
from knowledge.search.words import all_forms, fold_kana, normalise

FILE = Path(__file__).with_name("intents.toml")
SURE = 0.72
MARGIN = 0.04
LONGEST = 40  # who writes more tells of a trouble, not of an intent

HANDLERS: dict[str, Handler] = {
    "greeting": menu.hello,
    "thanks": menu.you_are_welcome,
    "goodbye": small_talk.goodbye,
    "help": menu.help_,
    "person": menu.talk_to_a_person,
    "worry": menu.tell_anonymously,
    "checkin": menu.checkins,
    "places": lookup.places,
    "settings": settings.show,
    "area": profile.ask_area,
    "erase": settings.ask_erase,
    "privacy": settings.privacy,
    "office": office.tell,
    "not_this": lookup.hear_not_this,
    "small_talk": small_talk.chat,
    "other_language": other_languages.help_in,
}
TAP_OF = {
    "person": "menu.person",
    "worry": "menu.worry",
    "checkin": "menu.checkin",
    "places": "menu.places",
    "settings": "menu.settings",
    "help": "menu.help",
    "area": "profile.area",
    "erase": "settings.erase",
    "privacy": "settings.privacy",
}
BACK_TO_BOT = ("ぼっとに戻る", "ぼっとにもどる", "ぼっとに戻して", "ぼっとにもどして")


@dataclass(frozen=True)
class Guess:
    """An intent with its score from 0 to 1."""

    intent: str
    score: float


@dataclass(frozen=True)
class _Examples:
    intents: tuple[str, ...]
    folded: tuple[str, ...]
    forms: tuple[frozenset[str], ...]
    vectors: Vectors


@cache
def _examples(encoder: Encoder | None = None) -> _Examples:
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    pairs = [(intent, text) for intent, about in told.items() for text in about["examples"]]
    return _Examples(
        intents=tuple(intent for intent, _ in pairs),
        folded=tuple(_fold(text) for _, text in pairs),
        forms=tuple(frozenset(all_forms(text)) for _, text in pairs),
        vectors=(encoder or default_encoder()).encode([normalise(text) for _, text in pairs]),
    )


def warm_up() -> None:
    """Load the examples and their vectors now, so that the first resident does not wait for them."""
    _examples()


def guess(text: str) -> list[Guess]:
    """All intents, the likeliest first."""
    examples = _examples()
    folded, forms = _fold(text), frozenset(all_forms(text))
    meant = examples.vectors @ default_encoder().encode([normalise(text)])[0]
    best: dict[str, float] = {}
    for place, intent in enumerate(examples.intents):
        spelling = fuzz.ratio(folded, examples.folded[place]) / 100
        shared = len(forms & examples.forms[place]) / max(1, len(forms | examples.forms[place]))
        score = max(spelling, 0.25 * spelling + 0.25 * shared + 0.5 * float(meant[place]))
        best[intent] = max(best.get(intent, 0.0), score)
    return sorted(
        (Guess(intent, round(min(1.0, score), 3)) for intent, score in best.items()), key=lambda one: -one.score
    )


def understood(text: str) -> str:
    """The one intent the text has; `question` when it should be searched."""
    if not normalise(text) or len(text) > LONGEST or not np.any([sign.isalnum() for sign in text]):
        return "small_talk" if len(text) <= LONGEST else "question"
    first, second, *_ = guess(text)
    if other_languages.is_foreign(text):
        return "other_language"
    if first.intent == "question" or first.score < SURE:
        return "question"
    if second.intent == "question" and first.score - second.score < MARGIN:
        return "question"
    return first.intent


def near_tie(text: str) -> list[str]:
    """Two intents that cannot be told apart, or none."""
    first, second, *_ = guess(text)
    clear = first.score < SURE or first.score - second.score >= MARGIN or first.score > 0.97
    if clear or "question" in (first.intent, second.intent):
        return []
    return [first.intent, second.intent]


def answer(turn: Turn) -> Reply | None:
    """The reply to an intent; None when the text is a question to search for."""
    intent = understood(turn.said)
    handler = HANDLERS.get(intent)
    if handler is None:
        return None
    tied = [one for one in near_tie(turn.said) if one in TAP_OF] if intent != "other_language" else []
    if len(tied) == 2:
        return Reply(
            say.which_one(), tuple(Tap(say.names()[one], TAP_OF[one]) for one in tied) + common.people_choices()
        )
    return handler(turn)


def is_back_to_bot(turn: Turn) -> bool:
    """Whether a resident, to whom a person answers, asks for the bot again."""
    return (turn.heard == "text" and _fold(turn.said) in BACK_TO_BOT) or turn.tapped == "flow.bot"


def _fold(text: str) -> str:
    return fold_kana(normalise(text)).strip("。.!?！？ 、ー")
