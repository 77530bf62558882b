"""`sasaeai intents`: measuring what the bot understands."""

import json
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table


@click.group()
def intents() -> None:
    """Measuring what the bot understands."""


@intents.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def eval(file: Path, as_json: bool) -> None:
    """Read lines {"text", "intent"} (`question` for what is searched) and tell how many are understood.

    A wrong guess answers something nobody asked; what is merely not understood is searched for. `asked`: near ties,
    where the bot asks which of two was meant.
    """
    from handlers.intents import near_tie, understood, warm_up

    warm_up()
    rows = [_row(file, number, line) for number, line in _lines(file)]
    if not rows:
        raise click.ClickException(f"{file} has no lines.")
    heard, asked, took = [], 0, []
    for text, _ in rows:
        started = time.perf_counter()
        heard.append(understood(text))
        took.append(1000 * (time.perf_counter() - started))
        asked += bool(near_tie(text))
    wrong = [
        {"text": text, "intent": meant, "heard": one}
        for (text, meant), one in zip(rows, heard, strict=True)
        if one != meant
    ]
    figures = {
        "accuracy": round(1 - len(wrong) / len(rows), 4),
        "wrong_guesses": round(sum(one["heard"] != "question" for one in wrong) / len(rows), 4),
        "asked": round(asked / len(rows), 4),
        "lines": len(rows),
        "p95_ms": round(sorted(took)[int(0.95 * (len(took) - 1))], 2),
    }
    if as_json:
        click.echo(json.dumps({**figures, "wrong": wrong}, ensure_ascii=False))
        return
    table = Table("measure", "value")
    for name, value in figures.items():
        table.add_row(name, str(value))
    console = Console(width=80)
    console.print(table)
    console.print(_by_intent([meant for _, meant in rows], heard))
    for miss in wrong:
        click.echo(f"{miss['intent']:14} heard as {miss['heard']:14} {miss['text']}")


def _lines(file: Path) -> list[tuple[int, str]]:
    written = file.read_text(encoding="utf-8-sig").splitlines()
    return [(number, line) for number, line in enumerate(written, start=1) if line.strip()]


def _row(file: Path, number: int, line: str) -> tuple[str, str]:
    try:
        row = json.loads(line)
        return str(row["text"]), str(row["intent"])
    except (ValueError, KeyError, TypeError):
        raise click.ClickException(f'{file}, line {number}: expected {{"text": …, "intent": …}}.') from None


def _by_intent(meant: list[str], heard: list[str]) -> Table:
    table = Table("intent", "lines", "recall", "precision")
    for intent in sorted(set(meant)):
        both = sum(one == other == intent for one, other in zip(meant, heard, strict=True))
        found = heard.count(intent)
        precision = f"{both / found:.2f}" if found else "—"
        table.add_row(intent, str(meant.count(intent)), f"{both / meant.count(intent):.2f}", precision)
    return table
