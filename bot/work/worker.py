"""A worker: threads that take turns when the bell rings, and threads that deliver.

Turns and deliveries have threads of their own, so that a LINE that hangs for seconds does not keep residents' messages
from being thought about.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog
from huey.consumer import Consumer
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot.store.residents import Thread
from bot.work import outbox, turns
from bot.work.bell import Bell
from bot.work.later import Later
from bot.work.parts import Parts

DELIVERY_THREADS = 8
TYPING_AFTER = 0.5  # seconds without an answer
AWAY_PAUSE = 2.0  # seconds until a database that was away is asked again

log = structlog.get_logger(__name__)


class QuietConsumer(Consumer):
    """Huey's consumer inside a process that minds its own signals."""

    def _set_signal_handlers(self) -> None:
        pass


class Worker:
    """Start it once in a process; stop it to let the work in hand be finished."""

    def __init__(self, parts: Parts, bell: Bell, *, threads: int = 4) -> None:
        self._parts = parts
        self._bell = bell
        self._later = Later()
        self._deliverers = ThreadPoolExecutor(DELIVERY_THREADS, thread_name_prefix="deliver")
        self._takers = ThreadPoolExecutor(threads, thread_name_prefix="turns")
        bell.answered_by(self.take_turns_of, self.deliver_soon, self.show_typing)
        self._consumer = QuietConsumer(
            bell.huey,
            workers=threads,
            periodic=False,
            initial_delay=0.02,
            backoff=1.3,
            max_delay=0.1,
            scheduler_interval=60,
            check_worker_health=True,
            health_check_interval=10,
        )
        logging.getLogger("huey").setLevel(logging.WARNING)

    def take_over(self) -> None:
        """Deliver what a death left behind. This needs nothing that takes time to load, and cannot wait for it."""
        for thread_key in self._left_behind(lambda session, now: outbox.take_over(session, now=now)):
            self.deliver_soon(thread_key)

    def start(self) -> None:
        """Take turns from now on; first those that nobody took while no worker was there."""
        self._consumer.start()
        self._bell.ring_for_turns(self._left_behind(lambda session, now: turns.threads_waiting(session, before=now)))

    def _left_behind(self, look: Callable[[Session, datetime], list[str]]) -> list[str]:
        try:
            with self._parts.store.turn() as session:
                return look(session, self._parts.now())
        except SQLAlchemyError as trouble:
            log.warning("nothing taken over", why=type(trouble).__name__)  # the sweep comes to it
            return []

    def stop(self) -> None:
        self._consumer.stop(graceful=True)
        self._later.stop()
        self._takers.shutdown(wait=True)
        self._deliverers.shutdown(wait=True)

    def take_turns_of(self, thread_keys: Sequence[str]) -> None:
        """Answer what waits in these threads, side by side; back when all are answered."""
        if len(thread_keys) == 1:
            self.take_turns(thread_keys[0])
            return
        for _ in self._takers.map(self.take_turns, thread_keys):
            pass

    def take_turns(self, thread_key: str) -> None:
        """Answer what waits in the thread, then deliver; come again when something must be tried later."""
        try:
            again = turns.take_turns(self._parts, thread_key, typing=self._typing_soon, ring=self.deliver_soon)
        except OperationalError as away:
            log.warning("the database is away", why=type(away.orig).__name__)
            self._later.call(f"turns {thread_key}", AWAY_PAUSE, lambda: self._bell.ring_for_turns([thread_key]))
            return
        if again is not None:
            self._later.call(f"turns {thread_key}", self._seconds(again), lambda: self._ring_turns(thread_key))
        self.deliver_soon(thread_key)

    def deliver_soon(self, thread_key: str) -> None:
        self._deliverers.submit(self._deliver, thread_key)

    def _deliver(self, thread_key: str) -> None:
        try:
            again = outbox.deliver(self._parts, thread_key, self.deliver_soon)
        except OperationalError as away:
            log.warning("the database is away", why=type(away.orig).__name__)
            self._later.call(f"deliver {thread_key}", AWAY_PAUSE, lambda: self.deliver_soon(thread_key))
            return
        except Exception:
            log.exception("delivering failed")
            return
        finally:
            self._later.cancel(f"typing {thread_key}")
        if again is not None:
            self._later.call(f"deliver {thread_key}", self._seconds(again), lambda: self.deliver_soon(thread_key))

    def show_typing(self, thread_key: str) -> None:
        """Let the resident see on LINE that a person is writing. Nothing hangs on it."""
        with self._parts.store.reading() as session:
            thread = session.get(Thread, thread_key)
            resident = thread.resident if thread is not None and thread.owner == "person" else None
            recipient = resident.line_id if resident is not None and resident.is_following else None
        if recipient:
            self._deliverers.submit(self._parts.gateway.show_typing, recipient)

    def _ring_turns(self, thread_key: str) -> None:
        self._bell.ring_for_turns([thread_key])

    def _typing_soon(self, thread_key: str, recipient: str, received_at: datetime) -> None:
        waited = (self._parts.now() - received_at).total_seconds()
        self._later.call(
            f"typing {thread_key}",
            TYPING_AFTER - waited,
            lambda: self._deliverers.submit(self._parts.gateway.show_typing, recipient),
        )

    def _seconds(self, again: datetime) -> float:
        return max(0.05, (again - self._parts.now()).total_seconds())
