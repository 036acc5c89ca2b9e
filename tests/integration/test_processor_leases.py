"""Who works on what: processors share the units, take over from the dead, and fence off the ones that come back."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest

from coliseum import db, kv, wiring
from coliseum.clock import utc_now
from coliseum.errors import LeaseLost
from coliseum.processor.leases import Leases
from coliseum.processor.processor import Processor
from coliseum.processor.projection import Batch, Projection, Unit
from coliseum.processor.runner import Limits
from coliseum.processor.step import step
from coliseum.projections.boards import BoardsFollower
from coliseum.projections.boardstore import BoardsMoved, BoardStore
from coliseum.tasks import CANCEL_AGAIN_S, end, finish
from support.conductor import Conductor
from support.festival import vote
from support.services import Platform, World

pytestmark = pytest.mark.long

LEASE_S = 60


@pytest.fixture(autouse=True)
async def nobody_at_work(world: World) -> None:
    """Each test begins without nodes, and with every unit free."""
    await world.execute("DELETE FROM processor_nodes")
    await world.execute("UPDATE processor_units SET holder = NULL, expires_at = '-infinity'")


async def holders(world: World) -> dict[tuple[int, str], str | None]:
    rows = await world.fetch("SELECT tenant_id, consumer, holder FROM processor_units")
    return {(row["tenant_id"], row["consumer"]): row["holder"] for row in rows}


def names(units: list[Unit]) -> set[tuple[int, str]]:
    return {(unit.tenant.tenant_id, unit.consumer) for unit in units}


async def test_nodes_share_the_units_and_each_is_held_once(world: World) -> None:
    for _ in range(4):
        await world.platform()
    everything = set(await holders(world))
    nodes = [Leases(world.database, f"node-{n}", LEASE_S) for n in range(3)]
    assert names(await nodes[0].refresh()) == everything
    for _ in range(3):
        held = [names(await node.refresh()) for node in nodes]
    assert set().union(*held) == everything
    assert sum(map(len, held)) == len(everything)
    assert max(map(len, held)) <= -(-len(everything) // 3)
    await nodes[1].release()
    for _ in range(2):
        held = [names(await node.refresh()) for node in (nodes[0], nodes[2])]
    assert set().union(*held) == everything
    assert not held[0] & held[1]


async def test_nodes_that_refresh_at_once_never_hold_the_same_unit(world: World) -> None:
    nodes = [Leases(world.database, f"crowd-{n}", LEASE_S) for n in range(5)]
    for _ in range(10):
        held = await asyncio.gather(*(node.refresh() for node in nodes))
        for one in range(5):
            for other in range(one):
                both = names(held[one]) & names(held[other])
                epochs = {(unit.tenant.tenant_id, unit.consumer): unit.epoch for unit in held[one]}
                # A unit may have been given back and taken between two of the answers, never with the same epoch.
                assert all(
                    epochs[unit.tenant.tenant_id, unit.consumer] != unit.epoch
                    for unit in held[other]
                    if (unit.tenant.tenant_id, unit.consumer) in both
                )


async def test_a_silent_nodes_units_are_taken_over_with_a_higher_epoch(world: World, platform: Platform) -> None:
    dead, heir = Leases(world.database, "dead", LEASE_S), Leases(world.database, "heir", LEASE_S)
    before = {(unit.tenant.tenant_id, unit.consumer): unit.epoch for unit in await dead.refresh()}
    assert await heir.refresh() == []
    await world.execute(
        "UPDATE processor_units SET expires_at = now() - interval '1 second' WHERE tenant_id = $1", platform.tenant_id
    )
    await world.execute("UPDATE processor_nodes SET seen_at = now() - interval '1 hour' WHERE node_id = 'dead'")
    taken = await heir.refresh()
    assert {unit.tenant.tenant_id for unit in taken} == {platform.tenant_id}
    assert all(unit.epoch > before[platform.tenant_id, unit.consumer] for unit in taken)
    # It comes back: what was taken from it is not its own any more.
    assert not names(taken) & names(await dead.refresh())


@dataclass
class Gate:
    """A projection that stops in the middle of its step until it is told to go on."""

    projection: Projection
    inside: asyncio.Event
    go_on: asyncio.Event
    name: str = "coliseum"
    pace_s: float = 0.0

    async def forget(self, connection: db.Connection, tenant_id: int, generation: int) -> None:
        await self.projection.forget(connection, tenant_id, generation)

    async def apply(self, connection: db.Connection, batch: Batch) -> None:
        await self.projection.apply(connection, batch)
        self.inside.set()
        await self.go_on.wait()


async def total(world: World, platform: Platform) -> int:
    reply = await world.http.get("/api/metrics?metric=votes", platform.server)
    return int(reply.json["total"])


async def send_votes(world: World, platform: Platform, count: int) -> None:
    reply = await world.http.post("/api/passport/batch", [vote() for _ in range(count)], platform.server)
    assert reply.status == 201


async def test_a_zombie_in_the_middle_of_a_step_counts_nothing_twice(world: World, platform: Platform) -> None:
    await send_votes(world, platform, 10)
    gate = Gate(wiring.PROJECTIONS["coliseum"], asyncio.Event(), asyncio.Event())
    zombie = Conductor(
        world, platform, random.Random(0), node="zombie", projections={**wiring.PROJECTIONS, "coliseum": gate}
    )
    await zombie.take()
    unit = zombie.units["coliseum"]
    stuck = asyncio.create_task(step(world.database, "zombie", unit, gate, 0, 7))
    await gate.inside.wait()
    heir = Conductor(world, platform, random.Random(0), node="heir")
    await heir.take()
    going_on = asyncio.create_task(heir.quiesce())  # it waits for the cursor that the zombie's transaction holds
    await asyncio.sleep(0)
    gate.go_on.set()
    assert (await stuck).end == 7
    await going_on
    assert await total(world, platform) == 10
    with pytest.raises(LeaseLost):
        await step(world.database, "zombie", unit, wiring.PROJECTIONS["coliseum"], 0, 100)
    # Not even with the right name: it is the epoch that decides.
    with pytest.raises(LeaseLost):
        await step(world.database, "heir", unit, wiring.PROJECTIONS["coliseum"], 0, 100)
    assert await total(world, platform) == 10


async def test_a_zombie_is_fenced_in_valkey_too(world: World, platform: Platform) -> None:
    old, new = (BoardStore(world.store, platform.tenant_id, epoch) for epoch in (5, 6))
    await old.take_over()
    await old.reset(0, {0: 10})
    await new.take_over()
    with pytest.raises(LeaseLost):
        await old.take_over()
    with pytest.raises(LeaseLost):
        await old.reset(0, {0: 0})
    with pytest.raises(BoardsMoved):
        await old.apply(0, 10, 11, {}, [])
    with pytest.raises(BoardsMoved):
        await old.drop([])
    await new.apply(0, 10, 11, {}, [])
    with pytest.raises(BoardsMoved):
        await new.apply(0, 10, 11, {}, [])
    state = await new.take_over()
    assert state is not None
    assert state.cursors == {0: 11}


async def test_a_zombie_that_wrote_before_its_heir_came_is_no_harm(world: World, platform: Platform) -> None:
    await send_votes(world, platform, 5)
    first = Conductor(world, platform, random.Random(1), node="first")
    await first.take()
    await first.quiesce()
    await send_votes(world, platform, 5)
    heir = Conductor(world, platform, random.Random(2), node="heir")
    await heir.take()
    # The first one still follows in Valkey, with cursors that it read before.
    await first.follower.catch_up(first.units["coliseum"], {0: 5})
    await heir.quiesce()
    with pytest.raises(LeaseLost):
        await first.follower.catch_up(first.units["coliseum"], {0: 5})
    board = (await world.http.get("/api/leaderboards?metric=votes", platform.server)).json
    assert (board["source"], board["rows"][0]["score"], board["position"]) == ("live", 10, [10])


@pytest.fixture
async def processors(world: World) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Two processors at work in this process, which look by themselves only once an hour."""
    stores = [await kv.KeyValue.open(world.store.url) for _ in range(2)]

    async def run(number: int, ready: asyncio.Event) -> None:
        store = stores[number]
        processor = Processor(
            world.database, Leases(world.database, f"worker-{number}", 3), wiring.PROJECTIONS,
            {"coliseum": BoardsFollower(world.database, store, utc_now, 900)}, {}, Limits(1_000, 5, 3_600), 3,
        )  # fmt: skip
        async with store.wake_ups() as woken:
            await processor.run(woken, ready.set)

    events = [asyncio.Event(), asyncio.Event()]
    tasks = [asyncio.create_task(run(number, events[number])) for number in range(2)]
    await asyncio.gather(*(event.wait() for event in events))
    yield tasks
    for task in tasks:
        await end(task)
    for store in stores:
        await store.close()


async def counted(world: World, platform: Platform, votes: int, within_s: float) -> None:
    """Return when the board says so many votes."""
    async with asyncio.timeout(within_s):
        while True:
            board = (await world.http.get("/api/leaderboards?metric=votes", platform.server)).json
            if board["source"] == "live" and sum(row["score"] for row in board["rows"]) == votes:
                return
            await asyncio.sleep(0.01)


async def test_a_wake_up_brings_events_to_the_board_and_a_dead_processors_work_goes_on(
    world: World, platform: Platform, processors: list[asyncio.Task[None]]
) -> None:
    async with asyncio.timeout(20):
        while {*(await holders(world)).values()} != {"worker-0", "worker-1"}:
            await asyncio.sleep(0.02)
    await send_votes(world, platform, 3)
    await counted(world, platform, 3, within_s=10)
    for noise in (b"", b"\xff", b"1", b'["a"]'):
        await world.store.raw.publish(kv.WAKE_CHANNEL, noise)
    await send_votes(world, platform, 4)
    await counted(world, platform, 7, within_s=2)  # nobody looks by itself: it was the wake-up
    holder = (await holders(world))[platform.tenant_id, "coliseum"]
    # As a SIGKILL would: it neither gives its units back nor says goodbye.
    await world.execute("REVOKE UPDATE ON processor_units FROM coliseum_processor")
    await end(processors[int(str(holder)[-1])])
    await world.execute("GRANT UPDATE ON processor_units TO coliseum_processor")
    assert (await holders(world))[platform.tenant_id, "coliseum"] == holder
    await send_votes(world, platform, 5)
    await counted(world, platform, 12, within_s=20)
    assert (await holders(world))[platform.tenant_id, "coliseum"] != holder


async def test_a_runner_whose_generation_is_gone_stops_before_it_touches_a_board(
    world: World, platform: Platform
) -> None:
    await send_votes(world, platform, 5)
    conductor = Conductor(world, platform, random.Random(1))
    await conductor.take()
    await conductor.quiesce()
    await world.execute(
        "UPDATE processor_cursors SET generation = 1 - generation WHERE tenant_id = $1", platform.tenant_id
    )
    with pytest.raises(LeaseLost):
        await conductor.runners["coliseum"].round()
    board = (await world.http.get("/api/leaderboards?metric=votes", platform.server)).json
    assert (board["source"], board["position"]) == ("live", [5])


class Reluctant:
    """A follower that takes its time to break off, as one does that waits for the answer to its last command."""

    def __init__(self) -> None:
        self.following = asyncio.Event()

    async def catch_up(self, _unit: Unit, _cursors: Mapping[int, int]) -> bool:
        self.following.set()
        try:
            await asyncio.Event().wait()
        finally:
            await finish(asyncio.sleep(3 * CANCEL_AGAIN_S), 5)
        return False

    async def settle(self, _unit: Unit, _cursors: Mapping[int, int]) -> bool:
        return False

    async def leave(self, _unit: Unit, _cursors: Mapping[int, int]) -> bool:
        return False


async def test_a_processor_that_is_stopped_leaves_no_task_and_no_lease_behind(world: World, platform: Platform) -> None:
    follower = Reluctant()
    processor = Processor(
        world.database, Leases(world.database, "stopped", LEASE_S), wiring.PROJECTIONS, {"coliseum": follower}, {},
        Limits(1_000, 5, 3_600), LEASE_S,
    )  # fmt: skip
    before = asyncio.all_tasks()
    running = asyncio.create_task(processor.run(kv.WakeUps()))
    await follower.following.wait()
    assert (await holders(world))[platform.tenant_id, "coliseum"] == "stopped"
    async with asyncio.timeout(20):
        await end(running)
    assert asyncio.all_tasks() == before
    assert {*(await holders(world)).values()} == {None}
