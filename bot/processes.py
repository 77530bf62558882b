"""The processes of the program: gunicorn for the web, waiting loops for worker and clock."""

import ctypes
import gc
import os
import resource
import signal
import sys
import tempfile
import threading
from contextlib import suppress
from typing import Any

from gunicorn.app.base import BaseApplication

from bot.settings import Settings
from bot.whole_requests import WholeRequests

WEB_THREADS = 64
"""Every open page of the desk holds one (`admin/live.py` has the most there may be); they sleep and cost little."""

MOST_CONNECTIONS = 800
"""In one web process, open pages and senders that drip included (`bot.whole_requests`)."""

FILES = 8192
"""Connections, bodies that wait in files and the database, with room to spare; many systems begin with 1,024."""

SWITCH_SECONDS = 0.0005
"""How long a thread that computes keeps the interpreter while others want it. Every statement to the database lets go
of it and must get it back: with Python's 5 ms (https://docs.python.org/3/library/sys.html#sys.setswitchinterval) a turn
of thirty statements waits longer than it works while somebody else's words are thought about."""


M_ARENA_MAX = -8  # https://man7.org/linux/man-pages/man3/mallopt.3.html
ARENAS = 2
"""Heaps of the C library, which would make eight for each core; each of them keeps what it once needed."""


def keep_memory_together() -> None:
    """To be called before there are threads."""
    with suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def settle_down() -> None:
    """To be called when everything is loaded: what stays for good is not looked through for garbage any more."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    with suppress(AttributeError, OSError):  # only glibc has it: memory that loading needed goes back to the machine
        ctypes.CDLL(None).malloc_trim(0)


class WebServer(BaseApplication):
    """Gunicorn with threads. In `serve` the one web process is worker and clock as well."""

    def __init__(self, settings: Settings, *, all_in_one: bool) -> None:
        self._settings = settings
        self._all_in_one = all_in_one
        self._running: Any = None
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "worker_class": WholeRequests,
            "http_parser": "python",  # whose reading of a length `WholeRequests` knows
            "workers": 1 if self._all_in_one else self._settings.web_concurrency,
            "threads": WEB_THREADS,
            "worker_connections": MOST_CONNECTIONS,
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 30,
            "max_requests": 0,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": self._after_fork,
            "worker_exit": self._before_exit,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Called in the forked web process; what the program needs is loaded here, so that the master stays small."""
        from bot.app import Running

        self._running = Running(self._settings, web=True, worker=self._all_in_one, clock=self._all_in_one)
        return self._running.app

    def _after_fork(self, worker: Any) -> None:
        if self._running is not None:
            self._running.app.extensions["live"].is_open = lambda: worker.alive  # open pages let a restart pass
            self._running.start()

    def _before_exit(self, _server: Any, _worker: Any) -> None:
        if self._running is not None:
            self._running.stop()


def serve_web(settings: Settings, *, all_in_one: bool = False) -> None:
    """Serve until told to stop. `all_in_one`: worker and clock run in the same process."""
    _ask_for_files()
    keep_memory_together()
    if settings.web_concurrency > 1 and not all_in_one:
        # Several processes count together through files; prometheus_client reads this when it is first imported.
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="sasaeai-counts-"))
    WebServer(settings, all_in_one=all_in_one).run()


def _ask_for_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def work_until_stopped(settings: Settings, *, worker: bool = False, clock: bool = False) -> None:
    """Run worker or clock in this process until SIGTERM or SIGINT; the work in hand is finished first."""
    keep_memory_together()
    from bot.app import Running

    if settings.metrics_port:
        from prometheus_client import start_http_server

        start_http_server(settings.metrics_port, settings.host)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    running = Running(settings, worker=worker, clock=clock)
    running.start()
    stopped.wait()
    running.stop()
