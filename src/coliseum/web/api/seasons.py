"""The routes that read seasons: closed windows, what stood on them, and an entity's run through them."""

from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.queries.ask import instant
from coliseum.queries.seasons import (
    ChartRun,
    SeasonBoard,
    SeasonList,
    chart_of,
    chart_run,
    season_board,
    season_list,
)
from coliseum.web.access import needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import Cursor, Limit, MetricName
from coliseum.web.services import Services

Listed = TypeVar("Listed", SeasonList, ChartRun)
SeasonKind = Annotated[str, QueryParameter(description="Kind of entity: artist, event, track, city, venue.")]
SeasonWindow = Annotated[str, QueryParameter(description="day, week or month, in the tenant's time zone.")]


@get("/api/seasons", opt=needs(Permission.NUMBERS_READ), summary="The closed windows of a board")
async def get_seasons(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: MetricName,
    entity: SeasonKind = "artist",
    window: SeasonWindow = "week",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> SeasonList:
    """The windows that have closed, newest first; one without members is no season. Money: in the tenant's currency."""
    tenant = asking_tenant(request)
    chart = chart_of(tenant, metric, entity, window)
    found = await season_list(services.database, chart, limit=limit, cursor=cursor)
    return _within_history(found, services.allowance.history_begins(tenant))


@get("/api/seasons/board", opt=needs(Permission.NUMBERS_READ), summary="What stood on a board when its window closed")
async def get_season_board(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: MetricName,
    entity: SeasonKind = "artist",
    window: SeasonWindow = "week",
    at: Annotated[
        str | None,
        QueryParameter(description="Any instant (RFC 3339) or date inside the window; the newest when left out."),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> SeasonBoard:
    """A season's rows as they stood at its position, with the names of today; late events never change them."""
    tenant = asking_tenant(request)
    chart = chart_of(tenant, metric, entity, window)
    moment = None if at is None else instant(at, "at")
    found = await season_board(services.database, chart, moment, limit=limit, cursor=cursor)
    services.allowance.check_moment(tenant, found.season.window_start, "at")
    return found


@get(
    "/api/seasons/history", opt=needs(Permission.NUMBERS_READ), summary="An entity's run through the seasons of a board"
)
async def get_season_history(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: MetricName,
    entity_id: Annotated[str, QueryParameter(name="id", description="Which entity.")],
    entity: SeasonKind = "artist",
    window: SeasonWindow = "week",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ChartRun:
    """Each season that it was on, newest first; its peak, how many windows it stood there, its longest streak."""
    tenant = asking_tenant(request)
    chart = chart_of(tenant, metric, entity, window)
    found = await chart_run(services.database, chart, entity_id, limit=limit, cursor=cursor)
    return _within_history(found, services.allowance.history_begins(tenant))


def _within_history(found: Listed, since: datetime | None) -> Listed:
    """A list without the seasons that began before the plan's history does."""
    if since is None:
        return found
    kept = [season for season in found.seasons if season.window_start >= since]
    if len(kept) == len(found.seasons):
        return found
    return msgspec.structs.replace(found, seasons=kept, next_cursor=None)


HANDLERS = (get_seasons, get_season_board, get_season_history)
