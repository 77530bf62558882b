"""生きた画面: open pages hear within a second that something they show has changed, by server-sent events.

One thread in each process asks the database twice a second for new changes and puts them into the mailbox of every
open page; the number of open pages makes no further queries. A page that was cut off says with `Last-Event-ID` what it
has heard last, and gets the rest. Pages without EventSource, and those beyond `MOST_PAGES`, ask `/live/since` instead.

    id: 4711
    data: [[12, "said"], [13, "danger"]]        (case, what happened; never a word or a name)
"""

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import structlog
from flask import Blueprint, Response, current_app, g, jsonify, request
from flask_security import current_user
from sqlalchemy.exc import SQLAlchemyError

from admin.frame import staff_may
from bot.services import changes
from bot.services.access import Action
from bot.store.engine import Store

LOOK_EVERY = 0.4  # seconds
HEARTBEAT = 10.0  # seconds; a proxy that hears nothing cuts the line
STAYS = 300.0  # seconds, then the browser comes again and is asked anew who it is
MOST_PAGES = 48  # in one process: each holds a thread, and LINE and people need some too
LOOK_BACK = 200  # numbers: on PostgreSQL a higher number may be kept before a lower one

log = structlog.get_logger(__name__)
live = Blueprint("live", __name__, url_prefix="/admin")

Told = list[tuple[int, str]]


class Mailbox:
    """What one open page has not heard yet."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[tuple[int, Told] | None] = queue.SimpleQueue()

    def put(self, number: int, told: Told) -> None:
        self._waiting.put((number, told))

    def close(self) -> None:
        self._waiting.put(None)

    def get(self, seconds: float) -> tuple[int, Told] | None:
        """The next changes; None when the page has gone. queue.Empty when nothing came."""
        return self._waiting.get(timeout=seconds)


class Hub:
    """The mailboxes of a process, and the one thread that fills them. `is_open` turns false when the process stops."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._boxes: dict[str, Mailbox] = {}
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._heard: set[int] = set()
        self._newest = -1
        self.is_open: Callable[[], bool] = lambda: True

    def enter(self, page: str, after: int | None) -> Mailbox | None:
        """A mailbox for this page (the old one of the same page is closed); None when there are too many pages."""
        box = Mailbox()
        with self._guard:
            old = self._boxes.pop(page, None)
            if old is not None:
                old.close()
            if len(self._boxes) >= MOST_PAGES:
                return None
            if self._thread is None:
                self._begin()
            if after is not None:
                self._catch_up(box, after)
            self._boxes[page] = box
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="live", daemon=True)
                self._thread.start()
        return box

    def leave(self, page: str, box: Mailbox) -> None:
        with self._guard:
            if self._boxes.get(page) is box:
                del self._boxes[page]

    def _begin(self) -> None:
        with self._store.reading() as session:
            self._newest = changes.newest(session)
            self._heard = {one.id for one in changes.after(session, self._newest - LOOK_BACK)}

    def _catch_up(self, box: Mailbox, after: int) -> None:
        """What the page missed and the thread has told already; what is newer, the thread will tell."""
        with self._store.reading() as session:
            missed = [one for one in changes.after(session, after) if one.id in self._heard or one.id <= self._newest]
        if missed:
            box.put(missed[-1].id, [(one.case_id, one.why) for one in missed])

    def _look(self) -> None:
        while self.is_open():
            time.sleep(LOOK_EVERY)
            with self._guard:
                if not self._boxes:
                    self._thread = None
                    return
                try:
                    self._tell()
                except SQLAlchemyError as trouble:
                    log.warning("changes could not be read", why=type(trouble).__name__)
        with self._guard:
            self._thread = None
            for box in self._boxes.values():
                box.close()

    def _tell(self) -> None:
        with self._store.reading() as session:
            found = changes.after(session, self._newest - LOOK_BACK)
        new = [one for one in found if one.id not in self._heard]
        if not new:
            return
        self._newest = max(self._newest, new[-1].id)
        self._heard = {one.id for one in found}
        told = list(dict.fromkeys((one.case_id, one.why) for one in new))
        for box in self._boxes.values():
            box.put(self._newest, told)


@live.get("/live")
@staff_may(Action.SEE_CASES)
def listen() -> Response:
    hub: Hub = current_app.extensions["live"]
    page = f"{current_user.id} {request.args.get('page', '')[:40]}"
    heard = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    box = hub.enter(page, int(heard) if heard.isascii() and heard.isdigit() else None)
    if box is None:
        return Response("", 503, {"Retry-After": "5"})
    return Response(
        _events(hub, page, box),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@live.get("/live/since")
@staff_may(Action.SEE_CASES)
def since() -> Response:
    """The same for a page that asks: what changed after the number it has heard last."""
    after = request.args.get("after", "")
    new = changes.after(g.session, int(after)) if after.isascii() and after.isdigit() and len(after) < 19 else []
    told = list(dict.fromkeys((one.case_id, one.why) for one in new))
    answer = jsonify(newest=new[-1].id if new else changes.newest(g.session), told=told)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _events(hub: Hub, page: str, box: Mailbox) -> Iterator[str]:
    """No request and no session of the database lives in here: it runs after both have ended."""
    until, quiet_since = time.monotonic() + STAYS, time.monotonic()
    try:
        yield "retry: 2000\n\n"
        while hub.is_open() and time.monotonic() < until:
            try:
                got = box.get(1.0)
            except queue.Empty:
                if time.monotonic() - quiet_since > HEARTBEAT:
                    quiet_since = time.monotonic()
                    yield ": still here\n\n"
                continue
            if got is None:
                return
            quiet_since = time.monotonic()
            yield _event(*got)
    finally:
        hub.leave(page, box)


def _event(number: int, told: Sequence[tuple[int, str]]) -> str:
    return f"id: {number}\ndata: {json.dumps(told)}\n\n"
