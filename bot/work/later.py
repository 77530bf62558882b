"""Doing something a little later in this process: the next try of a delivery, the "is typing" sign.

Nothing important hangs on it: what a killed process forgets, the sweep finds again in the tables.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


class Later:
    """One thread that calls what is due. A name is waited for once: the earlier time wins."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, str]] = []
        self._calls: dict[str, tuple[float, int, Callable[[], object]]] = {}
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="later", daemon=True)
        self._thread.start()

    def call(self, name: str, seconds: float, action: Callable[[], object]) -> None:
        """Call `action` after `seconds` (0 for at once), unless `name` is already due earlier."""
        due = time.monotonic() + max(0.0, seconds)
        with self._changed:
            known = self._calls.get(name)
            if known is not None and known[0] <= due:
                return
            number = next(self._order)
            self._calls[name] = (due, number, action)
            heapq.heappush(self._due, (due, number, name))
            self._changed.notify()

    def cancel(self, name: str) -> None:
        with self._changed:
            self._calls.pop(name, None)

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while (action := self._next()) is not None:
            try:
                action()
            except Exception:
                log.exception("a later call failed")

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            while not self._stopped:
                while self._due and self._calls.get(self._due[0][2], (0, -1))[1] != self._due[0][1]:
                    heapq.heappop(self._due)  # cancelled, or moved to an earlier time
                if not self._due:
                    self._changed.wait()
                    continue
                wait = self._due[0][0] - time.monotonic()
                if wait > 0:
                    self._changed.wait(wait)
                    continue
                _, _, name = heapq.heappop(self._due)
                return self._calls.pop(name)[2]
        return None
