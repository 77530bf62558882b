"""`sasaeai backup` and `sasaeai restore`: a copy of everything, and life after the machine is lost."""

import os
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from bot.settings import Settings
from bot.store import backup as copies
from bot.store import ciphers, migrate
from bot.store.sealed import CannotOpen

FILE = click.Path(dir_okay=False, path_type=Path)
PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    type=click.File("r"),
    help="Lock with the first line of this file instead of DATA_KEYS (- reads it from the terminal's input).",
)


def _settings() -> Settings:
    settings = Settings.load().must_have("data_keys")
    ciphers.use_keys(settings.data_keys)
    return settings


def _passphrase(file: TextIO | None) -> str:
    if file is None:
        return ""
    words = file.readline().rstrip("\r\n")
    if len(words) < 12:
        raise click.ClickException("The passphrase must be at least 12 characters long.")
    return words


@click.command()
@click.argument("file", type=FILE)
@PASSPHRASE_FILE
def backup(file: Path, passphrase_file: TextIO | None) -> None:
    """Copy everything into FILE, sealed, while the program runs."""
    settings, passphrase = _settings(), _passphrase(passphrase_file)
    if file.exists():
        raise click.ClickException(f"{file} is there already: choose another name, such as one with the date.")
    if migrate.current(settings.database_url) is None:
        raise click.ClickException("The database is empty: check DATABASE_URL.")
    half = file.with_name(file.name + ".part")
    try:
        half.touch(mode=0o600)
        with half.open("wb") as to:
            counts = copies.make(settings.database_url, to, now=datetime.now(settings.zone), passphrase=passphrase)
            to.flush()
            os.fsync(to.fileno())
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    kept = "the passphrase" if passphrase else "DATA_KEYS"
    click.echo(
        f"{file}: {sum(counts.values())} rows of {len(counts)} tables, {file.stat().st_size // 1024 + 1} KiB. "
        f"Keep DATA_KEYS in another safe place: without it{'' if kept == 'DATA_KEYS' else ' and ' + kept} "
        "nobody can read the copy."
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PASSPHRASE_FILE
def restore(file: Path, passphrase_file: TextIO | None) -> None:
    """Fill the empty database of DATABASE_URL from FILE. The program must not run meanwhile."""
    settings, passphrase = _settings(), _passphrase(passphrase_file)
    try:
        with file.open("rb") as source:
            counts = copies.restore(settings.database_url, source, passphrase=passphrase)
    except CannotOpen as trouble:
        raise click.ClickException(str(trouble)) from None
    except copies.TooNew as trouble:
        raise click.ClickException(
            f"The backup was made by a newer release (tables at {trouble}): install that release, then restore."
        ) from None
    except copies.NotEmpty:
        raise click.ClickException(
            "There are data in this database already: point DATABASE_URL at an empty one, then restore."
        ) from None
    click.echo(f"Restored {sum(counts.values())} rows of {len(counts)} tables. Now run `sasaeai check`.")
