"""A processor by hand: one tenant's units stepped round by round, with crashes where a test wants them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from valkey.exceptions import ConnectionError as ValkeyConnectionError

from coliseum import kv, wiring
from coliseum.clock import Clock, utc_now
from coliseum.processor.following import Following
from coliseum.processor.leases import Leases
from coliseum.processor.projection import Projection, Unit
from coliseum.processor.runner import Limits, Runner
from coliseum.projections.boards import BoardsFollower
from coliseum.projections.coliseum import ColiseumProjection
from coliseum.projections.prepared import Prepared
from support.services import Platform, World

LEASE_S = 300
ATTEMPTS_MAX = 3


class NoWaiting(random.Random):
    """Jitter that is always nothing."""

    def uniform(self, a: float, b: float) -> float:
        return min(a, b)


class Crash(ValkeyConnectionError):
    """The connection broke, before or after what was asked was done."""


class FlakyStore:
    """Valkey whose scripts fail now and then: half of the time although they were run."""

    def __init__(self, store: kv.KeyValue, rng: random.Random) -> None:
        self._store = store
        self._rng = rng
        self.failures_a_hundred = 0
        self.raw = store.raw

    async def script(self, *args: Any) -> Any:
        if self._rng.randrange(100) >= self.failures_a_hundred:
            return await self._store.script(*args)
        if self._rng.random() < 0.5:
            await self._store.script(*args)
        raise Crash("the connection broke")


@dataclass
class Conductor:
    """Holds one tenant's units for a node and runs their rounds when told."""

    world: World
    platform: Platform
    rng: random.Random
    node: str = "conductor"
    projections: Mapping[str, Projection] = field(default_factory=lambda: wiring.PROJECTIONS)
    step_entries_max: int = 1_000
    clock: Clock = utc_now
    idle_s: int = 900

    def __post_init__(self) -> None:
        self.store = FlakyStore(self.world.store, self.rng)
        # Now the steps leave what they have counted for the follower, now it reads the log itself.
        prepared = Prepared()
        if self.rng.random() < 0.5 and self.projections is wiring.PROJECTIONS:
            self.projections = {**self.projections, "coliseum": ColiseumProjection(prepared)}
        store = cast("kv.KeyValue", self.store)
        self.follower = BoardsFollower(self.world.database, store, self.clock, self.idle_s, prepared)
        self.runners: dict[str, Runner] = {}
        self.units: dict[str, Unit] = {}

    async def take(self) -> None:
        """Take every unit of the tenant over, whoever holds it, and begin with a fresh runner each."""
        for runner in self.runners.values():
            await runner.close()
        await self.world.execute(
            "UPDATE processor_units SET expires_at = '-infinity' WHERE tenant_id = $1", self.platform.tenant_id
        )
        leases = Leases(self.world.database, self.node, LEASE_S)
        # Alone among the nodes, so that its fair share is everything.
        await self.world.execute("DELETE FROM processor_nodes WHERE node_id <> $1", self.node)
        self.adopt(await leases.refresh())

    def adopt(self, held: Sequence[Unit]) -> None:
        """Begin with a fresh runner for each of the tenant's units among these."""
        self.units = {unit.consumer: unit for unit in held if unit.tenant.tenant_id == self.platform.tenant_id}
        assert len(self.units) == len(wiring.PROJECTIONS)
        self.runners = {consumer: self._runner(unit) for consumer, unit in self.units.items()}

    def _runner(self, unit: Unit) -> Runner:
        size = self.rng.choice([1, 3, 10, 50]) if self.step_entries_max > 50 else self.step_entries_max
        return Runner(
            self.world.database, self.node, unit, self.projections[unit.consumer],
            Following(unit, self.follower, NoWaiting()) if unit.consumer == "coliseum" else None,
            Limits(size, ATTEMPTS_MAX, 1.0), NoWaiting(),
        )  # fmt: skip

    async def rounds(self, count: int = 1) -> None:
        """Some rounds of consumers chosen at random."""
        for _ in range(count):
            await self.rng.choice(list(self.runners.values())).round()

    async def tidy(self) -> None:
        """Roll up the hours that are over."""
        generation = self.units["coliseum"].generation
        async with self.world.database.transaction("processor") as connection:
            assert not await ColiseumProjection().tidy(connection, self.platform.tenant, generation)

    async def quiesce(self) -> None:
        """Rounds without faults until nothing is left to read, to follow or to fill."""
        self.store.failures_a_hundred = 0
        for runner in self.runners.values():
            for _ in range(10_000):
                if not await runner.round():
                    break
            else:
                raise AssertionError("there is always more to do")
