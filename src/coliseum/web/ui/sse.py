"""``GET /live``: the page's state as Server-Sent Events.

Each message holds the whole small state and the entries that arrived since the one before; its id is the position of
the log. A browser that reconnects sends the last id back and so misses no entry that is still among the newest.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import msgspec

from coliseum.errors import ColiseumError, QueryInvalid, Refusal, RequestRefused
from coliseum.web.problems import problem, respond
from coliseum.web.ui.formats import Formats
from coliseum.web.ui.live import Live
from coliseum.web.ui.snapshot import WINDOWS, Snapshot
from coliseum.web.ui.telling import Teller
from coliseum.web.ui.text import language_of, locale_of

HEARTBEAT_S = 15.0
SEND_S_MAX = 10.0
"""A viewer that takes no bytes for so long is dropped."""
RETRY_MS = 2_000
PARTITIONS_MAX = 64
HEARTBEAT = b": still here\n\n"
STALE = b"event: stale\ndata: {}\n\n"
HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
)

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


async def serve_live(live: Live, scope: Any, receive: Receive, send: Send) -> None:
    """Answer a request for the stream: until the viewer goes, the server stops, or the viewer takes no more."""
    try:
        window = window_named(parse_qs(scope["query_string"].decode("latin-1")).get("window", ["all"])[0])
        tenant = await live.tenant()
        if tenant is None:
            raise RequestRefused(Refusal.NOT_FOUND, "no tenant is shown to the public here")
        headers = dict(scope["headers"])
        accepted = headers.get(b"accept-language", b"").decode("latin-1")
        teller = Teller(Formats(locale_of(accepted), tenant.zone), language_of(accepted))
        with live.viewing(tenant, window):
            await live.now(tenant, window)
            since = positions_of(headers.get(b"last-event-id", b""))
            # Too slow a viewer is dropped; it may come back.
            with suppress(TimeoutError):
                await _Viewer(live, window, teller, since, receive, send).feed()
    except ColiseumError as error:
        await respond(send, problem(error))


class _Viewer:
    """One open stream."""

    def __init__(self, live: Live, window: str, teller: Teller, since: list[int], receive: Receive, send: Send) -> None:
        self._live = live
        self._window = window
        self._teller = teller
        self._since = since
        self._receive = receive
        self._send = send

    async def feed(self) -> None:
        """Send the state, and each newer one.

        Raises:
            TimeoutError: the viewer takes no bytes.
        """
        await self._send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        gone = asyncio.create_task(self._until_gone())
        try:
            await self._write(b"retry: %d\n\n" % RETRY_MS)
            turn = self._live.turn
            await self._write(self._message())
            while await self._turned(turn, gone):
                turn = self._live.turn
                await self._write(self._message() if self._live.answering else STALE)
            if not gone.done():
                await self._write(b"", more=False)
        finally:
            gone.cancel()

    async def _turned(self, turn: asyncio.Event, gone: asyncio.Task[None]) -> bool:
        """Wait for something new, with heartbeats; False when the stream is over."""
        waiting = asyncio.create_task(turn.wait())
        try:
            while self._live.polling and not gone.done():
                done, _ = await asyncio.wait((waiting, gone), timeout=HEARTBEAT_S, return_when="FIRST_COMPLETED")
                if waiting in done:
                    return self._live.polling
                if not done:
                    await self._write(HEARTBEAT)
            return False
        finally:
            waiting.cancel()

    def _message(self) -> bytes:
        snapshot = self._live.latest(self._window)
        message = message_of(snapshot, self._teller, self._since)
        self._since = snapshot.position
        return message

    async def _write(self, body: bytes, *, more: bool = True) -> None:
        async with asyncio.timeout(SEND_S_MAX):
            await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


def message_of(snapshot: Snapshot, teller: Teller, since: list[int]) -> bytes:
    """The state as one message, with those of its newest entries that lie at or behind ``since``."""
    lines = [line for line in snapshot.lines if line.offset >= (since[line.partition : line.partition + 1] or [0])[0]]
    data = msgspec.json.encode(teller.page(snapshot, lines))
    return b"id: %s\ndata: %s\n\n" % (".".join(map(str, snapshot.position)).encode(), data)


def positions_of(last_id: bytes) -> list[int]:
    """The position that a message's id stands for; none when it is not one of ours."""
    parts = last_id.split(b".")
    if len(parts) > PARTITIONS_MAX or not all(part.isdigit() and len(part) < 20 for part in parts):
        return []
    return [int(part) for part in parts]


def window_named(name: str) -> str:
    """The window of that name, among those that the page has.

    Raises:
        QueryInvalid: it has none of that name.
    """
    if name not in WINDOWS:
        raise QueryInvalid(f"window is one of {', '.join(WINDOWS)}.", "window")
    return name
