"""The catalogue as its editors see it: what is known of each entity, and the entries of the log that say so.

Lists are what the processor has read; a single entity and its history are read from the log itself, so that whoever
has just saved one sees what they saved.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.catalog.kinds import CatalogKind
from coliseum.errors import QueryInvalid

SQL = db.statements("coliseum.queries")
LIMIT_MAX: Final = 200
HISTORY_MAX: Final = 100
PAGE: Final = 1_000
CURSOR_MAX: Final = 2_000


class CatalogEntity(msgspec.Struct, frozen=True, rename="camel"):
    """An entity: its fields, and the entry of the log that states them (``version``, for If-Match)."""

    id: str
    name: str
    fields: dict[str, Any]
    version: str
    changed_at: datetime


class CatalogPage(msgspec.Struct, frozen=True, rename="camel"):
    """Entities by name. ``found``: how many there are from here on."""

    entities: list[CatalogEntity]
    found: int
    next_cursor: str | None


class Statement(msgspec.Struct, frozen=True, rename="camel"):
    """An entry of the log that states an entity. ``by``: who used the editor; null for what came another way."""

    entity_id: str
    version: str
    fields: dict[str, Any]
    source: str
    by: str | None
    changed_at: datetime
    received_at: datetime
    entry: str


class ListRow(msgspec.Struct, frozen=True):
    """A row of a catalogue table."""

    id: str
    name: str
    changed_at: datetime
    partition: int
    offset: int
    place: str
    found: int
    fields: dict[str, Any]


class StatedRow(msgspec.Struct, frozen=True):
    """A catalogue entry of the log."""

    entity_id: str
    partition: int
    offset: int
    id: str
    source: str
    occurred_at: datetime
    created_at: datetime
    artist_id: str | None
    city: str | None
    metadata: dict[str, Any]


async def list_catalog(
    database: db.Database, tenant: Tenant, kind: CatalogKind, *, search: str | None, limit: int, cursor: str | None
) -> CatalogPage:
    """A page of a kind, by name.

    Raises:
        QueryInvalid: the limit or the cursor is none.
    """
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    place = _place(cursor)
    async with database.tenant(tenant.tenant_id) as connection:
        rows = await _page(connection, tenant, kind, search, place, limit + 1)
    shown = rows[:limit]
    following = _cursor(shown[-1]) if len(rows) > limit else None
    return CatalogPage([_entity(row) for row in shown], rows[0].found if rows else 0, following)


async def whole_catalog(database: db.Database, tenant: Tenant, kind: CatalogKind) -> AsyncIterator[dict[str, Any]]:
    """Every entity of a kind, by name, as flat fields with its id."""
    place: tuple[str | None, str | None] = (None, None)
    while True:
        async with database.tenant(tenant.tenant_id) as connection:
            rows = await _page(connection, tenant, kind, None, place, PAGE)
        for row in rows:
            yield {"id": row.id, "name": row.name, **row.fields}
        if len(rows) < PAGE:
            return
        place = (rows[-1].place, rows[-1].id)


async def newest(
    connection: db.Connection, tenant_id: int, kind: CatalogKind, ids: Sequence[str]
) -> dict[str, Statement]:
    """What the log says of these entities now, by id."""
    found = await db.rows(connection, StatedRow, SQL["catalog_newest"], tenant_id, kind.event_type, list(ids))
    return {row.entity_id: statement_of(kind, row) for row in found}


async def history(
    database: db.Database, tenant: Tenant, kind: CatalogKind, entity_id: str, limit: int = HISTORY_MAX
) -> list[Statement]:
    """Everything that was ever stated of an entity, the latest first; the first of them is what holds."""
    async with database.tenant(tenant.tenant_id) as connection:
        found = await db.rows(
            connection, StatedRow, SQL["catalog_history"], tenant.tenant_id, kind.event_type, entity_id, limit
        )
    return [statement_of(kind, row) for row in found]


async def hold(connection: db.Connection, tenant_id: int, kind: CatalogKind, ids: Sequence[str]) -> frozenset[str]:
    """Let nobody else save these entities until this transaction ends; returns those that another saves already."""
    found = await connection.fetch(SQL["catalog_busy"], tenant_id, kind.name, sorted(set(ids)))
    return frozenset(row["id"] for row in found)


def statement_of(kind: CatalogKind, row: StatedRow) -> Statement:
    """A catalogue entry in the words of its contract."""
    held = {**row.metadata, "artistId": row.artist_id, "city": row.city}
    fields = {field.name: held[field.name] for field in kind.fields if held.get(field.name) is not None}
    _, _, rest = row.id.partition("/")
    by = rest.partition("/")[0] if row.source in EDITING else None
    return Statement(
        row.entity_id, f"{row.partition}.{row.offset}", fields, row.source, by, row.occurred_at, row.created_at, row.id
    )


EDITING: Final = ("editor", "csv")
"""Sources whose entries bear the name of who made them in their ids: ``editor/person:5/...``."""


async def _page(
    connection: db.Connection, tenant: Tenant, kind: CatalogKind, search: str | None,
    place: tuple[str | None, str | None], rows: int,
) -> list[ListRow]:  # fmt: skip
    sql = SQL[f"catalog_{kind.name}"]
    return await db.rows(connection, ListRow, sql, tenant.tenant_id, search or None, *place, rows)


def _entity(row: ListRow) -> CatalogEntity:
    fields = {"name": row.name, **row.fields}
    return CatalogEntity(row.id, row.name, fields, f"{row.partition}.{row.offset}", row.changed_at)


def _cursor(row: ListRow) -> str:
    return msgspec.json.encode([row.place, row.id]).hex()


def _place(cursor: str | None) -> tuple[str | None, str | None]:
    if cursor is None:
        return None, None
    try:
        if len(cursor) > CURSOR_MAX:
            raise ValueError
        place, entity_id = msgspec.json.decode(bytes.fromhex(cursor), type=tuple[str, str])
    except (ValueError, msgspec.DecodeError):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor") from None
    if "\x00" in place or "\x00" in entity_id:
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor")
    return place, entity_id
