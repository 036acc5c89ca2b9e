"""Wrong steps, leases and rebuilds are seen: each mutant fails the check that the right one passes."""

import asyncio
from contextlib import suppress
from functools import partial

import pytest

from coliseum import db
from coliseum.errors import LeaseLost
from coliseum.processor.rebuild import rebuild
from coliseum.processor.step import step
from support import mutants
from support.breaking import BreakingDatabase, Way
from support.judging import judged
from support.pausing import Pausing, until_stuck
from support.services import World
from support.trial import break_everywhere, count, maker
from support.working import Parking, Retrying, Stepping, Working

NODE = "conductor"
Mutants = tuple[mutants.Mutate | None, ...]


class Rolling(Stepping):
    consumer = "coliseum"


class Paying(Stepping):
    consumer = "treasury"


APART: Mutants = (None, partial(mutants.remembers_apart, first=True), partial(mutants.remembers_apart, first=False))


@pytest.mark.parametrize("kind", [Rolling, Paying])
@pytest.mark.parametrize("mutant", APART, ids=["right", "cursor first", "cursor last"])
async def test_a_cursor_in_a_transaction_of_its_own_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None, kind: type[Stepping]
) -> None:
    await judged(lambda: break_everywhere(maker(kind, world, 1), Way.FAILED), monkeypatch, mutant)


class Zombie(Working):
    """A holder that was frozen past its lease, and comes back."""

    consumer = "coliseum"

    async def refused(self) -> None:
        """After another has taken over, what it tries is refused and keeps nothing."""
        heir = await self.take()
        with suppress(LeaseLost):
            await step(self.world.database, NODE, self.units[self.consumer], self.projections[self.consumer], 0, 3)
            raise AssertionError("a step without the lease was kept")
        await heir.quiesce()
        await self.check()

    async def held_transaction(self) -> None:
        """It is frozen at each operation of a step; another takes over and works; then it goes on."""
        for point in await count(maker(OneStep, self.world, 1)):
            trial = OneStep(self.world, await self.world.platform())
            await trial.prepare()
            pausing = Pausing(point)
            trial.database = BreakingDatabase(self.world.database, pausing)
            frozen = asyncio.create_task(trial.attempt())
            await pausing.reached.wait()
            heir = await trial.take()
            working = asyncio.create_task(heir.quiesce())
            await until_stuck(self.world, working)
            pausing.go_on.set()
            with suppress(LeaseLost):
                await frozen
            await working
            await trial.check()
            await trial.leave()


class OneStep(Working):
    """A single step of everything."""

    consumer = "coliseum"

    async def attempt(self) -> None:
        unit = self.units[self.consumer]
        await step(self.database, NODE, unit, self.projections[self.consumer], 0, 1_000)


@pytest.mark.parametrize("mutant", [None, mutants.does_not_look_at_the_holder])
async def test_a_step_of_one_who_lost_the_lease_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None
) -> None:
    zombie = Zombie(world, await world.platform())
    await zombie.prepare()
    await judged(zombie.refused, monkeypatch, mutant)


@pytest.mark.parametrize("mutant", [None, mutants.does_not_hold_the_cursor])
async def test_a_holder_that_was_frozen_in_its_transaction_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None
) -> None:
    await judged(Zombie(world, await world.platform()).held_transaction, monkeypatch, mutant)


@pytest.mark.parametrize("mutant", [None, mutants.skips_silently])
async def test_an_entry_that_is_skipped_without_a_word_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None
) -> None:
    await judged(lambda: count(maker(Parking, world, 1)), monkeypatch, mutant)


class Unparkable(Parking):
    """Nothing can be put among the dead letters for a while."""

    async def check(self) -> None:
        await self.world.execute("REVOKE INSERT ON processor_dead_letters FROM coliseum_processor")
        try:
            for _ in range(3):
                with suppress(db.InsufficientPrivilege):
                    await self.attempt()
                    raise AssertionError("it went on")
        finally:
            await self.world.execute("GRANT INSERT ON processor_dead_letters TO coliseum_processor")
        await self.attempt()
        await super().check()


@pytest.mark.parametrize("mutant", [None, mutants.goes_on_when_parking_fails])
async def test_going_on_when_an_entry_cannot_be_put_aside_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None
) -> None:
    trial = Unparkable(world, await world.platform())
    await trial.prepare()
    await judged(trial.check, monkeypatch, mutant)


@pytest.mark.parametrize("mutant", [None, mutants.keeps_the_edition])
async def test_boards_that_do_not_hear_of_a_dead_letter_are_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None
) -> None:
    await judged(lambda: count(maker(Retrying, world, 1)), monkeypatch, mutant)


class Rebuilt(Working):
    """A rebuild whose switch has a rest to add."""

    consumer = "mediaid"

    async def prepare(self) -> None:
        await super().prepare()
        await self.holder.quiesce()

    async def attempt(self) -> None:
        await rebuild(self.database, self.tenant, self.projections[self.consumer], 5)


@pytest.mark.parametrize("mutant", [None, mutants.switches_without_the_rest])
async def test_a_switch_without_the_last_entries_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None
) -> None:
    await judged(lambda: count(maker(Rebuilt, world, 1)), monkeypatch, mutant)
