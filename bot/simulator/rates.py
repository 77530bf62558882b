"""How often LINE lets an endpoint be called: a bucket of calls for each, refilled as time goes on.

The rates are from https://developers.line.biz/en/reference/messaging-api/#rate-limits. LINE does not tell how large
its buckets are; here a bucket holds what comes in during one span of its rate.
"""

import re
import threading
from datetime import datetime
from typing import NamedTuple


class Rate(NamedTuple):
    """So many calls in so many seconds."""

    calls: int
    seconds: float


SECOND, MINUTE, HOUR = 1.0, 60.0, 3600.0
RATES: tuple[tuple[str, Rate], ...] = (
    (r"POST /v2/bot/message/(narrowcast|broadcast)", Rate(60, HOUR)),
    (r"POST /v2/bot/channel/webhook/test", Rate(60, HOUR)),
    (r"(GET|PUT) /v2/bot/channel/webhook/endpoint", Rate(1_000, MINUTE)),
    (r"POST /v2/bot/richmenu", Rate(100, HOUR)),
    (r"DELETE /v2/bot/richmenu/(?!alias/)[^/]+", Rate(100, HOUR)),
    (r"DELETE /v2/bot/richmenu/alias/[^/]+", Rate(100, HOUR)),
    (r"GET /v2/bot/richmenu/list", Rate(10, SECOND)),
    (r"POST /v2/bot/chat/loading/start", Rate(100, SECOND)),
    (r"POST /v2/bot/message/multicast", Rate(200, SECOND)),
)
"""Endpoint, and how often it may be called. Everything else: `OTHERS` for each method and kind of path."""
OTHERS = Rate(2_000, SECOND)
_IDS = re.compile(r"/(U[0-9a-f]{32}|richmenu-[0-9a-f]{32}|\d{6,}|[CR][0-9a-f]{32})(?=/|$)")


class Rates:
    """The buckets of one channel."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._left: dict[str, tuple[float, datetime]] = {}

    def take(self, method: str, path: str, now: datetime) -> bool:
        """Whether this call may go on; if so it is counted. Ids in the path do not make another endpoint."""
        endpoint = f"{method} {_IDS.sub('/:id', path)}"
        called = f"{method} {path}"
        name, rate = next(
            ((pattern, rate) for pattern, rate in RATES if re.fullmatch(pattern, called)), (endpoint, OTHERS)
        )
        with self._guard:
            left, since = self._left.get(name, (float(rate.calls), now))
            passed = max(0.0, (now - since).total_seconds())
            left = min(float(rate.calls), left + passed * rate.calls / rate.seconds)
            if left < 1:
                self._left[name] = (left, now)
                return False
            self._left[name] = (left - 1, now)
            return True
