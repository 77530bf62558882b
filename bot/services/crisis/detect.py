"""Reading one text for danger, with the rules of `rules.toml`.

Figures of speech are taken out first (「死ぬほど暑い」), so that a cry beside one is still heard. Questions for
information, news and things long past do not alarm; where a sign of danger stands beside them, the bot asks gently.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

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
            )
            for one in told["rule"]
        ),
    )


def look(text: str) -> Finding:
    """Read one text of a resident. Never raises; takes any text."""
    known = rules()
    folded = known.everyday.sub("", fold(text))
    if not folded:
        return Finding("none")
    met = [
        rule
        for rule in known.rules
        if rule.signs.search(folded) and not (rule.unless is not None and rule.unless.search(folded))
    ]
    if not met:
        return Finding("none")
    met.sort(key=lambda rule: (rule.asks, SEVERITY[rule.severity]))
    first = met[0]
    kinds = tuple(dict.fromkeys(rule.kind for rule in met))
    why = tuple(rule.id for rule in met)
    if known.asking.search(folded) and not _is_about_now(folded):
        verdict: Literal["crisis", "check", "none"] = "none" if first.asks else "check"
        return Finding(verdict, first.kind, first.severity, kinds, why)
    return Finding("check" if first.asks else "crisis", first.kind, first.severity, kinds, why)


_NOW = re.compile(r"今すぐ|今から|助けて|たすけて|どうしたら|どうしよう|今も|いまも|さっき")


def _is_about_now(folded: str) -> bool:
    return _NOW.search(folded) is not None
