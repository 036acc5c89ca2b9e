"""Upkeep of the log: partitions for the coming months, and ids that left the dedupe window."""

from datetime import datetime, timedelta

from coliseum import db, migrate

SQL = db.statements("coliseum.passport")
FORGET_KEYS_MAX = 20_000


async def keep_up(database: db.Database, now: datetime, dedupe_days: int) -> None:
    """Make the coming months' partitions, then forget the ids received before the window, a slice at a time."""
    async with database.connection("owner") as connection:
        await migrate.make_partitions(connection)
    async with database.connection("processor") as connection:
        tenants = await connection.fetch("SELECT DISTINCT tenant_id FROM passport_heads")
    for record in tenants:
        while await _forget_keys(database, record["tenant_id"], now - timedelta(days=dedupe_days)):
            pass


async def _forget_keys(database: db.Database, tenant_id: int, before: datetime) -> bool:
    """Delete one slice of old ids; True when there may be more."""
    async with database.transaction("owner") as connection:
        await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(tenant_id))
        deleted = await connection.execute(SQL["forget_keys"], tenant_id, before, FORGET_KEYS_MAX)
    return int(deleted.rpartition(" ")[2]) == FORGET_KEYS_MAX
