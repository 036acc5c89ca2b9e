"""Steps of one processor take turns, so that a few events cost no more than a few cores at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

WAIT_S_MAX: Final = 0.25
"""A turn is a courtesy: nobody waits longer for a step that takes long or hangs."""


class Turns:
    """So many steps at a time.

    All consumers are woken by the same events; without turns they would step together, on every core that the database
    has, and whoever appends at that moment would wait for all of them.
    """

    def __init__(self, at_once: int = 1) -> None:
        self._free = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One's own turn, or the end of one's patience."""
        taken = False
        try:
            async with asyncio.timeout(WAIT_S_MAX):
                taken = await self._free.acquire()
        except TimeoutError:
            pass
        try:
            yield
        finally:
            if taken:
                self._free.release()
