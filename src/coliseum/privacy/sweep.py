"""A second look at whoever was forgotten: what was added by a process that had not heard of it is removed."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from coliseum import db
from coliseum.clock import Clock
from coliseum.telemetry import Log, described

SQL: Final = db.statements("coliseum.privacy")
EVERY_S: Final = 10.0
LOOK_BACK: Final = timedelta(hours=1)
MANY_LOOK_BACK: Final = timedelta(minutes=1)
"""Of the many whom retention lets go.

A process believes what it remembers for two seconds, and an append takes no longer than its connection is held."""


async def sweep(database: db.Database, now: datetime) -> int:
    """Remove personal fields of people who were forgotten lately; returns of how many entries."""
    since, swept = now - LOOK_BACK, 0
    async with database.connection("processor") as connection:
        tenants = await connection.fetch(SQL["erased_since"], since)
    for record in tenants:  # by the owner, under the tenant's policy: processors change nothing of the log's
        async with database.tenant(record["tenant_id"], "owner") as connection:
            done = await connection.execute(SQL["sweep_personal"], record["tenant_id"], since, now - MANY_LOOK_BACK)
        swept += int(done.rpartition(" ")[2])
    return swept


async def sweep_regularly(database: db.Database, clock: Clock) -> None:
    """Do so for as long as the process lives."""
    while True:
        try:
            await sweep(database, clock())
        except (*db.UNREACHABLE, db.PostgresError) as error:
            Log().warning("sweep_failed", error=described(error))
        await asyncio.sleep(EVERY_S)
