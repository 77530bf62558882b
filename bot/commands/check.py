"""`sasaeai check`: a doctor. What is well, what is wrong, and how to mend it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import click
import urllib3
from linebot.v3.messaging import ApiException, TestWebhookEndpointRequest
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from bot.commands.line import gateway_of
from bot.line.gateway import TIMEOUT, Gateway
from bot.services import council, health
from bot.settings import Settings, SettingsWrong
from bot.store import migrate
from bot.store.ciphers import WrongKeys
from bot.store.engine import Store
from bot.work.bell import Bell


@dataclass(frozen=True)
class Result:
    """One thing looked at. `mend` is empty when it is well."""

    what: str
    found: str
    mend: str = ""


@click.command()
@click.option("--wait", default=0, show_default=True, help="Seconds a program that was just started may take.")
def check(wait: int) -> None:
    """Look whether everything is well. Exit code 1 when something is wrong."""
    until = time.monotonic() + wait
    results = list(look())
    while any(one.mend for one in results) and time.monotonic() < until:
        time.sleep(2)
        results = list(look())
    table = Table("What", "Found", "How to mend it")
    for result in results:
        table.add_row(result.what, result.found if result.mend else f"ok: {result.found}", result.mend)
    Console(width=140).print(table)
    if any(result.mend for result in results):
        raise SystemExit(1)


def look() -> Iterator[Result]:
    """Every check in turn; one that fails does not stop the others."""
    try:
        settings = Settings.load().for_talking()
    except SettingsWrong as wrong:
        yield Result("settings", str(wrong), "correct it in .env or the environment, then check again")
        return
    yield Result("settings", "all that is needed is set")
    yield from _database(settings)
    yield _queue(settings)
    yield from _line(settings, gateway_of(settings))


def _database(settings: Settings) -> Iterator[Result]:
    try:
        revision = migrate.current(settings.database_url)
    except SQLAlchemyError:
        yield Result("database", "cannot be reached", "check DATABASE_URL and that the database is running")
        return
    if revision != migrate.newest():
        yield Result("database", f"tables are at {revision}, not {migrate.newest()}", "run `sasaeai db upgrade`")
        return
    yield Result("database", f"tables are at {revision}")
    store = Store(settings.database_url, settings.data_keys)
    try:
        store.lookup_secret  # noqa: B018 - reading it proves the keys
        with store.reading() as session:
            state = health.state(session, now=datetime.now(settings.zone))
            about = council.about(session)
            stopped = health.are_checkins_stopped(session, now=datetime.now(settings.zone))
            free, is_nearly_full = health.free_bytes(session), health.is_disk_nearly_full(session)
    except WrongKeys:
        yield Result("keys", "DATA_KEYS cannot read what is stored", "put the key back that was used before")
        return
    yield Result("keys", "stored words can be read")
    if free is not None:
        mend = "make room: old files in /var/backups/sasaeai, or a larger disk" if is_nearly_full else ""
        yield Result("disk", f"{free // 2**20} MiB free", mend)
    names = {"web": "sasaeai web", "worker": "sasaeai worker", "clock": "sasaeai clock"}
    for part in state.parts:
        mend = "" if part.is_alive else f"start `sasaeai serve`, or `{names[part.name]}` alone"
        yield Result(part.name, "alive" if part.is_alive else "no sign of life for two minutes", mend)
    yield Result(
        "check-ins",
        "no rounds are made" if stopped else "rounds are made",
        "start `sasaeai serve`, or worker and clock; until then telephone those on today's printed list"
        if stopped
        else "",
    )
    well = about.phone != ""
    yield Result(
        "council",
        about.name or "name not set",
        "" if well else "run `sasaeai kb import --starter NAME`, or set the office's telephone",
    )


def _queue(settings: Settings) -> Result:
    try:
        waiting = Bell(settings.jobs_database_url).huey.pending_count()
    except Exception:  # whichever database it is, it cannot be used
        return Result("queue", "cannot be used", "check JOBS_URL: the folder must exist and be writable")
    return Result("queue", f"{waiting} waiting")


def _line(settings: Settings, gateway: Gateway) -> Iterator[Result]:
    try:
        info = gateway.api.get_bot_info(_request_timeout=TIMEOUT)
    except ApiException as refused:
        yield Result("LINE token", f"LINE refused it ({refused.status})", "issue a new LINE_CHANNEL_ACCESS_TOKEN")
        return
    except urllib3.exceptions.HTTPError:
        yield Result("LINE token", "LINE could not be reached", "check the network and LINE_API_URL")
        return
    chat = "" if info.chat_mode == "bot" else "switch Chat off in LINE Official Account Manager, Response settings"
    yield Result("LINE token", f"speaks as {info.display_name}", chat)
    try:
        told = gateway.api.test_webhook_endpoint(TestWebhookEndpointRequest(), _request_timeout=TIMEOUT)
    except (ApiException, urllib3.exceptions.HTTPError):
        yield Result("LINE webhook", "LINE has no address to test", "run `sasaeai line setup`")
        return
    mend = "" if told.success else "check that PUBLIC_URL leads here and run `sasaeai line setup`"
    yield Result("LINE webhook", f"LINE says {told.reason} ({told.status_code})", mend)
