"""An entry that cannot be digested stands aside, the others go on, and a retry brings it in."""

import asyncio
import random
from typing import Any

import pytest

from coliseum import wiring
from coliseum.audit.verify import verify
from coliseum.processor.dead_letters import dead_letters, retry
from coliseum.tasks import end
from support.conductor import ATTEMPTS_MAX, Conductor
from support.festival import event, spent, vote
from support.poison import Spoilt
from support.services import Platform, World

pytestmark = pytest.mark.long

SAFE = 2**53 - 1


async def send(world: World, platform: Platform, events: list[dict[str, Any]]) -> None:
    reply = await world.http.post("/api/passport/batch", events, platform.server)
    assert reply.status == 201, reply


async def top(world: World, platform: Platform, metric: str, **more: str) -> dict[str, int]:
    words = "".join(f"&{name}={value}" for name, value in more.items())
    board = (await world.http.get(f"/api/leaderboards?metric={metric}{words}", platform.server)).json
    return {row["id"]: row["score"] for row in board["rows"]}


async def test_a_poisoned_entry_stands_aside_after_its_tries_and_a_retry_counts_it(
    world: World, platform: Platform
) -> None:
    votes = [vote(artistId=f"artist-{n}", weight=n + 1) for n in range(40)]
    ill = Spoilt(wiring.PROJECTIONS["coliseum"], {votes[7]["id"], votes[8]["id"], votes[30]["id"]}, ValueError("ill"))
    conductor = Conductor(world, platform, random.Random(1), projections={**wiring.PROJECTIONS, "coliseum": ill})
    await conductor.take()
    await send(world, platform, votes)
    await conductor.quiesce()
    assert ill.tries == 3 * ATTEMPTS_MAX
    found = await dead_letters(world.database, platform.tenant.slug)
    assert {letter.id for letter in found} == ill.poison
    assert {(letter.consumer, letter.attempts) for letter in found} == {("coliseum", ATTEMPTS_MAX)}
    assert all("ill" in letter.error for letter in found)
    expected = {one["artistId"]: one["weight"] for one in votes if one["id"] not in ill.poison}
    assert await top(world, platform, "votes") == expected
    assert await verify(world.database, world.store, [platform.tenant]) == []
    assert await retry(world.database, platform.tenant, found[0], conductor.projections) == "ill"
    again = {letter.id: letter.attempts for letter in await dead_letters(world.database, platform.tenant.slug)}
    assert again[found[0].id] == ATTEMPTS_MAX + 1
    ill.poison = set()
    for letter in found:
        assert await retry(world.database, platform.tenant, letter, conductor.projections) is None
    assert await dead_letters(world.database, platform.tenant.slug) == []
    await conductor.take()  # the units' editions have risen
    await conductor.quiesce()
    assert await top(world, platform, "votes") == {one["artistId"]: one["weight"] for one in votes}
    assert await verify(world.database, world.store, [platform.tenant]) == []


async def test_a_total_past_2_53_is_parked_and_everything_else_goes_on(world: World, platform: Platform) -> None:
    conductor = Conductor(world, platform, random.Random(2))
    await conductor.take()
    giants = [spent(artistId="abba", amountCents=SAFE) for _ in range(3)]
    await send(world, platform, [vote(), *giants, spent(artistId="abba", currency="sek"), vote()])
    await conductor.quiesce()
    found = await dead_letters(world.database, platform.tenant.slug)
    assert [letter.id for letter in found] == [giants[1]["id"], giants[2]["id"]]
    assert await top(world, platform, "votes") == {"abba": 2}
    assert await top(world, platform, "money_spent", currency="eur") == {"abba": SAFE}
    assert await top(world, platform, "money_spent", currency="sek") == {"abba": 500}
    status = (await world.http.get("/api/status", platform.server)).json
    assert {each["lag"] for each in status} == {0}
    assert [each["deadLetters"] for each in status if each["consumer"] == "coliseum"] == [2]
    assert await verify(world.database, world.store, [platform.tenant]) == []
    assert await retry(world.database, platform.tenant, found[0], wiring.PROJECTIONS) is not None
    assert await verify(world.database, world.store, [platform.tenant]) == []


async def test_no_board_ever_passes_2_53_however_its_money_is_spread(world: World) -> None:
    platform = await world.platform()
    conductor = Conductor(world, platform, random.Random(3))
    await conductor.take()
    months = [f"2026-0{month}-15T12:00:00Z" for month in range(1, 6)]
    await send(world, platform, [
        spent(artistId="abba", amountCents=SAFE // 2, at=at, userId=f"fan-{n}", eventId=f"event-{n}")
        for n, at in enumerate(months)
    ])  # fmt: skip
    await conductor.quiesce()
    for window in ("all", "month"):
        for score in (await top(world, platform, "money_spent", currency="eur", window=window)).values():
            assert score <= 2**53
    assert await verify(world.database, world.store, [platform.tenant]) == []


async def test_what_is_not_the_entries_fault_is_tried_for_ever(world: World, platform: Platform) -> None:
    one = vote()
    ill = Spoilt(wiring.PROJECTIONS["coliseum"], {one["id"]}, ConnectionError("away"))
    conductor = Conductor(world, platform, random.Random(4), projections={**wiring.PROJECTIONS, "coliseum": ill})
    await conductor.take()
    await send(world, platform, [one])
    running = asyncio.create_task(conductor.runners["coliseum"].run())
    async with asyncio.timeout(10):
        while ill.tries < ATTEMPTS_MAX * 4:
            await asyncio.sleep(0)
        assert await dead_letters(world.database, platform.tenant.slug) == []
        ill.poison = set()
        while await top(world, platform, "votes") != {"abba": 1}:
            await asyncio.sleep(0.005)
    await end(running)


@pytest.mark.parametrize("starts_at", [
    "2025-06-21t19:00:00z", "2025-06-21T19:00:00.123456789+05:30", "2016-12-31T23:59:60Z", "0001-01-02T00:00:00Z",
    "9999-12-30T00:00:00-14:00", "2025-06-21T19:00:00+15:59", "2025-06-21T19:00:00+16:00", "2025-06-21T19:00:00-23:59",
])  # fmt: skip
async def test_every_time_that_the_contract_takes_can_be_digested(
    world: World, platform: Platform, starts_at: str
) -> None:
    conductor = Conductor(world, platform, random.Random(5))
    await conductor.take()
    await send(world, platform, [event("catalog.event", eventId="final", name="Final", startsAt=starts_at), vote()])
    await conductor.quiesce()
    assert await dead_letters(world.database, platform.tenant.slug) == []
    assert await world.value("SELECT name FROM catalog_events WHERE tenant_id = $1", platform.tenant_id) == "Final"
