"""From numbers to ids, names and pictures, and back; and names remembered for a moment."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import msgspec

from coliseum import db
from coliseum.metrics.registry import Kind
from coliseum.passport.suppression import forgotten_id

SQL = db.statements("coliseum.queries")
NAMES_FOR = timedelta(seconds=2)
"""How long names are remembered at most."""
FANS_FOR = timedelta(seconds=1)
"""How long those of fans are. What is watched is read once a second: so whoever has just been forgotten is nameless
everywhere within two."""
NAMES_MAX = 100_000


class Named(msgspec.Struct, frozen=True, gc=False):
    """What is known of an entity. A fan's name is the user id; a person who was forgotten has none.

    Their ``id`` is then one that no user id can be, and nothing can be asked about it.
    """

    entity: int
    id: str
    name: str | None
    picture: str | None
    forgotten: bool = False

    @property
    def mark(self) -> bool | msgspec.UnsetType:
        """What a row says of it: only that somebody was forgotten."""
        return True if self.forgotten else msgspec.UNSET


NOBODY = Named(0, "", "", None)


def nameless(entity: int) -> Named:
    """A person of whom nothing but the number is left."""
    return Named(entity, forgotten_id(entity), None, None, forgotten=True)


class Known(msgspec.Struct):
    """Names of one tenant's entities of one kind, all read after ``since`` and at one state of the catalogue."""

    catalog: str
    since: datetime
    names: dict[int, Named]
    kept_for: timedelta = NAMES_FOR

    def holds(self, now: datetime) -> bool:
        """Whether the names may still be shown; a clock that was set back ends it, too."""
        return self.since <= now < self.since + self.kept_for


class Names:
    """The names that live boards of one process show. Owned by one event loop.

    They are those of the catalogue at the board's own position: when an entry changes the catalogue, everything that
    was remembered before is read again. Nothing is remembered for longer than ``NAMES_FOR``, of fans ``FANS_FOR``, and
    not more than ``NAMES_MAX`` names.
    """

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self._known: dict[tuple[int, Kind], Known] = {}
        self._numbers: dict[tuple[int, Kind, str], tuple[int, datetime]] = {}

    async def numbers(self, tenant_id: int, kind: Kind, ids: Collection[str], now: datetime) -> dict[str, int]:
        """The numbers of these ids, remembered as names are; those for whom nothing was counted are left out."""
        found: dict[str, int] = {}
        kept_for = _kept_for(kind)
        for each in ids:
            number, since = self._numbers.get((tenant_id, kind, each), (0, None))
            if since is not None and since <= now < since + kept_for:
                found[each] = number
        missing = [each for each in ids if each not in found]
        if missing:
            async with self._database.tenant(tenant_id) as connection:
                read = await numbers_of(connection, tenant_id, kind, missing)
            if len(self._numbers) + len(read) > NAMES_MAX:
                self._numbers.clear()
            self._numbers.update({(tenant_id, kind, each): (number, now) for each, number in read.items()})
            found |= read
        return found

    async def of(self, tenant_id: int, kind: Kind, catalog: str, entities: Collection[int], now: datetime) -> Known:
        """The names of these entities, at least as new as this catalogue and ``now``'s ``NAMES_FOR``.

        Entities of which nothing is known are ``NOBODY``.
        """
        known = self._known.get((tenant_id, kind))
        if known is None or known.catalog != catalog or not known.holds(now):
            known = self._known[tenant_id, kind] = Known(catalog, now, {}, _kept_for(kind))
        missing = [entity for entity in entities if entity not in known.names]
        if missing and len(missing) + sum(len(each.names) for each in self._known.values()) > NAMES_MAX:
            self._known = {}
            known, missing = Known(catalog, now, {}, _kept_for(kind)), list(entities)  # for this answer alone
        if missing:
            async with self._database.tenant(tenant_id) as connection:
                found = await names_of(connection, tenant_id, kind, missing)
            known.names.update((entity, found.get(entity, NOBODY)) for entity in missing)
        return known


def _kept_for(kind: Kind) -> timedelta:
    return FANS_FOR if kind is Kind.FAN else NAMES_FOR


async def names_of(
    connection: db.Connection,
    tenant_id: int,
    kind: Kind,
    entities: Collection[int],
    position: Mapping[int, int] | None = None,
) -> dict[int, Named]:
    """What is known of these entities, by number; those that are unknown are left out.

    Fans are never left out: one who is in the log and not among the people was forgotten.

    ``position``: as the log said when it had been read up to there; fans are always called as they are now.
    """
    found: list[Named]
    if position is not None and kind is not Kind.FAN:
        read = (f"catalog.{kind.label}", list(position), list(position.values()))
        found = await db.rows(connection, Named, SQL["entity_names_as_of"], tenant_id, list(entities), *read)
    else:
        statement = "fan_names" if kind is Kind.FAN else "entity_names"
        found = await db.rows(connection, Named, SQL[statement], tenant_id, list(entities))
    named = {row.entity: row for row in found}
    if kind is Kind.FAN and len(named) < len(set(entities)):
        named.update((entity, nameless(entity)) for entity in entities if entity not in named)
    return named


async def numbers_of(connection: db.Connection, tenant_id: int, kind: Kind, ids: Collection[str]) -> dict[str, int]:
    """The numbers of entities by their ids; those for whom nothing was ever counted are left out."""
    if not ids:
        return {}
    statement = "fan_numbers" if kind is Kind.FAN else "entity_numbers"
    args = (tenant_id, list(ids)) if kind is Kind.FAN else (tenant_id, kind.label, list(ids))
    return {row["id"]: int(row["num"]) for row in await connection.fetch(SQL[statement], *args)}


async def number_of(connection: db.Connection, tenant_id: int, kind: Kind, entity_id: str) -> int | None:
    """The number of an entity by its id; None when nothing was ever counted for it."""
    if kind is Kind.TENANT:
        return 0
    return (await numbers_of(connection, tenant_id, kind, [entity_id])).get(entity_id)
