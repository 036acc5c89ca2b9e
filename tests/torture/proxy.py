"""A TCP proxy between two of the processes, with toxics: what a network does to connections.

A connection that a blackhole or a half-open link has caught never comes back, not even after the link has healed:
bytes are missing in it. Only new connections work again, as with a router that forgot its table. Some seconds after
the healing the server's end is closed, as its keepalives would do; the client has to find out by itself.
"""

import asyncio
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from support.background import Background

Kind = Literal["none", "latency", "blackhole", "half_open", "reset_after", "answer_lost", "refuse"]
PIECE_BYTES = 65_536
SERVER_NOTICES_S = 15.0
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, no seconds: closing sends RST instead of FIN."""


@dataclass(frozen=True)
class Toxic:
    """What is wrong with a link. ``amount``: seconds of latency, bytes until the reset, or answers to lose."""

    kind: Kind = "none"
    amount: float = 0


class Pipe:
    """One client's connection through the proxy and the one to the server behind it."""

    def __init__(self, proxy: "Proxy", writer: asyncio.StreamWriter) -> None:
        self.proxy = proxy
        self.client = writer
        self.server: asyncio.StreamWriter | None = None
        self.caught: Kind | None = None
        self.forwarded_bytes = 0
        self.asked = False

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Carry bytes both ways until either side ends or a toxic breaks it."""
        if self.proxy.toxic.kind == "refuse":
            return self.reset()
        if self.proxy.toxic.kind in ("blackhole", "half_open"):
            self.caught = self.proxy.toxic.kind
            return await self._drop(reader)
        try:
            back, self.server = await asyncio.open_connection("127.0.0.1", self.proxy.target_port)
        except OSError:
            return self.reset()
        up = asyncio.create_task(self._pump(reader, self.server, answers=False))
        down = asyncio.create_task(self._pump(back, self.client, answers=True))
        try:
            await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
            if self.caught is not None:
                await asyncio.wait([up])
        finally:
            up.cancel()
            down.cancel()
            self.close()
        return None

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
        while piece := await _read(reader):
            toxic = self.proxy.toxic
            if toxic.kind == "latency":
                await asyncio.sleep(toxic.amount)
            if self.caught is not None:
                await self._stay_caught(reader, answers=answers)
                return None
            if answers and self.asked and self.proxy.loses_answer():
                return self.reset()
            self.asked = self.asked or not answers
            self.forwarded_bytes += len(piece)
            if toxic.kind == "reset_after" and self.forwarded_bytes > toxic.amount:
                return self.reset()
            try:
                writer.write(piece)
                await writer.drain()
            except OSError:
                return None
        if self.caught is not None and answers:
            await asyncio.Event().wait()  # the client must not hear that the server has gone
        return None

    async def _stay_caught(self, reader: asyncio.StreamReader, *, answers: bool) -> None:
        if self.caught == "half_open":
            await self.proxy.healed.wait()  # nobody reads: the sender's buffers fill
        await self._drop(reader)
        if answers:
            await asyncio.Event().wait()

    async def _drop(self, reader: asyncio.StreamReader) -> None:
        """Take bytes and lose them, until the sender closes."""
        while await _read(reader):
            pass

    def reset(self) -> None:
        """Break both sides with RST."""
        for writer in (self.client, self.server):
            if writer is not None:
                raw = writer.get_extra_info("socket")
                if raw is not None and raw.fileno() >= 0:
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                writer.transport.abort()

    def close(self) -> None:
        for writer in (self.client, self.server):
            if writer is not None:
                writer.close()

    def close_server_side(self) -> None:
        if self.server is not None:
            self.server.transport.abort()


class Proxy:
    """Listens on a port of the loopback address and passes on to another; start it on a ``Background``."""

    def __init__(self, background: Background, target_port: int) -> None:
        self.target_port = target_port
        self.toxic = Toxic()
        self.port = 0
        self.healed = asyncio.Event()
        self._background = background
        self._pipes: set[Pipe] = set()
        self._answers_to_lose = 0
        background.call(self._start())

    def set(self, toxic: Toxic) -> None:
        """Make the link ill in one way, or well again."""
        self._background.call(self._set(toxic))

    def reset_all(self) -> None:
        """Break every connection that stands now."""
        self._background.call(self._reset_all())

    def loses_answer(self) -> bool:
        """Whether this answer is one of those that are to be lost."""
        if self.toxic.kind != "answer_lost" or self._answers_to_lose <= 0:
            return False
        self._answers_to_lose -= 1
        return True

    def answers_left_to_lose(self) -> int:
        return self._answers_to_lose

    def server_side_ports(self) -> Mapping[int, Pipe]:
        """The ports from which the proxy speaks to the server: what the server knows a client by."""
        found = {}
        for pipe in tuple(self._pipes):
            name = pipe.server.get_extra_info("sockname") if pipe.server is not None else None
            if name:
                found[name[1]] = pipe
        return found

    async def _start(self) -> None:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=PIECE_BYTES)
        self.port = server.sockets[0].getsockname()[1]
        self._background.at_end.append(server.close)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pipe = Pipe(self, writer)
        self._pipes.add(pipe)
        try:
            await pipe.run(reader)
        except asyncio.CancelledError:
            pipe.close()
        finally:
            self._pipes.discard(pipe)
            pipe.close()

    async def _set(self, toxic: Toxic) -> None:
        self.toxic = toxic
        self._answers_to_lose = int(toxic.amount) if toxic.kind == "answer_lost" else 0
        if toxic.kind in ("blackhole", "half_open"):
            self.healed = asyncio.Event()
            for pipe in self._pipes:
                pipe.caught = toxic.kind
        elif toxic.kind == "none":
            self.healed.set()
            asyncio.get_running_loop().call_later(SERVER_NOTICES_S, self._close_caught)

    def _close_caught(self) -> None:
        if self.toxic.kind not in ("blackhole", "half_open"):
            for pipe in self._pipes:
                if pipe.caught is not None:
                    pipe.close_server_side()

    async def _reset_all(self) -> None:
        for pipe in tuple(self._pipes):
            pipe.reset()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(PIECE_BYTES)
    except OSError:
        return b""
