"""`sasaeai db`: the tables."""

import click

from bot.settings import Settings
from bot.store import migrate


@click.group()
def db() -> None:
    """The database's tables."""


@db.command()
def upgrade() -> None:
    """Bring the tables up to this release. Doing it again changes nothing."""
    settings = Settings.load()
    before = migrate.current(settings.database_url)
    migrate.upgrade(settings.database_url)
    after = migrate.current(settings.database_url)
    click.echo(f"The tables are at {after}." if before == after else f"The tables went from {before} to {after}.")
