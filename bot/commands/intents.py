"""`sasaeai intents`: measuring what the bot understands."""

import json
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
    """Read lines {"text", "intent"} (`question` for what is searched) and tell how many are understood."""
    from handlers.intents import understood

    wrong: list[dict[str, str]] = []
    total = 0
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text, intent = str(row["text"]), str(row["intent"])
        except (ValueError, KeyError, TypeError):
            raise click.ClickException(f'{file}, line {number}: expected {{"text": …, "intent": …}}.') from None
        total += 1
        if (heard := understood(text)) != intent:
            wrong.append({"text": text, "intent": intent, "heard": heard})
    figures = {"accuracy": round(1 - len(wrong) / total, 4) if total else None, "lines": total}
    if as_json:
        click.echo(json.dumps({**figures, "wrong": wrong}, ensure_ascii=False))
        return
    table = Table("measure", "value")
    for name, value in figures.items():
        table.add_row(name, str(value))
    Console(width=80).print(table)
    for miss in wrong:
        click.echo(f"{miss['intent']:14} heard as {miss['heard']:14} {miss['text']}")
