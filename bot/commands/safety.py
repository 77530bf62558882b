"""`sasaeai safety`: measuring the crisis check."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot.services import crisis

HALF = {"crisis": 1.0, "check": 0.5, "none": 0.0}


@click.group()
def safety() -> None:
    """The crisis check: learning its words, measuring it."""


@safety.command()
def learn() -> None:
    """Learn the words of danger anew after they were changed, and keep what was learnt beside them."""
    crisis.learn()
    click.echo("learnt")


@safety.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def eval(file: Path, as_json: bool) -> None:
    """Read lines {"text", "label": "crisis"|"benign"} and tell how many are heard.

    A gentle question counts half: half a cry heard, half a false alarm.
    """
    rows = list(_rows(file))
    crisis.warm_up()
    heard: list[float] = []
    alarmed: list[float] = []
    misses: list[dict[str, str]] = []
    asked = 0
    times: list[float] = []
    for text, label in rows:
        started = time.perf_counter()
        verdict = crisis.look(text).verdict
        times.append((time.perf_counter() - started) * 1000)
        asked += verdict == "check"
        (heard if label == "crisis" else alarmed).append(HALF[verdict])
        if (label == "crisis") != (verdict == "crisis"):
            misses.append({"text": text, "label": label, "verdict": verdict})
    caught, false = sum(heard), sum(alarmed)
    figures = {
        "recall": round(caught / len(heard), 4) if heard else None,
        "precision": round(caught / (caught + false), 4) if caught + false else None,
        "benign_flagged": round(false / len(alarmed), 4) if alarmed else None,
        "check_questions": asked,
        "lines": len(rows),
        "slowest_ms": round(max(times, default=0.0), 2),
    }
    if as_json:
        click.echo(json.dumps({**figures, "misses": misses}, ensure_ascii=False))
        return
    table = Table("measure", "value")
    for name, value in figures.items():
        table.add_row(name, str(value))
    Console(width=80).print(table)
    for miss in misses:
        if not (miss["label"] == "benign" and miss["verdict"] == "none"):
            click.echo(f"{miss['label']:7} {miss['verdict']:7} {miss['text']}")


def _rows(file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text, label = str(row["text"]), row["label"]
        except (ValueError, KeyError, TypeError):
            raise click.ClickException(f'{file}, line {number}: expected {{"text": …, "label": …}}.') from None
        if label not in ("crisis", "benign"):
            raise click.ClickException(f"{file}, line {number}: label must be crisis or benign, not {label!r}.")
        yield text, label
