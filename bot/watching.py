"""What whoever watches the program may ask: is it alive, is it ready, what does it count.

`/healthz` answers everybody. `/readyz` and `/metrics` answer only this machine and private networks; to others they
do not exist, so that nobody outside learns how the council is doing.
"""

import ipaddress
import os
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client import REGISTRY as OF_THIS_PROCESS

from bot.store.engine import Store
from bot.work import readiness
from bot.work.metrics import ACK_SECONDS, FromDatabase


def make_watching(store: Store, *, now: Callable[[], datetime]) -> Blueprint:
    """The pages for watchers, of one process."""
    watching = Blueprint("watching", __name__)
    database = CollectorRegistry()
    database.register(FromDatabase(store, now))

    @watching.get("/healthz")
    def is_alive() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @watching.get("/readyz")
    def is_ready() -> tuple[Response, int]:
        _only_from_nearby()
        seen = readiness.signs(store, now=now())
        is_well = all(sign.is_well for sign in seen)
        told = {sign.name: {"ok": sign.is_well, "found": sign.found} for sign in seen}
        return jsonify(ready=is_well, signs=told), 200 if is_well else 503

    @watching.get("/metrics")
    def metrics() -> Response:
        _only_from_nearby()
        counted = generate_latest(_of_all_web_processes()) + generate_latest(database)
        return Response(counted, content_type=CONTENT_TYPE_LATEST)

    return watching


def timed(door: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """A WSGI application whose answers are timed as acknowledgements."""

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        began = time.perf_counter()
        try:
            return door(environ, start)
        finally:
            ACK_SECONDS.observe(time.perf_counter() - began)

    return answer


def _of_all_web_processes() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return OF_THIS_PROCESS
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)
    return together


def _only_from_nearby() -> None:
    try:
        is_near = ipaddress.ip_address(request.remote_addr or "").is_private
    except ValueError:
        is_near = False
    if not is_near:
        abort(404)
