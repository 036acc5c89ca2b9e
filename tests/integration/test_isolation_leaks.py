"""The known ways past row-level security, each tried: one test for each, and the whole catalogue for those like it."""

# ruff: noqa: S608 - names out of the catalogue

import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from coliseum import db
from support.festival import event, spent, vote
from support.services import Platform, World
from support.trail import record

SOURCE = Path(__file__).parents[2] / "src" / "coliseum"
RUNTIME = ["coliseum_accounts", "coliseum_app", "coliseum_capture", "coliseum_processor"]
UNDER_POLICIES: tuple[db.Right, ...] = ("app", "accounts")


@pytest.fixture(scope="module")
async def pair(world: World) -> tuple[Platform, Platform]:
    """Two tenants with rows in most tables; every text of theirs carries their slug."""
    platforms = await world.platform(slug="leak-a"), await world.platform(slug="leak-b")
    for each in platforms:
        mark = each.tenant.slug
        sent = [
            event("catalog.artist", artistId=mark, name=mark, city=mark), vote(id="shared-id", artistId=mark, userId=mark),
            spent(userId=mark, artistId=mark, stripePaymentIntentId=mark), {"type": mark},
        ]  # fmt: skip
        assert (await world.http.post("/api/passport/batch", sent, each.server)).status == 207
        await record(world, each.tenant_id, target=f"board:{mark}")
    return platforms


async def seen(connection: db.Connection, sql: str = "SELECT artist_id FROM passport_entries") -> set[str]:
    return {row["artist_id"] for row in await connection.fetch(sql)} - {None}


async def test_a_fresh_session_without_a_tenant_sees_nothing(world: World, pair: tuple[Platform, Platform]) -> None:
    connection = await db.connect(world.database.url, "app")
    try:
        assert await connection.fetchval("SELECT current_setting('coliseum.tenant', true)") is None
        assert await seen(connection) == set()
    finally:
        await connection.close()


async def test_after_a_transaction_the_setting_is_an_empty_text_and_still_nothing_is_seen(
    world: World, pair: tuple[Platform, Platform]
) -> None:
    connection = await db.connect(world.database.url, "app")
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(pair[0].tenant_id))
            assert await seen(connection) == {"leak-a"}
        assert await connection.fetchval("SELECT current_setting('coliseum.tenant', true)") == ""
        assert await seen(connection) == set()
    finally:
        await connection.close()


async def test_a_tenant_set_for_a_session_would_leak_and_nothing_sets_one_so(
    world: World, pair: tuple[Platform, Platform]
) -> None:
    connection = await db.connect(world.database.url, "app")
    try:
        await connection.execute("SELECT set_config('coliseum.tenant', $1, false)", str(pair[0].tenant_id))
        assert await seen(connection) == {"leak-a"}  # the trap: whoever has the session next sees it
    finally:
        await connection.close()
    settings = 0
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in {".py", ".sql"} or path.parent.name == "migrations":
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bSET\s+(SESSION\s+)?coliseum\.", text, re.IGNORECASE), path
        for call in re.finditer(r"set_config\(\s*'coliseum\.tenant'(.{0,200}?)\)\s*[\"'\n]", text, re.DOTALL):
            assert call[1].rstrip().endswith("true"), (path, call[0])
            settings += 1
    assert settings >= 3


async def test_a_partition_is_not_reached_past_its_parent(world: World, pair: tuple[Platform, Platform]) -> None:
    children = await world.fetch("SELECT inhrelid::regclass::text AS name FROM pg_inherits")
    assert len(children) >= 5
    rights: tuple[db.Right, ...] = (*UNDER_POLICIES, "capture", "processor")
    for right in rights:
        for child in children:
            if "_idx" in child["name"] or "_pkey" in child["name"]:
                continue
            with pytest.raises(db.InsufficientPrivilege):
                async with world.database.tenant(pair[0].tenant_id, right) as connection:
                    await connection.fetchval(f"SELECT count(*) FROM {child['name']}")


VIEWS = {
    "VIEW {name} AS SELECT artist_id FROM passport_entries": {"leak-a", "leak-b"},
    "VIEW {name} WITH (security_invoker = true) AS SELECT artist_id FROM passport_entries": {"leak-a"},
    "MATERIALIZED VIEW {name} AS SELECT artist_id FROM passport_entries": {"leak-a", "leak-b"},
}


@pytest.mark.parametrize(("sql", "artists"), VIEWS.items())
async def test_only_a_view_with_its_callers_rights_keeps_tenants_apart(
    world: World, pair: tuple[Platform, Platform], sql: str, artists: set[str]
) -> None:
    async with world.database.connection("owner") as connection, connection.transaction():
        await connection.execute(f"CREATE {sql.format(name='leak_view')}")
        await connection.execute("GRANT SELECT ON leak_view TO coliseum_app")
        await connection.execute("SET LOCAL ROLE coliseum_app")
        await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(pair[0].tenant_id))
        assert await seen(connection, "SELECT artist_id FROM leak_view") == artists
        await connection.execute("RESET ROLE")
        kind = "MATERIALIZED VIEW" if sql.startswith("MATERIALIZED") else "VIEW"
        await connection.execute(f"DROP {kind} leak_view")


async def test_a_function_with_its_owners_rights_would_leak_and_there_is_none(
    world: World, pair: tuple[Platform, Platform]
) -> None:
    async with world.database.connection("owner") as connection, connection.transaction():
        await connection.execute(
            "CREATE FUNCTION leak_function() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER "
            "AS 'SELECT artist_id FROM passport_entries'"
        )
        await connection.execute("SET LOCAL ROLE coliseum_app")
        await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(pair[0].tenant_id))
        assert await seen(connection, "SELECT leak_function() AS artist_id") == {"leak-a", "leak-b"}
        await connection.execute("RESET ROLE")
        await connection.execute("DROP FUNCTION leak_function()")
    definers = (
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert await world.fetch(definers) == []


async def test_the_same_id_in_another_tenant_is_not_noticed(world: World, pair: tuple[Platform, Platform]) -> None:
    # Both have sent "shared-id" with different content, and neither was told of the other's.
    ids = await world.fetch("SELECT tenant_id FROM passport_entries WHERE id = 'shared-id'")
    assert {row["tenant_id"] for row in ids} >= {each.tenant_id for each in pair}


async def writable(world: World, right: str, privilege: str) -> list[str]:
    rows = await world.fetch(
        "SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r','p') "
        "AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') "
        f"AND has_table_privilege('coliseum_{right}', c.oid, '{privilege}') ORDER BY 1"
    )
    return [row["name"] for row in rows]


@pytest.mark.parametrize("right", UNDER_POLICIES)
async def test_a_row_for_another_tenant_is_refused_in_every_table(
    world: World, pair: tuple[Platform, Platform], right: db.Right
) -> None:
    tables = await writable(world, right, "INSERT")
    assert len(tables) >= 2
    for table in tables:
        with pytest.raises(db.InsufficientPrivilege, match="row-level security policy"):
            async with world.database.tenant(pair[0].tenant_id, right) as connection:
                await connection.execute(
                    f"INSERT INTO {table} (tenant_id) OVERRIDING SYSTEM VALUE VALUES ($1)", pair[1].tenant_id
                )


@pytest.mark.parametrize("right", UNDER_POLICIES)
async def test_another_tenants_rows_are_neither_changed_nor_removed(
    world: World, pair: tuple[Platform, Platform], right: db.Right
) -> None:
    for table in await writable(world, right, "DELETE"):
        async with world.database.tenant(pair[0].tenant_id, right) as connection:
            done = await connection.execute(f"DELETE FROM {table} WHERE tenant_id = $1", pair[1].tenant_id)
            assert done == "DELETE 0"
    for table in ("trail_heads", *(["accounts_tenants"] if right == "accounts" else [])):
        column = "number" if table == "trail_heads" else "revision"
        async with world.database.tenant(pair[0].tenant_id, right) as connection:
            done = await connection.execute(
                f"UPDATE {table} SET {column} = {column} WHERE tenant_id = $1", pair[1].tenant_id
            )  # fmt: skip
            assert done == "UPDATE 0"


@pytest.mark.parametrize("right", UNDER_POLICIES)
async def test_every_readable_table_and_view_shows_one_tenant(
    world: World, pair: tuple[Platform, Platform], right: db.Right
) -> None:
    names = await world.fetch(
        "SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace "
        f"AND c.relkind IN ('r', 'p', 'v') AND has_table_privilege('coliseum_{right}', c.oid, 'SELECT') "
        "AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') ORDER BY 1"
    )
    assert len(names) >= 5
    for mine, other in (pair, pair[::-1]):
        async with world.database.tenant(mine.tenant_id, right) as connection:
            for row in names:
                found = await connection.fetch(f"SELECT tenant_id, t::text AS row FROM {row['name']} t")
                assert {each["tenant_id"] for each in found} <= {mine.tenant_id}, row["name"]
                assert not [each for each in found if other.tenant.slug in each["row"]], row["name"]


async def test_a_condition_of_ones_own_is_not_asked_about_another_tenants_rows(
    world: World, pair: tuple[Platform, Platform]
) -> None:
    # A cheap function that tells what it is given would be evaluated first, were the policy an ordinary condition.
    connection = await db.connect(world.database.url, "owner")
    told: list[str] = []
    connection.add_log_listener(lambda _, message: told.append(message.message))
    try:
        await connection.execute(
            "CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 "
            "AS $$ BEGIN RAISE NOTICE 'told %', $1; RETURN true; END $$"
        )
        await connection.execute("SET ROLE coliseum_app")
        async with connection.transaction():
            await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(pair[0].tenant_id))
            await connection.fetch("SELECT FROM passport_entries WHERE pg_temp.tell(artist_id)")
    finally:
        await connection.close()
    assert [message for message in told if "leak-a" in message]
    assert not [message for message in told if "leak-b" in message]


async def test_statistics_of_tables_of_tenants_are_shown_to_nobody(
    world: World, pair: tuple[Platform, Platform]
) -> None:
    await world.execute("ANALYZE passport_entries")
    for right in UNDER_POLICIES:
        async with world.database.tenant(pair[0].tenant_id, right) as connection:
            count = await connection.fetchval("SELECT count(*) FROM pg_stats WHERE schemaname = 'public'")
            shown: list[Any] = await connection.fetch(
                "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'"
            )
        assert {row["tablename"] for row in shown} <= {"coliseum_migrations", "coliseum_rules", "processor_nodes"}, (
            count
        )


async def test_a_prepared_statement_follows_the_tenant(world: World, pair: tuple[Platform, Platform]) -> None:
    connection = await db.connect(world.database.url, "app")
    try:
        statement = await connection.prepare("SELECT artist_id FROM passport_entries")
        for _ in range(8):  # past the moment at which PostgreSQL keeps a plan for all parameters
            for platform in pair:
                async with connection.transaction():
                    await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(platform.tenant_id))
                    rows = await statement.fetch()
                    assert {row["artist_id"] for row in rows} - {None} == {platform.tenant.slug}
            assert await statement.fetch() == []
    finally:
        await connection.close()


async def test_the_policy_is_answered_by_an_index(world: World, pair: tuple[Platform, Platform]) -> None:
    async with world.database.tenant(pair[0].tenant_id) as connection:
        await connection.execute("SET LOCAL enable_seqscan = off")
        plan = await connection.fetch("EXPLAIN SELECT FROM trail_entries WHERE number = 1")
    text = "\n".join(row["QUERY PLAN"] for row in plan)
    assert re.search(r"Index Cond: .*tenant_id = ", text), text


async def test_nobody_switches_the_policies_off_for_themselves(world: World, pair: tuple[Platform, Platform]) -> None:
    for right in UNDER_POLICIES:
        for sql in (
            "SET LOCAL row_security = off", "SET LOCAL ROLE coliseum_processor", "SET LOCAL session_replication_role = replica",
        ):  # fmt: skip
            async with world.database.tenant(pair[0].tenant_id, right) as connection:
                try:
                    async with connection.transaction():
                        await connection.execute(sql)
                        found = await connection.fetch("SELECT tenant_id FROM trail_entries")
                except db.InsufficientPrivilege:
                    continue
                if "ROLE" not in sql:  # the log-in role of a test is a superuser, who may become anybody
                    assert {row["tenant_id"] for row in found} <= {pair[0].tenant_id}, sql


async def test_one_tenants_transaction_does_not_copy_in(world: World, pair: tuple[Platform, Platform]) -> None:
    with pytest.raises((db.PostgresError, asyncpg.InterfaceError)):
        async with world.database.tenant(pair[0].tenant_id) as connection:
            await connection.copy_records_to_table("trail_entries", records=[(1,)], columns=["tenant_id"])
