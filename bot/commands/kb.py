"""`sasaeai kb`: the knowledge base."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Literal, TextIO, get_args

import click
from rich.console import Console
from rich.table import Table

from bot.commands import import_tables
from bot.settings import Settings, SettingsWrong
from bot.store import migrate
from bot.store.engine import Store
from knowledge import exchange, starter


def _settings() -> Settings:
    """What the base needs. SettingsWrong names what is missing, the tables too."""
    settings = Settings.load().must_have("data_keys")
    if migrate.current(settings.database_url) != migrate.newest():
        raise SettingsWrong("The database is not up to date: run `sasaeai db upgrade` first.")
    return settings


@click.group()
def kb() -> None:
    """The knowledge base."""


@kb.command("import")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", default="auto", show_default=True, type=click.Choice(["auto", *exchange.FORMATS]))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--source", default="", metavar="URL", help="The page a published list was read on; kept with its entries."
)
@click.option("--credit", default="", help="Whom a published list asks to credit; kept with its entries.")
@click.option("--starter", "name", help="Load a starter set instead of a file, such as kakogawa.")
def import_(
    file: Path | None,
    format: exchange.Format | Literal["auto"],
    dry_run: bool,
    source: str,
    credit: str,
    name: str | None,
) -> None:
    """Take entries over from FILE (.csv, .xlsx, .json) or a starter set. Doing it again changes nothing.

    What staff changed or confirmed since the last time stays as they left it. The columns: docs/knowledge-files.md.
    """
    if (file is None) is (name is None):
        raise click.UsageError("Name either a FILE or a --starter set.")
    settings = _settings()
    store = Store(settings.database_url, settings.data_keys)
    now = datetime.now(settings.zone)
    try:
        if file is None:
            done = _starter(store, str(name), dry_run=dry_run, now=now)
        else:
            with import_tables.progress(file.name) as moves_to:
                opened = exchange.open_file(file, format=format, source_url=source, credit=credit, today=now.date())
                done = _file(store, opened, moves_to, dry_run=dry_run, now=now)
            for words in opened.told:
                click.echo(words)
    except (starter.NoSuchStarter, exchange.NotReadable) as wrong:
        raise click.ClickException(str(wrong)) from None
    finally:
        store.close()
    import_tables.show(done, dry_run=dry_run)


def _starter(store: Store, name: str, *, dry_run: bool, now: datetime) -> exchange.Preview:
    with store.turn() as session:
        done = starter.load(session, name, now=now)
        if dry_run:
            session.rollback()
    return done


def _file(
    store: Store, file: exchange.File, moves_to: Callable[[float], None], *, dry_run: bool, now: datetime
) -> exchange.Preview:
    """Long files are written in portions, so that the bot goes on answering meanwhile."""
    done = exchange.Preview()
    for portion in exchange.portions(file):
        if dry_run:
            with store.reading() as session:
                exchange.plan(session, portion, now=now, preview=done)
        else:
            with store.turn() as session:
                exchange.apply(session, portion, now=now, preview=done)
        moves_to(done.part_read)
    return done


@kb.command()
@click.option("--format", default="csv", show_default=True, type=click.Choice(get_args(exchange.ExportFormat)))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Else: standard output.")
@click.option("--published", is_flag=True, help="Only what residents see. Always so for opendata.")
def export(format: exchange.ExportFormat, output: Path | None, published: bool) -> None:
    """Write all resources (or answers): our own CSV, Open Referral HSDS 3, or 公共施設一覧 as open data."""
    settings = _settings()
    store = Store(settings.database_url, settings.data_keys)
    try:
        with (
            store.reading() as session,
            _written_to(output) as out,
            import_tables.progress(output.name if output else format) as moves_to,
        ):
            count = exchange.export(session, format, out, only_published=published, moves_to=moves_to)
    except OSError as wrong:
        raise click.ClickException(f"Cannot write {output}: {wrong.strerror}.") from None
    finally:
        store.close()
    click.echo(f"{count} entries written.", err=True)


@contextmanager
def _written_to(path: Path | None) -> Iterator[TextIO]:
    """The file, put in its place only when it is whole; or standard output."""
    if path is None:
        yield TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
        return
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as out:
            yield out
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@kb.command()
@click.argument("query", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100))
def search(query: tuple[str, ...], as_json: bool, limit: int) -> None:
    """Search as a resident would: a question as argument, or many on standard input, one a line."""
    from knowledge.library import Library

    settings = _settings()
    library = Library(Store(settings.database_url, settings.data_keys), is_sharp=settings.search_sharp)
    library.warm_up()
    now = datetime.now(settings.zone)
    for question in [" ".join(query)] if query else _lines_as_they_come():
        found = library.search(question, now=now, limit=limit)
        results = [
            {"id": hit.entry.id, "kind": hit.entry.kind, "title": hit.entry.title, "score": hit.score}
            for hit in found.hits
        ]
        if as_json:
            told = {"query": question, "outcome": found.outcome, "results": results}
            click.echo(json.dumps(told, ensure_ascii=False))
            continue
        table = Table("score", "kind", "id", "title", title=f"{question}: {found.outcome}")
        for result in results:
            table.add_row(f"{result['score']:.2f}", str(result["kind"]), str(result["id"]), str(result["title"]))
        Console(width=120).print(table)


def _lines_as_they_come() -> Iterator[str]:
    """The questions on standard input, each as soon as it is written; what is no UTF-8 harms only its own line."""
    for line in iter(sys.stdin.buffer.readline, b""):
        if question := line.decode("utf-8-sig", "replace").strip():
            yield question


@kb.command()
@click.argument("faq", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("queries", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--extra", type=click.Choice(["sharp"]), help="Measure with the second, slower encoder as well.")
@click.option("--json", "as_json", is_flag=True)
def eval(faq: Path, queries: Path, extra: str | None, as_json: bool) -> None:
    """Measure search on a FAQ (CSV: id,question,answer) with graded queries (JSON lines). Touches no database."""
    from knowledge.search.evaluate import FileWrong, evaluate
    from knowledge.search.sentences import SharpMissing, default_encoder, sharp_encoder

    try:
        encoders = [default_encoder(), *([sharp_encoder()] if extra else [])]
        measures = evaluate(faq, queries, encoders)
    except (FileWrong, SharpMissing) as wrong:
        raise click.ClickException(str(wrong)) from None
    if as_json:
        click.echo(json.dumps(asdict(measures)))
        return
    table = Table("measure", "value")
    for name, value in asdict(measures).items():
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    Console(width=80).print(table)


@kb.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def everyday(file: Path, as_json: bool) -> None:
    """Measure search in the base itself on everyday questions (JSON lines: query, right)."""
    from knowledge.library import Library
    from knowledge.search import everyday as measuring
    from knowledge.search.evaluate import FileWrong

    settings = _settings()
    library = Library(Store(settings.database_url, settings.data_keys), is_sharp=settings.search_sharp)
    library.warm_up()
    noon = datetime.now(settings.zone).replace(hour=12)  # at night other entries come first
    try:
        questions = measuring.read(file)
    except FileWrong as wrong:
        raise click.ClickException(str(wrong)) from None
    figures, misses = measuring.measure(questions, lambda query: library.search(query, now=noon))
    if as_json:
        click.echo(json.dumps({**asdict(figures), "misses": [asdict(one) for one in misses]}, ensure_ascii=False))
        return
    table = Table("measure", "value")
    for name, value in asdict(figures).items():
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    Console(width=80).print(table)
    for miss in misses:
        click.echo(f"{miss.outcome:8} {miss.query}  →  {', '.join(miss.found)}")
