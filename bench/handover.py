"""How long the check-ins stand still when the clock that holds the duty is killed.

    python bench/handover.py [--times 3] [--json]

handover_s   from SIGKILL until another clock, as `sasaeai clock` starts it, holds the duty (the longest)
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import select  # noqa: E402

from bot.store import migrate  # noqa: E402
from bot.store.engine import Store  # noqa: E402
from bot.store.running import Lease  # noqa: E402

COMMAND = [sys.executable, "-c", "from bot.cli import main; main(['clock'])"]
PATIENCE = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = {"handover_s": round(max(handovers(given.times)), 1)}
    print(json.dumps(figures) if given.json else f"handover_s  {figures['handover_s']:>8}")


def handovers(times: int) -> list[float]:
    with tempfile.TemporaryDirectory(dir=ROOT) as name:
        url, key = f"sqlite:///{name}/bench.db", Fernet.generate_key().decode()
        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": url,
            "LINE_CHANNEL_SECRET": "x",
            "LINE_CHANNEL_ACCESS_TOKEN": "x",
            "LINE_API_URL": "http://127.0.0.1:9",
            "SECRET_KEY": "x",
            "DATA_KEYS": key,
            "LOG_LEVEL": "ERROR",
        }
        migrate.upgrade(url)
        store = Store(url, [key])
        clocks = [subprocess.Popen(COMMAND, env=env) for _ in range(2)]
        took = []
        try:
            for _ in range(times):
                held_by = wait_for_another(store, "", among=clocks)
                killed = next(one for one in clocks if held_by.endswith(f":{one.pid}"))
                killed.send_signal(signal.SIGKILL)
                since = time.monotonic()
                wait_for_another(store, held_by, among=clocks)
                took.append(time.monotonic() - since)
                clocks[clocks.index(killed)] = subprocess.Popen(COMMAND, env=env)
            return took
        finally:
            for one in clocks:
                one.kill()
                one.wait()
            store.close()


def wait_for_another(store: Store, than: str, *, among: list[subprocess.Popen[bytes]]) -> str:
    """Who holds the duty, once it is somebody else than `than`."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with store.reading() as session:
            holder = session.scalar(select(Lease.holder).where(Lease.duty == "clock")) or ""
        if holder not in ("", than) and any(holder.endswith(f":{one.pid}") for one in among):
            return holder
        time.sleep(0.1)
    raise TimeoutError("nobody took the duty")


if __name__ == "__main__":
    main()
