"""Work that stands still at an operation until it is told to go on, as a process does that was frozen there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from support.breaking import Breaking, Point
from support.services import World

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Pausing(Breaking):
    """Stops before one operation."""

    def __init__(self, pause_at: Point) -> None:
        super().__init__()
        self._pause_at = pause_at
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    async def do(self, name: str, work: Callable[[], Awaitable[Any]], *args: Any, **more: Any) -> Any:
        async def late() -> Any:
            # It is the newest one, and counted by now.
            if [*self.points][-1] == self._pause_at:
                self.reached.set()
                await self.go_on.wait()
            return await work()

        return await super().do(name, late, *args, **more)


async def until_stuck(world: World, task: "asyncio.Task[Any]", others: int = 0) -> None:
    """Return when the task waits for somebody's lock, as so many others do, or is done without having to."""
    async with asyncio.timeout(10), world.database.connection("owner") as connection:
        while not task.done() and await connection.fetchval(WAITING) <= others:
            await asyncio.sleep(0.002)
