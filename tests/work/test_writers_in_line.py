"""Those who write to one SQLite file stand in line, so that nobody is overtaken for long."""

import sqlite3
import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.store import engine as engines
from bot.store.engine import make_engine
from bot.store.writers import line_of


@pytest.fixture
def ledger(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    with engine.begin() as connection:
        connection.execute(text("create table line (number integer)"))
    yield engine
    engine.dispose()


def stands_in_line(ledger, many: int) -> None:
    waiting = line_of(ledger.url.database)._waiting
    while len(waiting) < many:
        time.sleep(0.005)


def test_writers_come_in_the_order_in_which_they_asked(ledger):
    def write(number: int) -> None:
        with ledger.begin() as connection:
            connection.execute(text("insert into line values (:number)"), {"number": number})

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    with ledger.begin():
        for number, writer in enumerate(writers, 1):
            writer.start()
            stands_in_line(ledger, number)
    for writer in writers:
        writer.join()
    with ledger.execution_options(is_reading=True).connect() as connection:
        assert list(connection.scalars(text("select number from line order by rowid"))) == list(range(6))


def test_a_transaction_that_fails_lets_the_next_one_in(ledger):
    with pytest.raises(OperationalError), ledger.begin() as connection:
        connection.execute(text("insert into nowhere values (1)"))
    with ledger.begin() as connection:
        connection.execute(text("insert into line values (1)"))


def test_whoever_waits_too_long_is_told_that_the_database_is_locked(ledger, monkeypatch):
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.05)
    told = []

    def write() -> None:
        try:
            with ledger.begin():
                pass
        except OperationalError as locked:
            told.append(locked)

    with ledger.begin():
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
    assert len(told) == 1 and isinstance(told[0].orig, sqlite3.OperationalError)
    with ledger.begin() as connection:  # whoever gave up does not stand in the way
        connection.execute(text("insert into line values (1)"))
