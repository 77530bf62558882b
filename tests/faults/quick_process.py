"""Real clock and worker processes for the fault runs: the program as it is, only looking more often.

    python -m tests.faults.quick_process DATABASE JOBS LINE KEY

It imports the program once. Each line it reads, `clock` or `worker`, forks a process with that part, and it answers
with part and number as soon as that is at work. Nothing is shared with it but what was imported.
"""

import os
import signal
import sys
import threading
from datetime import timedelta

from bot.app import make_parts
from bot.services.checkins import contacts
from bot.settings import Settings
from bot.work import clock, outbox, rounds
from bot.work.bell import Bell
from bot.work.clock import Clock
from bot.work.worker import Worker
from tests.town import SECRET, TOKEN

clock.SWEEP_SECONDS, clock.ROUNDS_SECONDS, clock.DUTY_SECONDS = 0.5, 0.3, 2.0  # type: ignore[assignment]
clock.BEAT_SECONDS, rounds.BREATH, outbox.CLAIM = 2.0, 0.0, timedelta(seconds=3)  # type: ignore[assignment]
outbox.LONGEST_PAUSE, contacts.PATIENCE = 2.0, timedelta(seconds=0.5)


def main(database: str, jobs: str, line: str, key: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for part in sys.stdin:
        if os.fork() == 0:
            run(part.strip(), database, jobs, line, key)
            os._exit(0)


def run(part: str, database: str, jobs: str, line: str, key: str) -> None:
    settings = Settings.load(
        _env_file=None, database_url=database, jobs_url=jobs, line_channel_secret=(SECRET,),
        line_channel_access_token=TOKEN, line_api_url=line, line_data_api_url=line, secret_key="test", data_keys=(key,),
    )  # fmt: skip
    parts, bell = make_parts(settings), Bell(settings.jobs_database_url)
    running = Clock(parts, bell) if part == "clock" else Worker(parts, bell, threads=2)
    running.start()
    os.write(1, f"{part} {os.getpid()}\n".encode())
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
