"""One look at a tenant's numbers: whether there is something to tell its endpoints."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.announce.leaders import Watching, tell_leaders
from coliseum.announce.thresholds import SQL, Crossable, read_thresholds, tell_reached
from coliseum.clock import Clock

TURN: Final = timedelta(minutes=15)
"""Windows begin on a quarter of an hour in every time zone; they are looked at when one may have."""
NOBODY_FOR: Final = timedelta(seconds=5)
"""How long it is believed that nobody wants to know anything of a tenant."""
AT_ONCE_MAX: Final = 3
"""Tenants that one process looks at at a time: steps need connections, too."""


class _ReadUntil(msgspec.Struct, frozen=True):
    edition: int
    position: list[int]


class _Seen(msgspec.Struct, frozen=True):
    """All that what is told depends on: when it is the same, there is nothing to look at."""

    until: _ReadUntil
    turn: int
    endpoints: list[Watching]
    thresholds: list[Crossable]


class Announcements:
    """Looks at the numbers of whichever tenants a processor has. Remembers what it has seen, to look at nothing twice.

    What was told is remembered in PostgreSQL, and not here.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[int, _Seen] = {}
        self._nobody: dict[int, datetime] = {}
        self._turn = asyncio.Semaphore(AT_ONCE_MAX)

    async def announce(self, database: db.Database, tenant: Tenant) -> None:
        """See ``Announcer.announce``."""
        now, since = self._clock(), self._nobody.get(tenant.tenant_id)
        if since is not None and since <= now < since + NOBODY_FOR:
            return
        try:
            async with self._turn, database.transaction("processor", snapshot=True) as connection:
                seen = await self._look(connection, tenant)
        except (*db.CONFLICTS, db.UniqueViolation):
            return  # another processor tells it, or a tenant changes what it wants to know: the next look sees it
        if seen is not None:
            self._seen[tenant.tenant_id] = seen
            self._nobody.pop(tenant.tenant_id, None)
        else:
            self._seen.pop(tenant.tenant_id, None)
            self._nobody[tenant.tenant_id] = now

    async def _look(self, connection: db.Connection, tenant: Tenant) -> _Seen | None:
        """Tell what there is to tell; None for a tenant of whom nobody wants to know anything."""
        endpoints = await db.rows(connection, Watching, SQL["watching"], tenant.tenant_id)
        read = await db.rows(connection, _ReadUntil, SQL["read_until"], tenant.tenant_id) if endpoints else []
        if not read:
            return None
        now: datetime = self._clock()
        wanted = any(endpoint.thresholds for endpoint in endpoints)
        thresholds = await read_thresholds(connection, tenant.tenant_id) if wanted else []
        seen = _Seen(read[0], int(now.timestamp() // TURN.total_seconds()), endpoints, thresholds)
        if self._seen.get(tenant.tenant_id) == seen:
            return seen
        for threshold in thresholds:
            await tell_reached(connection, tenant, threshold, now, read[0].position)
        leading = [endpoint for endpoint in endpoints if endpoint.leaders]
        if leading:
            await tell_leaders(connection, tenant, leading, now, read[0].position)
        return seen
