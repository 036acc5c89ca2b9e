"""How many fans had come before."""

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind
from coliseum.queries.ask import check_text
from coliseum.queries.insights.shows import SQL, percent, read_to
from coliseum.queries.names import number_of

MOST = 4
"""The last row: so many shows or more."""


class Nth(msgspec.Struct, frozen=True):
    """Fans for whom it was the ``shows``-th show (of an artist: who came to so many); the last row: or more."""

    shows: int
    fans: int
    percent: float | None


class Repeats(msgspec.Struct, frozen=True):
    """Which shows count as earlier, and how many fans had been to how many. ``returning``: to one at least."""

    scope: str
    fans: int
    returning: int
    percent: float | None
    distribution: list[Nth]


class RepeatFans(msgspec.Struct, frozen=True, rename="camel"):
    """Of an event: against ``any_show`` of the tenant, and those with ``same_artists``. Of an artist: its own shows."""

    event: str | None
    artist: str | None
    scopes: list[Repeats]
    position: list[int]


class _Row(msgspec.Struct, frozen=True):
    nth: int
    fans: int


async def repeat_fans(database: db.Database, tenant: Tenant, *, event: str | None, artist: str | None) -> RepeatFans:
    """Of the fans who came to an event, or to shows of an artist, how many came to how many. Exact.

    Raises:
        QueryInvalid: not exactly one of both is given.
    """
    if (event is None) == (artist is None):
        raise QueryInvalid("Say of which event, or of which artist.", "event")
    check_text(event or artist or "", "event" if artist is None else "artist")
    tenant_id, kind = tenant.tenant_id, Kind.EVENT if artist is None else Kind.ARTIST
    async with database.tenant(tenant_id, snapshot=True) as connection:
        number = await number_of(connection, tenant_id, kind, event or artist or "") or -1
        scopes = []
        if artist is not None:
            scopes.append(_repeats("artist", await db.rows(connection, _Row, SQL["repeats_artist"], tenant_id, number)))
        else:
            for scope in ("any_show", "same_artists"):
                same = scope == "same_artists"
                found = await db.rows(connection, _Row, SQL["repeats_event"], tenant_id, number, same)
                scopes.append(_repeats(scope, found))
        position = await read_to(connection, tenant)
    return RepeatFans(event, artist, scopes, position)


def _repeats(scope: str, found: list[_Row]) -> Repeats:
    by_nth = {row.nth: row.fans for row in found}
    fans = sum(by_nth.values())
    returning = fans - by_nth.get(1, 0)
    rows = [Nth(nth, by_nth.get(nth, 0), percent(by_nth.get(nth, 0), fans)) for nth in range(1, MOST + 1)]
    return Repeats(scope, fans, returning, percent(returning, fans), rows)
