"""A viewer without a connection: it takes what it is owed when the test says so."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from coliseum.web.live.hub import Hub, Limits
from coliseum.web.live.viewer import Viewer
from support.services import Platform, World
from support.sockets import Board

PATIENCE_S = 10.0


class Watcher:
    """One viewer of a hub, with the boards that it is kept up with, by name."""

    def __init__(self, hub: Hub, viewer: Viewer) -> None:
        self.hub = hub
        self.viewer = viewer
        self.boards: dict[str, Board] = {}

    def watch(self, name: str = "x", seen: Board | None = None, **parameters: str) -> Board:
        """Subscribe to a board, perhaps with what was seen of it before; its page comes when it is taken."""
        claim = (seen.position, seen.state) if seen is not None else None
        self.hub.watch(self.viewer, name, "board", {"metric": "votes", **parameters}, claim)
        self.boards[name] = seen or Board()
        return self.boards[name]

    async def hear(self) -> dict[str, Any]:
        """The next message, applied to its board."""
        async with asyncio.timeout(PATIENCE_S):
            while (message := self.take()) is None:
                await self.viewer.awake.wait()
        return message

    def take(self) -> dict[str, Any] | None:
        """The next message, if there is one now, applied to its board."""
        text = self.viewer.next()
        if text is None:
            return None
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

    def leave(self) -> None:
        """Go."""
        self.hub.dismiss(self.viewer)


@asynccontextmanager
async def opened_hub(world: World, **limits: Any) -> AsyncIterator[Hub]:
    """A hub of the test's own on the world's stores, as another web process would have."""
    services = world.services
    hub = Hub(
        services.database, services.store, services.keys, services.boards.reads, services.clock,
        limits=Limits(**limits),
    )  # fmt: skip
    try:
        yield hub
    finally:
        await hub.close()


async def watcher(hub: Hub, platform: Platform) -> Watcher:
    """A viewer with the platform's server key."""
    viewer = hub.admit()
    await hub.introduce(viewer, key=platform.server_key, ticket=None)
    return Watcher(hub, viewer)
