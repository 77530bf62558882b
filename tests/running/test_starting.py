"""Starting for real: every process of the Procfile on PostgreSQL, and everything in one on SQLite."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import urllib3

from bot.settings import Settings, SettingsWrong
from bot.simulator import Simulator
from bot.simulator.server import Server
from tests.town import KEY

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
HTTP = urllib3.PoolManager(retries=False, timeout=3)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def settings_of(line: Server, port: int, database: str) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "DATABASE_URL": database,
        "LINE_CHANNEL_SECRET": "demo-channel-secret",
        "LINE_CHANNEL_ACCESS_TOKEN": "demo-access-token",
        "LINE_API_URL": line.url,
        "LINE_DATA_API_URL": line.url,
        "SECRET_KEY": "test",
        "DATA_KEYS": KEY,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def running(command: list[str], env: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if HTTP.request("GET", f"http://127.0.0.1:{port}/healthz").status == 200:
                    break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.2)
        else:
            raise AssertionError("it did not start")
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def sasaeai(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "sasaeai"), *arguments], env=env, cwd=ROOT, capture_output=True, text=True, timeout=90
    )


def is_answered(line: Simulator, port: int, words: str = "どういたしまして") -> bool:
    line.webhook_url = f"http://127.0.0.1:{port}/line/webhook"
    hana = line.resident("ハナ")
    hana.follows()
    hana.says("ありがとう")
    until = time.monotonic() + 40
    while time.monotonic() < until:
        if any(words in one.words for one in hana.shown if one.by == "bot"):
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def line() -> Iterator[tuple[Simulator, Server]]:
    simulator = Simulator()
    server = Server(simulator)
    yield simulator, server
    server.stop()


def test_the_procfile_serves_residents_on_postgresql(line, stocked_postgres):
    simulator, server = line
    port = free_port()
    env = settings_of(server, port, stocked_postgres)
    release = next(row for row in (ROOT / "Procfile").read_text().splitlines() if row.startswith("release:"))
    assert sasaeai(env, *release.split()[2:]).returncode == 0
    with running(
        [str(BIN / "honcho"), "start", "web", "worker", "clock"], {**env, "HOST": "127.0.0.1"}, port
    ) as started:
        assert is_answered(simulator, port)
        processes = psutil.Process(started.pid).children(recursive=True)
        assert len(processes) >= 4 and not any(KEY in " ".join(one.cmdline()) for one in processes)
        until = time.monotonic() + 40
        while (checked := sasaeai(env, "check")).returncode != 0 and time.monotonic() < until:
            time.sleep(1)
        assert checked.returncode == 0, checked.stdout
        assert sasaeai(env, "line", "setup").returncode == 0
        again = sasaeai(env, "line", "setup").stdout
        assert again.count("already") == 2, again
    assert simulator.default_rich_menu is not None


def test_serve_refuses_the_stand_in(line, tmp_path):
    env = settings_of(line[1], free_port(), f"sqlite:///{tmp_path / 'a.db'}")
    refused = sasaeai(env, "serve")
    assert refused.returncode == 2
    assert "LINE_API_URL" in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATA_KEYS", "", "DATA_KEYS is not set"),
        ("DATA_KEYS", "abc", "DATA_KEYS is wrong"),
        ("PORT", "many", "PORT is wrong"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL is wrong"),
        ("TZ", "Nowhere/Land", "TZ is wrong"),
        ("LINE_CHANNEL_ACCESS_TOKEN", "", "LINE_CHANNEL_ACCESS_TOKEN is not set"),
        ("RATE_LIMITS_URL", "somewhere://", "RATE_LIMITS_URL is wrong"),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(line, tmp_path, monkeypatch, name, value, says):
    for one, set_to in {**settings_of(line[1], free_port(), f"sqlite:///{tmp_path / 'a.db'}"), name: value}.items():
        monkeypatch.setenv(one, set_to)
    with pytest.raises(SettingsWrong, match=says) as told:
        Settings.load(_env_file=None).for_talking()
    assert len(str(told.value).splitlines()) == 1


def test_a_wrong_setting_stops_the_start(line, tmp_path):
    env = {**settings_of(line[1], free_port(), f"sqlite:///{tmp_path / 'a.db'}"), "PORT": "many"}
    refused = sasaeai(env, "web")
    assert refused.returncode == 2
    assert "PORT is wrong" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_tables_that_are_behind_stop_the_start(line, tmp_path):
    refused = sasaeai(settings_of(line[1], free_port(), f"sqlite:///{tmp_path / 'a.db'}"), "worker")
    assert "sasaeai db upgrade" in refused.stderr


def test_init_writes_keys_once_and_never_overwrites(tmp_path):
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    target = tmp_path / ".env"
    made = subprocess.run(
        [str(BIN / "sasaeai"), "init", "--file", str(target), "--line-channel-secret", "s"],
        env=env, cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    before = target.read_text()
    assert "DATA_KEYS=" in before and "LINE_CHANNEL_SECRET=s" in before
    assert target.stat().st_mode & 0o077 == 0
    again = subprocess.run(
        [str(BIN / "sasaeai"), "init", "--file", str(target)], env=env, cwd=tmp_path, capture_output=True
    )
    assert again.returncode == 1
    assert target.read_text() == before


def test_the_demo_starts_with_one_command(tmp_path):
    port, chat = free_port(), free_port()
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [
        str(BIN / "sasaeai"),
        "demo",
        "--port",
        str(port),
        "--chat-port",
        str(chat),
        "--data",
        str(tmp_path / "d"),
    ]
    with running(command, env, port):
        until = time.monotonic() + 40
        while time.monotonic() < until:
            state = HTTP.request("GET", f"http://127.0.0.1:{chat}/_/state").json()
            if state["residents"] and all(one["shown"] for one in state["residents"]):
                break
            time.sleep(0.2)
        assert [one["name"] for one in state["residents"]] == ["ハナ", "太郎"]
        assert state["residents"][0]["menu"]["chatBarText"] == "メニュー"


def test_the_tables_are_what_the_models_say(tmp_path, empty_postgres):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from bot.store import migrate
    from bot.store.engine import make_engine
    from bot.store.tables import Base

    for url in (f"sqlite:///{tmp_path / 'a.db'}", empty_postgres):
        migrate.upgrade(url)
        engine = make_engine(url)
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        engine.dispose()
