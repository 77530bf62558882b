"""Bringing the tables up to this release (Alembic), from any earlier one."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.engine import database_url, make_engine

FOLDER = Path(__file__).parent / "migrations"


def config(url: str) -> Config:
    """Alembic's configuration for one database. No alembic.ini: the package brings its migrations along."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.attributes["url"] = database_url(url).render_as_string(hide_password=False)
    return settings


def upgrade(url: str, to: str = "head") -> None:
    """Create or change the tables. Doing it again, or in two processes at once, changes nothing more."""
    command.upgrade(config(url), to)


def knows(revision: str) -> bool:
    """Whether this release has been at that revision of the tables."""
    return revision in {one.revision for one in ScriptDirectory(str(FOLDER)).walk_revisions()}


@cache
def newest() -> str:
    """The revision this release expects."""
    head = ScriptDirectory(str(FOLDER)).get_current_head()
    assert head is not None
    return head


def revision_of(connection: Connection) -> str | None:
    """The revision of an open database."""
    return MigrationContext.configure(connection).get_current_revision()


def current(url: str) -> str | None:
    """The revision the database has, or None when it is empty."""
    engine = make_engine(url, pool_size=1)
    try:
        with engine.execution_options(is_reading=True).connect() as connection:
            return revision_of(connection)
    finally:
        engine.dispose()
