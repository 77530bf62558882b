"""How fast this process calls LINE: a bucket of calls for each endpoint, so that LINE never has to say 「too fast」.

LINE's limits (https://developers.line.biz/en/reference/messaging-api/#rate-limits) hold for the whole channel, and
calls it refuses count as well. Several processes may send, so each keeps to a quarter of them.
"""

import threading
import time
from collections.abc import Callable

LIMITS = {"push": 2_000, "multicast": 200, "loading": 100}  # calls a second
SHARE = 0.25


class Pace:
    """At most so many calls a second; a call that would be too early waits for its turn."""

    def __init__(
        self,
        per_second: float,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._every = 1 / per_second
        self._burst = max(1.0, per_second / 10)  # what a tenth of a second lets through at once
        self._now, self._sleep = now, sleep
        self._guard = threading.Lock()
        self._free_at = now()

    def wait(self) -> float:
        """Take the next place, and wait until it has come. How many seconds that took."""
        with self._guard:
            now = self._now()
            self._free_at = max(self._free_at, now - self._burst * self._every) + self._every
            pause = max(0.0, self._free_at - now)
        if pause:
            self._sleep(pause)
        return pause


def paces() -> dict[str, Pace]:
    """The buckets of one process."""
    return {endpoint: Pace(limit * SHARE) for endpoint, limit in LIMITS.items()}
