"""What stands out around an artist: cities, tracks, shows, and who shares its bills."""

from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind
from coliseum.queries.ask import check_text
from coliseum.queries.hourly import check_number
from coliseum.queries.insights.shows import SQL, read_to
from coliseum.queries.names import number_of

OF: Final = {"cities": "visits", "tracks": "plays", "events": "visits", "artists": "shows"}
"""What can be asked for, and in which unit its value is."""
ROWS_MAX = 100


class TopRow(msgspec.Struct, frozen=True):
    """One of them; ``fans``: different fans, of cities."""

    id: str
    name: str
    picture: str | None
    value: int
    fans: int | None


class Top(msgspec.Struct, frozen=True):
    """The largest first; inside a tie by id."""

    artist: str
    of: str
    unit: str
    rows: list[TopRow]
    position: list[int]


async def top(database: db.Database, tenant: Tenant, artist: str, of: str, limit: int) -> Top:
    """Cities by visits to the artist's shows, tracks by plays, shows by visits, or artists by bills that they share.

    Raises:
        QueryInvalid: there is no such list, or the limit is none.
    """
    check_text(artist, "artist")
    if of not in OF:
        raise QueryInvalid(f"of is one of {', '.join(OF)}.", "of")
    check_number(limit, "limit", 1, ROWS_MAX)
    tenant_id = tenant.tenant_id
    async with database.tenant(tenant_id, snapshot=True) as connection:
        number = await number_of(connection, tenant_id, Kind.ARTIST, artist) or -1
        match of:
            case "artists":
                args: tuple[object, ...] = ("related", tenant_id, artist, limit)
            case "events":
                args = ("top_events", tenant_id, "attendance", limit, number)
            case _:
                args = (f"top_{of}", tenant_id, number, limit)
        rows = await db.rows(connection, TopRow, SQL[str(args[0])], *args[1:])
        position = await read_to(connection, tenant)
    return Top(artist, of, OF[of], rows, position)
