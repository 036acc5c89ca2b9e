"""Answers that many ask for and few may make: read once for all who wait, and kept for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from coliseum.clock import Clock

Value = TypeVar("Value")


class Bounds(msgspec.Struct, frozen=True):
    """An answer is kept for ``kept_for`` at least, and for ``rest_factor`` times as long as its reading took.

    ``kept_max``: answers that are kept; ``reads_max``: those that are read at a time.
    """

    kept_for: timedelta
    rest_factor: int
    kept_max: int
    reads_max: int


class _Answer(msgspec.Struct, Generic[Value], frozen=True):
    since: datetime
    until: datetime
    value: Value


class Kept(Generic[Value]):
    """The answers of one process by what they answer. All methods belong to one event loop."""

    def __init__(self, clock: Clock, start: Callable[[Coroutine[Any, Any, None]], None], bounds: Bounds) -> None:
        """``start``: runs a reading to its end, whoever still waits for it."""
        self._clock = clock
        self._start = start
        self._bounds = bounds
        self._kept: OrderedDict[Hashable, _Answer[Value]] = OrderedDict()
        self._reading: dict[Hashable, asyncio.Future[Value]] = {}
        self._room = asyncio.Semaphore(bounds.reads_max)

    async def of(self, key: Hashable, read: Callable[[], Awaitable[Value]]) -> Value:
        """The answer as it was kept, or read for everybody who waits for it; a failure is told to all of them."""
        kept = self._kept.get(key)
        if kept is not None and kept.since <= self._clock() < kept.until:
            return kept.value
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.get_running_loop().create_future()
            self._start(self._read(key, read, reading))
        # Whoever gives up waiting takes nothing from the others.
        return await asyncio.shield(reading)

    async def _read(
        self, key: Hashable, read: Callable[[], Awaitable[Value]], reading: "asyncio.Future[Value]"
    ) -> None:
        try:
            async with self._room:
                since = self._clock()
                value = await read()
                now = self._clock()
        except Exception as error:  # noqa: BLE001 - every waiting request must hear of it, whatever it is
            reading.set_exception(error)
            reading.exception()  # heard, also when nobody waits any more
        else:
            bounds = self._bounds
            until = now + max(bounds.kept_for, bounds.rest_factor * (now - since))
            self._kept[key] = _Answer(since, until, value)
            self._kept.move_to_end(key)
            if len(self._kept) > bounds.kept_max:
                self._kept.popitem(last=False)
            reading.set_result(value)
        finally:
            del self._reading[key]
