"""What the catalogue says of one entity, and lists of what there is."""

from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind, Metric, stored_name
from coliseum.metrics.windows import Window, spans
from coliseum.queries.ask import Subject, check_text
from coliseum.queries.hourly import check_number
from coliseum.queries.insights.shows import SHOWS_MAX, SQL, Billed, Show, billed, read_to

KINDS = ("artist", "event", "fan", "track", "city")
"""The kinds of entity that have a page."""
ROWS_MAX = 200
PAGES_MAX = 100_000


class About(msgspec.Struct, frozen=True, rename="camel"):
    """What is known of an entity. ``artists``: an event's bill, or who plays a track.

    ``catalogued``: it is in the catalogue; ``counted``: something was counted for it at some time.
    """

    entity: str
    id: str
    name: str
    picture: str | None
    city: str | None
    country: str | None
    genres: list[str]
    starts_at: datetime | None
    capacity: int | None
    venue_id: str | None
    venue: str | None
    duration_seconds: int | None
    artists: list[Billed]
    catalogued: bool
    counted: bool


class Listed(msgspec.Struct, frozen=True, rename="camel"):
    """One entity of a list; ``detail``: an artist's genres, an event's venue, a track's artist."""

    id: str
    name: str
    picture: str | None
    city: str | None
    starts_at: datetime | None
    detail: str | None
    value: int


class Listing(msgspec.Struct, frozen=True, rename="camel"):
    """A page of all entities of a kind: by the metric, or by name."""

    entity: str
    metric: str
    unit: str
    currency: str | None
    window: str
    members: int
    page: int
    pages: int
    rows: list[Listed]
    position: list[int]


class _About(msgspec.Struct, frozen=True):
    name: str
    picture: str | None
    city: str | None
    country: str | None
    genres: list[str]
    starts_at: datetime | None
    capacity: int | None
    venue_id: str | None
    venue: str | None
    artist_ids: list[str]
    duration_seconds: int | None
    catalogued: bool
    counted: bool


class _Listed(msgspec.Struct, frozen=True):
    id: str
    name: str
    picture: str | None
    city: str | None
    starts_at: datetime | None
    detail: str | None
    value: int
    members: int


async def about(database: db.Database, tenant: Tenant, entity: str, entity_id: str) -> About | None:
    """What is known of an entity; None when it is neither in the catalogue nor was anything counted for it.

    Raises:
        QueryInvalid: entities of that kind have no page.
    """
    _check_kind(entity)
    check_text(entity_id, "id")
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        found = await db.rows(connection, _About, SQL["about"], tenant.tenant_id, entity, entity_id)
        if not found:
            return None
        row = found[0]
        artists = await billed(connection, tenant, row.artist_ids)
    return About(
        entity, entity_id, row.name, row.picture, row.city, row.country, row.genres, row.starts_at, row.capacity,
        row.venue_id, row.venue, row.duration_seconds, artists, row.catalogued, row.counted,
    )  # fmt: skip


async def listing(
    database: db.Database,
    tenant: Tenant,
    subject: Subject,
    window: Window,
    *,
    search: str | None,
    by_name: bool,
    page: int,
    size: int,
) -> Listing:
    """Entities of a kind, counted or only known, whose name holds ``search`` (or whose id it is), page by page.

    Raises:
        QueryInvalid: the metric is no sum, or page or size are none.
    """
    metric, kind = subject.metric, subject.kind
    if not isinstance(metric, Metric):
        raise QueryInvalid(f"Lists are ordered by a sum, not by {metric.name}.", "metric")
    _check_kind(kind.label)
    check_number(size, "limit", 1, ROWS_MAX)
    check_number(page, "page", 1, PAGES_MAX)
    if search is not None:
        check_text(search, "q")
    parts = spans(window, tenant.zone)
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        found = await db.rows(
            connection, _Listed, SQL["listing"], tenant.tenant_id, int(kind), kind.label,
            stored_name(metric, subject.currency or None), [int(span.grain) for span in parts],
            [span.since for span in parts], [span.until for span in parts], metric.bill and kind is Kind.ARTIST,
            None if search is None else f"%{_literal(search)}%", search, by_name, size, (page - 1) * size,
        )  # fmt: skip
        position = await read_to(connection, tenant)
    members = found[0].members if found else 0
    rows = [Listed(*msgspec.structs.astuple(row)[:-1]) for row in found]
    return Listing(
        kind.label, metric.name, metric.unit, subject.currency or None, window.name, members, page,
        max(1, -(-members // size)), rows, position,
    )  # fmt: skip


async def shows_in(database: db.Database, tenant: Tenant, city: str, now: datetime) -> list[Show]:
    """The shows of a city that are nearest to now, at most ``SHOWS_MAX``."""
    async with database.tenant(tenant.tenant_id) as connection:
        return await db.rows(connection, Show, SQL["shows_in_city"], tenant.tenant_id, city, now, SHOWS_MAX)


async def upcoming(database: db.Database, tenant: Tenant, artist: str, now: datetime) -> list[Show]:
    """The next shows of an artist, at most ``SHOWS_MAX``."""
    async with database.tenant(tenant.tenant_id) as connection:
        return await db.rows(connection, Show, SQL["upcoming"], tenant.tenant_id, artist, now, SHOWS_MAX)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _check_kind(entity: str) -> None:
    if entity not in KINDS:
        raise QueryInvalid(f"entity is one of {', '.join(KINDS)}.", "entity")
