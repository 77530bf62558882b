"""The town: the whole running system in one process, with residents who have a person's verbs."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from sqlalchemy import func, select
from werkzeug.serving import make_server

from bot.app import make_app, make_parts
from bot.settings import Settings
from bot.simulator import Simulator
from bot.simulator.phone import Resident as Phone
from bot.simulator.server import QuietHandler, Server
from bot.store.talk import Delivery, InboxEvent
from bot.work.bell import Bell
from bot.work.clock import Clock as TownClock
from bot.work.worker import Worker

TOKYO = ZoneInfo("Asia/Tokyo")
START = datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO)
KEY = Fernet.generate_key().decode()
SECRET, TOKEN = "test-channel-secret", "test-access-token"
PATIENCE = 20.0


def waits_for(happened: Callable[[], object], seconds: float = 2 * PATIENCE) -> None:
    """Until it has happened. AssertionError when it does not."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it does not happen"
        time.sleep(0.02)


class MovedClock:
    """The time, as moved by hand. It also goes on by itself, second for second."""

    def __init__(self) -> None:
        self._at, self._set = START, time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._set)

    def moves_to(self, when: str | datetime) -> None:
        """To an hour of today (`"13:00"`), or of tomorrow if that is past; or to an instant."""
        if isinstance(when, str):
            hour, minute = map(int, when.split(":"))
            then = self.now().replace(hour=hour, minute=minute, second=0, microsecond=0)
            when = then if then > self.now() else then + timedelta(days=1)
        self._at, self._set = when, time.monotonic()

    def moves_on(self, **span: float) -> None:
        self.moves_to(self.now() + timedelta(**span))


class Resident:
    """A person with a phone. What they see is counted from the last thing they did."""

    def __init__(self, town: "Town", phone: Phone) -> None:
        self.town, self.phone, self._seen = town, phone, 0

    @contextmanager
    def _does(self) -> Iterator[None]:
        self._seen = len(self.phone.shown)
        yield
        self.town.settles()

    def says(self, text: str) -> "Resident":
        with self._does():
            self.phone.says(text)
        return self

    def taps(self, label: str, params: dict[str, str] | None = None) -> "Resident":
        with self._does():
            self.phone.taps(label, params)
        return self

    def sends_sticker(self) -> "Resident":
        with self._does():
            self.phone.sends_sticker()
        return self

    def sends(self, kind: str) -> "Resident":
        """A photo (`image`), `video`, `audio` or `file`."""
        with self._does():
            self.phone.sends_file_like(kind, b"1")
        return self

    def sends_location(self, latitude: float, longitude: float) -> "Resident":
        with self._does():
            self.phone.sends_location(latitude, longitude)
        return self

    def unsends(self, words: str) -> "Resident":
        said = next(one for one in reversed(self.phone.shown) if one.by == "resident" and one.words == words)
        with self._does():
            self.phone.unsends(said)
        return self

    def blocks(self) -> "Resident":
        with self._does():
            self.phone.blocks()
        return self

    def follows(self) -> "Resident":
        with self._does():
            self.phone.follows()
        return self

    @property
    def answers(self) -> list[str]:
        """What the bot has said since the last thing this person did, bubble by bubble."""
        return [one.words for one in self.phone.shown[self._seen :] if one.by == "bot"]

    @property
    def all_answers(self) -> list[str]:
        return [one.words for one in self.phone.shown if one.by == "bot"]

    def sees(self, words: str) -> str:
        """The bubble with these words. Waits for it a moment."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for answer in self.answers:
                if words in answer:
                    return answer
            time.sleep(0.02)
        raise AssertionError(f"{self.phone.name} does not see 「{words}」 but {self.answers}")

    def sees_nothing_new(self) -> None:
        assert self.answers == []

    @property
    def choices(self) -> list[str]:
        """The quick replies that stand under the newest bubble."""
        return [str(action["label"]) for action in self.phone.quick_replies()]

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return self.phone.actions()

    def could_dial(self) -> list[str]:
        """The numbers behind the telephone buttons of the newest bubbles."""
        from bot.simulator.reading import buttons_of

        new = [one for one in self.phone.shown[self._seen :] if one.by == "bot"]
        uris = [action.get("uri", "") for one in new for action in buttons_of(one.message)]
        return [uri.removeprefix("tel:").replace("%23", "#") for uri in uris if uri.startswith("tel:")]


class Town:
    """The running system. `settles` waits until nothing is due any more."""

    def __init__(
        self,
        database_url: str,
        jobs_url: str,
        clock: MovedClock,
        *,
        key: str = KEY,
        second_factor: str = "optional",
        **settings: Any,
    ) -> None:
        self.clock = clock
        self.line = Simulator(channel_secret=SECRET, access_token=TOKEN, now=clock.now)
        self.line_server = Server(self.line)
        self.settings = Settings.load(
            _env_file=None,
            database_url=database_url,
            jobs_url=jobs_url,
            line_channel_secret=(SECRET,),
            line_channel_access_token=TOKEN,
            line_api_url=self.line_server.url,
            line_data_api_url=self.line_server.url,
            secret_key="test",
            data_keys=(key,),
            staff_second_factor=second_factor,
            **settings,
        )
        self.parts = make_parts(self.settings, now=clock.now)
        self.store = self.parts.store
        self.bell = Bell(self.settings.jobs_database_url)
        self.app = make_app(self.settings, self.parts, self.bell)
        self.worker = Worker(self.parts, self.bell, threads=2)
        self.sweeper = TownClock(self.parts, self.bell)
        self._web = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=QuietHandler)
        self.url = f"http://127.0.0.1:{self._web.server_port}"
        self.line.webhook_url = f"{self.url}/line/webhook"
        threading.Thread(target=self._web.serve_forever, args=(0.02,), daemon=True).start()
        self.worker.start()

    def resident(self, name: str, *, area: str = "") -> Resident:
        """Somebody who follows the account; with an area if one is given."""
        person = self.newcomer(name)
        person.follows()
        person.taps(area or "あとで")
        return person

    def newcomer(self, name: str) -> Resident:
        """Somebody who has LINE but does not follow the account yet."""
        return Resident(self, self.line.resident(name))

    def settles(self) -> None:
        """Wait until no event and no delivery is due."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if not self._due():
                return
            time.sleep(0.015)
        raise AssertionError(f"the town does not come to rest: {self._due()}")

    def delivers_everything(self) -> None:
        """Wait, with sweeps and the clock going on, until no delivery waits any more."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            self.settles()
            with self.store.reading() as session:
                if not session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "waiting")):
                    return
            self.clock.moves_on(seconds=1)
            self.sweeper.sweep()
            time.sleep(0.05)
        raise AssertionError("some deliveries still wait")

    def sweeps(self) -> None:
        """What the clock does every few seconds."""
        self.sweeper.sweep()
        self.settles()

    def makes_rounds(self) -> None:
        """What the clock does every half minute: check-ins that are due, silence that climbs. Then it delivers."""
        self.sweeper.make_rounds()
        self.sweeps()

    def _due(self) -> int:
        now = self.clock.now()
        with self.store.reading() as session:
            events = session.scalar(
                select(func.count())
                .select_from(InboxEvent)
                .where(
                    InboxEvent.state == "waiting", (InboxEvent.next_try_at.is_(None)) | (InboxEvent.next_try_at <= now)
                )
            )
            deliveries = session.scalar(
                select(func.count())
                .select_from(Delivery)
                .where(Delivery.state == "waiting", (Delivery.next_try_at.is_(None)) | (Delivery.next_try_at <= now))
            )
        return int(events or 0) + int(deliveries or 0)

    def closes(self) -> None:
        self.worker.stop()
        self._web.shutdown()
        self._web.server_close()
        self.line_server.stop()
        self.store.close()


def copy_of(template: Path, folder: Path) -> str:
    """A fresh SQLite database that holds what the template holds."""
    target = folder / "town.db"
    shutil.copy(template, target)
    return f"sqlite:///{target}"
