"""`POST /line/webhook`: check the signature, store the events, answer 200. No thinking here.

LINE waits two seconds for the answer (https://developers.line.biz/en/docs/messaging-api/check-webhook-error-statistics/)
and repeats what was not answered with 2xx, if redelivery is switched on. So an event is kept durably before the 200,
and when it cannot be kept the answer is an error, so that LINE comes again.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from flask import Flask, Response, request

from bot.line.events import NotLinesShape, envelopes
from bot.line.inbox import Inbox
from bot.line.signature import is_signed

LARGEST_BODY = 1024 * 1024

log = structlog.get_logger(__name__)


def make_webhook(
    inbox: Inbox, *, secrets: Sequence[str], ring: Callable[[Sequence[str]], None], now: Callable[[], datetime]
) -> Flask:
    """A small application of its own, to be mounted at `/line`: nothing of the staff pages stands in LINE's way.

    `ring` wakes a worker for the given threads; failing to ring loses nothing.
    """
    line = Flask("line", static_folder=None)

    @line.post("/webhook")
    def receive() -> Response:
        if (request.content_length or 0) > LARGEST_BODY:
            return _says(413, "the body is larger than 1 MiB")
        body = request.stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            return _says(413, "the body is larger than 1 MiB")
        if not is_signed(body, request.headers.get("x-line-signature"), secrets):
            return _says(400, "the signature is missing or wrong")
        try:
            events = envelopes(_parsed(body), now=now())
        except NotLinesShape as wrong:
            return _says(400, str(wrong))
        if events:
            threads = inbox.keep(events, received_at=now())
            ring(threads)
        return _says(200, "ok")

    return line


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotLinesShape("the body is not JSON") from None


def _says(status: int, why: str) -> Response:
    if status != 200:
        log.info("webhook refused", status=status, why=why)
    return Response(why + "\n", status, mimetype="text/plain")
