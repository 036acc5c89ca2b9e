"""What the catalogue of PostgreSQL says of every view, function and foreign key: none lets a tenant see another."""

from support.services import World


async def test_every_view_has_its_callers_rights_and_none_is_materialized(world: World) -> None:
    views = await world.fetch(
        "SELECT relname, relkind::text AS kind, coalesce(reloptions, '{}') AS options FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f')"
    )
    assert len(views) >= 5
    for view in views:
        assert (view["kind"], "security_invoker=true" in view["options"]) == ("v", True), view["relname"]


async def test_every_function_that_names_tables_says_where_they_are(world: World) -> None:
    functions = await world.fetch(
        "SELECT p.proname, coalesce(p.proconfig, '{}') AS config, p.prosrc, l.lanname FROM pg_proc p "
        "JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )
    assert len(functions) >= 5
    for function in functions:
        if function["lanname"] == "plpgsql" and "EXECUTE" in function["prosrc"]:
            assert any("search_path=public, pg_temp" in each for each in function["config"]), function["proname"]


async def test_every_foreign_key_between_tenants_holds_the_tenant(world: World) -> None:
    # The check of a foreign key bypasses policies: it must not be able to point into another tenant.
    keys = await world.fetch(
        "SELECT c.conrelid::regclass::text AS from, c.confrelid::regclass::text AS to, "
        "EXISTS (SELECT FROM unnest(c.conkey) k JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k "
        "        WHERE a.attname = 'tenant_id') AS held "
        "FROM pg_constraint c "
        "WHERE c.contype = 'f' AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.confrelid "
        "                                  AND a.attname = 'tenant_id') "
        "AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attname = 'tenant_id')"
    )
    assert keys
    assert [key for key in keys if not key["held"]] == []
