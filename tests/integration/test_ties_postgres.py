"""The order inside ties is worked out in Python, in PostgreSQL and in Valkey: the same everywhere."""

import random
from datetime import UTC, datetime, timedelta

from coliseum import db
from coliseum.boards.ties import LASTING, NONE, Ties, calendar
from coliseum.boards.totals import unix_ms

VALUES = 20_000
EDGES = [2**power + near for power in (0, 11, 19, 21, 27, 29, 35, 37, 45, 53) for near in (-1, 0, 1)]
BASE = datetime(2031, 5, 1, tzinfo=UTC)
SQL = """
    SELECT coliseum_tie_order(t.value, t.last_at, $3, $4) AS tie
    FROM unnest($1::bigint[], $2::timestamptz[]) WITH ORDINALITY AS t (value, last_at, place) ORDER BY t.place
"""


def moments(rng: random.Random) -> datetime:
    spread = rng.choice([timedelta(milliseconds=3), timedelta(hours=5), timedelta(days=40), timedelta(days=50_000)])
    return min(BASE + spread * rng.uniform(-1, 1), datetime(9_000, 1, 1, tzinfo=UTC))


async def test_postgresql_finds_the_same_place_in_time_as_python(migrated_database: str) -> None:
    rng = random.Random(5)
    values = [
        rng.choice([rng.randint(0, 2**53), rng.randint(0, 5_000), rng.choice(EDGES)]) * rng.choice([1, 1, -1])
        for _ in range(VALUES)
    ]
    lasts = [moments(rng) for _ in range(VALUES)]
    connection = await db.connect(migrated_database)
    try:
        for ties in (NONE, LASTING, calendar(int(BASE.timestamp()))):
            base = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ties.base_ms)
            found = [row["tie"] for row in await connection.fetch(SQL, values, lasts, base, ties.bits)]
            assert found == [ties.order(value, unix_ms(last)) for value, last in zip(values, lasts, strict=True)]
            assert len(set(found)) > (1 if ties.bits else 0)
    finally:
        await connection.close()


async def test_postgresql_would_be_caught_with_other_levels(migrated_database: str) -> None:
    wrong = Ties(LASTING.base_ms, LASTING.bits - 1)
    value, last = 2_048, BASE
    connection = await db.connect(migrated_database)
    try:
        base = datetime(1950, 1, 1, tzinfo=UTC)
        found = await connection.fetchval("SELECT coliseum_tie_order($1, $2, $3, $4)", value, last, base, LASTING.bits)
    finally:
        await connection.close()
    assert found == LASTING.order(value, unix_ms(last))
    assert found != wrong.order(value, unix_ms(last))
