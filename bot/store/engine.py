"""Opening the database: SQLite for one machine, PostgreSQL when there are more.

On SQLite every writing transaction begins with BEGIN IMMEDIATE, so two writers queue up at the start of their
turn instead of failing in the middle of it (https://www.sqlite.org/lang_transaction.html); `bot.store.writers` keeps
that queue in order. The write-ahead log lets readers go on meanwhile. `synchronous=FULL` makes a commit survive a
power cut: an acknowledged message is kept.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Delete, Engine, Update, create_engine, event, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from bot.store import ciphers
from bot.store.running import StoredSecret
from bot.store.writers import QueuedConnection, queued

BUSY_SECONDS = 60
HUNG_SECONDS = 60.0
"""A process that hangs in the middle of a turn loses its locks on PostgreSQL after this long; others go on."""


def database_url(url: str) -> URL:
    """The URL with the driver we use. `postgres://` (as hosts write it) and `postgresql://` mean psycopg 3.

    ValueError with one sentence when the database is neither SQLite nor PostgreSQL.
    """
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return parsed
    raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://")


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine whose SQLite transactions begin with a write lock, unless `execution_options(is_reading=True)`."""
    parsed = database_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed,
            pool_size=pool_size,
            max_overflow=10,
            pool_pre_ping=True,
            hide_parameters=True,  # what could not be stored stands in no log
            connect_args={
                "connect_timeout": 10,
                "options": f"-c idle_in_transaction_session_timeout={HUNG_SECONDS * 1000:.0f}",
            },
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed,
        connect_args={"timeout": BUSY_SECONDS, "factory": queued(parsed.database or "")},
        pool_size=pool_size,
        max_overflow=20,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # what is erased leaves no bytes in free pages
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("is_reading", False):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)

    return engine


def _begin_writing(connection: Connection) -> None:
    raw = connection.connection.driver_connection
    assert isinstance(raw, QueuedConnection)
    try:
        raw.begin_writing(BUSY_SECONDS)
    except sqlite3.Error as locked:
        raise OperationalError("BEGIN IMMEDIATE", None, locked) from locked


def rows_changed(session: Session, change: Update | Delete) -> int:
    """Carry out an update or delete, and tell how many rows it met: the database is the referee of races."""
    result = session.execute(change)
    assert isinstance(result, CursorResult)
    return result.rowcount


def insert_or_ignore(session: Session, table: type[Any], **values: Any) -> bool:
    """Insert a row unless a unique constraint knows it already. Whether it is new: the database is the referee."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = table.__table__
    adding = insert(rows).values(**values).on_conflict_do_nothing().returning(*rows.primary_key)
    return session.execute(adding).first() is not None


class Store:
    """One open database with its sessions. Every process makes its own, after it was forked."""

    def __init__(
        self, url: str, keys: Sequence[str], *, read_keys_again: Callable[[], Sequence[str]] | None = None
    ) -> None:
        ciphers.use_keys(keys, read_again=read_keys_again)
        self.url = url
        self.engine = make_engine(url)
        self._write = sessionmaker(self.engine, expire_on_commit=False)
        self._read = sessionmaker(self.engine.execution_options(is_reading=True), expire_on_commit=False)

    @contextmanager
    def turn(self) -> Iterator[Session]:
        """A session whose changes are kept together when the block ends well, and not at all otherwise."""
        with self._write.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking only: it never waits for writers, and keeps no change."""
        with self._read() as session:
            yield session

    @cached_property
    def lookup_secret(self) -> bytes:
        """The secret behind keyed hashes. The first process to ask makes it."""
        with self.reading() as session:
            kept = session.get(StoredSecret, "lookup")
        if kept is None:
            try:
                with self.turn() as session:
                    session.add(StoredSecret(name="lookup", value=ciphers.fresh_secret()))
            except IntegrityError:
                pass  # another process was first; its secret counts
            with self.reading() as session:
                kept = session.scalars(select(StoredSecret).filter_by(name="lookup")).one()
        return kept.value.encode()

    def key_of(self, subject: str, value: str) -> str:
        """The keyed hash under which `value` (a LINE id, a message id) is found again."""
        return ciphers.keyed_hash(self.lookup_secret, subject, value)

    def empty_log(self) -> None:
        """Write SQLite's log into the database and cut it to nothing, so that what was erased is gone there too.

        Whoever is reading meanwhile keeps the log for now; the next time gets it. PostgreSQL needs nothing of the kind.
        """
        if self.engine.dialect.name == "sqlite":
            connection = self.engine.raw_connection()
            try:
                connection.execute("PRAGMA busy_timeout=200")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
            finally:
                connection.close()

    def close(self) -> None:
        self.engine.dispose()
