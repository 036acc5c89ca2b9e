"""Keys that were made before scopes existed go on doing what they did."""

from coliseum import db, migrate

TENANTS = """
    INSERT INTO accounts_tenants (tenant_id, slug, name, time_zone, currency, partitions) OVERRIDING SYSTEM VALUE
    VALUES (1, 'one', 'One', 'UTC', 'eur', 1)
"""
KEYS = """
    INSERT INTO accounts_keys (tenant_id, kind, secret_digest, prefix) VALUES (1, 'server', 'a', ''), (1, 'browser', 'b', '')
"""


async def test_old_server_keys_may_everything_and_old_browser_keys_only_write(fresh_database: str) -> None:
    known = migrate.migrations()
    place = next(n for n, each in enumerate(known) if each.name.endswith("_accounts.sql"))
    connection = await db.connect(fresh_database)
    transaction = connection.transaction()
    await transaction.start()
    try:
        for each in known[:place]:
            await connection.execute(each.sql)
        await connection.execute(TENANTS)
        await connection.execute(KEYS)
        await connection.execute(known[place].sql)
        rows = await connection.fetch("SELECT kind, scopes FROM accounts_keys ORDER BY kind")
        assert [tuple(row.values()) for row in rows] == [("browser", ["write"]), ("server", ["write", "read", "admin"])]
        forced = "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'accounts_keys'"
        assert await connection.fetchval(forced)
    finally:
        await transaction.rollback()
        await connection.close()
