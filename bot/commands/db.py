"""`sasaeai db`: the tables."""

import click

from bot.settings import Settings
from bot.store import ciphers, migrate


@click.group()
def db() -> None:
    """The database's tables."""


@db.command()
def upgrade() -> None:
    """Bring the tables up to this release. Doing it again changes nothing."""
    settings = Settings.load()
    if settings.data_keys:
        ciphers.use_keys(settings.data_keys)
    before = migrate.current(settings.database_url)
    try:
        migrate.upgrade(settings.database_url)
    except ciphers.KeysMissing:
        raise click.ClickException("DATA_KEYS is not set, and this step encrypts what is in the tables.") from None
    except ciphers.WrongKeys:
        raise click.ClickException("DATA_KEYS is not the key of these data: put the key from its safe place.") from None
    after = migrate.current(settings.database_url)
    click.echo(f"The tables are at {after}." if before == after else f"The tables went from {before} to {after}.")
