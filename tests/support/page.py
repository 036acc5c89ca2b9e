"""The public page in this process: its application on open stores, with a processor at work, and its event stream."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from coliseum import wiring
from coliseum.clock import utc_now
from coliseum.kv import WakeUps
from coliseum.processor.leases import Leases
from coliseum.processor.processor import Processor
from coliseum.processor.runner import Limits
from coliseum.projections.boards import BoardsFollower
from coliseum.web.app import build_app
from coliseum.web.ui.front_page import page_router
from coliseum.web.ui.live import Live
from support.asgi import Http, Reply
from support.services import Platform, World

NUMBERS = itertools.count(1)
PATIENCE_S = 20.0


def event(type_: str, **fields: Any) -> dict[str, Any]:
    """An event of now, with an id of its own."""
    at = datetime.now(UTC).isoformat()
    return {"id": f"secret-id-{next(NUMBERS)}", "type": type_, "userId": "secret-fan", "at": at} | fields


def vote(artist_id: str, weight: int = 1) -> dict[str, Any]:
    """A vote for an artist."""
    return event("coliseum.vote_cast", artistId=artist_id, eventId="final", weight=weight, channel="web")


class Stream:
    """An open event stream, message by message."""

    def __init__(self, app: Any, path: str, last_id: str | None, accepted: str = "") -> None:
        bare, _, query = path.partition("?")
        headers = [] if last_id is None else [(b"last-event-id", last_id.encode())]
        headers += [(b"accept-language", accepted.encode())] if accepted else []
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": bare, "raw_path": quote(bare).encode(), "query_string": query.encode(),
            "root_path": "", "headers": headers, "client": ("203.0.113.9", 4711), "server": ("testserver", 80),
            "state": {},
        }  # fmt: skip
        self._gone = asyncio.Event()
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.ended = asyncio.create_task(app(scope, self._receive, self._sent.put))

    async def start(self) -> tuple[int, dict[str, str]]:
        """The status and the headers."""
        async with asyncio.timeout(PATIENCE_S):
            first = await self._sent.get()
        return first["status"], {name.decode(): value.decode() for name, value in first["headers"]}

    async def message(self) -> tuple[str, dict[str, Any]]:
        """The next message with data: its id and the data."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                body = (await self._sent.get()).get("body", b"").decode()
                fields = dict(line.split(": ", 1) for line in body.splitlines() if line)
                if "data" in fields:
                    return fields["id"], json.loads(fields["data"])

    async def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first state for which it is true."""
        while True:
            _, state = await self.message()
            if condition(state):
                return state

    async def leave(self) -> None:
        """Go away; the application must then end the stream."""
        self._gone.set()
        async with asyncio.timeout(PATIENCE_S):
            await self.ended

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}


@dataclass
class PublicPage:
    """The page of one platform."""

    app: Any
    http: Http
    live: Live
    platform: Platform

    async def log(self, *events: dict[str, Any]) -> None:
        """Send events in, in one batch; all must be accepted."""
        reply = await self.http.post("/api/passport/batch", {"events": events}, self.platform.server)
        assert reply.status == 201, reply

    @asynccontextmanager
    async def watch(self, path: str = "/live", last_id: str | None = None, accepted: str = "") -> AsyncIterator[Stream]:
        """An open stream; ``accepted``: the languages that it is asked for in."""
        stream = Stream(self.app, path, last_id, accepted)
        try:
            yield stream
        finally:
            await stream.leave()

    async def settled(self, path: str = "/live") -> dict[str, Any]:
        """The state in which all that is in the log is counted."""
        async with self.watch(path) as stream:
            return await stream.until(lambda state: bool(state["settled"]))

    async def get(self, path: str, **headers: str) -> Reply:
        """A page."""
        return await self.http.get(path, headers)


@asynccontextmanager
async def public_page(world: World, platform: Platform, slug: str | None, **limits: int) -> AsyncIterator[PublicPage]:
    """The application with its pages, which show the tenant of that slug."""
    live = Live(slug, **limits)
    app = build_app(lambda: wiring.open_services(world.settings), "test", pages=(page_router(live),))
    app.state.services = world.services
    async with live.serving(world.services):
        yield PublicPage(app, Http(app), live, platform)


@asynccontextmanager
async def processing(world: World) -> AsyncIterator[None]:
    """A processor at work meanwhile."""
    processor = Processor(
        world.database,
        Leases(world.database, "the only node", 15),
        wiring.PROJECTIONS,
        {"coliseum": BoardsFollower(world.database, world.store, utc_now, 900)},
        {},
        Limits(20_000, 3, 1.0),
        15,
    )

    async def work(woken: WakeUps) -> None:
        await processor.run(woken)

    async with world.store.wake_ups() as woken:
        task = asyncio.create_task(work(woken))
        try:
            yield
        finally:
            while not task.done():  # Python 3.11's wait_for, which the Valkey client uses, can lose a cancellation
                task.cancel()
                await asyncio.wait([task], timeout=1)
