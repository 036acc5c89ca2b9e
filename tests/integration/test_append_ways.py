"""An append that looks for known ids first and one that takes all for new tell the same and leave the same log."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from coliseum import db
from coliseum.clock import utc_now
from coliseum.passport.append import append
from coliseum.passport.appender import LOOK_AFTER_CONFLICT_COMMITS, Appender
from coliseum.passport.entries import Accepted, Duplicate, IdReused, NewEntry, Outcome
from coliseum.passport.storing import ClaimConflict
from support.entries import entry
from support.services import Platform, World

COLUMNS = 'partition, "offset", id, event_type, metadata, value, dna_influence, session_id, personal.fields'
LOG = f"""
SELECT {COLUMNS} FROM passport_entries
LEFT JOIN passport_personal AS personal USING (tenant_id, partition, "offset")
WHERE tenant_id = $1 ORDER BY partition, "offset"
"""  # noqa: S608 - two constants
REST = "SELECT kind, ref_id, id FROM passport_references WHERE tenant_id = $1 ORDER BY ref_id"
KEYS = 'SELECT id, content_hash, partition, "offset" FROM passport_keys WHERE tenant_id = $1 ORDER BY id'


def luck_of(rng: random.Random) -> NewEntry:
    """An entry whose id, content, vote taken back and personal fields may all have been there before."""
    event_id, content = f"id-{rng.randrange(60)}", rng.choice("aaab")
    voids = f"id-{rng.randrange(60)}" if rng.random() < 0.15 else None
    personal = {"orderId": f"order {content}"} if rng.random() < 0.2 else None
    return entry(event_id, content, voids=voids, personal=personal, subject_id=7, session_id=db.Uuid(bytes(16)))


async def store(
    world: World, platform: Platform, partition: int, batch: list[NewEntry], *, look: bool
) -> list[Outcome]:
    """Append; and look, once it is known that there is something to be seen."""
    async with world.database.connection("capture") as connection:
        try:
            return await append(connection, platform.tenant_id, partition, batch, datetime.now(UTC), look=look)
        except ClaimConflict:
            assert not look, "nobody else appends here"
            return await append(connection, platform.tenant_id, partition, batch, datetime.now(UTC))


async def everything(world: World, platform: Platform) -> list[list[dict[str, Any]]]:
    return [[dict(row) for row in await world.fetch(sql, platform.tenant_id)] for sql in (LOG, REST, KEYS)]


@pytest.mark.parametrize("seed", range(12))
async def test_both_ways_tell_the_same_and_store_the_same(world: World, seed: int) -> None:
    looking, trusting = await world.platform(partitions=2), await world.platform(partitions=2)
    rng = random.Random(seed)
    for _ in range(12):
        batch, partition = [luck_of(rng) for _ in range(rng.randrange(1, 9))], rng.randrange(2)
        told = await store(world, looking, partition, batch, look=True)
        assert await store(world, trusting, partition, batch, look=False) == told
    assert await everything(world, trusting) == await everything(world, looking)


async def test_a_known_id_that_nobody_looked_for_leaves_nothing(world: World, platform: Platform) -> None:
    assert await store(world, platform, 0, [entry("known", "a")], look=False) == [Accepted(0, 0)]
    before = await everything(world, platform)
    batch = [entry("new"), entry("known", "a", personal={"orderId": "order"})]
    async with world.database.connection("capture") as connection:
        with pytest.raises(ClaimConflict):
            await append(connection, platform.tenant_id, 0, batch, datetime.now(UTC), look=False)
    assert await everything(world, platform) == before
    assert await store(world, platform, 0, batch, look=False) == [Accepted(0, 1), Duplicate(0, 0)]


async def test_a_batch_of_known_ids_writes_nothing(world: World, platform: Platform) -> None:
    batch = [entry(f"id-{n}") for n in range(5)]
    await store(world, platform, 0, batch, look=False)
    sql = "SELECT xmin FROM passport_heads WHERE tenant_id = $1"
    before = await world.value(sql, platform.tenant_id)
    assert await store(world, platform, 0, batch, look=True) == [Duplicate(0, n) for n in range(5)]
    assert await world.value(sql, platform.tenant_id) == before


async def test_after_a_retry_the_appender_looks_for_a_while(world: World, platform: Platform) -> None:
    appender = Appender(
        world.database, utc_now, queue_events_max=100, append_batch_events_max=100, on_commit=lambda _: None
    )

    async def one(event_id: str, content: str = "") -> Outcome:
        (outcome,) = await appender.submit(platform.tenant_id, 0, [entry(event_id, content)])
        return outcome

    rollbacks = "SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()"

    async def rolled_back() -> int:
        async with world.database.connection("capture") as connection:
            await connection.execute("SELECT pg_stat_force_next_flush()")
        return int(await world.value(rollbacks))

    assert await one("again") == Accepted(0, 0)
    assert await one("again") == Duplicate(0, 0)
    before = await rolled_back()
    for _ in range(LOOK_AFTER_CONFLICT_COMMITS - 1):
        assert await one("again") == Duplicate(0, 0)
    assert await rolled_back() == before
    assert await one("again", "other") == IdReused()
    assert await one("new") == Accepted(0, 1)
    await appender.drain()
