"""Raw keep-alive connections on one epoll: what a load of tens of thousands of requests a second needs.

An HTTP client library would be slower than the server it is to measure. Nothing here checks what an answer means.
"""

import select
import socket
from collections import deque
from collections.abc import Iterable
from time import perf_counter_ns
from typing import Protocol

RECEIVE_BYTES = 1 << 18
SILENCE_S = 60.0
FINE_NS = 2_000_000
"""Below this, waiting is done by select, whose timeout is not rounded to milliseconds as epoll's is."""


class ConnectionBroken(Exception):
    """The server closed a connection, fell silent, or answered something that is no answer."""


class Line:
    """One keep-alive connection that speaks HTTP/1.1 with `Content-Length`. ``began_ns`` is its request's due time."""

    __slots__ = ("_got", "_out", "_pieces", "_socket", "_total", "answered_ns", "began_ns", "fd", "status", "tag")

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), SILENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self.fd = self._socket.fileno()
        self._out = memoryview(b"")
        self._pieces: list[bytes] = []
        self._got = self._total = 0
        self.status = 0
        self.began_ns = self.answered_ns = 0
        self.tag: object = None

    def begin(self, request: bytes, due_ns: int) -> bool:
        """Send a request; False when the rest has to wait until the socket can take more."""
        self.began_ns = due_ns
        self._pieces.clear()
        self._got = self._total = 0
        self._out = memoryview(request)
        return self.flush()

    def flush(self) -> bool:
        """Send what is left; True when nothing is."""
        while self._out:
            try:
                sent = self._socket.send(self._out)
            except BlockingIOError:
                return False
            self._out = self._out[sent:]
        return True

    def receive(self) -> bool:
        """Take what has come; True when the answer is whole."""
        try:
            data = self._socket.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return False
        if not data:
            raise ConnectionBroken("the server closed a connection")
        self._pieces.append(data)
        self._got += len(data)
        if self._total == 0:
            if len(self._pieces) > 1:
                data = b"".join(self._pieces)
            self._total = self._frame(data)
        if self._total == 0 or self._got < self._total:
            return False
        if self._got > self._total:
            raise ConnectionBroken("more came than was asked for")
        return True

    @property
    def answer(self) -> bytes:
        """The answer as it came, head included."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _frame(self, data: bytes) -> int:
        """How long the whole answer is; 0 while that cannot be known."""
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return 0
        self.status = int(data[9:12])
        head = data[: end + 2].lower()
        place = head.find(b"content-length: ")
        if place < 0:
            raise ConnectionBroken(f"an answer of unknown length: {head!r}")
        return end + 4 + int(head[place + 16 : head.find(b"\r", place)])


class ValkeyLine(Line):
    """A connection to Valkey on which every answer has as many bytes as the first: an unchanging board is read."""

    __slots__ = ("_known",)

    def __init__(self, host: str, port: int, hello: bytes = b"") -> None:
        super().__init__(host, port)
        self._known = 0
        self.status = 200
        if hello:
            self._socket.setblocking(True)
            self._socket.sendall(hello)
            if not self._socket.recv(RECEIVE_BYTES).startswith(b"+OK"):
                raise ConnectionBroken("Valkey refused the password")
            self._socket.setblocking(False)

    def _frame(self, data: bytes) -> int:
        if self._known == 0:
            self._known = _array_length(data)
        return self._known


def _array_length(data: bytes) -> int:
    """How many bytes an array of bulk strings takes; 0 while it is not whole."""
    if data[:1] != b"*":
        raise ConnectionBroken(f"Valkey answered {data[:80]!r}")
    place = data.find(b"\r\n") + 2
    if place < 2:
        return 0
    for _ in range(int(data[1 : place - 2])):
        end = data.find(b"\r\n", place)
        if end < 0:
            return 0
        place = end + 4 + int(data[place + 1 : end])
    return place if place <= len(data) else 0


class Stream(Protocol):
    """One kind of traffic with connections of its own. Its methods are called by the loop alone."""

    idle: deque[Line]

    def due(self, now_ns: int) -> int | None:
        """When the next request is to be sent; None: not before an answer has come, or never again."""

    def take(self, line: Line, now_ns: int) -> bytes:
        """The next request, which is sent at once on this line."""

    def answered(self, line: Line) -> None:
        """An answer has come whole."""


def drive(streams: Iterable[Stream]) -> None:
    """Run streams until each has nothing more to send and all answers have come.

    Raises:
        ConnectionBroken: a connection was closed, or nothing came for `SILENCE_S`.
    """
    streams = list(streams)
    with select.epoll() as poll:
        table: dict[int, tuple[Line, Stream]] = {}
        for stream in streams:
            for line in stream.idle:
                table[line.fd] = (line, stream)
                poll.register(line.fd, select.EPOLLIN)
        _Loop(poll, table, streams).run()


class _Loop:
    def __init__(self, poll: select.epoll, table: dict[int, tuple[Line, Stream]], streams: list[Stream]) -> None:
        self._poll = poll
        self._table = table
        self._streams = streams
        self._busy = 0

    def run(self) -> None:
        table = self._table
        while True:
            wait_ns = self._send_what_is_due()
            if self._busy == 0 and wait_ns is None:
                return
            for fd, mask in self._wait(wait_ns):
                line, stream = table[fd]
                if mask & select.EPOLLOUT and line.flush():
                    self._poll.modify(fd, select.EPOLLIN)
                if mask & ~select.EPOLLOUT and line.receive():
                    line.answered_ns = perf_counter_ns()
                    self._busy -= 1
                    stream.answered(line)
                    stream.idle.append(line)

    def _send_what_is_due(self) -> int | None:
        """Send; returns how long to wait for the next that is not due yet, None when there is none."""
        nearest = None
        for stream in self._streams:
            while stream.idle:
                now_ns = perf_counter_ns()
                due_ns = stream.due(now_ns)
                if due_ns is None:
                    break
                if due_ns > now_ns:
                    if nearest is None or due_ns - now_ns < nearest:
                        nearest = due_ns - now_ns
                    break
                line = stream.idle.popleft()
                self._busy += 1
                if not line.begin(stream.take(line, now_ns), due_ns):
                    self._poll.modify(line.fd, select.EPOLLIN | select.EPOLLOUT)
        return nearest

    def _wait(self, wait_ns: int | None) -> list[tuple[int, int]]:
        if wait_ns is None:
            events = self._poll.poll(SILENCE_S)
            if not events:
                raise ConnectionBroken(f"no answer within {SILENCE_S:g} s")
            return events
        if wait_ns < FINE_NS:
            select.select([self._poll], [], [], wait_ns / 1e9)
            return self._poll.poll(0)
        return self._poll.poll(wait_ns / 1e9 - 0.001)
