"""`sasaeai demo`: everything in one terminal against the built-in stand-in for LINE. No account, no keys, no server."""

import signal
import threading
from datetime import datetime
from pathlib import Path

import click
from argon2 import PasswordHasher
from cryptography.fernet import Fernet

from bot import logs
from bot.app import Running
from bot.services import staff
from bot.services.access import RoleName
from bot.settings import Settings
from bot.simulator import Simulator
from bot.simulator.server import Server
from bot.store import migrate
from bot.store.engine import Store
from knowledge import starter

SECRET = "demo-channel-secret"  # noqa: S105 - opens nothing but the stand-in
TOKEN = "demo-access-token"  # noqa: S105
PEOPLE = ("ハナ", "太郎")
STAFF_EMAIL = "tanaka@example.com"
STAFF_PASSWORD = "sasaeai-demo-desk"  # noqa: S105 - opens nothing but the demo


@click.command()
@click.option("--port", default=8000, show_default=True, help="The bot and the staff pages.")
@click.option("--chat-port", default=8001, show_default=True, help="The chat page.")
@click.option(
    "--data", default="var/demo", show_default=True, type=click.Path(path_type=Path), help="Where it keeps data."
)
def demo(port: int, chat_port: int, data: Path) -> None:
    """Try it: be a resident in the chat page, and be staff in the staff pages."""
    from werkzeug.serving import make_server

    settings = demo_settings(port, chat_port, data)
    logs.set_up("WARNING", "text")
    prepare(settings)
    add_staff(settings)
    line = Simulator(webhook_url=f"http://127.0.0.1:{port}/line/webhook", channel_secret=SECRET, access_token=TOKEN)
    chat = Server(line, port=chat_port)
    running = Running(settings, web=True, worker=True, clock=True)
    assert running.app is not None
    web = make_server("127.0.0.1", port, running.app, threaded=True)
    threading.Thread(target=web.serve_forever, name="web", daemon=True).start()
    click.echo("Loading the words and sentences …")
    running.start()
    running.wait_until_loaded()
    set_up_menu(running)
    for name in PEOPLE:
        line.resident(name).follows()
    click.echo(
        f"\n  Be a resident (chat):  {chat.url}/\n  Be staff (desk):       http://127.0.0.1:{port}/admin/\n"
        f"     sign in with {STAFF_EMAIL} / {STAFF_PASSWORD}\n\n  Stop with Ctrl-C.\n"
    )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    web.shutdown()
    running.stop()
    chat.stop()


def demo_settings(port: int, chat_port: int, data: Path) -> Settings:
    """Settings that need nothing from outside. The key is kept beside the data, for the second start."""
    data.mkdir(parents=True, exist_ok=True)
    key = data / "key"
    if not key.exists():
        key.write_text(Fernet.generate_key().decode())
    return Settings.load(
        _env_file=None,
        database_url=f"sqlite:///{data / 'sasaeai.db'}",
        jobs_url=f"sqlite:///{data / 'jobs.db'}",
        line_channel_secret=(SECRET,),
        line_channel_access_token=TOKEN,
        line_api_url=f"http://127.0.0.1:{chat_port}",
        line_data_api_url=f"http://127.0.0.1:{chat_port}",
        secret_key="demo " + key.read_text(),
        data_keys=(key.read_text(),),
        public_url=f"http://127.0.0.1:{port}",
        port=port,
        staff_second_factor="optional",
    )


def prepare(settings: Settings) -> None:
    """Tables and the Kakogawa starter set."""
    store = Store(settings.database_url, settings.data_keys)
    migrate.upgrade(settings.database_url)
    now = datetime.now(settings.zone)
    with store.turn() as session:
        starter.load(session, "kakogawa", now=now)
    store.close()


def set_up_menu(running: Running) -> None:
    from bot.line import rich_menu

    rich_menu.set_up(running.parts.gateway)


def add_staff(settings: Settings) -> None:
    store = Store(settings.database_url, settings.data_keys)
    with store.turn() as session:
        if staff.find(session, STAFF_EMAIL) is None:
            staff.add(
                session,
                STAFF_EMAIL,
                name="田中",
                role=RoleName.ADMINISTRATOR,
                password_hash=PasswordHasher().hash(STAFF_PASSWORD),
                now=datetime.now(settings.zone),
            )
    store.close()
