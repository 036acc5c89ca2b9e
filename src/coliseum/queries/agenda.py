"""Which events are on, come next, and were: by the dates of the catalogue; and what was logged of one lately."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant

SQL = db.statements("coliseum.queries")
LASTS: Final = timedelta(hours=6)
"""The catalogue says when an event begins and not when it ends: so long after it, it is taken to be on."""
EVENTS_MAX: Final = 24
ENTRIES_SEEN_MAX: Final = 5_000


class Show(msgspec.Struct, frozen=True):
    """An event with a date. ``voting``: the name of the voting there."""

    id: str
    name: str
    venue: str | None
    city: str | None
    starts_at: datetime
    capacity: int | None
    voting: str | None


class Agenda(msgspec.Struct, frozen=True):
    """The events around a moment: those of before stand in the opposite order."""

    on: list[Show]
    coming: list[Show]
    over: list[Show]


class Happening(msgspec.Struct, frozen=True):
    """An entry about an event; it names no person."""

    partition: int
    offset: int
    event_type: str
    artist: str | None
    currency: str | None
    value: int
    created_at: datetime


async def agenda(connection: db.Connection, tenant: Tenant, now: datetime) -> Agenda:
    """The events around now, ``EVENTS_MAX`` of them in each direction."""
    shows = await db.rows(connection, Show, SQL["agenda"], tenant.tenant_id, now, EVENTS_MAX)
    begun = [show for show in shows if show.starts_at <= now]
    return Agenda(
        [show for show in begun if show.starts_at > now - LASTS],
        [show for show in shows if show.starts_at > now],
        [show for show in reversed(begun) if show.starts_at <= now - LASTS],
    )


async def entries_of_event(connection: db.Connection, tenant: Tenant, event_id: str, limit: int) -> list[Happening]:
    """The newest entries about an event, newest first; looked for among the newest ``ENTRIES_SEEN_MAX`` only."""
    return await db.rows(
        connection, Happening, SQL["event_entries"], tenant.tenant_id, event_id, limit, ENTRIES_SEEN_MAX
    )  # fmt: skip
