"""The boards' follower of the product, run by the benchmark itself with a clock that is set on."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from bench.measure import BenchFailed
from bench.servers import Stand
from coliseum import db, kv
from coliseum.processor.leases import Leases
from coliseum.processor.projection import Unit
from coliseum.processor.step import read_cursors
from coliseum.projections.boards import BoardsFollower

NODE = "bench"
LEASE_S, IDLE_S = 3_600, 86_400
TURNING = "set_aside"


class _Timed:
    """Valkey, with a note of how long each script took, and of how many boards have turned."""

    def __init__(self, store: kv.KeyValue) -> None:
        self._store = store
        self.raw = store.raw
        self.calls_ms: list[float] = []
        self.turned = 0

    async def script(self, package: str, name: str, keys: Sequence[str], args: Sequence[object]) -> Any:
        began = time.perf_counter()
        answer = await self._store.script(package, name, keys, args)
        self.calls_ms.append((time.perf_counter() - began) * 1e3)
        self.turned += name == TURNING
        return answer


class Turner:
    """Holds the tenant's unit in the processor's place."""

    def __init__(self, database: db.Database, store: kv.KeyValue, unit: Unit) -> None:
        self._database = database
        self._unit = unit
        self._now = datetime.now(UTC)
        self._timed = _Timed(store)
        self._follower = BoardsFollower(database, cast("kv.KeyValue", self._timed), lambda: self._now, IDLE_S)

    @classmethod
    @asynccontextmanager
    async def over(cls, stand: Stand) -> AsyncIterator["Turner"]:
        """Take over from the processor, which must have stopped."""
        database = await db.Database.open(stand.postgres.url, processor=2)
        store = await kv.KeyValue.open(stand.valkey.url)
        leases = Leases(database, NODE, LEASE_S)
        try:
            held = await leases.refresh()
            mine = [unit for unit in held if unit.consumer == "coliseum" and unit.tenant.tenant_id == stand.tenant_id]
            if not mine:
                raise BenchFailed("the processor has not given the tenant's unit back")
            yield cls(database, store, mine[0])
        finally:
            await leases.release()
            await store.close()
            await database.close()

    async def settle(self, now: datetime) -> float:
        """Let the follower do what is to be done at this moment; returns the milliseconds that took."""
        self._now = now
        async with self._database.transaction("processor") as connection:
            cursors = await read_cursors(connection, self._unit)
        await self._follower.catch_up(self._unit, cursors)
        began = time.perf_counter()
        while await self._follower.settle(self._unit, cursors):
            pass
        return (time.perf_counter() - began) * 1e3

    async def turn(self, now: datetime) -> tuple[float, float]:
        """Let one board become that of the next hour; the milliseconds of all of it, and of the longest call.

        Raises:
            BenchFailed: none turned, or more than one.
        """
        self._timed.calls_ms, self._timed.turned = [], 0
        took_ms = await self.settle(now + timedelta(seconds=1))
        if self._timed.turned != 1:
            raise BenchFailed(f"{self._timed.turned} boards turned at {now}")
        return took_ms, max(self._timed.calls_ms)
