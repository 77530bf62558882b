"""Measuring search on a FAQ with graded queries: Recall@10, nDCG@10, Hit@3, and milliseconds a query.

Recall@10: relevant entries in the first ten, of all relevant. nDCG@10: gain = grade, discount log2(rank + 1).
Hit@3: a grade-2 answer among the first three, over the queries that have one.
"""

import csv
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

import numpy as np

from knowledge.search import synonyms
from knowledge.search.index import Entry, Index
from knowledge.search.sentences import Encoder


class FileWrong(ValueError):
    """A file cannot be measured with; the text says which line and why."""


@dataclass(frozen=True)
class Measures:
    queries: int
    entries: int
    recall_at_10: float
    ndcg_at_10: float
    hit_at_3: float
    p50_ms: float
    p95_ms: float


def evaluate(faq: Path, queries: Path, encoders: Sequence[Encoder]) -> Measures:
    """Build the product's index from `faq` (CSV: id, question, answer) and ask `queries` (JSON lines)."""
    entries = _entries(faq)
    asked = _queries(queries)
    index = Index.build(entries, encoders=encoders, synonyms=synonyms.load())
    index.search(entries[0].title)
    found: list[list[str]] = []
    times: list[float] = []
    for query, _ in asked:
        started = time.perf_counter()
        finding = index.search(query, limit=10)
        times.append((time.perf_counter() - started) * 1000)
        found.append([hit.entry.id for hit in finding.hits])
    pairs = list(zip(found, (grades for _, grades in asked), strict=True))
    with_best = [(ids, grades) for ids, grades in pairs if 2 in grades.values()]
    return Measures(
        queries=len(asked),
        entries=len(entries),
        recall_at_10=float(np.mean([len(grades.keys() & set(ids)) / len(grades) for ids, grades in pairs])),
        ndcg_at_10=float(np.mean([_ndcg(ids, grades) for ids, grades in pairs])),
        hit_at_3=float(np.mean([any(grades.get(one) == 2 for one in ids[:3]) for ids, grades in with_best])),
        p50_ms=float(np.percentile(times, 50)),
        p95_ms=float(np.percentile(times, 95)),
    )


def _ndcg(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    gained = sum(grades.get(one, 0) / log2(rank + 2) for rank, one in enumerate(ids))
    ideal = sum(grade / log2(rank + 2) for rank, grade in enumerate(sorted(grades.values(), reverse=True)[:10]))
    return gained / ideal


def _entries(file: Path) -> list[Entry]:
    with file.open(encoding="utf-8-sig", newline="") as rows:
        reader = csv.DictReader(rows)
        if not {"id", "question", "answer"} <= set(reader.fieldnames or ()):
            raise FileWrong(f"{file}: the first line must name the columns id, question, answer")
        return [Entry(row["id"], "answer", row["question"], text=row["answer"]) for row in reader]


def _queries(file: Path) -> list[tuple[str, dict[str, int]]]:
    asked = []
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            asked.append((str(row["query"]), {str(key): int(grade) for key, grade in row["relevant"].items()}))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise FileWrong(f'{file}, line {number}: expected {{"query": …, "relevant": {{id: grade}}}}') from None
    return asked
