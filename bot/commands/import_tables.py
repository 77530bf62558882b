"""What `sasaeai kb import` shows: how far it is, and what became of the rows."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from knowledge.exchange import Difference, Preview
from knowledge.exchange.rows import shortened

WORDS = {
    "added": ("added", "would be added"),
    "changed": ("changed", "would be changed"),
    "unchanged": ("unchanged", "unchanged"),
    "kept": ("kept as staff left them", "kept as staff left them"),
    "refused": ("refused", "refused"),
}
ROWS_SHOWN = 40


@contextmanager
def progress(name: str) -> Iterator[Callable[[float], None]]:
    """A bar on the terminal that appears after a second. Nothing when the output goes elsewhere."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    task = bar.add_task(escape(name), total=None)
    after_a_second = threading.Timer(1, bar.start)
    after_a_second.daemon = True
    after_a_second.start()
    try:
        yield lambda part: bar.update(task, total=1.0, completed=part)
    finally:
        after_a_second.cancel()
        after_a_second.join()
        if bar.live.is_started:
            bar.stop()


def show(done: Preview, *, dry_run: bool) -> None:
    """Counts first, then what changed, what stayed, what was refused and why, and what was rewritten."""
    console = Console(width=None if Console().is_terminal else 160, highlight=False)
    counts = Table("", "rows")
    for deed, words in WORDS.items():
        counts.add_row(words[dry_run], f"{done.counts[deed]:,}")  # type: ignore[index]
    console.print(counts)
    if dry_run:
        console.print("Nothing has been changed: this was a trial.")
        _new(console, done)
    _changes(console, done, "changed", "what changes" if dry_run else "what changed")
    _changes(console, done, "kept", "kept, although the file says otherwise: staff changed or confirmed them since")
    if done.problems:
        table = Table("file", "line", "column", "what is wrong", "what was expected", "value", title="refused rows")
        for problem in done.problems[:ROWS_SHOWN]:
            table.add_row(
                *(escape(str(cell)) for cell in (problem.file, problem.line, problem.column)),
                *(escape(cell) for cell in (problem.wrong, problem.expected, problem.value)),
            )
        console.print(table)
        _and_more(console, done.counts["refused"] - ROWS_SHOWN)
    if done.rewritten:
        table = Table("column", "what was normalised", "rows", "for example", title="normalised")
        for (column, what), rewritten in sorted(done.rewritten.items()):
            table.add_row(
                escape(column),
                escape(what),
                f"{rewritten.count:,}",
                escape(f"{rewritten.example} ({rewritten.line}行目)"),
            )
        console.print(table)
    console.print(_sentence(done, dry_run=dry_run))


def _sentence(done: Preview, *, dry_run: bool) -> str:
    counts: dict[str, int] = {deed: done.counts[deed] for deed in done.counts}
    told = [deed for deed in WORDS if deed in ("added", "changed", "unchanged") or counts.get(deed)]
    return f"{', '.join(f'{counts.get(deed, 0)} {WORDS[deed][dry_run]}' for deed in told)}."


def _new(console: Console, done: Preview) -> None:
    outcomes = done.of("added")
    if outcomes:
        table = Table("line", "id", "entry", title="what comes new")
        for outcome in outcomes[:ROWS_SHOWN]:
            table.add_row(str(outcome.line), escape(outcome.entry_id), escape(outcome.title))
        console.print(table)
        _and_more(console, done.counts["added"] - ROWS_SHOWN)


def _changes(console: Console, done: Preview, deed: Any, title: str) -> None:
    outcomes = done.of(deed)
    if not outcomes:
        return
    table = Table("line", "id", "entry", "field", "now", "file", title=title)
    for outcome in outcomes[:ROWS_SHOWN]:
        for place, difference in enumerate(outcome.differences if deed == "changed" else outcome.left):
            first = (str(outcome.line), outcome.entry_id, outcome.title) if place == 0 else ("", "", "")
            table.add_row(*(escape(cell) for cell in (*first, *_three(difference))))
    console.print(table)
    _and_more(console, done.counts[deed] - ROWS_SHOWN)


def _three(difference: Difference) -> tuple[str, str, str]:
    now, file = (shortened(words, 40) for words in difference.words)
    return difference.field, now, file


def _and_more(console: Console, rest: int) -> None:
    if rest > 0:
        console.print(f"… and {rest:,} more.")
