"""A log that is older than usage is counted from its first entry, whoever owns the database."""

import pytest

from coliseum import db, migrate

MIGRATION = "_usage.sql"
TENANTS = """
    INSERT INTO accounts_tenants (tenant_id, slug, name, time_zone, currency, partitions) OVERRIDING SYSTEM VALUE
    VALUES (1, 'one', 'One', 'UTC', 'eur', 1), (2, 'two', 'Two', 'UTC', 'eur', 3)
"""
OWNED = ("accounts_tenants", "processor_units", "processor_cursors", "accounts_members", "accounts_invitations")
CURSORS = """
    SELECT c.tenant_id, c.partition FROM processor_units u JOIN processor_cursors c USING (tenant_id, consumer, generation)
    WHERE u.consumer = 'usage' AND c."offset" = 0 ORDER BY 1, 2
"""
FORCED = "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname = ANY ($1)"


@pytest.mark.parametrize("superuser", [True, False])
async def test_tenants_that_are_there_get_the_consumer_and_the_policies_are_forced_again(
    fresh_database: str, *, superuser: bool
) -> None:
    known = migrate.migrations()
    place = next(n for n, each in enumerate(known) if each.name.endswith(MIGRATION))
    connection = await db.connect(fresh_database)
    transaction = connection.transaction()
    await transaction.start()
    try:
        for each in known[:place]:
            await connection.execute(each.sql)
        await connection.execute(TENANTS)
        if not superuser:  # as on a managed server: the forced policies hold for the owner too
            await connection.execute("CREATE ROLE usage_owner NOLOGIN")
            await connection.execute("GRANT CREATE, USAGE ON SCHEMA public TO usage_owner")
            await connection.execute("GRANT EXECUTE ON FUNCTION coliseum_protect(regclass) TO usage_owner")
            for table in OWNED:
                await connection.execute(f"ALTER TABLE {table} OWNER TO usage_owner")
            await connection.execute("SET LOCAL ROLE usage_owner")
            assert await connection.fetchval("SELECT count(*) FROM accounts_tenants") == 0
        await connection.execute(known[place].sql)
        await connection.execute("RESET ROLE")
        assert [tuple(row.values()) for row in await connection.fetch(CURSORS)] == [(1, 0), (2, 0), (2, 1), (2, 2)]
        assert await connection.fetchval(FORCED, [*OWNED, "usage_days"])
    finally:
        await transaction.rollback()
        await connection.close()
