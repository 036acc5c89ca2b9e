"""Members of boards in bulk: rows of the rollups and people, as the processor would have written them, written by SQL.

A board of a million members takes the path of events four minutes; what is measured with it is how it is read and
turned. The boards themselves are filled from these rows by the product, and checked against them.
"""

from datetime import datetime
from typing import Any

import msgspec

from bench.measure import BenchFailed
from bench.servers import Stand

PEOPLE = """
    INSERT INTO passport_subjects (tenant_id, user_id, key)
    SELECT $1, 'member-' || to_char(n, 'FM0000000'), sha256(int8send(n)) FROM generate_series(0, $2::bigint - 1) AS n
"""
METRIC = """
    INSERT INTO coliseum_names (tenant_id, kind, id) VALUES ($1, 'metric', $2) ON CONFLICT (tenant_id, kind, id)
    DO UPDATE SET id = excluded.id RETURNING num
"""
FACTS = """
    INSERT INTO coliseum_fan_hours
        (tenant_id, generation, metric, hour, fan, artist, event, track, city, value, last_at)
    SELECT u.tenant_id, u.generation, $2, h.hour, s.subject_id, 0, 0, 0, 0, 1 + n * 7919 % 1000,
           h.hour + make_interval(secs => (n * 104729 % 3600000) / 1000.0)
    FROM processor_units u
    CROSS JOIN generate_series($3::bigint, $4::bigint - 1) AS n
    CROSS JOIN LATERAL (SELECT $5::timestamptz + make_interval(hours => (n % $6)::int)) AS h (hour)
    JOIN passport_subjects s ON s.tenant_id = u.tenant_id AND s.user_id = 'member-' || to_char(n, 'FM0000000')
    WHERE u.tenant_id = $1 AND u.consumer = 'coliseum'
"""
ANALYZE = "ANALYZE coliseum_fan_hours, passport_subjects, coliseum_names"
BEST = """
    SELECT sum(f.value)::bigint AS value, count(*) OVER () AS members
    FROM coliseum_fan_hours f
    WHERE f.tenant_id = $1 AND f.metric = $2 AND f.hour >= $3 AND f.hour < $4
    GROUP BY f.fan
    HAVING sum(f.value) <> 0
    ORDER BY value DESC LIMIT $5
"""


class Spread(msgspec.Struct, frozen=True):
    """Members from number ``first`` on, each with one row of 1 to 1,000, spread over hours from ``since`` on."""

    metric: str
    first: int
    count: int
    since: datetime
    hours: int = 1


async def people(stand: Stand, count: int) -> None:
    """Write so many people, from number 0 on."""
    await stand.sql.execute(PEOPLE, stand.tenant_id, count, timeout=600)


async def write(stand: Stand, *spreads: Spread) -> None:
    """Write what people did.

    Raises:
        BenchFailed: not one row each was stored.
    """
    for each in spreads:
        number = await metric_number(stand, each.metric)
        until = each.first + each.count
        stored = await stand.sql.execute(
            FACTS, stand.tenant_id, number, each.first, until, each.since, each.hours, timeout=600
        )
        if stored != f"INSERT 0 {each.count}":
            raise BenchFailed(f"{each} was stored as {stored}")
    await stand.sql.execute(ANALYZE, timeout=600)


async def metric_number(stand: Stand, metric: str) -> int:
    """The number under which a metric is counted."""
    return int(await stand.sql.fetchval(METRIC, stand.tenant_id, metric))


async def check(stand: Stand, page: Any, metric: str, since: datetime, until: datetime) -> None:
    """A page of a board of fans is what the rows add up to between two hours: its scores and how many members.

    Raises:
        BenchFailed: it is not.
    """
    number = await metric_number(stand, metric)
    rows = await stand.sql.fetch(BEST, stand.tenant_id, number, since, until, len(page["rows"]), timeout=600)
    found = [row["score"] for row in page["rows"]], page["members"]
    if not rows or found != ([row["value"] for row in rows], rows[0]["members"]):
        raise BenchFailed(f"a board of {metric} is not right: {page['members']} members, {page['rows'][:3]}")


def member_id(number: int) -> str:
    """The id of one of the people."""
    return f"member-{number:07d}"
