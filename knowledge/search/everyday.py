"""Measuring search on everyday questions against the base itself: the right place first, no false certainty.

Lines are {"query": …, "right": [ids]}: any of the ids is right; none means that nothing in the base answers, so that
the honest outcome is `unknown`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.search.evaluate import FileWrong
from knowledge.search.index import Finding


@dataclass(frozen=True)
class Figures:
    """`top_1`, `top_3`, `guided`: of the answerable questions. `wrong_sure`: of all that were answered as sure."""

    questions: int
    answerable: int
    top_1: float
    top_3: float
    guided: float  # sure or perhaps, with a right entry among the four that are shown
    sure: int
    wrong_sure: float
    unanswerable_left_alone: float  # of the questions that nothing answers: `unknown`


@dataclass(frozen=True)
class Miss:
    query: str
    outcome: str
    right: tuple[str, ...]
    found: tuple[str, ...]


def measure(
    questions: Sequence[tuple[str, tuple[str, ...]]], search: Callable[[str], Finding]
) -> tuple[Figures, list[Miss]]:
    """The figures, and the questions that were answered wrongly or not at all."""
    first = third = guided = sure = wrong = answerable = left_alone = 0
    misses = []
    for query, right in questions:
        found = search(query)
        ids = tuple(hit.entry.id for hit in found.hits[:4])
        is_first = bool(set(ids[:1]) & set(right))
        is_sure = found.outcome == "sure"
        sure += is_sure
        wrong += is_sure and not is_first
        if right:
            answerable += 1
            first += is_first
            third += bool(set(ids[:3]) & set(right))
            helped = found.outcome != "unknown" and bool(set(ids) & set(right))
            guided += helped
        else:
            helped = found.outcome == "unknown"
            left_alone += helped
        if not helped or (is_sure and not is_first):
            misses.append(Miss(query, found.outcome, right, ids))
    unanswerable = len(questions) - answerable
    return Figures(
        questions=len(questions),
        answerable=answerable,
        top_1=round(first / max(1, answerable), 4),
        top_3=round(third / max(1, answerable), 4),
        guided=round(guided / max(1, answerable), 4),
        sure=sure,
        wrong_sure=round(wrong / max(1, sure), 4),
        unanswerable_left_alone=round(left_alone / max(1, unanswerable), 4),
    ), misses


def read(file: Path) -> list[tuple[str, tuple[str, ...]]]:
    """The questions of a file. FileWrong names the line that cannot be read."""
    questions = []
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            questions.append((str(row["query"]), tuple(str(one) for one in row["right"])))
        except (ValueError, KeyError, TypeError):
            raise FileWrong(f'{file}, line {number}: expected {{"query": …, "right": [ids]}}') from None
    if not questions:
        raise FileWrong(f"{file} has no lines")
    return questions
