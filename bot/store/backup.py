"""Everything in the database as of one instant, copied while the program runs, and put back after the machine is lost.

Rows are copied as they rest: names, words and LINE ids stay encrypted under DATA_KEYS even inside the sealed file, so
whoever restores needs DATA_KEYS as well. The copy knows nothing of pages, logs or the order in which rows were
written, and it is the same for SQLite and PostgreSQL: a council that grows moves from one to the other with it.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from sqlalchemy import JSON, Connection, Integer, MetaData, Table, func, insert, null, select

from bot.store import migrate, sealed
from bot.store.engine import make_engine

KIND = "sasaeai backup"
FORMAT = 1
NOT_KEPT = frozenset({"heartbeat", "lease", "rate_count", "alembic_version"})
"""What is true only while the program runs, and what the restored tables have already."""
AT_ONCE = 500  # rows


class NotEmpty(Exception):
    """There are data in the database already; restoring would mix two lives."""


class TooNew(Exception):
    """The backup was made by a later release of the program."""


def make(url: str, to: BinaryIO, *, now: datetime, passphrase: str = "") -> dict[str, int]:
    """Write a sealed copy of the database at `url`. Returns how many rows of which table it holds."""
    revision = migrate.current(url)
    counts: dict[str, int] = {}
    about = {"kind": KIND, "format": FORMAT, "tables at": revision, "made at": now.isoformat(timespec="seconds")}
    engine = make_engine(url, pool_size=1)
    try:
        with _one_instant(engine).connect() as connection:
            sealed.write(to, about, lines_of(connection, counts), passphrase=passphrase)
    finally:
        engine.dispose()
    return counts


def restore(url: str, source: BinaryIO, *, passphrase: str = "") -> dict[str, int]:
    """Fill the empty database at `url` from a sealed copy, and bring its tables up to this release.

    NotEmpty, TooNew, or `sealed.CannotOpen`: then the database is as it was, but for empty tables.
    """
    first = sealed.first_line(source)
    if first.get("kind") != KIND:
        raise sealed.CannotOpen("This is no backup file.")
    revision = str(first.get("tables at"))
    if first.get("format") != FORMAT or not migrate.knows(revision):
        raise TooNew(revision)
    engine = make_engine(url, pool_size=1)
    try:
        with engine.connect() as connection:
            if any(_is_used(connection, table) for table in _tables(connection)):
                raise NotEmpty
        migrate.upgrade(url, revision)
        with sealed.reading(source, first, passphrase=passphrase) as lines, engine.begin() as connection:
            counts = fill(connection, lines)
    finally:
        engine.dispose()
    migrate.upgrade(url)
    return counts


# ── out ──


def _one_instant(engine: Any) -> Any:
    """Options under which everything is read as it was at one instant, while others go on writing."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(is_reading=True)


def lines_of(connection: Connection, counts: dict[str, int]) -> Iterator[bytes]:
    """Every row as it rests, a line each. `counts` is filled with how many of which table there were."""
    for table in _tables(connection):
        if table.name in NOT_KEPT:
            continue
        yield _line({"table": table.name, "columns": [column.name for column in table.columns]})
        rows = connection.execute(
            select(table).order_by(*table.primary_key.columns), execution_options={"yield_per": AT_ONCE}
        )
        counts[table.name] = 0
        for row in rows:
            counts[table.name] += 1
            yield _line([_plain(value) for value in row])
    yield _line({"end": counts})


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    match value:
        case bytes() | memoryview():
            return {"b": base64.b64encode(bytes(value)).decode()}
        case datetime():
            aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            return {"t": aware.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case dict() | list():
            return {"j": value}
    return value


# ── back ──


def fill(connection: Connection, lines: Iterable[bytes]) -> dict[str, int]:
    """Put the rows into tables of the revision they come from. `sealed.CannotOpen` when they are not whole."""
    tables = {table.name: table for table in _tables(connection)}
    for table in reversed(list(tables.values())):
        if table.name not in NOT_KEPT:
            connection.execute(table.delete())  # what migrations put there; the backup brings its own
    counts: dict[str, int] = {}
    batch = _Batch(connection)
    for line in lines:
        told = json.loads(line)
        if isinstance(told, list):
            counts[batch.table.name] += 1
            batch.add(told)
        elif "end" in told:
            batch.finish()
            if told["end"] != counts:
                break
            _continue_numbers(connection, tables.values())
            return counts
        else:
            batch.finish()
            batch.turn_to(tables[told["table"]], told["columns"])
            counts[told["table"]] = 0
    raise sealed.CannotOpen("The backup file is not whole: take another copy.")


class _Batch:
    """Rows on their way into one table. What points at rows of its own table is filled in when all are there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.table: Table
        self._columns: list[str] = []
        self._rows: list[dict[str, Any]] = []
        self._links: list[dict[str, Any]] = []
        self._own: list[str] = []

    def turn_to(self, table: Table, columns: list[str]) -> None:
        self.table, self._columns = table, columns
        self._own = [key.parent.name for key in table.foreign_keys if key.column.table is table]

    def add(self, told: list[Any]) -> None:
        row = {name: self._value(name, value) for name, value in zip(self._columns, told, strict=True)}
        if any(row[name] is not None for name in self._own):
            keys = [column.name for column in self.table.primary_key.columns]
            self._links.append({name: row[name] for name in (*keys, *self._own)})
            row.update(dict.fromkeys(self._own))
        self._rows.append(row)
        if len(self._rows) >= AT_ONCE:
            self._write()

    def finish(self) -> None:
        self._write()
        for link in self._links:
            named = [column == link[column.name] for column in self.table.primary_key.columns]
            values = {name: link[name] for name in self._own}
            self._connection.execute(self.table.update().where(*named).values(values))
        self._links.clear()

    def _write(self) -> None:
        if self._rows:
            self._connection.execute(insert(self.table), self._rows)
            self._rows = []

    def _value(self, name: str, told: Any) -> Any:
        column = self.table.columns[name]
        if told is None and isinstance(column.type, JSON) and column.nullable:
            return null()
        if not isinstance(told, dict):
            return told
        kind, value = next(iter(told.items()))
        match kind:
            case "b":
                return base64.b64decode(value)
            case "t":
                return datetime.fromisoformat(value)
            case "d":
                return date.fromisoformat(value)
        return value


def _continue_numbers(connection: Connection, tables: Iterable[Table]) -> None:
    """PostgreSQL gives the next rows the numbers after the restored ones. SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key.columns:
            if not isinstance(column.type, Integer):
                continue
            sequence = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
            highest = connection.scalar(select(func.max(column)))
            if sequence and highest:
                connection.execute(select(func.setval(sequence, highest)))


def _tables(connection: Connection) -> list[Table]:
    """Our tables, those that others point at first. The queue of wake-up calls may lie beside them; it is no one's."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith("huey"))
    return found.sorted_tables


def _is_used(connection: Connection, table: Table) -> bool:
    used = ("resident", "inbox_event", "worry_report", "staff", "resource", "answer", "consultation_case")
    return table.name in used and connection.execute(select(table).limit(1)).first() is not None
