"""A processor that is asked to stop leaves nothing running and gives its units back, also on a machine that is slow."""

import asyncio
import time
from types import MappingProxyType
from typing import Any

import pytest

from coliseum import db, kv
from coliseum.processor import runner as runners
from coliseum.processor.leases import Leases
from coliseum.processor.processor import Processor
from coliseum.processor.projection import Batch
from coliseum.processor.runner import Limits, Runner
from coliseum.tasks import CANCEL_AGAIN_S, end
from support.conductor import NoWaiting
from support.festival import vote
from support.live import send
from support.services import World

LEASE_S = 60
SLOW_S = 1.5 * CANCEL_AGAIN_S
UNITS = 2


class Slow:
    """Work of every kind that never ends by itself, and whose breaking off keeps the processor busy for a while.

    It is the event loop that is kept busy, as on a machine that has too much to do.
    """

    name = "coliseum"
    pace_s = 0.0

    def __init__(self) -> None:
        self.begun: set[int] = set()
        self.at_work = 0
        self.all_at_work = asyncio.Event()

    async def forget(self, *_: Any, **__: Any) -> None:
        raise AssertionError("nothing is rebuilt here")

    async def apply(self, _: db.Connection, batch: Batch) -> None:
        """The first step ends, so that what runs beside steps begins; the second one does not end."""
        if batch.tenant.tenant_id in self.begun:
            await self._work()
        self.begun.add(batch.tenant.tenant_id)

    async def tidy(self, *_: Any, **__: Any) -> bool:
        await self._work()
        return False

    async def close_next(self, *_: Any, **__: Any) -> bool:
        await self._work()
        return False

    async def _work(self) -> None:
        self.at_work += 1
        if self.at_work == 3 * UNITS:
            self.all_at_work.set()
        try:
            await asyncio.Event().wait()
        finally:
            time.sleep(SLOW_S)  # noqa: ASYNC251 - on purpose: nothing else has a turn
            self.at_work -= 1


async def test_a_stop_on_a_busy_machine_ends_everything_and_gives_the_units_back(world: World) -> None:
    platforms = [await world.platform() for _ in range(UNITS)]
    for platform in platforms:
        await send(world, platform, [vote(), vote()])
    slow, before = Slow(), asyncio.all_tasks()
    by_name = MappingProxyType({slow.name: slow})
    limits = Limits(step_entries_max=1, attempts_max=1, poll_interval_s=0.1)
    leases = Leases(world.database, "stopping", LEASE_S)
    processor = Processor(world.database, leases, by_name, {}, by_name, limits, LEASE_S, by_name)
    running = asyncio.create_task(processor.run(kv.WakeUps()))
    async with asyncio.timeout(20):
        await slow.all_at_work.wait()
    began_s = time.monotonic()
    await end(running)
    assert asyncio.all_tasks() <= before | {running}
    assert slow.at_work == 0
    assert await world.fetch("SELECT FROM processor_units WHERE holder = 'stopping'") == []
    assert await world.fetch("SELECT FROM processor_nodes WHERE node_id = 'stopping'") == []
    assert time.monotonic() - began_s < 3 * UNITS * SLOW_S + 3


class Breaking(Slow):
    """All connections break while its step is being broken off, so that the step fails instead of being cancelled."""

    pace_s = 0.05

    def __init__(self, database: db.Database) -> None:
        super().__init__()
        self.begun_one = asyncio.Event()
        self.over = False
        """From now on nothing breaks any more, so that also a wrong runner can be ended."""
        self._database = database

    async def apply(self, *_: Any, **__: Any) -> None:
        self.begun_one.set()
        try:
            await asyncio.Event().wait()
        finally:
            if not self.over:
                self._database.hang_up()


async def ended_by_one_cancellation(world: World) -> bool:
    platform = await world.platform()
    await send(world, platform, [vote()])
    breaking = Breaking(world.database)
    await world.execute("UPDATE processor_units SET holder = NULL, expires_at = '-infinity'")
    held = await Leases(world.database, "one", LEASE_S).refresh()
    [unit] = [each for each in held if (each.tenant, each.consumer) == (platform.tenant, breaking.name)]
    runner = Runner(world.database, "one", unit, breaking, None, Limits(1, 1, 0.1), NoWaiting())
    running = asyncio.create_task(runner.run())
    async with asyncio.timeout(10):
        await breaking.begun_one.wait()
    breaking.begun_one.clear()
    running.cancel()
    again = asyncio.create_task(breaking.begun_one.wait())
    await asyncio.wait((running, again), timeout=10, return_when=asyncio.FIRST_COMPLETED)
    ended, breaking.over = running.cancelled(), True
    await end(running, again)
    return ended


async def test_an_error_in_the_place_of_a_cancellation_does_not_keep_a_unit_running(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await ended_by_one_cancellation(world)
    monkeypatch.setattr(runners, "lost_cancellation", lambda: False)
    assert not await ended_by_one_cancellation(world)
