"""What a tenant has used is what its log holds: by day, category and source; explained, rebuilt, and verified."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coliseum import db, wiring
from coliseum.accounts.usage import month_after, month_of, used_in_month
from coliseum.audit.tables import check_tables
from coliseum.passport.append import append
from coliseum.processor.projection import Batch
from coliseum.processor.rebuild import rebuild
from support.conductor import Conductor
from support.entries import entry
from support.festival import vote
from support.services import Platform, World

LAST_OF_MAY = datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC)
FIRST_OF_JUNE = datetime(2026, 6, 1, 0, 0, 1, tzinfo=UTC)
TYPES = ("coliseum.vote_cast", "player.track_played", "social.share")


PLANTED = (
    "UPDATE usage_days SET entries = entries - 1 WHERE tenant_id = $1 AND category = 'player'",
    "UPDATE usage_days SET last_offset = last_offset + 1 WHERE tenant_id = $1 AND category = 'social'",
    "UPDATE usage_days SET day = day + 1 WHERE tenant_id = $1 AND category = 'coliseum'",
    "DELETE FROM usage_days WHERE tenant_id = $1 AND category = 'coliseum'",
    """INSERT INTO usage_days SELECT $1, generation, '2026-05-31', 0, 'treasury', 'api', 1, 0, 0
       FROM processor_units WHERE tenant_id = $1 AND consumer = 'usage'""",
    """UPDATE processor_cursors SET "offset" = "offset" - 1 WHERE tenant_id = $1 AND consumer = 'usage'""",
)


async def received(
    world: World, platform: Platform, count: int, at: datetime, *, prefix: str, partition: int = 0, source: str = "api"
) -> None:
    """Entries in the log that were received at a moment, of each type in turn."""
    entries = [entry(f"{prefix}-{n}", event_type=TYPES[n % 3], source=source, occurred_at=at) for n in range(count)]
    async with world.database.connection("capture") as connection:
        await append(connection, platform.tenant_id, partition, entries, at)


async def counting(world: World, platform: Platform) -> Conductor:
    conductor = Conductor(world, platform, random.Random(7))
    await conductor.take()
    return conductor


async def usage(world: World, platform: Platform, query: str = "") -> dict[str, Any]:
    reply = await world.http.get(f"/api/usage{query}", platform.server)
    assert reply.status == 200, reply
    told: dict[str, Any] = reply.json
    return told


async def test_entries_count_on_the_utc_day_of_receipt_by_category_and_source(world: World) -> None:
    platform = await world.platform(zone="Pacific/Auckland", partitions=2)
    await received(world, platform, 6, LAST_OF_MAY, prefix="a")
    await received(world, platform, 3, LAST_OF_MAY, prefix="b", partition=1, source="webhook")
    await received(world, platform, 2, FIRST_OF_JUNE, prefix="c")
    conductor = await counting(world, platform)
    await conductor.quiesce()
    may, june = [await usage(world, platform, f"?month=2026-0{month}") for month in (5, 6)]
    assert may["days"] == [
        {"day": "2026-05-31", "category": category, "source": source, "entries": entries}
        for category in ("coliseum", "player", "social")
        for source, entries in (("api", 2), ("webhook", 1))
    ]
    assert (may["used"], may["counted"], may["waiting"], may["position"]) == (9, 9, 0, [8, 3])
    assert (june["used"], [day["entries"] for day in june["days"]]) == (2, [1, 1])
    assert (may["month"], may["monthStart"], may["monthEnd"]) == (
        "2026-05", "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z",
    )  # fmt: skip


async def test_what_is_in_the_log_and_not_counted_yet_is_used_and_said_to_wait(
    world: World, platform: Platform
) -> None:
    await received(world, platform, 4, LAST_OF_MAY, prefix="a")
    await received(world, platform, 5, FIRST_OF_JUNE, prefix="b")
    told = [await usage(world, platform, f"?month=2026-0{month}") for month in (5, 6)]
    assert [(each["used"], each["counted"], each["waiting"]) for each in told] == [(4, 0, 4), (5, 0, 5)]
    await (await counting(world, platform)).quiesce()
    told = [await usage(world, platform, f"?month=2026-0{month}") for month in (5, 6)]
    assert [(each["used"], each["counted"], each["waiting"]) for each in told] == [(4, 4, 0), (5, 5, 0)]


async def test_a_days_number_is_explained_by_pages_of_the_entries_it_is_the_sum_of(world: World) -> None:
    platform = await world.platform(partitions=2)
    for partition in (0, 1):
        await received(world, platform, 9, LAST_OF_MAY, prefix=f"a{partition}", partition=partition)
        await received(world, platform, 7, FIRST_OF_JUNE, prefix=f"b{partition}", partition=partition)
    await (await counting(world, platform)).quiesce()
    for day, prefix, entries in (("2026-05-31", "a", 18), ("2026-06-01", "b", 14)):
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            reply = await world.http.get(f"/api/usage/explain?day={day}&limit=4{cursor}", platform.server)
            found += reply.json["entries"]
            assert reply.json["count"] == entries
            if reply.json["nextCursor"] is None:
                break
            cursor = f"&cursor={reply.json['nextCursor']}"
        places = [(each["partition"], each["offset"]) for each in found]
        assert len(found) == entries
        assert places == sorted(set(places))
        assert {each["id"][0] for each in found} == {prefix}
        one = await world.http.get(f"/api/usage/explain?day={day}&category=player&source=api", platform.server)
        assert one.json["count"] == len(one.json["entries"]) == Counter(each["type"] for each in found)[TYPES[1]]
    for wrong in ("day=yesterday", "day=2026-05-31&cursor=x", "day=2026-05-31&limit=0", "day=0001-01-01", ""):
        reply = await world.http.get(f"/api/usage/explain?{wrong}", platform.server)
        assert (reply.status, reply.code) == (400, "invalid_query"), wrong


async def test_every_limit_of_the_plan_is_told_with_what_is_used_of_it(world: World, platform: Platform) -> None:
    await world.http.send(
        "PUT", "/api/boards/mine", b'{"metric":"votes","entity":"artist","windows":["day"]}', platform.server
    )
    wish = {"url": "https://1.1.1.1/hook", "topics": ["season.ended"]}
    made = await world.http.post("/api/webhooks/endpoints", wish, platform.server)
    assert made.status == 201, made
    told = await usage(world, platform)
    limits = {each["name"]: (each["limit"], each["used"]) for each in told["limits"]}
    assert (told["plan"], told["limit"]) == ("enterprise", None)  # without Stripe everybody has everything
    assert limits["declaredBoards"] == (None, 1)
    assert limits["keys"] == (None, 2)
    assert limits["seats"] == (None, 0)
    assert limits["webhookEndpoints"] == (100, 1)
    assert limits["eventsPerMonth"] == (None, 0)
    assert {"historyDays", "windows", "filters", "live", "exports", "requestsPerMinute"} <= limits.keys()


async def test_verify_sees_every_planted_difference_and_a_rebuild_mends_them(world: World, platform: Platform) -> None:
    await received(world, platform, 9, LAST_OF_MAY, prefix="a")
    conductor = await counting(world, platform)
    await conductor.quiesce()
    for plant in PLANTED:
        assert await check_tables(world.database, platform.tenant) == []
        await world.execute(plant, platform.tenant_id)
        found = await check_tables(world.database, platform.tenant)
        assert found, plant
        assert {each.what for each in found} == {"usage"}
        await world.execute(
            "UPDATE processor_cursors SET \"offset\" = 9 WHERE tenant_id = $1 AND consumer = 'usage'",
            platform.tenant_id,
        )
        await rebuild(world.database, platform.tenant, wiring.PROJECTIONS["usage"], 4)


async def test_a_step_that_breaks_off_counts_nothing_and_the_next_counts_once(world: World, platform: Platform) -> None:
    await received(world, platform, 5, LAST_OF_MAY, prefix="a")
    projection = wiring.PROJECTIONS["usage"]

    async def broken() -> None:
        async with world.database.transaction("processor") as connection:
            await projection.apply(connection, Batch(platform.tenant, 0, 0, 0, 5))
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await broken()
    assert await world.value("SELECT count(*) FROM usage_days WHERE tenant_id = $1", platform.tenant_id) == 0
    await (await counting(world, platform)).quiesce()
    assert (await usage(world, platform, "?month=2026-05"))["counted"] == 5
    assert await check_tables(world.database, platform.tenant) == []


async def test_a_tenant_sees_its_own_usage_alone(world: World) -> None:
    one, other = await world.platform(), await world.platform()
    await received(world, one, 5, LAST_OF_MAY, prefix="a")
    for platform in (one, other):
        await (await counting(world, platform)).quiesce()
    assert (await usage(world, other, "?month=2026-05"))["used"] == 0
    reply = await world.http.get("/api/usage/explain?day=2026-05-31", other.server)
    assert (reply.json["count"], reply.json["entries"]) == (0, [])
    with pytest.raises(db.PostgresError):
        async with world.database.tenant(one.tenant_id) as connection:
            await connection.execute(
                "INSERT INTO usage_days VALUES ($1, 0, now(), 0, 'x', 'x', 1, 0, 0)", one.tenant_id
            )


async def test_events_that_come_in_by_http_are_counted_by_their_source(world: World, platform: Platform) -> None:
    reply = await world.http.post("/api/passport/batch", {"events": [vote(), vote()]}, platform.server)
    assert reply.status == 201
    told = await usage(world, platform)
    assert (told["used"], told["waiting"]) == (2, 2)
    await (await counting(world, platform)).quiesce()
    told = await usage(world, platform)
    assert [(day["source"], day["entries"]) for day in told["days"]] == [("api", 2)]
    today = told["days"][0]["day"]
    explained = await world.http.get(f"/api/usage/explain?day={today}", platform.server)
    assert {each["source"] for each in explained.json["entries"]} == {"api"}
    assert "userId" not in explained.body.decode()


async def test_a_month_is_used_up_the_same_whichever_part_of_it_is_counted(world: World, platform: Platform) -> None:
    rng = random.Random(5)
    moment, expected = datetime(2026, 4, 28, tzinfo=UTC), Counter[datetime]()
    conductor = await counting(world, platform)
    for turn in range(30):
        moment += timedelta(hours=rng.randint(1, 48))
        count = rng.randint(1, 9)
        await received(world, platform, count, moment, prefix=f"t{turn}")
        expected[month_of(moment)] += count
        if rng.random() < 0.5:
            await conductor.runners["usage"].round()
        async with world.database.connection("capture") as connection:
            used = {month: await used_in_month(connection, platform.tenant_id, month) for month in expected}
        assert used == expected
    assert month_after(datetime(2026, 12, 1, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)
