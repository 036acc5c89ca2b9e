"""The newest entries are read from the end of the log, however long it is: pages ask for them all the time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from coliseum import db
from support.million import ANALYZE, fill
from support.services import Platform, World

ENTRIES = 60_000
BLOCKS_MAX = 150
"""Of some 1,400 that the log has; those of the catalogue's tables, which PostgreSQL reads to plan, count as well."""
SQL = db.statements("coliseum.queries")
NOW = datetime.now(UTC)
QUESTIONS: dict[str, tuple[object, ...]] = {
    "recent_entries": (8,),
    "event_entries": ("event-1", 8, 500),
    "crowd_minutes": ("event-1", NOW - timedelta(hours=1), 500),
}


@pytest.fixture(scope="module")
async def long(world: World) -> Platform:
    """A tenant with a log of some length."""
    platform = await world.platform()
    await fill(world, platform, ENTRIES)
    await world.execute(ANALYZE)
    return platform


@pytest.mark.parametrize("name", QUESTIONS)
async def test_the_newest_entries_are_read_from_the_end_of_the_log(world: World, long: Platform, name: str) -> None:
    async with world.database.tenant(long.tenant_id) as connection:
        told: Any = await connection.fetchval(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {SQL[name]}", long.tenant_id, *QUESTIONS[name]
        )
    (plan,) = msgspec.json.decode(told)
    read = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    assert 0 < read < BLOCKS_MAX, plan


async def test_they_are_the_newest(world: World, long: Platform) -> None:
    async with world.database.tenant(long.tenant_id) as connection:
        rows = await connection.fetch(SQL["recent_entries"], long.tenant_id, 8)
    assert sorted(row["offset"] for row in rows) == list(range(ENTRIES - 8, ENTRIES))
