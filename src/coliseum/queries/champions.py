"""Who led a board in each of its closed windows."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from coliseum import db
from coliseum.queries.names import NOBODY, Named, names_of
from coliseum.queries.seasons import Chart, Season

SQL = db.statements("coliseum.queries")
SHARING_MAX = 5
"""So many members who share the first rank are named."""


class Champion(msgspec.Struct, frozen=True):
    """Somebody who stood first, with the name and picture of today."""

    id: str
    name: str | None
    picture: str | None
    score: int
    forgotten: bool | msgspec.UnsetType = msgspec.UNSET


class _First(msgspec.Struct, frozen=True):
    window_start: datetime
    entity: int
    score: int


async def champions(database: db.Database, chart: Chart, seasons: Sequence[Season]) -> dict[datetime, list[Champion]]:
    """The first of each season, by where it begins; up to ``SHARING_MAX`` where several share that rank."""
    starts = [season.window_start for season in seasons]
    async with database.tenant(chart.tenant.tenant_id, snapshot=True) as connection:
        found = await db.rows(connection, _First, SQL["season_champions"], *chart.where, starts, SHARING_MAX)
        names = await names_of(connection, chart.tenant.tenant_id, chart.kind, {row.entity for row in found})
    led: dict[datetime, list[Champion]] = {start: [] for start in starts}
    for row in found:
        led[row.window_start].append(_champion(names.get(row.entity, NOBODY), row.score))
    return led


def _champion(known: Named, score: int) -> Champion:
    return Champion(known.id, known.name, known.picture, score, known.mark)
