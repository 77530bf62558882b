"""The front door: wires the rooms together into the running program.

make_parts   what work needs: the database, LINE, the knowledge base, the time
make_app     the web application: webhook, staff pages, signs of health
Running      web, worker and clock of one process, started and stopped together
"""

import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

import admin
from bot.line.gateway import Gateway
from bot.line.inbox import Inbox
from bot.line.webhook import make_webhook
from bot.processes import settle_down
from bot.public.room import make_room_pages
from bot.public.worry import make_worry_pages
from bot.services import crisis
from bot.services.keeping import Keep
from bot.settings import Settings
from bot.store.engine import Store
from bot.watching import make_watching, timed
from bot.work.bell import Bell
from bot.work.clock import Clock
from bot.work.parts import Parts
from bot.work.post import MailServer
from bot.work.pulse import Pulse
from bot.work.worker import Worker
from handlers import intents
from handlers.copy import catalogue, lookup
from knowledge import needs
from knowledge.library import Library
from knowledge.search.sentences import default_encoder

log = structlog.get_logger(__name__)


def make_parts(settings: Settings, *, now: Callable[[], datetime] | None = None) -> Parts:
    """The parts of one process. Make them after it was forked: connections do not survive a fork."""
    store = Store(settings.database_url, settings.data_keys, read_keys_again=lambda: Settings.load().data_keys)
    return Parts(
        store=store,
        gateway=Gateway(
            api_url=settings.line_api_url,
            data_api_url=settings.line_data_api_url,
            access_token=settings.line_channel_access_token,
        ),
        library=Library(store, is_sharp=settings.search_sharp),
        now=now or (lambda: datetime.now(settings.zone)),
        public_url=settings.public_url,
        alarm_after=timedelta(minutes=settings.alarm_minutes),
        mail_server=MailServer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None,
        keep=Keep(
            conversation=settings.conversation_keep_days,
            inbox=settings.inbox_keep_days,
            outbox=settings.outbox_keep_days,
            checkins=settings.checkin_keep_days,
            questions=settings.question_keep_days,
            worries=settings.worry_keep_days,
        ),
    )


def make_app(settings: Settings, parts: Parts, bell: Bell) -> Flask:
    """The web application of one process."""
    app = Flask("bot", static_folder=None)
    app.secret_key = settings.secret_key
    door = make_webhook(
        Inbox(parts.store), secrets=settings.line_channel_secret, ring=bell.ring_for_turns, now=parts.now
    )
    worry = make_worry_pages(
        parts.store,
        parts.library,
        secret_key=settings.secret_key,
        now=parts.now,
        is_behind_tls=settings.is_behind_tls,
    )
    room = make_room_pages(
        parts.store,
        parts.library,
        secret_key=settings.secret_key,
        now=parts.now,
        is_behind_tls=settings.is_behind_tls,
        limits_url=settings.rate_limits_url,
    )
    rooms = DispatcherMiddleware(
        app.wsgi_app, {"/line": timed(door.wsgi_app), "/worry": worry.wsgi_app, "/room": room.wsgi_app}
    )
    app.wsgi_app = ProxyFix(rooms, x_for=1, x_proto=1)  # type: ignore[method-assign]

    app.register_blueprint(make_watching(parts.store, now=parts.now))
    admin.attach(
        app,
        settings=settings,
        store=parts.store,
        now=parts.now,
        bell=bell,
        library=parts.library,
        draw_cards=lookup.cards,
        cards_of=lookup.cards_in,
        sentences=catalogue.sentences,
        keep=parts.keep,
    )
    return app


class Running:
    """The chosen parts of the program in this process. `stop` lets the work in hand be finished."""

    def __init__(self, settings: Settings, *, web: bool = False, worker: bool = False, clock: bool = False) -> None:
        self.parts = make_parts(settings)
        self.bell = Bell(settings.jobs_database_url)
        self.app = make_app(settings, self.parts, self.bell) if web else None
        self._worker = Worker(self.parts, self.bell, threads=settings.worker_threads) if worker else None
        self._clock = Clock(self.parts, self.bell) if clock else None
        self._pulse = Pulse(self.parts, [part for part, on in (("web", web), ("worker", worker)) if on])
        self._started: list[Worker | Clock | Pulse] = []
        self._loading = threading.Thread(target=self._load_beside_the_web, name="loading", daemon=True)

    def start(self) -> None:
        """Deliver what a death left behind, load, work.

        With a web this returns before all is loaded: who tells us something is not kept waiting for what takes seconds.
        """
        if self._worker is not None:
            self._worker.take_over()
        if self.app is None:
            self._load_and_work()
        else:
            self._loading.start()

    def wait_until_loaded(self) -> None:
        self._loading.join()

    def stop(self) -> None:
        if self._loading.is_alive() and threading.current_thread() is not self._loading:
            self._loading.join()
        for part in reversed(self._started):
            part.stop()
        self.parts.store.close()

    def _load_beside_the_web(self) -> None:
        try:
            self._load_and_work()
            self._warm_up_the_desk()
        except Exception:  # without a worker nobody is answered: as when a worker of its own cannot start
            log.exception("this process ends, because it could not be loaded")
            os.kill(os.getpid(), signal.SIGTERM)

    def _load_and_work(self) -> None:
        if self._worker is not None:
            self.parts.library.warm_up()
            intents.warm_up()
            crisis.warm_up()
        for part in (self._worker, self._clock, self._pulse):
            if part is not None:
                part.start()
                self._started.append(part)
        settle_down()
        log.info("running", process=os.getpid())

    def _warm_up_the_desk(self) -> None:
        """What staff would wait for when they open the list of questions."""
        try:
            self.parts.library.warm_up()
            with self.parts.store.reading() as session:
                needs.remember(needs.open_questions(session), default_encoder())
        except Exception:  # the page does it itself, only later
            log.exception("the desk could not be warmed up")
