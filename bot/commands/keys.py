"""`sasaeai keys`: changing the key that everything is encrypted under, while the program runs.

rotate   1. a fresh key goes before the old one in .env, so that whoever writes under it can be read by all
         2. the running processes notice (they look every few seconds, and when they meet a text they cannot read)
         3. everything is written anew under the fresh key; what was written meanwhile as well
forget   takes the old keys out of .env once nothing is under them any more
"""

import os
import re
import time
from pathlib import Path

import click
from cryptography.fernet import Fernet

from bot.settings import Settings, is_set
from bot.store.engine import Store
from bot.store.rekey import encrypt_anew
from bot.work.pulse import BEAT_SECONDS

ENV_FILE = Path(".env")


@click.group()
def keys() -> None:
    """The keys that words, names and LINE ids are encrypted under."""


@keys.command()
@click.option("--reencrypt-only", is_flag=True, help="A fresh key stands first in DATA_KEYS already; only use it.")
@click.option(
    "--wait",
    default=BEAT_SECONDS + 5,
    show_default=True,
    help="Seconds in which running processes notice the fresh key; 0 when none runs.",
)
def rotate(reencrypt_only: bool, wait: int) -> None:
    """Encrypt everything under a fresh key. The program may go on meanwhile."""
    settings = Settings.load().must_have("data_keys")
    if not reencrypt_only:
        if is_set("DATA_KEYS") or not ENV_FILE.is_file():
            raise click.ClickException(
                "DATA_KEYS does not come from .env: set DATA_KEYS to a fresh key, a comma and the old one "
                f"(a fresh one is {Fernet.generate_key().decode()}), restart, then run "
                "`sasaeai keys rotate --reencrypt-only`."
            )
        _write_keys((Fernet.generate_key().decode(), *settings.data_keys))
        settings = Settings.load()
        click.echo("A fresh key stands first in .env. Keep a copy of DATA_KEYS in its safe place now.")
    store = Store(settings.database_url, settings.data_keys)
    changed = encrypt_anew(store.engine, settings.data_keys[0])
    if not reencrypt_only:
        click.echo(f"{changed} texts written anew; waiting until all processes write under the fresh key …")
        time.sleep(wait)
    changed += encrypt_anew(store.engine, settings.data_keys[0])
    store.close()
    click.echo(f"{changed} texts are under the fresh key. `sasaeai keys forget` takes the old one out of .env.")


@keys.command()
def forget() -> None:
    """Take old keys out of .env, if nothing is under them any more. Older backups still need them."""
    settings = Settings.load().must_have("data_keys")
    if is_set("DATA_KEYS") or not ENV_FILE.is_file():
        raise click.ClickException("DATA_KEYS does not come from .env: take the old keys out where it is set.")
    if len(settings.data_keys) == 1:
        raise click.ClickException("There is only one key: nothing to forget.")
    store = Store(settings.database_url, settings.data_keys)
    left = encrypt_anew(store.engine, settings.data_keys[0])
    store.close()
    if left:
        raise click.ClickException(
            f"{left} texts were still under an old key and are written anew now: some process writes under it. "
            "Wait a minute, then forget again."
        )
    _write_keys(settings.data_keys[:1])
    click.echo("The old keys are out of .env. Backups made before need them: keep them in the safe place.")


def _write_keys(data_keys: tuple[str, ...]) -> None:
    """Change the one line of .env in one step, so that a process never reads half of it."""
    before = ENV_FILE.read_text(encoding="utf-8")
    line = "DATA_KEYS=" + ",".join(data_keys)
    after = re.sub(r"^\s*(?:export\s+)?DATA_KEYS\s*=.*$", line, before, count=1, flags=re.M)
    if after == before and line not in before:
        raise click.ClickException("There is no line DATA_KEYS= in .env: check the file.")
    half = ENV_FILE.with_name(".env.new")
    half.touch(mode=0o600)
    with half.open("w", encoding="utf-8") as file:
        file.write(after)
        file.flush()
        os.fsync(file.fileno())
    half.replace(ENV_FILE)
