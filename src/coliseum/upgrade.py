"""Brings a database to this version: the schema, the coming partitions, and the registry of metrics as rows."""

from coliseum import db
from coliseum.migrate import migrate
from coliseum.projections.coliseum import declare_rules


async def upgrade(url: str) -> list[str]:
    """Do it; returns the names of the migrations that were applied. Safe to repeat, and from several processes.

    Raises:
        StoreUnavailable, ServerTooOld, MigrationFailed: see ``coliseum.migrate.migrate``.
    """
    applied = await migrate(url)
    database = await db.Database.open(url, owner=1)
    try:
        async with database.connection("owner") as connection:
            await declare_rules(connection)
    finally:
        await database.close()
    return applied
