"""The processor: holds units by leases and runs one task for each."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping
from types import MappingProxyType

from coliseum import db
from coliseum.errors import LeaseLost
from coliseum.kv import WakeUps
from coliseum.processor.announcing import Announcing
from coliseum.processor.closing import Closing
from coliseum.processor.following import Following
from coliseum.processor.leases import Leases
from coliseum.processor.projection import Announcer, Closer, Follower, Projection, Tidier, Unit
from coliseum.processor.retrying import Retrying
from coliseum.processor.runner import Limits, Runner
from coliseum.processor.tidying import Tidying
from coliseum.processor.turns import Turns
from coliseum.tasks import end, finish
from coliseum.telemetry import Log, described

UNITS_END_S_MAX = 5.0
LEASES_RETURN_S_MAX = 3.0
STOP_S_MAX = UNITS_END_S_MAX + LEASES_RETURN_S_MAX + 1
"""A stop takes no longer, whatever hangs: `coliseum up` waits twenty seconds, and the stores are closed after this."""


class Processor:
    """One processing node. Any number may run against one database; they share the units."""

    def __init__(
        self,
        database: db.Database,
        leases: Leases,
        projections: Mapping[str, Projection],
        followers: Mapping[str, Follower],
        tidiers: Mapping[str, Tidier],
        limits: Limits,
        lease_s: int,
        closers: Mapping[str, Closer] = MappingProxyType({}),
        announcers: Mapping[str, Announcer] = MappingProxyType({}),
    ) -> None:
        """``projections``, ``followers``, ``tidiers``, ``closers`` and ``announcers`` are by consumer name."""
        self._database = database
        self._leases = leases
        self._projections = projections
        self._followers = followers
        self._tidiers = tidiers
        self._closers = closers
        self._announcers = announcers
        self._limits = limits
        self._lease_s = lease_s
        self._turns = Turns(limits.steps_at_once)
        self._running: dict[Unit, tuple[Runner, asyncio.Task[None]]] = {}
        self._log = Log(node=leases.node_id)

    async def run(self, woken: WakeUps, on_round: Callable[[], None] = lambda: None) -> None:
        """Work until cancelled; ``woken`` is set when there may be new entries. Gives the leases back at the end."""
        self._log.info("processor_started")
        fan_out = asyncio.create_task(self._fan_out(woken))
        try:
            while True:
                await self._refresh()
                on_round()
                await asyncio.sleep(min(1.0, self._lease_s / 3))
        finally:
            await finish(self._stop_all(fan_out), STOP_S_MAX)

    async def _stop_all(self, fan_out: asyncio.Task[None]) -> None:
        """End all units at once, and give them back even when one does not end: a later holder fences it off."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UNITS_END_S_MAX):
                await end(fan_out, *(task for _, task in self._running.values()))
                for unit in list(self._running):
                    await self._stop(unit)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(LEASES_RETURN_S_MAX):
                await self._leases.release()
        self._log.info("processor_stopped")

    async def _fan_out(self, woken: WakeUps) -> None:
        while True:
            await woken.wait()
            tenant_ids = woken.take()
            for unit, (runner, _) in self._running.items():
                if unit.tenant.tenant_id in tenant_ids:
                    runner.woken.set()

    async def _refresh(self) -> None:
        for unit, (_, task) in list(self._running.items()):
            if task.done():
                await self._stop(unit)
        begun_s = asyncio.get_running_loop().time()
        try:
            held = set(await self._leases.refresh())
            lost = await self._database.hang_up_lost("processor")
        except Exception as error:  # noqa: BLE001 - the database is away; steps fail on their own meanwhile
            self._log.warning("step_retried", error=described(error))
            if asyncio.get_running_loop().time() - begun_s >= self._lease_s / 2:
                self._database.hang_up()  # steps may be waiting on connections that nobody hears, and would for ever
            return
        if lost:
            self._log.warning("connections_lost", count=lost)
        for unit in set(self._running) - held:
            await self._stop(unit)
            self._log.info("unit_lost", tenant=unit.tenant.slug, consumer=unit.consumer)
        for unit in held - set(self._running):
            self._start(unit)

    def _start(self, unit: Unit) -> None:
        projection = self._projections.get(unit.consumer)
        if projection is None:
            return
        rng = random.Random()  # noqa: S311 - jitter
        follower = self._followers.get(unit.consumer)
        tidier = self._tidiers.get(unit.consumer)
        closer = self._closers.get(unit.consumer)
        announcer = self._announcers.get(unit.consumer)
        runner = Runner(
            self._database,
            self._leases.node_id,
            unit,
            projection,
            None if follower is None else Following(unit, follower, rng),
            self._limits,
            rng,
            None if tidier is None else Tidying(self._database, unit, tidier, rng),
            None if closer is None else Closing(self._database, unit, closer, rng),
            None if announcer is None else Announcing(self._database, unit, announcer, rng),
            Retrying(self._database, unit, projection, rng),
            self._turns,
        )
        self._running[unit] = (runner, asyncio.create_task(runner.run()))
        self._log.info("unit_taken", tenant=unit.tenant.slug, consumer=unit.consumer, epoch=unit.epoch)

    async def _stop(self, unit: Unit) -> None:
        _, task = self._running[unit]
        await end(task)
        del self._running[unit]  # not before: a stop that comes meanwhile ends it
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, LeaseLost):
            # Said, and tried afresh at the next refresh.
            self._log.error("parking_failed", tenant=unit.tenant.slug, consumer=unit.consumer, error=described(error))
