"""Reading one text for danger: with the rules of `rules.toml`, and by likeness to the examples of `examples.toml`.

Figures of speech are taken out first (「死ぬほど暑い」), so that a cry beside one is still heard. The learnt part hears
what no rule foresaw, and doubts a rule where the text sounds harmless: then, and whenever it is not sure, the bot asks
gently. A long text is heard sentence by sentence, so that a cry in the middle is not lost among other words.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from bot.services.crisis.learnt import Danger, Learnt, signs_of_danger
from knowledge.search.words import fold_kana, normalise

FILE = Path(__file__).with_name("rules.toml")
SEVERITY = {"life": 0, "urgent": 1, "serious": 2}


@dataclass(frozen=True)
class Finding:
    """What one text says of danger. `kinds` are all that were found, the gravest first; `why` are rule ids."""

    verdict: Literal["crisis", "check", "none"]
    kind: str = ""
    severity: str = ""
    kinds: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    id: str
    kind: str
    severity: str
    signs: re.Pattern[str]
    unless: re.Pattern[str] | None
    asks: bool
    is_firm: bool


@dataclass(frozen=True)
class Rules:
    everyday: re.Pattern[str]
    asking: re.Pattern[str]
    rules: tuple[Rule, ...]


def fold(text: str) -> str:
    """The text as the patterns read it: NFKC, lower case, katakana as hiragana, no long-vowel marks, no spaces."""
    return fold_kana(normalise(text)).replace(" ", "").replace("\n", "")


def _joined(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_fold_pattern(pattern)})" for pattern in patterns))


def _fold_pattern(pattern: str) -> str:
    return pattern.replace("ー", "").replace(" ", "")


@cache
def rules() -> Rules:
    """The rules as read from the file, once in a process."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Rules(
        everyday=_joined(told["everyday"]),
        asking=_joined(told["asking"]),
        rules=tuple(
            Rule(
                id=one["id"],
                kind=one["kind"],
                severity=one["severity"],
                signs=_joined(one["any"]),
                unless=_joined(one["unless"]) if one.get("unless") else None,
                asks=bool(one.get("check")),
                is_firm=bool(one.get("firm")),
            )
            for one in told["rule"]
        ),
    )


SURE = 0.56  # how dangerous a sentence must sound for an alarm
UNSURE = 0.55  # from here on the bot asks
SURE_WITHOUT_A_SIGN = 0.61  # where no word of danger stands at all
UNSURE_WITHOUT_A_SIGN = 0.59
SURE_OF_A_WORD = 0.9  # a word or two without any sign, such as the name of a place
SURE_OF_A_RULE = 0.5
UNSURE_OF_A_RULE = 0.43
SURE_WHERE_A_RULE_ASKS = 0.8
SURE_OF_A_FIRM_RULE = 0.25
SURE_OF_A_QUESTION = 0.9  # where the text asks for a number, a course, a counter
WORD = 6
SHORT = 40  # signs; longer texts are heard sentence by sentence too
MOST_PARTS = 5
SEVERITY_OF = {
    "suicide_or_self_harm": "urgent",
    "child_abuse": "urgent",
    "elder_abuse": "urgent",
    "domestic_violence": "urgent",
    "sexual_violence": "urgent",
    "violence_now": "life",
    "medical_emergency": "life",
    "fire_or_gas": "life",
    "no_food_or_lifeline": "urgent",
    "missing_person": "life",
    "desperate_parent": "urgent",
    "danger_to_others": "life",
}
KINDS = tuple(SEVERITY_OF)


def warm_up() -> None:
    """Learn the examples now, so that the first cry does not wait for it."""
    _learnt()


def look(text: str) -> Finding:
    """Read one text of a resident. Never raises; takes any text."""
    known = rules()
    folded = known.everyday.sub("", fold(text))
    if not any(sign.isalnum() for sign in folded) or _CODE.fullmatch(text.strip()):
        return Finding("none")
    met = _met(folded)
    met.sort(key=lambda rule: (rule.asks, SEVERITY[rule.severity]))
    kinds = list(dict.fromkeys(rule.kind for rule in met))
    why = tuple(rule.id for rule in met)
    score, heard = _most_dangerous(text)
    sure, unsure = _limits(met, folded)
    if score < unsure:
        return Finding("none", why=why)
    if known.asking.search(folded):
        sure = max(sure, SURE_OF_A_QUESTION)
    verdict: Literal["crisis", "check", "none"] = "crisis" if score >= sure else "check"
    if not kinds:
        kinds, why = [heard], ("examples",)
    severity = met[0].severity if met else SEVERITY_OF[kinds[0]]
    return Finding(verdict, kinds[0], severity, tuple(kinds), why)


_CODE = re.compile(r"(?:\w{1,6}\s+)?[0-9A-Z]{4}(?:[- ]?[0-9A-Z]{4}){1,6}")  # a receipt or other number, not words


def _limits(met: list[Rule], folded: str) -> tuple[float, float]:
    """How dangerous a text must sound for an alarm, and for a gentle question."""
    if any(rule.is_firm for rule in met):
        return SURE_OF_A_FIRM_RULE, 0.0
    if any(not rule.asks for rule in met):
        return SURE_OF_A_RULE, UNSURE_OF_A_RULE
    if met:
        return SURE_WHERE_A_RULE_ASKS, UNSURE_OF_A_RULE
    if signs_of_danger(folded):
        return SURE, UNSURE
    if sum(sign.isalnum() for sign in folded) < WORD:
        return SURE_OF_A_WORD, SURE_OF_A_WORD
    return SURE_WITHOUT_A_SIGN, UNSURE_WITHOUT_A_SIGN


def _met(folded: str) -> list[Rule]:
    return [
        rule
        for rule in rules().rules
        if rule.signs.search(folded) and not (rule.unless is not None and rule.unless.search(folded))
    ]


def _most_dangerous(text: str) -> tuple[float, str]:
    """The score and kind of the whole text, or of its most dangerous sentence."""
    parts = [text[: 2 * SHORT]]
    if len(text) > SHORT:
        sentences = dict.fromkeys(one[: 2 * SHORT] for one in _ENDS.split(text) if len(one) >= 4)
        telling = sorted(sentences, key=lambda one: -len(signs_of_danger(fold(one))))[:MOST_PARTS]
        parts += [one for one in telling if one != parts[0]]
    first, *rest = _learnt().listen(parts)
    heard = max([first, *(Danger(one.score - 0.05, one.kind) for one in rest)], key=lambda one: one.score)
    return heard.score, heard.kind


_ENDS = re.compile(r"[。!?！？\n…]+|、(?=.{12})")


def _tells(text: str) -> list[float]:
    """Which rules met the text, and whether it asks for information or holds a figure of speech."""
    folded = fold(text)
    left = rules().everyday.sub("", folded)
    met = _met(left)
    return [
        *(float(rule in met) for rule in rules().rules),
        float(any(not rule.asks for rule in met)),
        float(any(rule.asks for rule in met)),
        float(rules().asking.search(left) is not None),
        float(left != folded),
    ]


@cache
def _learnt() -> Learnt:
    return Learnt(fold, _tells)
