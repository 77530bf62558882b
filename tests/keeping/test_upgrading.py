"""A new release takes over from an earlier one: what waited is done, once, and nothing that was known is forgotten.

`release-0011.jsonl` is the database of the program as it was at that revision of the tables, every row as it rested:
Hana is asked every day between nine and eleven, two messages wait for an answer, one answer waits for LINE.
"""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from click.testing import CliRunner

from bot.cli import cli
from bot.services import topics
from bot.store import backup, ciphers, migrate
from bot.store.engine import Store, database_url, make_engine
from tests.desk import signed_in
from tests.town import KEY, START, Resident, Town

THEN = Path(__file__).with_name("release-0011.jsonl")
KEY_THEN = "c2FzYWVhaS10ZXN0LWRhdGEtb2YtcmVsZWFzZS0xMSE="
HANA, TARO = "U2c38ed30b7c9e61e63c21f65cd2e3463", "U0e956d400d3a419d5757b9d935b986a1"
MARKS = ("またいつでも話しかけて", "どういたしまして", "こんなことができます", "お変わりありませんか")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_then(request, tmp_path) -> str:
    """The address of a database as the earlier release left it."""
    url = f"sqlite:///{tmp_path / 'town.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_postgres")
    migrate.upgrade(url, "0011")
    engine = make_engine(url)
    with THEN.open("rb") as lines, engine.begin() as connection:
        backup.fill(connection, lines)
    engine.dispose()
    yield url
    ciphers.use_keys([KEY], read_again=lambda: [KEY])


def heard(person: Resident) -> list[str]:
    return [mark for answer in person.all_answers for mark in MARKS if mark in answer]


def test_what_waited_is_delivered_once_after_the_upgrade(database_then, tmp_path, clock):
    env = {"DATABASE_URL": database_then, "DATA_KEYS": KEY_THEN}
    told = CliRunner().invoke(cli, ["db", "upgrade"], env=env, catch_exceptions=False)
    assert told.output.startswith("The tables went from 0011 to "), told.output
    jobs = f"sqlite:///{tmp_path / 'jobs.db'}" if database_then.startswith("sqlite") else database_then
    clock.moves_on(minutes=10)
    town = Town(database_then, jobs, clock, key=KEY_THEN)
    try:
        hana, taro = (Resident(town, town.line.resident(name, at)) for name, at in (("ハナ", HANA), ("太郎", TARO)))
        hana.phone.follows_us = taro.phone.follows_us = True
        town.sweeps()
        town.delivers_everything()
        assert heard(taro) == ["またいつでも話しかけて", "どういたしまして"]
        assert heard(hana) == ["こんなことができます"]
        for day, asked in enumerate((0, 1, 1, 2)):  # asked from tomorrow on, once a day though the clock looks twice
            clock.moves_on(minutes=1) if day == 2 else clock.moves_to("11:00")
            town.makes_rounds()
            town.delivers_everything()
            assert heard(hana).count("お変わりありませんか") == asked, day
            hana.says("元気です")
        assert signed_in(town.app.test_client, "tanaka").get("/admin/").status_code == 200
    finally:
        town.closes()
    if database_then.startswith("sqlite"):
        rests = Path(str(database_url(database_then).database)).read_bytes()
        assert b"tanaka@" not in rests and b"Tanaka@" not in rests


def test_an_upgrade_that_must_encrypt_says_that_it_needs_the_key(database_then):
    ciphers.use_keys([KEY], read_again=lambda: [KEY])
    told = CliRunner().invoke(cli, ["db", "upgrade"], env={"DATABASE_URL": database_then, "DATA_KEYS": KEY})
    assert told.exit_code == 1 and "the key from its safe place" in told.output
    assert migrate.current(database_then) == "0011"  # all of it, or nothing
    told = CliRunner().invoke(cli, ["db", "upgrade"], env={"DATABASE_URL": database_then, "DATA_KEYS": KEY_THEN})
    assert told.exit_code == 0 and migrate.current(database_then) == migrate.newest()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_topics_that_a_council_had_hidden_stay_hidden(request, tmp_path, kind):
    """As revision 0018 kept them: the names of the hidden ones. Then the council words them itself."""
    url = f"sqlite:///{tmp_path / 'town.db'}" if kind == "sqlite" else request.getfixturevalue("empty_postgres")
    migrate.upgrade(url, "0018")
    settings = sa.table(
        "council_setting", sa.column("name"), sa.column("value", sa.JSON), sa.column("changed_at", sa.DateTime)
    )
    engine = make_engine(url)
    with engine.begin() as old:
        hidden = {"name": "topics.hidden", "value": ["money", "disability"], "changed_at": START.replace(tzinfo=None)}
        old.execute(sa.insert(settings).values(hidden))
    migrate.upgrade(url)
    store = Store(url, [KEY])
    with store.reading() as session:
        told = topics.all_(session)
    assert [(one.name, one.words) for one in told] == list(topics.USUAL.items())  # none is lost, none has moved
    assert [one.name for one in told if not one.is_offered] == ["money", "disability"]
    store.close()
    command.downgrade(migrate.config(url), "0018")
    with engine.begin() as old:
        assert old.execute(sa.select(settings.c.name, settings.c.value)).all() == [
            ("topics.hidden", ["money", "disability"])
        ]
    engine.dispose()
