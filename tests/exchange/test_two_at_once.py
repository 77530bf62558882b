"""Two people take the same list over at the same moment, on SQLite and on PostgreSQL: each entry comes once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.store import migrate
from bot.store.engine import Store
from bot.store.knowledge import Change, Resource
from knowledge import exchange
from tests.town import KEY, START


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'office.db'}"
    return str(request.getfixturevalue("empty_postgres"))


def test_the_same_list_twice_at_once(database, tmp_path):
    migrate.upgrade(database)
    path = tmp_path / "list.csv"
    path.write_text("id,name,phone\n" + "".join(f"p{n},場所{n},079-424-4318\n" for n in range(700)))
    stores = [Store(database, [KEY]), Store(database, [KEY])]

    def takes(store: Store) -> exchange.Preview:
        done = exchange.Preview()
        for portion in exchange.portions(exchange.open_file(path)):
            with store.turn() as session:
                exchange.apply(session, portion, now=START, preview=done)
        return done

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(takes, stores)
    assert first.counts + second.counts == {"added": 700, "unchanged": 700}
    with stores[0].reading() as session:
        assert session.query(Resource).count() == session.query(Change).count() == 700
    assert takes(stores[0]).counts == {"unchanged": 700}
    for store in stores:
        store.close()
