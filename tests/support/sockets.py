"""A WebSocket client of the tests' own on wsproto, every byte in the caller's hand; and one board kept up by it."""

import asyncio
import base64
import json
import os
import struct
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Event, Ping, RejectConnection, Request, TextMessage

PATIENCE_S = 20.0
PATH = "/api/live"


class Closed(Exception):
    """The server has closed the connection; ``code`` is None when it did so without a close frame."""

    def __init__(self, code: int | None, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Socket:
    """An open WebSocket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._events: deque[Event] = deque()
        self._text = ""
        self.frames = 0

    @classmethod
    async def open(cls, port: int, headers: Mapping[str, str] | None = None, **options: Any) -> Self:
        """Connect and shake hands. ``options``: those of ``asyncio.open_connection``."""
        where = () if "sock" in options else ("127.0.0.1", port)
        socket = cls(*await asyncio.open_connection(*where, **options))
        extra = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        socket.raw(socket._protocol.send(Request(host=f"127.0.0.1:{port}", target=PATH, extra_headers=extra)))
        first = await socket._event()
        if isinstance(first, RejectConnection):
            raise Closed(first.status_code)
        assert isinstance(first, AcceptConnection), first
        return socket

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)

    def text(self, text: str) -> None:
        """Send a text message."""
        self.raw(self._protocol.send(TextMessage(text)))

    def say(self, **message: Any) -> None:
        """Send a message of the protocol."""
        self.text(json.dumps(message))

    async def hear(self, *types: str, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """The next message, heartbeats left out; with ``types`` it must be one of these.

        Raises:
            Closed: there is none any more.
        """
        async with asyncio.timeout(patience_s):
            while True:
                event = await self._event()
                match event:
                    case TextMessage():
                        self._text += event.data
                        if not event.message_finished:
                            continue
                        self.frames += 1
                        message: dict[str, Any] = json.loads(self._text)
                        self._text = ""
                        if message["type"] == "heartbeat" and "heartbeat" not in types:
                            continue
                        assert not types or message["type"] in types, message
                        return message
                    case CloseConnection():
                        raise Closed(event.code, event.reason or "")
                    case Ping():
                        self.raw(self._protocol.send(event.response()))

    async def closed(self, patience_s: float = PATIENCE_S) -> Closed:
        """Read on until the server closes."""
        async with asyncio.timeout(patience_s):
            while True:
                try:
                    await self.hear(patience_s=patience_s)
                except Closed as closed:
                    return closed

    async def discard(self) -> None:
        """Read on, whatever comes.

        Raises:
            Closed: nothing more will.
        """
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await self._event()
                self._events.clear()

    async def _event(self) -> Event:
        while not self._events:
            try:
                data = await self.reader.read(65_536)
            except ConnectionError:
                raise Closed(None) from None
            if not data:
                raise Closed(None)
            self._protocol.receive_data(data)
            self._events.extend(self._protocol.events())
        return self._events.popleft()


@asynccontextmanager
async def connected(
    port: int, headers: Mapping[str, str] | None = None, *, key: str | None = None, ticket: str | None = None
) -> AsyncIterator[Socket]:
    """An open WebSocket, which has said who it is if there is something to say."""
    socket = await Socket.open(port, headers)
    auth = {name: value for name, value in (("key", key), ("ticket", ticket)) if value is not None}
    try:
        if auth:
            socket.say(type="auth", **auth)
            await socket.hear("ready")
        yield socket
    finally:
        socket.writer.transport.abort()


class Board:
    """A page that is kept up by messages, as docs/LIVE.md says."""

    def __init__(self, rows: str = "rows", key: str = "id") -> None:
        self.page: dict[str, Any] = {}
        self.position: list[int] = []
        self.state = ""
        self.resumptions = 0
        self.diffs = self.snapshots = 0
        self._rows, self._key = rows, key

    def take(self, message: dict[str, Any]) -> None:
        """Apply a snapshot or a diff."""
        if message["type"] == "snapshot":
            self.page = message["page"]
            self.snapshots += 1
        else:
            assert message["from"] == self.position, "there is a gap"
            rows = self.page[self._rows]
            moved = {row[self._key] for _, row in message["rows"]} | set(message["gone"])
            rows = [row for row in rows if row[self._key] not in moved]
            for place, row in message["rows"]:
                rows.insert(place, row)
            self.page = {**self.page, **message["set"], self._rows: rows}
            self.diffs += 1
            self.resumptions += message.get("resumed", False)
        self.position, self.state = message["position"], message["state"]
        assert self.page["position"] == self.position

    def scores(self) -> dict[str, int]:
        """Every member's score."""
        return {row["id"]: row["score"] for row in self.page[self._rows]}


def handshake(port: int, path: str = PATH) -> bytes:
    """A request to open a WebSocket."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def frame(opcode: int, data: bytes = b"", *, fin: bool = True, masked: bool = True, rsv: int = 0) -> bytes:
    """One frame, however wrong."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    bit = 0x80 if masked else 0
    if len(data) < 126:
        head = bytes([first, bit | len(data)])
    elif len(data) < 65_536:
        head = bytes([first, bit | 126]) + struct.pack(">H", len(data))
    else:
        head = bytes([first, bit | 127]) + struct.pack(">Q", len(data))
    if not masked:
        return head + data
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
