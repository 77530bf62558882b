"""How search grows with the base: ours beside SQLite FTS5 (trigram), bm25s and a rapidfuzz scan, on the same entries.

    python bench/search.py [--sizes 200 2000 20000 100000] [--queries 100] [--json]

Entries are made by recombining the Kakogawa starter set: the title of one, sentences of others, areas and places drawn
by a fixed lot. Each sentence is encoded once; an entry's vectors are put together from those of its sentences, because
what is measured is searching, not encoding. Memory is what the process grew by while the index was built.
The rivals only rank by letters or words; ours also encodes the question, compares meanings and names, and orders by
area and distance.
"""

import argparse
import csv
import gc
import json
import os
import random
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does

import bm25s
import numpy as np
import psutil
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from knowledge.search import synonyms  # noqa: E402
from knowledge.search.index import Asker, Entry, Index, rows_of  # noqa: E402
from knowledge.search.sentences import Vectors, default_encoder  # noqa: E402
from knowledge.search.words import words  # noqa: E402

DATA = ROOT / "knowledge/data/kakogawa"
EVERYDAY = ROOT / "tests/search/everyday.jsonl"
SIZES = (200, 2_000, 20_000, 100_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    queries = [json.loads(line)["query"] for line in EVERYDAY.read_text(encoding="utf-8").splitlines()]
    queries = [query for query in queries if len(words(query)) > 0][: given.queries]
    encoded: dict[str, Vectors] = {}
    rows = []
    for size in given.sizes:
        entries = made_of_the_starter_set(size)
        for name, build in (("ours", ours(encoded)), ("fts5", fts5), ("bm25s", bm25), ("rapidfuzz", scan)):
            asked = queries if name != "rapidfuzz" or size <= 20_000 else queries[:10]  # a scan takes very long
            rows.append({"entries": size, "search": name, **measured(build, entries, asked)})
            if not given.json:
                print(rows[-1], file=sys.stderr, flush=True)
    growth = _growth([row for row in rows if row["search"] == "ours"])
    if given.json:
        print(json.dumps({"rows": rows, "growth": growth}))
        return
    table = Table("entries", "search", "p50 ms", "p95 ms", "MiB", "built in s")
    for row in rows:
        table.add_row(*(f"{value:,.2f}" if isinstance(value, float) else str(value) for value in row.values()))
    Console(width=90).print(table)
    for step in growth:
        print(
            f"{step['from']:>7} → {step['to']:>7} entries: {step['entries']:.0f} times the entries, {step['p95']:.2f} times the p95"
        )


def measured(
    build: Callable[[Sequence[Entry]], Callable[[str], object]], entries: Sequence[Entry], queries: Sequence[str]
) -> dict[str, float]:
    gc.collect()
    process_, started = psutil.Process(), time.perf_counter()
    before = process_.memory_info().rss
    search = build(entries)
    built = time.perf_counter() - started
    for query in queries[:3]:
        search(query)
    memory = (process_.memory_info().rss - before) / 2**20
    took = []
    for query in queries:
        started = time.perf_counter()
        search(query)
        took.append(1000 * (time.perf_counter() - started))
    p50, p95 = np.percentile(took, [50, 95])
    return {
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "mib": round(memory, 1),
        "built_s": round(built, 1),
    }


def _growth(rows: Sequence[dict[str, float]]) -> list[dict[str, float]]:
    return [
        {
            "from": small["entries"],
            "to": large["entries"],
            "entries": large["entries"] / small["entries"],
            "p95": round(large["p95_ms"] / small["p95_ms"], 2),
        }
        for small, large in pairwise(rows)
    ]


# ── the entries ──


def made_of_the_starter_set(size: int) -> list[Entry]:
    """As many entries as wanted, always the same ones."""
    lot = random.Random(7)
    resources, answers = _rows("resources.csv"), _rows("answers.csv")
    areas = [row["name"] for row in _rows("areas.csv")]
    told = [row["description"] for row in resources if row["description"]] + [row["answer"] for row in answers]
    sentences = [one for text in told for one in re.split(r"(?<=。)", text) if len(one) > 5]
    made = []
    for number in range(size):
        text = "".join(lot.sample(sentences, 3))
        area = lot.choice(areas)
        if number % 3:
            row = lot.choice(resources)
            made.append(
                Entry(
                    str(number), "resource", f"{area}の{row['name']}", f"{row['kana']}{number}", text=text,
                    keywords=tuple(row["keywords"].split(";")[:4]), category=row["category"], audience=row["audience"],
                    areas=frozenset({area}), latitude=34.7 + lot.random() / 5, longitude=134.8 + lot.random() / 5,
                )
            )  # fmt: skip
        else:
            row = lot.choice(answers)
            made.append(
                Entry(str(number), "answer", f"{row['question']}（{area}）", text=text, category=row["category"])
            )
    return made


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


# ── ours and the rivals ──


def ours(encoded: dict[str, Vectors]) -> Callable[[Sequence[Entry]], Callable[[str], object]]:
    encoder = default_encoder()

    def vector(sentence: str) -> Vectors:
        if sentence not in encoded:
            encoded[sentence] = encoder.encode([sentence])[0]
        return encoded[sentence]

    def build(entries: Sequence[Entry]) -> Callable[[str], object]:
        rows = {}
        for entry in entries:
            _, _, *told = rows_of(entry, encoder)
            title = vector(re.sub(r"^.*?の(?=.{4})|（[^）]*）$", "", entry.title))  # without the area drawn for it
            made = np.stack([title, title + vector(told[0]), *(vector(sentence) for sentence in told)])
            rows[entry.key] = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16)
        index = Index.build(entries, encoders=[encoder], synonyms=synonyms.load(), vectors={encoder.name: rows})
        asker = Asker(areas=frozenset({"加古川市"}), latitude=34.76, longitude=134.84, is_open=lambda key: True)
        return lambda query: index.search(query, asker=asker)

    return build


def fts5(entries: Sequence[Entry]) -> Callable[[str], object]:
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table entry using fts5(title, text, tokenize='trigram')")
    base.executemany("insert into entry values (?, ?)", ((one.title, one.text) for one in entries))

    def search(query: str) -> object:
        letters = re.sub(r"\W", "", query)
        runs = {letters[place : place + 3] for place in range(len(letters) - 2)}
        if not runs:
            return []
        match = " OR ".join(f'"{run}"' for run in runs)
        return base.execute("select rowid from entry where entry match ? order by rank limit 10", (match,)).fetchall()

    return search


def bm25(entries: Sequence[Entry]) -> Callable[[str], object]:
    index = bm25s.BM25()
    index.index([words(f"{one.title} {one.text}") for one in entries], show_progress=False)
    return lambda query: index.retrieve([words(query)], k=10, show_progress=False)


def scan(entries: Sequence[Entry]) -> Callable[[str], object]:
    texts = [f"{one.title} {one.text}" for one in entries]
    return lambda query: process.extract(query, texts, scorer=fuzz.partial_ratio, limit=10)


if __name__ == "__main__":
    main()
