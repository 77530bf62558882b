"""Reading one text for danger: with the rules of `rules.toml`, and by likeness to the examples of `examples.toml`.

Figures of speech are taken out first (「死ぬほど暑い」), so that a cry beside one is still heard. The learnt part hears
what no rule foresaw, and doubts a rule where the text sounds harmless: then, and whenever it is not sure, the bot asks
gently. A long text is heard sentence by sentence, so that a cry in the middle is not lost among other words.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from bot.services.crisis.learnt import Learnt, cues, keep, signs_of_danger
from knowledge.search.words import fold_kana, normalise

FILE = Path(__file__).with_name("rules.toml")
SEVERITY = {"life": 0, "urgent": 1, "serious": 2}


@dataclass(frozen=True)
class Finding:
    """What one text says of danger. `kinds` are all that were found, the gravest first; `why` are rule ids.

    `is_about_another`: somebody else wants to die, and the writer worries.
    """

    verdict: Literal["crisis", "check", "none"]
    kind: str = ""
    severity: str = ""
    kinds: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    is_about_another: bool = False


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
    doubts: re.Pattern[str]
    long_past: re.Pattern[str]
    still: re.Pattern[str]
    another: re.Pattern[str]
    oneself: re.Pattern[str]
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
        doubts=_joined(told["doubts"]),
        long_past=_joined(told["long_past"]),
        still=_joined(told["still"]),
        another=_joined(told["another"]),
        oneself=_joined(told["oneself"]),
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


SURE, UNSURE = 0.1, -0.05  # how dangerous a text must sound for an alarm, and for a gentle question
SURE_WITHOUT_A_SIGN, UNSURE_WITHOUT_A_SIGN = 0.2, 0.0
SURE_OF_A_FIRM_RULE, UNSURE_OF_A_FIRM_RULE = -0.5, -1.2
SURE_OF_A_DOUBTED_RULE, UNSURE_OF_A_DOUBTED_RULE = 0.2, -0.25
SURE_OF_A_RULE, UNSURE_OF_A_RULE = 0.0, -0.2
SURE_WHERE_A_RULE_ASKS, UNSURE_WHERE_A_RULE_ASKS = 0.9, -0.6
SURE_OF_A_QUESTION = 0.7  # where the text asks for a number, a course, a counter
SURE_OF_THE_PAST = 1.5  # where it is told as long over
SURE_OF_A_WORD = 0.8  # no sign in a word or two, such as a place name, or beside a figure of speech
REMEMBERED = 32  # texts, in memory only: those of the turns in hand, which are heard before the turn begins and in it
PART_OF_MANY = 0.25  # a sentence of a long text that meets no rule must sound that much more dangerous
WORD = 6
SHORT = 60  # signs; longer texts are heard sentence by sentence too
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
    """Load all that hearing needs now, so that the first cry does not wait for it."""
    look("こんにちは")


@lru_cache(REMEMBERED)
def look(text: str) -> Finding:
    """Read one text of a resident. Never raises; takes any text."""
    known = rules()
    folded = known.everyday.sub("", fold(text))
    met = _met(folded)
    if not met and (not any(sign.isalpha() for sign in folded) or _CODE.fullmatch(text.strip())):
        return Finding("none")
    met.sort(key=lambda rule: (rule.asks, SEVERITY[rule.severity]))
    kinds = list(dict.fromkeys(rule.kind for rule in met))
    why = tuple(rule.id for rule in met)
    score, heard = _most_dangerous(text)
    sure, unsure = _limits(met, folded, is_figure=folded != fold(text))
    if score < unsure:
        return Finding("none", why=why)
    if known.asking.search(folded):
        sure = max(sure, SURE_OF_A_QUESTION)
    if known.long_past.search(folded) and not known.still.search(folded):
        sure = max(sure, SURE_OF_THE_PAST)
    verdict: Literal["crisis", "check", "none"] = "crisis" if score >= sure else "check"
    if not kinds:
        kinds, why = [heard], ("examples",)
    severity = met[0].severity if met else SEVERITY_OF[kinds[0]]
    is_about_another = (
        kinds[0] == "suicide_or_self_harm"
        and known.another.search(folded) is not None
        and known.oneself.search(folded) is None
    )
    return Finding(verdict, kinds[0], severity, tuple(kinds), why, is_about_another)


_CODE = re.compile(r"(?=[A-Z -]*[0-9])[0-9A-Z]{4}(?:[- ]?[0-9A-Z]{4}){1,6}")  # a receipt or other number, not words


def _limits(met: list[Rule], folded: str, *, is_figure: bool) -> tuple[float, float]:
    """How dangerous a text must sound for an alarm, and for a gentle question."""
    firm = [rule for rule in met if rule.is_firm]
    if firm and not all(rule.asks for rule in firm) and not rules().doubts.search(folded):
        return SURE_OF_A_FIRM_RULE, UNSURE_OF_A_FIRM_RULE
    if any(rule.asks for rule in firm):
        return SURE_WHERE_A_RULE_ASKS, UNSURE_OF_A_FIRM_RULE
    if firm:
        return SURE_OF_A_DOUBTED_RULE, UNSURE_OF_A_DOUBTED_RULE
    if met and all(rule.asks for rule in met):
        return SURE_WHERE_A_RULE_ASKS, UNSURE_WHERE_A_RULE_ASKS
    if met:
        return SURE_OF_A_RULE, UNSURE_OF_A_RULE
    if not signs_of_danger(folded) and (is_figure or sum(sign.isalnum() for sign in folded) < WORD):
        return SURE_OF_A_WORD, SURE_OF_A_WORD
    if not signs_of_danger(folded):
        return SURE_WITHOUT_A_SIGN, UNSURE_WITHOUT_A_SIGN
    return SURE, UNSURE


def _met(folded: str) -> list[Rule]:
    return [
        rule
        for rule in rules().rules
        if rule.signs.search(folded) and not (rule.unless is not None and rule.unless.search(folded))
    ]


def _most_dangerous(text: str) -> tuple[float, str]:
    """The score and kind of the whole text, or of its most dangerous sentence."""
    parts = [text[: 4 * SHORT]]
    if len(text) > SHORT:
        sentences = dict.fromkeys(one[: 2 * SHORT] for one in _ENDS.split(text) if len(one) >= 4)
        telling = sorted(sentences, key=lambda one: -len(signs_of_danger(fold(one))))[:MOST_PARTS]
        parts += [one for one in telling if one != parts[0]]
    first, *rest = _learnt().listen(parts)
    heard = [(first.score, first.kind)]
    for part, one in zip(parts[1:], rest, strict=True):
        is_plain = any(not rule.asks for rule in _met(rules().everyday.sub("", fold(part))))
        heard.append((one.score - (0 if is_plain else PART_OF_MANY), one.kind))
    return max(heard)


_ENDS = re.compile(r"[。!?！？\n…]+|、(?=.{12})")


def _tells(text: str) -> list[float]:
    """The readable signs of a text, which rules met it, whether it asks, doubts or holds a figure of speech."""
    folded = fold(text)
    left = rules().everyday.sub("", folded)
    met = _met(left)
    return [
        *cues(folded),
        *(float(rule in met) for rule in rules().rules),
        float(any(not rule.asks for rule in met)),
        float(any(rule.asks for rule in met)),
        float(rules().asking.search(left) is not None),
        float(rules().doubts.search(left) is not None),
        float(left != folded),
    ]


@cache
def _learnt() -> Learnt:
    return Learnt(_tells)


def learn() -> None:
    """Learn the examples anew and keep the result for every start."""
    keep(Learnt(_tells).learn())
    _learnt.cache_clear()
    look.cache_clear()
