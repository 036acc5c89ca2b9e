"""Shows as the catalogue has them, and the steps that fans take around one."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.queries.positions import position_of

SQL = db.statements("coliseum.queries.insights")
SHOWS_MAX = 50
STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "viewed": ("concierto.event_viewed",),
    "interested": ("concierto.event_interested",),
    "bought": ("concierto.ticket_purchased",),
    "attended": ("concierto.event_attended",),
    "followed": ("social.follow", "social.unfollow"),
}
"""The steps of the funnel in their order, with the types of entry that say so."""
HUNDREDTHS = 2


class Show(msgspec.Struct, frozen=True, rename="camel"):
    """An event of the catalogue; ``artist_ids`` in billing order."""

    id: str
    name: str
    picture: str | None
    starts_at: datetime | None
    city: str | None
    venue_id: str | None
    venue: str | None
    capacity: int | None
    artist_ids: list[str]


class Billed(msgspec.Struct, frozen=True):
    """An artist of a bill, by name."""

    id: str
    name: str
    picture: str | None


async def show_of(connection: db.Connection, tenant: Tenant, event: str) -> Show:
    """The show of that id; one that the catalogue does not know is called by its id."""
    found = await db.rows(connection, Show, SQL["show"], tenant.tenant_id, event)
    return found[0] if found else Show(event, event, None, None, None, None, None, None, [])


async def shows_of(connection: db.Connection, tenant: Tenant, artist: str, before: datetime) -> list[Show]:
    """The latest ``SHOWS_MAX`` shows of an artist that have begun, newest first."""
    return await db.rows(connection, Show, SQL["shows_of_artist"], tenant.tenant_id, artist, before, SHOWS_MAX)


async def billed(connection: db.Connection, tenant: Tenant, ids: Collection[str]) -> list[Billed]:
    """The artists of these ids in their order, each once; whoever is not in the catalogue is called by the id."""
    found = await db.rows(connection, Billed, SQL["artists_named"], tenant.tenant_id, list(ids))
    known = {row.id: row for row in found}
    return [known.get(each, Billed(each, each, None)) for each in dict.fromkeys(ids)]


async def read_to(connection: db.Connection, tenant: Tenant) -> list[int]:
    """Up to which offset of each partition this transaction's numbers count."""
    position = await position_of(connection, tenant.tenant_id, None)
    return [position[partition] for partition in sorted(position)]


def percent(part: int, whole: int) -> float | None:
    """How much of the whole a part is, to hundredths of a percent; None of nothing."""
    return round(100 * part / whole, HUNDREDTHS) if whole else None
