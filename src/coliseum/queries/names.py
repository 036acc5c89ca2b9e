"""From numbers to ids, names and pictures, and back."""

from collections.abc import Iterable

import msgspec

from coliseum import db
from coliseum.metrics.registry import Kind

SQL = db.statements("coliseum.queries")


class Named(msgspec.Struct, frozen=True):
    """What is known of an entity. A fan's name is the user id; ``id`` is empty for a person who was forgotten."""

    entity: int
    id: str
    name: str
    picture: str | None


NOBODY = Named(0, "", "", None)


async def names_of(connection: db.Connection, tenant_id: int, kind: Kind, entities: Iterable[int]) -> dict[int, Named]:
    """What is known of these entities, by number; those that are unknown are left out."""
    statement = "fan_names" if kind is Kind.FAN else "entity_names"
    found = await db.rows(connection, Named, SQL[statement], tenant_id, list(entities))
    return {row.entity: row for row in found}


async def number_of(connection: db.Connection, tenant_id: int, kind: Kind, entity_id: str) -> int | None:
    """The number of an entity by its id; None when nothing was ever counted for it."""
    if kind is Kind.TENANT:
        return 0
    statement = "fan_number" if kind is Kind.FAN else "entity_number"
    args = (tenant_id, entity_id) if kind is Kind.FAN else (tenant_id, kind.label, entity_id)
    number = await connection.fetchval(SQL[statement], *args)
    return None if number is None else int(number)
