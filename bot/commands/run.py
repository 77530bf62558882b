"""`sasaeai serve`, and its parts alone for a Procfile: `web`, `worker`, `clock`."""

import subprocess
import sys

import click

from bot import logs
from bot.settings import Settings, SettingsWrong

LINES_OWN = ("https://api.line.me", "https://api-data.line.me")


def ready() -> Settings:
    """Settings with which residents can be served, and logs set up. SettingsWrong when one is missing."""
    settings = Settings.load().for_talking()
    logs.set_up(settings.log_level, settings.log_format)
    return settings


def _up_to_date(settings: Settings) -> Settings:
    from bot.store import migrate

    if migrate.current(settings.database_url) != migrate.newest():
        raise SettingsWrong("The database is not up to date: run `sasaeai db upgrade` first.")
    return settings


@click.command()
def serve() -> None:
    """Everything on one machine: web, worker and clock together. Brings the tables up to date first."""
    from bot.processes import serve_web

    settings = ready()
    if (settings.line_api_url, settings.line_data_api_url) != LINES_OWN:
        raise SettingsWrong(
            "LINE_API_URL and LINE_DATA_API_URL must be LINE's own in production: remove them "
            "(the stand-in for LINE is only for `sasaeai demo` and tests)."
        )
    subprocess.run([sys.executable, "-m", "bot.cli", "db", "upgrade"], check=True)
    serve_web(settings, all_in_one=True)


@click.command()
def web() -> None:
    """The web processes alone: webhook and staff pages."""
    from bot.processes import serve_web

    serve_web(_up_to_date(ready()))


@click.command()
def worker() -> None:
    """A worker alone: answers residents and delivers."""
    from bot.processes import work_until_stopped

    work_until_stopped(_up_to_date(ready()), worker=True)


@click.command()
def clock() -> None:
    """The clock alone: wakes what must happen without anybody writing."""
    from bot.processes import work_until_stopped

    work_until_stopped(_up_to_date(ready()), clock=True)
