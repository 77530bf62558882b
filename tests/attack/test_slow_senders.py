"""Who sends a byte now and then, reads nothing or does not hang up holds nobody up but themselves: the real server,
and more of them than its threads."""

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import urllib3

from bot.processes import WEB_THREADS
from bot.simulator import Simulator
from bot.simulator.server import Server
from tests.running.test_starting import BIN, free_port, running, sasaeai, settings_of

HTTP = urllib3.PoolManager(retries=False, timeout=60)
MANY = WEB_THREADS + 16
LOGIN = b"POST /admin/account/login HTTP/1.1\r\nHost: bot\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HOOK = b"POST /line/webhook HTTP/1.1\r\nHost: bot\r\n"
ALIVE = b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n"

DRIPS = {
    "headers": HOOK + b"X-Slow: ",
    "body": HOOK + b"Content-Length: 1000\r\n\r\n",
    "large body": LOGIN + b"Content-Length: 9000000\r\n\r\n" + b"x" * 300_000,
    "chunks": HOOK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nff\r\n",
}
WEB = [str(BIN / "sasaeai"), "web"]
IN_A_HURRY = """
from bot import cli, whole_requests
whole_requests.HEAD_SECONDS, whole_requests.WHOLE_SECONDS = 1.0, 2.0
cli.main(["web"])
"""
FEW_PLACES = """
from bot import cli, processes
processes.MOST_CONNECTIONS = 160
cli.main(["web"])
"""


@contextmanager
def house_of(folder, command: list[str] = WEB) -> Iterator[int]:
    """The web process alone; its port."""
    server, port = Server(Simulator()), free_port()
    env = settings_of(server, port, f"sqlite:///{folder / 'a.db'}")
    assert sasaeai(env, "db", "upgrade").returncode == 0
    with running(command, env, port):
        yield port
    server.stop()


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[int]:
    with house_of(tmp_path_factory.mktemp("slow")) as port:
        yield port


@contextmanager
def drippers(port: int, begun: bytes, count: int = MANY) -> Iterator[list[socket.socket]]:
    """People whose telephone sends one byte a second and never comes to the end."""
    slow = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(count)]
    stopped = threading.Event()

    def drip() -> None:
        while not stopped.wait(1):
            for one in slow:
                with suppress(OSError):
                    one.send(b"a")

    for one in slow:
        with suppress(ConnectionError):  # it may have had to give way already
            one.sendall(begun)
    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    try:
        yield slow
    finally:
        stopped.set()
        dripping.join()
        for one in slow:
            one.close()


@contextmanager
def idle_lines(port: int, count: int) -> Iterator[None]:
    """People who were answered and say nothing more."""
    lines = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(count)]
    for one in lines:
        with suppress(ConnectionError):
            one.sendall(ALIVE)
            one.recv(1000)
    yield
    for one in lines:
        one.close()


def is_cut_off(one: socket.socket) -> bool:
    """Waits until the other end has closed the line, with or without a word."""
    with suppress(ConnectionError):
        while one.recv(1000):
            pass
    return True


def others_are_answered(port: int) -> None:
    for path in ("/healthz", "/worry/", "/admin/account/login"):
        assert HTTP.request("GET", f"http://127.0.0.1:{port}{path}").status == 200, path
    told = HTTP.request("POST", f"http://127.0.0.1:{port}/line/webhook", body=b"{}")
    assert told.data == b"the signature is missing or wrong\n"


def answers(port: int, *pieces: bytes, count: int = 1) -> list[str]:
    """What comes back for what is sent in these pieces, over one connection: the status lines."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        for piece in pieces:
            line.sendall(piece)
        heard, lines = line.makefile("rb"), []
        while len(lines) < count and (row := heard.readline()):
            if row.startswith(b"HTTP/1.1 "):
                lines.append(row.decode().strip())
        return lines


@pytest.mark.parametrize("what", DRIPS)
def test_others_are_answered_while_slow_ones_hang(house, what):
    with drippers(house, DRIPS[what]):
        others_are_answered(house)


def test_who_does_not_come_to_an_end_is_cut_off(tmp_path):
    with house_of(tmp_path, [sys.executable, "-c", IN_A_HURRY]) as port:
        for begun in DRIPS.values():
            with drippers(port, begun, 3) as slow:
                for one in slow:
                    assert one.makefile("rb").readline() == b"HTTP/1.1 408 Request Timeout\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=60) as silent:
            assert silent.makefile("rb").readline() == b""
        others_are_answered(port)


def test_when_all_places_are_taken_who_has_dripped_longest_gives_way(tmp_path):
    with house_of(tmp_path, [sys.executable, "-c", FEW_PLACES]) as port, drippers(port, DRIPS["body"], 200) as slow:
        assert is_cut_off(slow[0])
        others_are_answered(port)


def test_a_request_in_many_pieces_is_read_as_it_was_meant(house):
    body = b"x" * 700_000
    whole = HOOK + b"Content-Length: 700000\r\n\r\n" + body
    unsigned = ["HTTP/1.1 400 BAD REQUEST"]
    assert answers(house, *(whole[at : at + 5000] for at in range(0, len(whole), 5000))) == unsigned
    assert (
        answers(house, *(HOOK[at : at + 1] for at in range(len(HOOK))), b"Content-Length: 2\r\n\r\n{", b"}") == unsigned
    )
    chunks = HOOK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    assert answers(house, chunks) == unsigned
    assert answers(house, *(chunks[at : at + 1] for at in range(len(chunks)))) == unsigned
    waits = HOOK + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    assert answers(house, waits, b"{}", count=2)[0] == "HTTP/1.1 100 Continue"


def test_several_requests_on_one_line_are_answered_one_after_the_other(house):
    alive = ALIVE
    told = HOOK + b"Content-Length: 2\r\n\r\n{}"
    unsigned = "HTTP/1.1 400 BAD REQUEST"
    assert answers(house, alive + told + alive, count=3) == ["HTTP/1.1 200 OK", unsigned, "HTTP/1.1 200 OK"]
    assert answers(house, alive + told[:-1], told[-1:] + alive[:9], alive[9:], count=3)[2] == "HTTP/1.1 200 OK"


def test_nothing_is_lost_of_a_request_that_came_behind_a_body_in_chunks(house):
    begun = HOOK + b"Transfer-Encoding: chunked\r\n\r\n"
    size = 256 * 1024 - len(begun) - len(b"3ff00\r\n" + b"\r\n" + b"0\r\n\r\n")  # it ends where a block of memory ends
    chunked = begun + b"%05x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n"
    assert answers(house, chunked + ALIVE, count=2) == ["HTTP/1.1 400 BAD REQUEST", "HTTP/1.1 200 OK"]


def test_who_does_not_hang_up_holds_nobody_up(house):
    with drippers(house, ALIVE.replace(b"bot", b"bot\r\nConnection: close")):
        others_are_answered(house)


def test_who_reads_no_answer_holds_nobody_up(house):
    deaf = []
    for _ in range(MANY):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)  # as over a real line: the kernel takes little
        one.connect(("127.0.0.1", house))
        one.settimeout(0.1)
        deaf.append(one)
        with suppress(TimeoutError):
            one.sendall(ALIVE.replace(b"/healthz", b"/admin/static/desk.css") * 1000)
    time.sleep(5)  # until the lines are full
    others_are_answered(house)
    for one in deaf:
        one.close()


def test_idle_lines_give_way_to_new_ones(tmp_path):
    with (
        house_of(tmp_path, [sys.executable, "-c", FEW_PLACES]) as port,
        idle_lines(port, 140),
        socket.create_connection(("127.0.0.1", port), timeout=60) as new,
    ):
        new.sendall(ALIVE[:9])
        time.sleep(2)  # as over a telephone: the server looks round in between
        new.sendall(ALIVE[9:])
        assert new.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"


def test_what_nobody_would_read_is_refused_at_the_door(house):
    assert answers(house, HOOK + b"X-Long: " + b"x" * 100_000) == ["HTTP/1.1 431 Request Header Fields Too Large"]
    assert answers(house, LOGIN + b"Content-Length: 99000000\r\n\r\n") == ["HTTP/1.1 413 Content Too Large"]
    assert answers(house, HOOK + b"Content-Length: 0000000000000000001000\r\n\r\n") == [
        "HTTP/1.1 413 Content Too Large"
    ]
    endless = HOOK + b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\n" + b"x" * 1_100_000
    assert answers(house, endless) == ["HTTP/1.1 413 Content Too Large"]
    for odd in (
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 5, 5\r\n\r\n",
        b"Content-Length : 5\r\n\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nno\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n{}",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\nX: 1\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 500,
    ):
        assert answers(house, HOOK + odd)[0].startswith("HTTP/1.1 400")
    others_are_answered(house)
