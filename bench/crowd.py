"""Those who watch: a process that holds many WebSockets open and notes when each was told of which position.

``python -m bench.crowd '{"host":"127.0.0.1","port":8000,"key":"…","count":1000,"board":{…}}'`` says how many have their
page; told with a line of marks, which are acknowledged entries, it says how long each was waited for and ends.
"""

import asyncio
import base64
import json
import os
import select
import socket
import struct
import sys
from array import array
from asyncio.subprocess import PIPE, Process
from bisect import bisect_right
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter_ns
from urllib.parse import parse_qsl, urlsplit

import msgspec

from bench.generator import python_path
from bench.measure import BenchFailed, quantile
from bench.orders import Where
from bench.wire import ConnectionBroken

RECEIVE_BYTES = 1 << 16
PATIENCE_S = 60.0
TEXT, CLOSE = 1, 8
POSITION = b'"position":['


class Crowd(msgspec.Struct, frozen=True):
    """How many watch what, and where."""

    where: Where
    count: int
    board: dict[str, str]


class Heard(msgspec.Struct):
    """What came of it: waits of all watchers for all marks, in milliseconds."""

    waits: int
    never: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    frames: int
    frame_bytes: int


class Watcher:
    """One WebSocket; ``positions`` and ``times_ns``: what it was told, and when."""

    def __init__(self, crowd: Crowd) -> None:
        where = crowd.where
        self.socket = socket.create_connection((where.host, where.port), PATIENCE_S)
        self.positions, self.times_ns = array("q"), array("q")
        self.bytes = 0
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET /api/live HTTP/1.1\r\nHost: {where.host}:{where.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self.socket.sendall(head.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(RECEIVE_BYTES)
        if b" 101 " not in answer[:20]:
            raise ConnectionBroken(f"no WebSocket: {answer[:80]!r}")
        self._got = answer.partition(b"\r\n\r\n")[2]
        self._say({"type": "auth", "key": where.key})
        self._say({"type": "subscribe", "id": "b", "board": crowd.board})
        self.socket.setblocking(False)

    def receive(self) -> None:
        """Take what has come, and note the positions in it."""
        data = self.socket.recv(RECEIVE_BYTES)
        now_ns = perf_counter_ns()
        if not data:
            raise ConnectionBroken("the server closed a WebSocket")
        got = self._got + data if self._got else data
        self.bytes += len(data)
        place = 0
        while len(got) - place >= 2:
            length, head = got[place + 1], 2
            if length >= 126:
                form = ">H" if length == 126 else ">Q"
                head += struct.calcsize(form)
                if len(got) - place < head:
                    break
                [length] = struct.unpack_from(form, got, place + 2)
            if len(got) - place < head + length:
                break
            if got[place] & 15 == CLOSE:
                raise ConnectionBroken(f"the server closed a WebSocket: {got[place + head :][:2].hex()}")
            at = got.find(POSITION, place + head, place + head + 400)
            if at >= 0:
                at += len(POSITION)
                self.positions.append(int(got[at : min(filter(None, (got.find(b",", at), got.find(b"]", at))))]))
                self.times_ns.append(now_ns)
            place += head + length
        self._got = got[place:]

    def wait_ns(self, offset: int, acknowledged_ns: int) -> int | None:
        """How long it took until this one was told of an entry; None: never."""
        place = bisect_right(self.positions, offset)
        return None if place == len(self.positions) else max(0, self.times_ns[place] - acknowledged_ns)

    def _say(self, message: object) -> None:
        data = json.dumps(message).encode()
        head = bytes([0x80 | TEXT]) + (
            bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack(">BH", 0x80 | 126, len(data))
        )
        self.socket.sendall(head + bytes(4) + data)  # a mask of zeros


def watch(crowd: Crowd) -> Heard:
    """Open all, say so, watch until a line comes, and work out the waits."""
    watchers: dict[int, Watcher] = {}
    with select.epoll() as poll:
        for _ in range(crowd.count):
            watcher = Watcher(crowd)
            watchers[watcher.socket.fileno()] = watcher
            poll.register(watcher.socket, select.EPOLLIN)
            _take(poll, watchers, 0.0)
        while not all(watcher.positions for watcher in watchers.values()):
            _take(poll, watchers, 0.1)
        _tell(len(watchers))
        poll.register(sys.stdin, select.EPOLLIN)
        while _take(poll, watchers, 1.0):
            pass
    marks = msgspec.json.decode(sys.stdin.buffer.readline(), type=list[tuple[int, int]])
    waits = [watcher.wait_ns(*mark) for watcher in watchers.values() for mark in marks]
    came = sorted(wait / 1e6 for wait in waits if wait is not None)
    never = len(waits) - len(came)
    endless = [*came, *[float("inf")] * never]
    frames = sum(len(watcher.positions) for watcher in watchers.values())
    size = sum(watcher.bytes for watcher in watchers.values()) // max(1, frames)
    return Heard(len(waits), never, quantile(came, 0.5), quantile(endless, 0.99), came[-1] if came else 0, frames, size)


def _take(poll: select.epoll, watchers: dict[int, Watcher], timeout_s: float) -> bool:
    """Let all receive for whom something has come; False when a line was said to us."""
    for fd, _ in poll.poll(timeout_s, len(watchers) + 1):
        watcher = watchers.get(fd)
        if watcher is None:
            return False
        watcher.receive()
    return True


def _tell(content: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(content) + b"\n")
    sys.stdout.buffer.flush()


class Watching:
    """The driver's side of it."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def waited(self, marks: list[tuple[int, int]]) -> Heard:
        """End it: how long these marks, pairs of offset and time of acknowledgement, were waited for."""
        return msgspec.json.decode(await self._asked(msgspec.json.encode(marks) + b"\n"), type=Heard)

    async def ready(self) -> int:
        """Wait until all have their page; how many they are."""
        return int(await self._asked(b""))

    async def _asked(self, line: bytes) -> bytes:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101 - it was asked for
        assert stdout is not None  # noqa: S101 - it was asked for
        stdin.write(line)
        await stdin.drain()
        answer = await stdout.readline()
        if not answer:
            raise BenchFailed("those who watch broke off")
        return answer


@asynccontextmanager
async def watching(where: Where, count: int, path: str) -> AsyncIterator[Watching]:
    """So many who watch the board of a path, gone afterwards."""
    crowd = Crowd(where, count, dict(parse_qsl(urlsplit(path).query)))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.crowd", msgspec.json.encode(crowd).decode()),
        stdin=PIPE,
        stdout=PIPE,
        env={**os.environ, "PYTHONPATH": python_path()},
    )
    try:
        yield Watching(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


if __name__ == "__main__":
    _tell(watch(msgspec.json.decode(sys.argv[1], type=Crowd)))
