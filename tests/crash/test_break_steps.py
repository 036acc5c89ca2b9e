"""Steps, leases, dead letters: broken at each operation, and every number is still the log's."""

import pytest

from coliseum import wiring
from coliseum.audit.tables import check_tables
from coliseum.processor.dead_letters import dead_letters, retry
from coliseum.processor.leases import Leases
from coliseum.processor.projection import Unit
from support.breaking import Way
from support.conductor import ATTEMPTS_MAX, LEASE_S
from support.festival import event, spent, vote
from support.poison import Spoilt
from support.services import World
from support.told import Event
from support.trial import Points, break_everywhere, maker
from support.working import Working, story_of

NODE = "breaking"


class Stepping(Working):
    """All steps of one consumer, by one runner that lives through the faults."""

    async def prepare(self) -> None:
        await super().prepare()
        self.stepper = self.runner(self.projections[self.consumer])

    async def attempt(self) -> None:
        while await self.stepper.round():
            pass


def stepping(consumer: str) -> type[Stepping]:
    return type(f"Stepping_{consumer}", (Stepping,), {"consumer": consumer})


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("consumer", wiring.PROJECTIONS)
async def test_a_step_counts_once_wherever_it_breaks(world: World, consumer: str, way: Way) -> None:
    assert await break_everywhere(maker(stepping(consumer), world, partitions=1), way) > 8


class Parking(Working):
    """Steps over an entry that cannot be digested: trying again, putting it aside."""

    consumer = "treasury"

    def story(self) -> list[Event]:
        """As short as it can be: every failed try is a transaction with points of its own."""
        paid = spent(userId="fan-1")
        void = event("treasury.money_refunded", userId="fan-1", refundOf=paid["id"], amountCents=200, currency="eur",
                     reason="")  # fmt: skip
        return [paid, void, spent(userId="fan-2")]

    async def prepare(self) -> None:
        await super().prepare()
        poison = [one["id"] for one in story_of(self, "treasury.money_refunded")]
        self.ill = Spoilt(self.projections[self.consumer], set(poison), ValueError("ill"))
        self.projections = {**self.projections, self.consumer: self.ill}
        self.stepper = self.runner(self.ill, step_entries_max=1)

    async def attempt(self) -> None:
        while await self.stepper.round():
            pass

    async def check(self) -> None:
        letters = await dead_letters(self.world.database, self.tenant.slug)
        assert {letter.id for letter in letters} == self.ill.poison
        assert all(letter.attempts >= ATTEMPTS_MAX for letter in letters)
        assert await check_tables(self.world.database, self.tenant) == []
        self.ill.poison = set()
        for letter in letters:
            assert await retry(self.world.database, self.tenant, letter, self.projections) is None
        await self.check_world()


@pytest.mark.parametrize("way", Way)
async def test_an_entry_is_put_aside_once_wherever_that_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Parking, world, partitions=1), way, Points.ONCE) > 8


class Retrying(Working):
    """Another try of two dead letters, one of which is digested now."""

    consumer = "coliseum"

    async def prepare(self) -> None:
        await self.send([vote(), vote(userId="fan-2"), spent(artistId="abba")])
        votes = [one["id"] for one in story_of(self, "coliseum.vote_cast")]
        self.ill = Spoilt(self.projections[self.consumer], set(votes), ValueError("ill"))
        self.projections = {**self.projections, self.consumer: self.ill}
        await (await self.take(step_entries_max=1)).quiesce()
        self.stubborn, self.healed = votes
        self.ill.poison = {self.stubborn}

    async def attempt(self) -> None:
        for letter in await dead_letters(self.database, self.tenant.slug):
            problem = await retry(self.database, self.tenant, letter, self.projections)
            assert problem == ("ill" if letter.id == self.stubborn else None)

    async def check(self) -> None:
        [letter] = await dead_letters(self.world.database, self.tenant.slug)
        assert letter.id == self.stubborn
        assert letter.attempts > ATTEMPTS_MAX
        assert await check_tables(self.world.database, self.tenant) == []
        self.ill.poison = set()
        assert await retry(self.world.database, self.tenant, letter, self.projections) is None
        await self.check_world()


@pytest.mark.parametrize("way", Way)
async def test_a_dead_letter_is_digested_once_wherever_its_retry_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Retrying, world, partitions=1), way, Points.ONCE) > 8


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
