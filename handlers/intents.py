"""What a resident wants when it is not a place to get help: greeting, thanks, help, a person, settings, …

Every intent is scored by the examples in `intents.toml`: by meaning, by the letters as written and as read, and by
spelling (rapidfuzz, for typing mistakes). The margin to the second decides; a near tie between two intents asks.
Questions for help compete as an intent of their own, `question`, so that they are never swallowed.
"""

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.conversation import Handler, Reply, Tap, Turn
from handlers import (
    browse,
    checkin,
    handoff,
    lookup,
    menu,
    office,
    other_languages,
    profile,
    settings,
    small_talk,
    treasure,
    worry,
)
from handlers.copy import common
from handlers.copy import intents as say
from knowledge.search.examples import Examples
from knowledge.search.sentences import default_encoder
from knowledge.search.words import fold_kana, normalise

FILE = Path(__file__).with_name("intents.toml")
SURE = 0.3  # below it nothing is guessed: the text is searched for
SURE_OF_CHAT = 0.5  # mere talk is guessed less readily: a question nobody understands must reach a person
MARGIN = 0.05  # how far an intent must stand clear of a question for help
TIE = 0.12  # two intents nearer than this are asked about
SPELT_ALIKE = 0.9
REMEMBERED = 32  # texts, in memory only: those of the turns in hand
LONGEST = 40  # who writes more tells of a trouble, not of an intent

HANDLERS: dict[str, Handler] = {
    "greeting": menu.hello,
    "thanks": menu.you_are_welcome,
    "goodbye": small_talk.goodbye,
    "help": menu.help_,
    "person": handoff.ask_consent,
    "worry": worry.ask_how,
    "worry_answer": worry.ask_code,
    "checkin": checkin.door.hear_wish,
    "places": browse.places,
    "treasure": treasure.ask_name,
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
    "worry_answer": "worry.answer",
    "checkin": "menu.checkin",
    "places": "menu.places",
    "treasure": "treasure.tell",
    "settings": "menu.settings",
    "help": "menu.help",
    "area": "profile.area",
    "erase": "settings.erase",
    "privacy": "settings.privacy",
}
GIVE_WAY_TO_NAMES = ("places", "office")  # 「氷丘公民館の電話番号」 asks for that place, not for our own number
FORGET_ME = tuple(
    about + wish
    for about in ("データを", "データを全部", "私のデータを", "個人情報を", "書いたことを")
    for wish in ("消して", "消してください", "削除して", "削除してください", "消してほしい")
)
BACK_TO_BOT = ("ぼっとに戻る", "ぼっとにもどる", "ぼっとに戻して", "ぼっとにもどして")


@dataclass(frozen=True)
class Guess:
    """An intent with its score from 0 to 1."""

    intent: str
    score: float


@dataclass(frozen=True)
class _Learnt:
    model: Examples
    intents: tuple[str, ...]
    folded: tuple[str, ...]


@cache
def _learnt() -> _Learnt:
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    pairs = [(intent, text) for intent, about in told.items() for text in about["examples"]]
    intents, texts = [intent for intent, _ in pairs], [text for _, text in pairs]
    return _Learnt(
        Examples(texts, intents, default_encoder(), otherwise="question"),
        tuple(intents),
        tuple(_fold(text) for text in texts),
    )


def warm_up() -> None:
    """Learn the examples now, so that the first resident does not wait for it."""
    _learnt()


def guess(text: str) -> list[Guess]:
    """All intents, the likeliest first."""
    learnt = _learnt()
    scores = dict(zip(learnt.model.labels, map(float, learnt.model.scores([text])[0]), strict=True))
    alike = process.extractOne(_fold(text), learnt.folded, scorer=fuzz.ratio, score_cutoff=100 * SPELT_ALIKE)
    if alike is not None:
        intent = learnt.intents[alike[2]]
        scores[intent] = max(scores[intent], alike[1] / 100)
    return sorted((Guess(intent, round(score, 3)) for intent, score in scores.items()), key=lambda one: -one.score)


def understood(text: str) -> str:
    """The one intent the text has; `question` when it should be searched."""
    return _hear(text)[0]


def near_tie(text: str) -> list[str]:
    """Two intents that cannot be told apart, or none."""
    return _hear(text)[1]


@lru_cache(REMEMBERED)
def _hear(text: str) -> tuple[str, list[str]]:
    if len(text) > LONGEST:
        return "question", []
    if not any(sign.isalnum() for sign in normalise(text)):
        return "small_talk", []
    if other_languages.is_foreign(text):
        return "other_language", []
    scored = guess(text)
    first, second = scored[0], scored[1]
    question = next(one for one in scored if one.intent == "question")
    if first.score < (SURE_OF_CHAT if first.intent == "small_talk" else SURE):
        return "question", []
    if first.score - question.score < MARGIN:
        return "question", []
    is_tied = first.score - second.score < TIE and second.intent != "question"
    return first.intent, [first.intent, second.intent] if is_tied else []


def answer(turn: Turn) -> Reply | None:
    """The reply to an intent; None when the text is a question to search for."""
    intent, tied = _hear(turn.said)
    handler = HANDLERS.get(intent)
    if handler is None or (intent in GIVE_WAY_TO_NAMES and turn.library.is_named(turn.said)):
        return None
    if tied and all(one in TAP_OF for one in tied):
        return Reply(
            say.which_one(), tuple(Tap(say.names()[one], TAP_OF[one]) for one in tied) + common.people_choices()
        )
    return handler(turn)


def is_back_to_bot(turn: Turn) -> bool:
    """Whether a resident, to whom a person answers, asks for the bot again."""
    return (turn.heard == "text" and _fold(turn.said) in BACK_TO_BOT) or turn.tapped == "flow.bot"


def wants_to_be_forgotten(turn: Turn) -> bool:
    """「データを消して」 in its plain forms, which is heard also while a person answers."""
    return (turn.heard == "text" and _fold(turn.said) in map(_fold, FORGET_ME)) or turn.tapped == "settings.erase"


def _fold(text: str) -> str:
    return fold_kana(normalise(text)).strip("。.!?！？ 、ー")
