"""One tenant never sees another: what the catalogue of PostgreSQL promises, and what concurrent readers get."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from coliseum import db
from support.festival import event, spent, vote
from support.services import Platform, World

RUNTIME = ("coliseum_accounts", "coliseum_app", "coliseum_capture", "coliseum_processor")
UNTENANTED = {"coliseum_migrations", "coliseum_rules", "processor_nodes"}
"""Tables about the system and not about any tenant."""
PEOPLE = {
    "accounts_people", "accounts_recovery_codes", "accounts_sessions", "accounts_refresh_tokens", "accounts_links",
    "accounts_identities", "accounts_outbox", "accounts_signups", "billing_stripe_events",
}  # fmt: skip
"""Tables about people, who belong to no tenant, and about what is nobody's yet: one role sees them."""

TABLES = """
    SELECT c.oid, c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced, c.relispartition,
           EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS tenanted,
           ARRAY(SELECT p.polcmd::text || ' ' || p.polpermissive::text || ' ' || (p.polroles = '{0}')::text
                 FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
           ARRAY(SELECT pg_get_expr(p.polqual, c.oid) FROM pg_policy p WHERE p.polrelid = c.oid) AS uses,
           ARRAY(SELECT pg_get_expr(p.polwithcheck, c.oid) FROM pg_policy p WHERE p.polrelid = c.oid) AS checks,
           (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique
            AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'
                            AND a.attnum = i.indkey[0])) AS untenanted_keys
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm', 'f')
    ORDER BY c.relname
"""
GRANTS = """
    SELECT c.relname AS name, r.rolname AS role, p.privilege
    FROM pg_class c CROSS JOIN pg_roles r
    CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p (privilege)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND r.rolname = ANY ($1) AND has_table_privilege(r.oid, c.oid, p.privilege)
"""


@pytest.fixture(scope="module")
async def tables(world: World) -> list[Any]:
    return await world.fetch(TABLES)


@pytest.fixture(scope="module")
async def grants(world: World) -> set[tuple[str, str, str]]:
    rows = await world.fetch(GRANTS, list(RUNTIME))
    return {(row["name"], row["role"].removeprefix("coliseum_"), row["privilege"]) for row in rows}


async def test_every_table_of_tenants_is_under_row_level_security_forced_and_checked(tables: list[Any]) -> None:
    assert {row["name"] for row in tables if not row["tenanted"]} == UNTENANTED | PEOPLE
    for row in tables:
        if row["tenanted"]:
            assert row["enabled"], row["name"]
            assert row["forced"], row["name"]
            assert row["policies"] == ["* true true"], row["name"]
            assert row["uses"] == row["checks"] == ["(tenant_id = coliseum_tenant())"], row["name"]
    assert sum(row["relispartition"] for row in tables) >= 5


async def test_tables_of_people_are_for_one_role_only(tables: list[Any], grants: set[tuple[str, str, str]]) -> None:
    for row in tables:
        if row["name"] in PEOPLE:
            assert row["enabled"], row["name"]
            assert row["forced"], row["name"]
            assert row["policies"] == ["* true false"], row["name"]
    # Capture finds out who is calling. It reads no password, no secret of a second factor and no mail.
    seen = {(table, role) for table, role, _ in grants if table in PEOPLE and role != "accounts"}
    assert seen == {("accounts_sessions", "capture"), ("accounts_identities", "capture")}


async def test_no_unique_key_tells_of_another_tenant(tables: list[Any]) -> None:
    leaky = {row["name"]: row["untenanted_keys"] for row in tables if row["tenanted"] and row["untenanted_keys"]}
    # A tenant's slug is public, and the digest of a key or an invitation is what somebody is found by. So are Stripe's
    # ids, which only the operator and Stripe itself bring in.
    assert leaky == {
        "accounts_tenants": 1, "accounts_keys": 1, "accounts_invitations": 1, "billing_customers": 1,
        "billing_accounts": 1,
    }  # fmt: skip


async def test_partitions_are_reached_through_their_parent_only(
    tables: list[Any], grants: set[tuple[str, str, str]]
) -> None:
    children = {row["name"] for row in tables if row["relispartition"]}
    assert not [grant for grant in grants if grant[0] in children]


async def test_runtime_roles_have_what_they_need_and_no_more(grants: set[tuple[str, str, str]]) -> None:
    # Readers write declarations of boards, and add to the audit trail that they did.
    changed = {(table, privilege) for table, role, privilege in grants if role == "app" and privilege != "SELECT"}
    assert changed == {("coliseum_boards", privilege) for privilege in ("INSERT", "UPDATE", "DELETE")} | {
        ("trail_entries", "INSERT"), ("trail_heads", "INSERT"), ("trail_heads", "UPDATE"),
    }  # fmt: skip
    written = {(table, privilege) for table, role, privilege in grants if role == "capture" and privilege != "SELECT"}
    log = {"entries", "keys", "subjects", "personal", "references", "heads"}
    assert written == {(f"passport_{name}", "INSERT") for name in log} | {
        ("passport_heads", "UPDATE"), ("capture_warnings", "INSERT"), ("capture_warnings", "UPDATE"),
        ("privacy_consents", "INSERT"),  # and columns of it: as the log is told what people say
    }  # fmt: skip
    processed = {table for table, role, privilege in grants if role == "processor" and privilege != "SELECT"}
    assert not {table for table in processed if table.startswith(("passport_", "accounts_", "capture_"))}
    assert "coliseum_boards" not in processed
    assert not [grant for grant in grants if grant[2] in {"TRUNCATE", "REFERENCES", "TRIGGER"}]


async def test_runtime_roles_own_nothing_and_are_nobody_special(world: World) -> None:
    roles = await world.fetch("SELECT * FROM pg_roles WHERE rolname = ANY ($1)", list(RUNTIME))
    assert {row["rolname"]: row["rolbypassrls"] for row in roles} == {
        "coliseum_accounts": False, "coliseum_app": False, "coliseum_capture": True, "coliseum_processor": True,
    }  # fmt: skip
    for row in roles:
        assert not (row["rolsuper"] or row["rolcreaterole"] or row["rolcreatedb"] or row["rolcanlogin"])
    owned = "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = ANY ($1)"
    assert await world.value(owned, list(RUNTIME)) == 0
    member = "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ANY ($1)"
    assert await world.value(member, list(RUNTIME)) == 0
    for role in RUNTIME:
        assert not await world.value("SELECT has_schema_privilege($1, 'public', 'CREATE')", role)


async def test_views_and_functions_work_with_their_callers_rights(world: World) -> None:
    views = await world.fetch(
        "SELECT relname, coalesce(reloptions, '{}') AS options FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'"
    )
    assert len(views) >= 5
    for view in views:
        assert "security_invoker=true" in view["options"], view["relname"]
    functions = await world.fetch(
        "SELECT p.proname, p.prosecdef, p.prolang FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )
    assert len(functions) >= 5
    assert not [function["proname"] for function in functions if function["prosecdef"]]
    for name in ("coliseum_protect(regclass)", "passport_make_partitions(timestamptz, int)"):
        for role in RUNTIME:
            assert not await world.value("SELECT has_function_privilege($1, $2, 'EXECUTE')", role, name)


@pytest.fixture(scope="module")
async def pair(world: World) -> tuple[Platform, Platform]:
    """Two tenants with rows in most tables; every text of theirs carries their slug."""
    platforms = await world.platform(slug="canary-a"), await world.platform(slug="canary-b")
    for each in platforms:
        mark = each.tenant.slug
        sent = [
            event("catalog.artist", artistId=mark, name=mark, city=mark), vote(artistId=mark, userId=mark),
            spent(userId=mark, artistId=mark, stripePaymentIntentId=mark), {"type": mark},
        ]  # fmt: skip
        assert (await world.http.post("/api/passport/batch", sent, each.server)).status == 207
    return platforms


async def readable(connection: db.Connection) -> list[str]:
    rows = await connection.fetch(
        "SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace "
        "AND c.relkind IN ('r', 'p', 'v') AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
    )
    return [row["name"] for row in rows if row["name"] not in UNTENANTED | PEOPLE]


async def test_without_a_tenant_there_are_no_rows(world: World, pair: tuple[Platform, Platform]) -> None:
    async with world.database.connection("app") as connection:
        names = await readable(connection)
        assert len(names) > 15
        for setting in (None, "", "0", "-1"):
            for name in names:
                async with connection.transaction():
                    if setting is not None:
                        await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", setting)
                    count = await connection.fetchval(f"SELECT count(*) FROM {name}")  # noqa: S608 - catalogue names
                    assert count == 0, (name, setting)
    async with world.database.tenant(pair[0].tenant_id) as connection:
        assert await connection.fetchval("SELECT count(*) FROM passport_entries") == 3
    async with world.database.connection("app") as connection:
        assert await connection.fetchval("SELECT count(*) FROM passport_entries") == 0


async def test_every_readable_table_and_view_shows_one_tenant_only(
    world: World, pair: tuple[Platform, Platform]
) -> None:
    for mine, other in (pair, pair[::-1]):
        async with world.database.tenant(mine.tenant_id) as connection:
            for name in await readable(connection):
                texts = [row["row"] for row in await connection.fetch(f"SELECT t::text AS row FROM {name} t")]  # noqa: S608
                assert not [text for text in texts if other.tenant.slug in text], name
                if name in {"passport_entries", "passport_log", "accounts_tenants", "passport_subjects"}:
                    assert any(mine.tenant.slug in text for text in texts), name


async def test_nobody_writes_for_another_tenant_under_the_policies(
    world: World, pair: tuple[Platform, Platform]
) -> None:
    mine, other = pair
    async with world.database.connection("owner") as connection, connection.transaction():
        # The owner of a real server is no superuser: the forced policies hold for it too.
        await connection.execute("CREATE ROLE isolation_owner NOLOGIN")
        await connection.execute("GRANT INSERT, SELECT ON passport_heads TO isolation_owner")
        await connection.execute("SET LOCAL ROLE isolation_owner")
        await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(mine.tenant_id))
        await connection.execute("INSERT INTO passport_heads (tenant_id, partition) VALUES ($1, 9)", mine.tenant_id)
        with pytest.raises(db.InsufficientPrivilege, match="row-level security"):
            async with connection.transaction():
                await connection.execute(
                    "INSERT INTO passport_heads (tenant_id, partition) VALUES ($1, 9)", other.tenant_id
                )
        await connection.execute("RESET ROLE")
        await connection.execute("DELETE FROM passport_heads WHERE partition = 9")
        await connection.execute("DROP OWNED BY isolation_owner")
        await connection.execute("DROP ROLE isolation_owner")


@pytest.fixture
async def small(world: World) -> AsyncIterator[db.Database]:
    """Four connections for everybody."""
    database = await db.Database.open(world.database.url, app=4)
    yield database
    await database.close()


async def test_pooled_connections_never_mix_tenants_up(
    world: World, pair: tuple[Platform, Platform], small: db.Database
) -> None:
    rng = random.Random(7)
    looks = 0

    async def read(platform: Platform, how: str) -> None:
        nonlocal looks
        with suppress(ZeroDivisionError, db.PostgresError, TimeoutError):
            async with (
                asyncio.timeout(0.02 if how == "timeout" else None),
                small.tenant(platform.tenant_id) as connection,
            ):
                for _ in range(3):
                    rows = await connection.fetch("SELECT tenant_id, artist_id FROM passport_entries")
                    assert {row["tenant_id"] for row in rows} == {platform.tenant_id}
                    assert {row["artist_id"] for row in rows} <= {platform.tenant.slug, None}
                    looks += 1
                    if how == "error":
                        await connection.execute("SELECT 1/0")
                    if how == "rollback":
                        raise ZeroDivisionError
                    if how == "timeout":
                        await connection.execute("SELECT pg_sleep(1)")

    async def bare() -> None:
        async with small.connection("app") as connection:
            assert await connection.fetchval("SELECT count(*) FROM passport_entries") == 0

    tasks = []
    for _ in range(300):
        how = rng.choice(["plain", "plain", "error", "rollback", "timeout", "cancel"])
        task = asyncio.create_task(read(rng.choice(pair), how))
        if how == "cancel":
            asyncio.get_running_loop().call_later(rng.random() / 5, task.cancel)
        tasks += [task, asyncio.create_task(bare())]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert not [result for result in results if isinstance(result, Exception)]
    assert looks > 300
