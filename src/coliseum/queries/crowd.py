"""The crowd at an event: how many have come, of how many there is room for, and how many a minute.

Arrivals are what the log tells of (``concierto.event_attended``). Nothing tells when somebody leaves, so that these are
all who came, and not those who are there.
"""

import asyncio
from datetime import datetime, timedelta

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.clock import Clock
from coliseum.votings.store import Place, place_of

SQL = db.statements("coliseum.queries")
MINUTES = 60
RATE_MINUTES = 5
"""Arrivals a minute are the average of so many whole minutes."""
ENTRIES_MAX = 50_000
"""The newest entries of each partition in which arrivals are looked for: where there are more in an hour, the answer
reaches less far back, and says so."""
KNOWN_FOR = timedelta(seconds=1)
KNOWN_MAX = 500


class Minute(msgspec.Struct, frozen=True):
    """How many came in one minute, by where it begins."""

    start: datetime
    value: int


class Crowd(msgspec.Struct, frozen=True, rename="camel"):
    """An event's crowd. ``since``: from this minute on, ``minutes`` holds every arrival that the log has."""

    event: Place
    arrived: int
    per_minute: int
    minutes: list[Minute]
    since: datetime
    position: list[int]


class Crowds:
    """The crowds that one process has read, each for ``KNOWN_FOR``. Owned by one event loop."""

    def __init__(self, database: db.Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[tuple[int, str], tuple[datetime, asyncio.Task[Crowd]]] = {}

    async def at(self, tenant: Tenant, event_id: str) -> Crowd:
        """The crowd at an event, as it was within the last second; an event that nobody knows has none."""
        now, key = self._clock(), (tenant.tenant_id, event_id)
        since, reading = self._known.get(key, (now, None))
        failed = reading is not None and reading.done() and (reading.cancelled() or reading.exception() is not None)
        if reading is None or failed or not since <= now < since + KNOWN_FOR:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            reading = asyncio.create_task(crowd_at(self._database, tenant, event_id, now))
            self._known[key] = now, reading
        return await asyncio.shield(reading)  # whoever gives up waiting takes nothing from the others


async def crowd_at(database: db.Database, tenant: Tenant, event_id: str, now: datetime) -> Crowd:
    """The crowd at an event now."""
    minute = now.replace(second=0, microsecond=0)
    first = minute - timedelta(minutes=MINUTES - 1)
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        event = await place_of(connection, tenant.tenant_id, event_id)
        arrived = int(await connection.fetchval(SQL["crowd_total"], tenant.tenant_id, event_id))
        came = await db.rows(
            connection, Minute, SQL["crowd_minutes"], tenant.tenant_id, event_id, first, ENTRIES_MAX
        )  # fmt: skip
        reach: datetime | None = await connection.fetchval(SQL["crowd_reach"], tenant.tenant_id, ENTRIES_MAX)
        position = [row["offset"] for row in await connection.fetch(SQL["position"], tenant.tenant_id)]
    counted = {each.start: each.value for each in came}
    starts = [first + timedelta(minutes=n) for n in range(MINUTES)]
    lately = [counted.get(minute - timedelta(minutes=n + 1), 0) for n in range(RATE_MINUTES)]
    since = first if reach is None or reach < first else reach.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return Crowd(
        event, arrived, round(sum(lately) / RATE_MINUTES), [Minute(each, counted.get(each, 0)) for each in starts],
        since, position,
    )  # fmt: skip
