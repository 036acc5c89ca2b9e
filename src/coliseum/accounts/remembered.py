"""What was looked up a moment ago, believed briefly, and looked up once for all who wait for it."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from coliseum.clock import Clock

CACHE_FOR: Final = timedelta(seconds=2)
"""How long an answer is believed: an ended session or a changed role is known everywhere within it."""
REFRESH_AFTER: Final = CACHE_FOR / 2
"""What is asked for at this age is looked up anew beside the request, so that in a steady stream nobody waits."""
CACHE_MAX: Final = 10_000

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class Remembered(Generic[Key, Found]):
    """Answers by their keys. Owned by one process; safe for many tasks at once."""

    def __init__(self, look_up: Callable[[Key], Awaitable[Found | None]], clock: Clock) -> None:
        self._look_up = look_up
        self._clock = clock
        self._known: OrderedDict[Key, tuple[datetime, Found | None]] = OrderedDict()
        self._looking: dict[Key, asyncio.Task[Found | None]] = {}
        self._forgettings = 0

    async def get(self, key: Key) -> Found | None:
        """The answer; None is one, too."""
        known = self._known.get(key)
        if known is not None:
            age = self._clock() - known[0]
            if timedelta() <= age < CACHE_FOR:
                if age >= REFRESH_AFTER:
                    self._looking_up(key)
                return known[1]
        # A task of its own, so that who gives up waiting takes nothing from the others.
        return await asyncio.shield(self._looking_up(key))

    def forget(self) -> None:
        """Believe nothing any more: something has changed here. Other processes hear of it in ``CACHE_FOR``."""
        self._known.clear()
        self._looking.clear()
        self._forgettings += 1

    def _looking_up(self, key: Key) -> "asyncio.Task[Found | None]":
        """The look-up of this key that is under way, or a new one."""
        task = self._looking.get(key)
        if task is None:
            task = self._looking[key] = asyncio.create_task(self._look(key))
            task.add_done_callback(_heard)
        return task

    async def _look(self, key: Key) -> Found | None:
        now, forgettings = self._clock(), self._forgettings
        try:
            found = await self._look_up(key)
        finally:
            if self._forgettings == forgettings:
                del self._looking[key]
        if self._forgettings == forgettings:
            self._known[key] = (now, found)
            self._known.move_to_end(key)
            if len(self._known) > CACHE_MAX:
                self._known.popitem(last=False)
        return found


def _heard(task: "asyncio.Task[object]") -> None:
    """Whoever waits hears of an error; when nobody does, the next request looks again."""
    if not task.cancelled():
        task.exception()
