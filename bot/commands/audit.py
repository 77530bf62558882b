"""`sasaeai audit`: the record of what staff saw and did."""

import click

from bot.services.audit import first_broken
from bot.settings import Settings
from bot.store.engine import Store


@click.group()
def audit() -> None:
    """The record of what staff saw and did."""


@audit.command()
def verify() -> None:
    """Check the chain of entries. Exit code 1 when an entry was changed or is missing."""
    settings = Settings.load().must_have("data_keys")
    with Store(settings.database_url, settings.data_keys).reading() as session:
        broken = first_broken(session)
    if broken is not None:
        raise click.ClickException(f"The record is broken at entry {broken}: it was changed, or one before is missing.")
    click.echo("The record is whole.")
