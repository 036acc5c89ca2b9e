"""A database that holds increments keeps every sum when hours take their place."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from coliseum import db, migrate

HOURS = 10
"""The migration that this is about: coliseum_increments becomes coliseum_hours."""
TIES = 13
"""The migration that has all derived tables made anew from the log."""
NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
GRAINS = 4
KEYS = 60
ROWS = 2_000
HUGE = 2**53 - 1
"""Nearly the most that a sum may be."""

TENANTS = """
    INSERT INTO accounts_tenants (tenant_id, slug, name, time_zone, currency) OVERRIDING SYSTEM VALUE
    SELECT t, 'tenant-' || t, 'Tenant', 'UTC', 'eur' FROM generate_series(1, 2) AS t
"""
UNITS = """
    INSERT INTO processor_units (tenant_id, consumer, generation) VALUES (1, 'coliseum', 0), (2, 'coliseum', 1)
"""
NAMES = """
    INSERT INTO coliseum_names (tenant_id, num, kind, id) OVERRIDING SYSTEM VALUE
    SELECT t, m, 'metric', 'metric-' || m FROM generate_series(1, 2) AS t CROSS JOIN generate_series(1, 2) AS m
"""
COLUMNS = ("tenant_id", "generation", "metric", "kind", "hour", "entity", "artist", "event", "city", "value")
ROLLUPS = """
    INSERT INTO coliseum_rollups
           (tenant_id, generation, metric, kind, grain, bucket, entity, artist, event, city, value)
    SELECT tenant_id, generation, metric, kind, grain, date_trunc(unit, hour, 'UTC'), entity, artist, event, city,
           sum(value)
    FROM coliseum_increments
    CROSS JOIN (VALUES (0, 'hour'), (1, 'day'), (2, 'week'), (3, 'month')) AS grains (grain, unit)
    WHERE entity % 3 = 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""
KEY = "tenant_id, generation, metric, kind, hour, entity, artist, event, city"
SUMS = f"SELECT {KEY}, sum(value)::bigint AS value FROM {{table}} GROUP BY {KEY}"  # noqa: S608
READ = """
    SELECT bucket, entity, artist, event, city, sum(value)::bigint AS value
    FROM coliseum_facts($1, $2, $3, $4, NULL, NULL) GROUP BY bucket, entity, artist, event, city
"""

Sums = dict[tuple[object, ...], int]


def increments(rng: random.Random) -> list[tuple[Any, ...]]:
    """What steps had added: every key many times, some taken back, some down to nothing, in both generations."""
    keys = [
        (tenant, generation, metric, kind, NOON - timedelta(hours=hours), entity, rng.randrange(3), rng.randrange(3), 0)
        for tenant, generation, metric, kind in product((1, 2), (0, 1), (1, 2), (0, 1, 2))
        for hours, entity in ((rng.randrange(1_000), rng.randrange(1, 9)) for _ in range(KEYS))
    ]
    nothing, much = (1, 0, 1, 1, NOON, 1, 0, 0, 0), (1, 0, 1, 1, NOON, 2, 0, 0, 0)
    return [
        *((*rng.choice(keys), rng.choice([1, 1, 1, 12, -1, -12])) for _ in range(ROWS)),
        *((*key, 1) for key in keys),
        *((*nothing, value) for value in (5, -5)),
        *((*much, value) for value in (HUGE - 1, 1)),
    ]


def by_key(rows: list[Mapping[str, Any]]) -> Sums:
    """Each key's sum, by the key."""
    sums: Sums = {tuple(row.values())[:-1]: row["value"] for row in rows}
    assert len(sums) == len(rows)
    return sums


async def readable(connection: db.Connection) -> dict[tuple[int, str, int, int], Sums]:
    """Every tenant's sums as everybody reads them, by metric, kind and grain."""
    asked = product((1, 2), ("metric-1", "metric-2"), (0, 1, 2), range(GRAINS))
    return {what: by_key(await connection.fetch(READ, *what)) for what in asked}


async def stored(connection: db.Connection, table: str) -> Sums:
    return by_key(await connection.fetch(SUMS.format(table=table)))


async def exists(connection: db.Connection, table: str) -> bool:
    return bool(await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table))


async def migrated(url: str, version: int) -> list[str]:
    """Migrate up to a version; the names of the files applied."""
    known = migrate.migrations()[:version]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "migrations", lambda: known)
        return await migrate.migrate(url)


@asynccontextmanager
async def before_the_hours(url: str, rows: list[tuple[Any, ...]]) -> AsyncIterator[db.Connection]:
    """A database of the version before, with increments, of which a part is in the rollups as well."""
    known = migrate.migrations()[: HOURS - 1]
    assert await migrated(url, HOURS - 1) == [migration.name for migration in known]
    connection = await db.connect(url)
    try:
        for statement in (TENANTS, UNITS, NAMES):
            await connection.execute(statement)
        await connection.copy_records_to_table("coliseum_increments", records=rows, columns=COLUMNS)
        await connection.execute(ROLLUPS)
        yield connection
    finally:
        await connection.close()


EDITIONS = "SELECT tenant_id, edition FROM processor_units WHERE consumer = 'coliseum' ORDER BY 1"


async def check_made_anew(connection: db.Connection, url: str) -> None:
    """What has no moments yet is thrown away, and made anew from the begin of the log."""
    await connection.execute("""
        INSERT INTO processor_cursors (tenant_id, consumer, generation, partition, "offset")
        SELECT t, 'coliseum', g, p, 70 FROM generate_series(1, 2) t, generate_series(0, 1) g, generate_series(0, 1) p
    """)
    editions = await connection.fetch("SELECT tenant_id, edition + 1 AS edition FROM processor_units ORDER BY 1")
    await migrate.migrate(url)
    for table in ("coliseum_hours", "coliseum_rollups", "coliseum_fan_hours", "coliseum_gross"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608
    cursors = await connection.fetch(
        'SELECT tenant_id, generation, "offset" FROM processor_cursors WHERE consumer = $1 ORDER BY 1, 2', "coliseum"
    )
    assert [tuple(row.values()) for row in cursors] == [(1, 0, 0), (1, 0, 0), (2, 1, 0), (2, 1, 0)]
    assert await connection.fetch(EDITIONS) == editions


async def test_every_sum_is_kept_when_hours_take_the_place_of_increments(fresh_database: str) -> None:
    rows = increments(random.Random(10))
    async with before_the_hours(fresh_database, rows) as connection:
        increased, read = await stored(connection, "coliseum_increments"), await readable(connection)
        rolled_up = await connection.fetch("SELECT * FROM coliseum_rollups ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10")
        assert len(increased) < len(rows) / 2
        assert 0 in increased.values() and HUGE in increased.values()
        assert all(read.values()) and rolled_up

        applied = await migrated(fresh_database, TIES - 1)
        assert applied == [migration.name for migration in migrate.migrations()[HOURS - 1 : TIES - 1]]

        assert await stored(connection, "coliseum_hours") == increased
        assert await connection.fetchval("SELECT count(*) FROM coliseum_hours") == len(increased)
        assert (
            await connection.fetch("SELECT * FROM coliseum_rollups ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10") == rolled_up
        )
        assert await readable(connection) == read
        assert not await exists(connection, "coliseum_increments")
        assert await migrated(fresh_database, TIES - 1) == []
        await check_made_anew(connection, fresh_database)
