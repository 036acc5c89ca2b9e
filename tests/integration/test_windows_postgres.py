"""Where buckets begin and end: the same in Python as in PostgreSQL, which fills the rollups."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest

from coliseum import db
from coliseum.metrics.windows import Grain, bucket_end, bucket_start

ZONES = [
    "UTC", "Europe/Vienna", "Europe/London", "America/New_York", "America/Sao_Paulo", "America/Havana",
    "America/Santiago", "America/Asuncion", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Beirut",
    "Asia/Amman", "Asia/Tehran", "Asia/Gaza", "Africa/Cairo", "Africa/Casablanca", "Australia/Sydney",
    "Atlantic/Azores", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "America/Scoresbysund",
    "Europe/Dublin", "Antarctica/Troll",
]  # fmt: skip
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
SQL = """
    SELECT i AS instant, g AS grain, coliseum_bucket(g, i, $2) AS start,
           coliseum_bucket(g, date_trunc('hour', i, $2), $2) AS via_hour, date_trunc(g, i, $2) AS plain,
           i AT TIME ZONE $2 AS local
    FROM unnest($1::timestamptz[]) AS i CROSS JOIN unnest(ARRAY['hour', 'day', 'week', 'month']) AS g
"""
ENDS = """
    SELECT e AS "end", coliseum_bucket(g, e, $3) AS at_end, coliseum_bucket(g, e - interval '1 microsecond', $3) AS before_end
    FROM unnest($1::timestamptz[], $2::text[]) AS t (e, g)
"""


def clock_changes(zone: ZoneInfo) -> list[datetime]:
    """The instants, to the second, at which a zone's offset changes."""
    found = []
    day = FIRST
    while day < LAST:
        low, high = day, day + timedelta(days=7)
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            before = low.astimezone(zone).utcoffset()
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
            found.append(high.replace(microsecond=0))
        day += timedelta(days=7)
    return found


def interesting(name: str, rng: random.Random) -> list[datetime]:
    """Instants around clock changes and anywhere, of the years that have been and will be."""
    changes = clock_changes(ZoneInfo(name))
    around = [
        change + timedelta(seconds=rng.choice([-1, 0, 1, -3600, 3600, -3599, rng.randint(-90_000, 90_000)]))
        for change in changes
        for _ in range(4)
    ]
    anywhere = [FIRST + (LAST - FIRST) * rng.random() for _ in range(200)]
    return [instant.replace(microsecond=rng.choice([0, 1, 999_999])) for instant in around + anywhere]


@pytest.mark.parametrize("name", ZONES)
async def test_a_bucket_begins_and_ends_where_postgresql_says(migrated_database: str, name: str) -> None:
    zone = ZoneInfo(name)
    connection = await db.connect(migrated_database)
    try:
        rows = await connection.fetch(SQL, interesting(name, random.Random(name)), name)
        if any(row["local"] != row["instant"].astimezone(zone).replace(tzinfo=None) for row in rows):
            pytest.skip(f"PostgreSQL and Python have different editions of the zone database, which differ in {name}")
        wrong: list[Any] = []
        ends: set[tuple[datetime, str, datetime]] = set()
        for row in rows:
            grain = Grain[row["grain"].upper()]
            start = bucket_start(row["instant"], grain, zone)
            if not start == row["start"] == row["via_hour"]:
                wrong.append((row["instant"].isoformat(), row["grain"], start.isoformat(), row["start"].isoformat()))
            assert start <= row["instant"]
            assert row["plain"] - start in {timedelta(0), timedelta(hours=1)}
            ends.add((bucket_end(start, grain, zone), row["grain"], start))
        assert not wrong, wrong[:5]
        ordered = sorted(ends)
        for (end, grain_name, start), row in zip(
            ordered,
            await connection.fetch(ENDS, [end for end, *_ in ordered], [grain for _, grain, _ in ordered], name),
            strict=True,
        ):
            if not (row["at_end"] == end and row["before_end"] == start):
                wrong.append((grain_name, start.isoformat(), end.isoformat(), row["at_end"], row["before_end"]))
        assert not wrong, wrong[:5]
    finally:
        await connection.close()


async def test_both_sides_know_the_same_zones(database_url: str) -> None:
    connection = await db.connect(database_url)
    try:
        known = {row["name"] for row in await connection.fetch("SELECT name FROM pg_timezone_names")}
    finally:
        await connection.close()
    assert not available_timezones() - known - {"localtime", "Factory"}
