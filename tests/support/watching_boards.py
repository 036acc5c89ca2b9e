"""A viewer without a connection: it takes what it is owed when the test says so."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from coliseum import kv
from coliseum.web.live.hub import Hub
from coliseum.web.live.seats import Limits
from support.conductor import Conductor
from support.festival import vote
from support.live import send
from support.services import Platform, World
from support.sockets import Board

PATIENCE_S = 10.0


class Watcher:
    """One viewer of a hub, with the boards that it is kept up with, by name."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.boards: dict[str, Board] = {}
        self.sent = 0
        self._coming: asyncio.Queue[tuple[str, asyncio.Future[None]]] = asyncio.Queue()
        self.viewer = hub.admit(self._send)

    def _send(self, message: str) -> asyncio.Future[None]:
        """A message is on its way until it is taken."""
        self.sent += 1
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._coming.put_nowait((message, taken))
        assert self._coming.qsize() == 1
        return taken

    def watch(self, name: str = "x", seen: Board | None = None, **parameters: str) -> Board:
        """Subscribe to a board, perhaps with what was seen of it before; its page comes when it is taken."""
        claim = (seen.position, seen.state) if seen is not None else None
        self.hub.watch(self.viewer, name, "board", {"metric": "votes", **parameters}, claim)
        self.boards[name] = seen or Board()
        return self.boards[name]

    async def hear(self) -> dict[str, Any]:
        """The next message, applied to its board."""
        async with asyncio.timeout(PATIENCE_S):
            text, taken = await self._coming.get()
        taken.set_result(None)
        await asyncio.sleep(0)
        message: dict[str, Any] = json.loads(text)
        if message["type"] in ("snapshot", "diff"):
            self.boards[message["id"]].take(message)
        return message

    async def until(self, artist_id: str, score: int, name: str = "x") -> Board:
        """Hear until an artist has that score."""
        board = self.boards[name]
        while not board.page or board.scores().get(artist_id) != score:
            await self.hear()
        return board

    @property
    def waits(self) -> bool:
        """Whether a message is on its way."""
        return not self._coming.empty()

    def leave(self) -> None:
        """Go."""
        self.hub.dismiss(self.viewer)


@asynccontextmanager
async def opened_hub(world: World, **limits: Any) -> AsyncIterator[Hub]:
    """A hub of the test's own on the world's stores, as another web process would have."""
    services = world.services
    hub = Hub(
        services.database, services.store, services.keys, services.boards.reads, services.declarations,
        services.clock,
        limits=Limits(**limits),
    )  # fmt: skip
    try:
        yield hub
    finally:
        await hub.close()


async def watcher(hub: Hub, platform: Platform, key: str | None = None) -> Watcher:
    """A viewer with this key, or the platform's server key."""
    made = Watcher(hub)
    await hub.introduce(made.viewer, key=key or platform.server_key, ticket=None)
    return made


async def counted_votes(world: World, platform: Platform, conductor: Conductor, **scores: int) -> None:
    """Some votes, counted, and said to be counted."""
    await send(world, platform, [vote(artistId=name, weight=score) for name, score in scores.items()])
    await conductor.quiesce()
    await world.store.wake([platform.tenant_id], kv.COUNTED_CHANNEL)
