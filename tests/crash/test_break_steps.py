"""Steps, leases, dead letters: broken at each operation, and every number is still the log's."""

import pytest

from coliseum import wiring
from coliseum.processor.leases import Leases
from coliseum.processor.projection import Unit
from support.breaking import Way
from support.conductor import LEASE_S
from support.services import World
from support.trial import Points, break_everywhere, maker
from support.working import Parking, Retrying, Stepping, Working

NODE = "breaking"


def stepping(consumer: str) -> type[Stepping]:
    return type(f"Stepping_{consumer}", (Stepping,), {"consumer": consumer})


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("consumer", wiring.PROJECTIONS)
async def test_a_step_counts_once_wherever_it_breaks(world: World, consumer: str, way: Way) -> None:
    assert await break_everywhere(maker(stepping(consumer), world, partitions=1), way) > 8


@pytest.mark.parametrize("way", Way)
async def test_an_entry_is_put_aside_once_wherever_that_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Parking, world, partitions=1), way, Points.ONCE) > 8


@pytest.mark.parametrize("way", Way)
async def test_a_dead_letter_is_digested_once_wherever_its_retry_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Retrying, world, partitions=1), way, Points.SETTLED) > 8


class Leasing(Working):
    """Renewing, sharing, taking and giving back of units."""

    async def prepare(self) -> None:
        await self.send(self.story())
        await self.world.execute("DELETE FROM processor_nodes")
        self.epochs: dict[str, int] = {}

    async def attempt(self) -> None:
        leases = Leases(self.database, NODE, LEASE_S)
        for _ in range(2):
            self.grown(await leases.refresh())
        await leases.release()
        self.grown(await Leases(self.database, f"{NODE} too", LEASE_S).refresh(), by=1)

    async def check(self) -> None:
        self.grown(list((await self.take()).units.values()), by=1)

    def grown(self, units: list[Unit], by: int = 0) -> None:
        """An epoch never falls, and grows when a unit changes hands."""
        for unit in units:
            if unit.tenant == self.tenant:
                assert unit.epoch >= self.epochs.get(unit.consumer, 0) + by
                self.epochs[unit.consumer] = unit.epoch


@pytest.mark.parametrize("way", Way)
async def test_a_unit_is_held_by_one_wherever_its_lease_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Leasing, world, partitions=1), way, Points.ONCE, at_once=1) > 8
