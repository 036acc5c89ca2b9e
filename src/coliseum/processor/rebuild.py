"""Throwing a projection away and remaking it, while reads and the live projection go on.

The next generation of the consumer's tables is filled by the ordinary step from offset 0, up to where the live one
stands; then, in one transaction that holds the live cursors, the rest is added and the unit switches over. Until
that commit nobody sees the new generation; after it nobody sees the old one, which is then deleted. A rebuild that
breaks off leaves only rows that nobody reads, and the next one removes them.
"""

from collections.abc import Callable

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.processor.dead_letters import RebuildRunning
from coliseum.processor.projection import Batch, Projection

SQL = db.statements("coliseum.processor")


class _Pair(msgspec.Struct, frozen=True):
    """One partition: how far the new generation has come, and where the live one stands."""

    partition: int
    offset: int
    live: int


async def rebuild(
    database: db.Database,
    tenant: Tenant,
    projection: Projection,
    entries_max: int,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Remake one consumer of a tenant; when this returns, reads see the new numbers.

    Entries among the dead letters stay out, as in the live projection. ``on_progress`` is told how many entries are
    done, of how many.

    Raises:
        RebuildRunning: another process is at it.
        Exception: whatever the projection raised; the live generation is as it was.
    """
    async with database.connection("processor") as guard:
        if not await guard.fetchval(SQL["try_rebuild_lock"], tenant.tenant_id, projection.name):
            raise RebuildRunning
        try:
            await _Rebuild(database, tenant, projection, entries_max).run(on_progress)
        finally:
            await guard.execute(SQL["rebuild_unlock"], tenant.tenant_id, projection.name)


class _Rebuild:
    """One rebuild under way; the advisory lock is held outside."""

    def __init__(self, database: db.Database, tenant: Tenant, projection: Projection, entries_max: int) -> None:
        self._database = database
        self._tenant = tenant
        self._projection = projection
        self._entries_max = entries_max

    async def run(self, on_progress: Callable[[int, int], None]) -> None:
        live, new = await self._begin()
        while True:
            pairs = await self._advance_all(new)
            on_progress(sum(pair.offset for pair in pairs), sum(pair.live for pair in pairs))
            if sum(pair.live - pair.offset for pair in pairs) <= self._entries_max:
                break
        await self._switch(live, new)
        async with self._database.transaction("processor") as connection:
            await self._projection.forget(connection, self._tenant.tenant_id, live)

    async def _begin(self) -> tuple[int, int]:
        async with self._database.transaction("processor") as connection:
            live = await connection.fetchval(SQL["live_generation"], self._tenant.tenant_id, self._projection.name)
            new = 1 - live
            await self._projection.forget(connection, self._tenant.tenant_id, new)
            await connection.execute(SQL["begin_generation"], self._tenant.tenant_id, self._projection.name, live, new)
        return live, new

    async def _advance_all(self, new: int) -> list[_Pair]:
        """One step of every partition that is behind; the pairs as they stand afterwards."""
        async with self._database.connection("processor") as connection:
            pairs = await self._pairs(connection, new)
        for pair in pairs:
            if pair.offset < pair.live:
                async with self._database.transaction("processor") as connection:
                    await self._apply(connection, new, pair, min(pair.live, pair.offset + self._entries_max))
        async with self._database.connection("processor") as connection:
            return await self._pairs(connection, new)

    async def _switch(self, live: int, new: int) -> None:
        tenant_id, consumer = self._tenant.tenant_id, self._projection.name
        async with self._database.transaction("processor") as connection:
            # Holding the live cursors keeps the live projection still; its next step finds the generation gone.
            await connection.execute(SQL["lock_generation"], tenant_id, consumer, live)
            for pair in await self._pairs(connection, new):
                if pair.offset < pair.live:
                    await self._apply(connection, new, pair, pair.live)
            await connection.execute(SQL["switch_generation"], tenant_id, consumer, new)
            await connection.execute(SQL["drop_cursors"], tenant_id, consumer, live)

    async def _apply(self, connection: db.Connection, new: int, pair: _Pair, end: int) -> None:
        tenant_id, consumer = self._tenant.tenant_id, self._projection.name
        skip = [
            record["offset"]
            for record in await connection.fetch(
                SQL["parked_offsets"], tenant_id, consumer, pair.partition, pair.offset, end
            )
        ]
        await self._projection.apply(connection, Batch(self._tenant, new, pair.partition, pair.offset, end, skip))
        await connection.execute(SQL["advance_cursor"], tenant_id, consumer, new, pair.partition, end)

    async def _pairs(self, connection: db.Connection, new: int) -> list[_Pair]:
        return await db.rows(
            connection, _Pair, SQL["generation_pairs"], self._tenant.tenant_id, self._projection.name, new
        )
