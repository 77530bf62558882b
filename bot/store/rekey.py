"""Writing everything that is encrypted anew, under the newest key, while the program goes on."""

from collections.abc import Iterator
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Column, Engine, LargeBinary, Table, select, tuple_, type_coerce, update

from bot.store import ciphers
from bot.store.ciphers import EncryptedBytes, EncryptedJson, EncryptedText
from bot.store.tables import Base

AT_ONCE = 100  # rows in one transaction, so that residents' turns get in between


def encrypt_anew(engine: Engine, newest: str) -> int:
    """Put every stored text under the key `newest`, the first of DATA_KEYS. How many were under another.

    Doing it again goes on where it was stopped. A text that somebody changes meanwhile is left to its writer.
    """
    key, changed = Fernet(newest), 0
    for table in Base.metadata.sorted_tables:
        sealed = [
            column
            for column in table.columns
            if isinstance(column.type, EncryptedText | EncryptedJson | EncryptedBytes)
        ]
        if sealed:
            changed += _table(engine, table, sealed, key)
    return changed


def _table(engine: Engine, table: Table, sealed: list[Column[Any]], newest: Fernet) -> int:
    changed = 0
    raw = [type_coerce(column, LargeBinary).label(column.name) for column in sealed]
    keys = list(table.primary_key.columns)
    for place in _batches(engine, keys):
        with engine.begin() as connection:
            rows = connection.execute(select(*keys, *raw).where(*place).order_by(*keys).limit(AT_ONCE)).mappings().all()
            for row in rows:
                for column in sealed:
                    before = row[column.name]
                    after = None if before is None else ciphers.rotated(bytes(before), newest)
                    if after is None:
                        continue
                    mine = [key == row[key.name] for key in keys]
                    unchanged = type_coerce(column, LargeBinary) == before
                    told = update(table).where(*mine, unchanged).values({column.name: type_coerce(after, LargeBinary)})
                    changed += connection.execute(told).rowcount
    return changed


def _batches(engine: Engine, keys: list[Column[Any]]) -> Iterator[list[Any]]:
    """Conditions that walk through the table by its key, a batch at a time; new rows at the end come along."""
    last: tuple[Any, ...] | None = None
    while True:
        place = [] if last is None else [_after(keys, last)]
        with engine.execution_options(is_reading=True).connect() as connection:
            named = connection.execute(select(*keys).where(*place).order_by(*keys).limit(AT_ONCE)).all()
        if not named:
            return
        yield place
        last = tuple(named[-1])


def _after(keys: list[Column[Any]], last: tuple[Any, ...]) -> Any:
    if len(keys) == 1:
        return keys[0] > last[0]
    return tuple_(*keys) > tuple_(*last)
