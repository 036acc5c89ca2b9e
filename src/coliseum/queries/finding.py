"""What pages look up beside numbers: entities by a part of their name, since when there is a log, whose an entry is."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.metrics.registry import Kind
from coliseum.queries.ask import check_text
from coliseum.queries.explain import Entry
from coliseum.queries.names import number_of

SQL = db.statements("coliseum.queries")
FOUND_MAX = 12
"""Entities that a search answers with."""


class FoundEntity(msgspec.Struct, frozen=True):
    """An entity that something was counted for."""

    id: str
    name: str
    picture: str | None


class EntryPlace(msgspec.Struct, frozen=True):
    """Of whom, where and of what an entry is, with the names of today.

    ``user_id`` is None for an entry of nobody, and for a person who was forgotten.
    """

    partition: int
    offset: int
    of_person: bool
    user_id: str | None
    artist_id: str | None
    event_id: str | None
    track_id: str | None
    city: str | None
    artist: str | None
    event: str | None
    track: str | None
    source: str


async def find_entities(database: db.Database, tenant: Tenant, kind: Kind, text: str) -> list[FoundEntity]:
    """Up to ``FOUND_MAX`` entities of a kind by a part of their name or id; fans only by their whole id.

    Raises:
        QueryInvalid: the text is empty or too long.
    """
    check_text(text, "around")
    async with database.tenant(tenant.tenant_id) as connection:
        if kind is Kind.FAN:
            known = await number_of(connection, tenant.tenant_id, kind, text)
            return [] if known is None else [FoundEntity(text, text, None)]
        where = (tenant.tenant_id, kind.label, text, FOUND_MAX)
        return await db.rows(connection, FoundEntity, SQL["found_entities"], *where)


async def first_received(database: db.Database, tenant: Tenant) -> datetime | None:
    """When the tenant's first entry was received; None when there is none."""
    async with database.tenant(tenant.tenant_id) as connection:
        found: datetime | None = await connection.fetchval(SQL["first_received"], tenant.tenant_id)
    return found


async def places_of(
    database: db.Database, tenant: Tenant, entries: Sequence[Entry]
) -> dict[tuple[int, int], EntryPlace]:
    """Of whom and where these entries are, by partition and offset."""
    async with database.tenant(tenant.tenant_id) as connection:
        found = await db.rows(
            connection, EntryPlace, SQL["entry_places"], tenant.tenant_id,
            [entry.partition for entry in entries], [entry.offset for entry in entries],
            [entry.created_at for entry in entries],
        )  # fmt: skip
    return {(each.partition, each.offset): each for each in found}
