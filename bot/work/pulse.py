"""The heartbeat of web and worker: a thread that notes every few seconds that this process is alive.

It also looks whether DATA_KEYS has changed, so that a program that runs soon writes under a new key.
"""

import threading
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.store import ciphers
from bot.work import signs_of_life
from bot.work.parts import Parts

BEAT_SECONDS = 20

log = structlog.get_logger(__name__)


class Pulse:
    def __init__(self, parts: Parts, beating: Sequence[str]) -> None:
        self._parts = parts
        self._beating = beating
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            ciphers.read_keys_again()
            for part in self._beating:
                try:
                    signs_of_life.beat(self._parts.store, part, now=self._parts.now())
                except SQLAlchemyError as trouble:
                    log.warning("no heartbeat", part=part, why=type(trouble).__name__)
            if self._stopped.wait(BEAT_SECONDS):
                return
