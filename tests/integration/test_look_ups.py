"""Capture looks everything up by its whole key, whatever PostgreSQL believes of a table's size."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest

from coliseum import capture, db, passport
from support.services import Platform, World


class LookUp(msgspec.Struct, frozen=True):
    """A statement of capture, values to plan it for, the table it looks into, and what its index is to be asked."""

    package: str
    values: str
    table: str
    conditions: tuple[str, ...]


BY_IDS = "(1, ARRAY['one', 'other'])"
BY_PLACE = ("(partition = ", '"offset" = ')
LOOK_UPS = {
    "resolve_subjects": LookUp(
        passport.__name__,
        r"(1, ARRAY['\x00', '\x01']::bytea[], ARRAY['fan', 'other'])",
        "passport_subjects",
        ("(user_id = ",),
    ),
    "find_keys": LookUp(passport.__name__, BY_IDS, "passport_keys", ("(id = ANY ",)),
    "sent_before": LookUp(capture.__name__, BY_IDS, "passport_keys", ("(id = ANY ",)),
    "find_votes": LookUp(capture.__name__, BY_IDS, "passport_entries", BY_PLACE),
    "find_payments": LookUp(capture.__name__, BY_IDS, "passport_entries", BY_PLACE),
}
TRUNCATE = "TRUNCATE privacy_consents, passport_subjects, passport_keys, passport_entries"
ANALYZE = "ANALYZE passport_subjects, passport_keys, passport_entries"
FILL_SUBJECTS = """
INSERT INTO passport_subjects (tenant_id, user_id, key)
SELECT $1, 'fan-' || n, sha256('') FROM generate_series($2::int, $3) n
"""
FILL_KEYS = """
INSERT INTO passport_keys
SELECT $1, 'id-' || n, substr(sha256(''), 1, 16), 0, n, now() FROM generate_series($2::int, $3) n
"""
FILL_ENTRIES = """
INSERT INTO passport_entries (tenant_id, partition, "offset", id, event_type, value, occurred_at, created_at, source,
                              dna_influence, metadata)
SELECT $1, 0, n, 'id-' || n, 'coliseum.vote_cast', 1, now(), now(), 'api', 1, '{}' FROM generate_series($2::int, $3) n
"""


async def fill(world: World, platform: Platform, first: int, last: int) -> None:
    for statement in (FILL_SUBJECTS, FILL_KEYS, FILL_ENTRIES):
        await world.execute(statement, platform.tenant_id, first, last)


async def plan_of(connection: Any, name: str, mode: str) -> str:
    """The plan that a session makes of a look-up: for good, or for these values."""
    look_up = LOOK_UPS[name]
    await connection.execute(f"SET plan_cache_mode = {mode}")
    await connection.execute(f"PREPARE look_up AS {db.statements(look_up.package)[name]}")
    rows = await connection.fetch(f"EXPLAIN (COSTS OFF) EXECUTE look_up {look_up.values}")
    await connection.execute("DEALLOCATE look_up")
    return "\n".join(row["QUERY PLAN"] for row in rows)


def asked_of(table: str, plan: str) -> list[str]:
    """The index conditions of a plan's scans of a table, of those of its partitions that are scanned."""
    lines = plan.splitlines()
    return [line for before, line in pairwise(lines) if "Index Cond" in line and f" on {table}" in before]


@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 1), (0, 20_000), (20_000, 20_000)])
async def test_looking_up_goes_by_the_whole_key_whatever_the_statistics_say(
    world: World, platform: Platform, before: int, after: int
) -> None:
    # Statistics of tables that are empty, tiny, have grown since, or have one tenant in all of their rows.
    await world.execute(TRUNCATE)
    await fill(world, platform, 1, before)
    await world.execute(ANALYZE)
    await fill(world, platform, before + 1, after)
    connection = await db.connect(world.database.url, "capture")
    try:
        for mode in ("force_generic_plan", "force_custom_plan"):
            for name, look_up in LOOK_UPS.items():
                plan = await plan_of(connection, name, mode)
                asked = asked_of(look_up.table, plan)
                assert asked, f"{name}: {plan}"
                for condition in ("tenant_id = ", *look_up.conditions):
                    assert all(condition in line for line in asked), f"{name}: {plan}"
                assert "Seq Scan" not in plan, f"{name}: {plan}"
    finally:
        await connection.close()
