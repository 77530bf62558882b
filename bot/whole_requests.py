"""Requests that drip in keep no thread waiting: a thread gets a request when all of it has come.

Gunicorn's `gthread` gives a connection to one of its threads at the first byte, and the thread then waits for the rest
as long as the sender likes: as many slow senders as there are threads, and nobody else is answered
(https://gunicorn.org/deploy/ leaves this to a proxy that buffers; a Procfile host may have none, and Caddy hands bodies
on as they come). Here the one loop that waits for all connections gathers each request first; a large body waits in a
temporary file. Who takes too long is refused. When there are too many connections, those nobody waits for give way
first, then who has dripped longest.

Gunicorn's own parser then reads what was gathered and nothing else, so that however it understands a request, no
thread waits for the line. What it leaves is the beginning of the next request.

Slow readers: a request waits here until the line can take an answer, and what a line does not take within
`READ_SECONDS` is given up. Who does not hang up after the last answer is waited for here too, not by gunicorn's loop.
"""

import errno
import re
import socket
import time
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from tempfile import SpooledTemporaryFile
from typing import Any

from gunicorn import http
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS = 20.0  # from the first to the last byte of the headers
WHOLE_SECONDS = 120.0  # for all of it: a photo over a slow telephone line gets through
READ_SECONDS = 30.0  # for each piece of an answer; a page is one
LEAVE_SECONDS = 2.0  # after the last answer, https://www.rfc-editor.org/rfc/rfc9112#section-9.6
MOST_HEAD = 64 * 1024
MOST_BODY = 40 * 2**20  # a little more than any page takes, so that the page says so in its own words
MOST_IN_CHUNKS = 2**20  # a body without its length; LINE and browsers name it
MOST_WAITING = 512 * 2**20  # of all requests on their way in; they lie on the disk that the database needs
IN_MEMORY = 256 * 1024
ROOM_FOR_ANSWER = 256 * 1024  # the kernel takes a whole page, and the thread is free again
STEP = 64 * 1024
STEPS_AT_ONCE = 16  # then another connection has its turn
ROOM_FOR_NEW = 64  # connections

END_OF_HEAD = b"\r\n\r\n"
LENGTHS = re.compile(rb"\r\ncontent-length([ \t]*:[^\r\n]*)", re.I)
LENGTH = re.compile(rb":[ \t]*(\d+)[ \t]*")
CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.I)
CHUNK_SIZE = re.compile(rb"([0-9a-f]{1,7})\r\n", re.I)  # https://www.rfc-editor.org/rfc/rfc9112#section-7.1
CHUNK_SIZE_BEGINS = re.compile(rb"[0-9a-f]{1,7}\r?", re.I)
WAITS_FOR_A_WORD = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.I)


class Refused(Exception):
    """A request that nobody would read; its argument is the status line of the answer, empty for none."""


class Arriving:
    """One request on its way in. `before` came together with the end of the request before it."""

    def __init__(self, sock: socket.socket, before: bytes) -> None:
        self._sock = sock
        self._kept = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it lives as long as the request
        self._start = bytearray()  # the head, and in chunks the body too
        self.size = 0
        self._wanted: int | None = None  # bytes in all, once they are known
        self._next_chunk = 0  # where its size stands; 0 without chunks
        self.until = time.monotonic() + HEAD_SECONDS
        self.is_whole = bool(before) and self._keep(before)

    @property
    def has_begun(self) -> bool:
        return self.size > 0

    def gather(self) -> bool:
        """Take what is there without waiting; True when the request is whole. OSError and Refused: it never will be."""
        for _ in range(STEPS_AT_ONCE):
            if self.is_whole:
                break
            try:
                came = self._sock.recv(STEP if self._wanted is None else min(STEP, self._wanted - self.size))
            except BlockingIOError:
                break
            if not came:
                raise Refused  # the sender has gone
            self.is_whole = self._keep(came)
        return self.is_whole

    def read(self, size: int) -> bytes:
        """For the thread, once it is whole."""
        return self._kept.read(size)

    def rewind(self) -> None:
        self._kept.seek(0)

    def close(self) -> None:
        self._kept.close()

    def _keep(self, came: bytes) -> bool:
        self._kept.write(came)
        self.size += len(came)
        if self._wanted is not None:
            return self.size >= self._wanted
        self._start += came
        if self._next_chunk:
            return self._is_last_chunk_here()
        return self._is_all_after_the_head(max(0, len(self._start) - len(came) - len(END_OF_HEAD)))

    def _is_all_after_the_head(self, look_from: int) -> bool:
        end = self._start.find(END_OF_HEAD, look_from)
        if end < 0 and len(self._start) > MOST_HEAD:
            raise Refused("431 Request Header Fields Too Large")
        if end < 0:
            return False
        self.until += WHOLE_SECONDS - HEAD_SECONDS
        head, end = bytes(self._start[: end + 2]), end + len(END_OF_HEAD)
        is_chunked, length = CHUNKED.search(head) is not None, _length_in(head)
        if is_chunked and length is not None:
            raise Refused("400 Bad Request")  # two lengths: somebody before us may have believed the other
        if is_chunked:
            self._next_chunk = end
            is_whole = self._is_last_chunk_here()
        else:
            self._wanted = end + (length or 0)
            if self._wanted > end + MOST_BODY:
                raise Refused("413 Content Too Large")
            is_whole = self.size >= self._wanted
        if not is_whole and WAITS_FOR_A_WORD.search(head):
            self._sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return is_whole

    def _is_last_chunk_here(self) -> bool:
        """What is malformed is refused here: gunicorn would find it while a page reads, too late for a plain 400."""
        if len(self._start) > MOST_IN_CHUNKS:
            raise Refused("413 Content Too Large")
        while len(self._start) > self._next_chunk:
            size = CHUNK_SIZE.match(self._start, self._next_chunk)
            if size is None and CHUNK_SIZE_BEGINS.fullmatch(self._start, self._next_chunk):
                return False
            if size is None or self._start[self._next_chunk - 2 : self._next_chunk] != b"\r\n":
                raise Refused("400 Bad Request")
            if int(size[1], 16) == 0:
                if not b"\r\n".startswith(self._start[size.end() : size.end() + 2]):
                    raise Refused("400 Bad Request")  # headers after the body: nobody we know sends them
                return len(self._start) >= size.end() + 2
            self._next_chunk = size.end() + int(size[1], 16) + 2
        return False


def _length_in(head: bytes) -> int | None:
    """The Content-Length. What gunicorn would refuse is refused before anybody waits for a body."""
    told = LENGTHS.findall(head)
    if not told:
        return None
    length = LENGTH.fullmatch(told[0])
    if len(told) > 1 or length is None:
        raise Refused("400 Bad Request")
    if len(length[1]) > 18:
        raise Refused("413 Content Too Large")
    return int(length[1])


class FromGathered(SocketUnreader):
    """What gunicorn's parser reads from: what was gathered, never the line."""

    gathered: Arriving | None = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        return self.gathered.read(max(size_hint or 0, self.mxchunk)) if self.gathered is not None else b""

    def keep_the_rest(self) -> None:
        """The request is answered; what came after it lies where gunicorn looks for a next one."""
        while rest := self.chunk(STEP):
            self.buf.write(rest)
        self.let_go()

    def let_go(self) -> None:
        """The file, if there was one, goes."""
        if self.gathered is not None:
            self.gathered.close()
            self.gathered = None


class WholeRequests(ThreadWorker):
    """Gunicorn's worker with threads, which get whole requests only. Everything here runs in its one waiting loop."""

    def init_process(self) -> None:
        self._arriving: dict[TConn, Arriving] = {}
        self._leaving: dict[TConn, float] = {}  # until when we wait for the other end to hang up
        self._is_out_of_files = False
        self._looked_at = 0.0
        super().init_process()

    def accept(self, listener: Any) -> None:
        try:
            super().accept(listener)
        except OSError as none_left:
            if none_left.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            self._is_out_of_files = True

    def enqueue_req(self, conn: TConn) -> None:
        """A connection is new, or has been heard from again."""
        if conn.parser is None:
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_FOR_ANSWER)
            conn.parser = http.get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = FromGathered(conn.sock)
        conn.sock.setblocking(False)
        try:
            arriving = Arriving(conn.sock, conn.parser.unreader.take_buffered())
            arriving.gather()
        except (OSError, Refused) as trouble:
            self._refuse(conn, trouble)
            return
        self._arriving[conn] = arriving
        if arriving.is_whole:
            self.poller.register(conn.sock, EVENT_WRITE, partial(self._hand_over, conn))
        else:
            self.poller.register(conn.sock, EVENT_READ, partial(self._more_came, conn))

    def _more_came(self, conn: TConn, _sock: socket.socket) -> None:
        try:
            is_whole = self._arriving[conn].gather()
        except (OSError, Refused) as trouble:
            self._forget(conn).close()
            self._refuse(conn, trouble)
            return
        if is_whole:
            self.poller.modify(conn.sock, EVENT_WRITE, partial(self._hand_over, conn))

    def _hand_over(self, conn: TConn, _sock: socket.socket) -> None:
        """It is whole and the line can take an answer."""
        arriving = self._forget(conn)
        arriving.rewind()
        conn.parser.unreader.gathered = arriving
        conn.data_ready = True
        super().enqueue_req(conn)

    def _forget(self, conn: TConn) -> Arriving:
        self.poller.unregister(conn.sock)
        return self._arriving.pop(conn)

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """In a thread."""
        conn.sock.settimeout(READ_SECONDS)
        try:
            return bool(super().handle_request(req, conn))
        except TimeoutError:  # who asked does not read
            return False

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """A thread has answered."""
        if fs.exception() is None and fs.result():
            conn.parser.unreader.keep_the_rest()
            super().finish_request(conn, fs)
            return
        conn.parser.unreader.let_go()
        self._take_leave(conn)

    def _refuse(self, conn: TConn, why: Exception) -> None:
        status = str(why) if isinstance(why, Refused) else ""
        if not status:
            self._close(conn)
            return
        try:
            conn.sock.send(f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        except OSError:
            self._close(conn)  # the sender has gone
        else:
            self._take_leave(conn)

    def _take_leave(self, conn: TConn) -> None:
        """Nothing more is said. A line that is cut while the other end still sends may lose the answer on its way."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
            return
        self._leaving[conn] = time.monotonic() + LEAVE_SECONDS
        self.poller.register(conn.sock, EVENT_READ, partial(self._hear_out, conn))

    def _hear_out(self, conn: TConn, sock: socket.socket) -> None:
        try:
            is_there = bool(sock.recv(STEP))
        except OSError as nothing:
            is_there = isinstance(nothing, BlockingIOError)
        if not is_there:
            self._hang_up(conn)

    def _hang_up(self, conn: TConn) -> None:
        del self._leaving[conn]
        self.poller.unregister(conn.sock)
        self._close(conn)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Gunicorn calls this at each turn of its loop, when nothing of what was heard is still to be looked at."""
        super().murder_pending()
        if self._is_out_of_files:
            self._is_out_of_files = False
            self._make_room()
        while self.nr_conns > self.worker_connections - ROOM_FOR_NEW and self._make_room():
            pass
        now = time.monotonic()
        if now - self._looked_at < 1:
            return
        self._looked_at = now
        for conn in [one for one, until in self._leaving.items() if now > until]:
            self._hang_up(conn)
        for conn, arriving in list(self._arriving.items()):
            if now > arriving.until or not (self.alive or arriving.has_begun):
                self._cut_off(conn)
        while sum(one.size for one in self._arriving.values()) > MOST_WAITING:
            self._cut_off(max(self._arriving, key=lambda conn: self._arriving[conn].size))

    def _make_room(self) -> bool:
        """End one connection nobody waits for, or else who has dripped longest; False when all are being answered."""
        if self._leaving:
            self._hang_up(next(iter(self._leaving)))
        elif self.keepalived_conns:
            conn = self.keepalived_conns.popleft()
            self.poller.unregister(conn.sock)
            self._close(conn)
        elif self._arriving:
            self._cut_off(next(iter(self._arriving)))
        else:
            return False
        return True

    def _cut_off(self, conn: TConn) -> None:
        arriving = self._forget(conn)
        arriving.close()
        self._refuse(conn, Refused("408 Request Timeout" if arriving.has_begun else ""))
