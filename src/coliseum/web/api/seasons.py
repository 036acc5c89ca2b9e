"""The routes that read seasons: closed windows, what stood on them, and an entity's run through them."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

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
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import Cursor, Limit, MetricName
from coliseum.web.services import Services

SeasonKind = Annotated[str, QueryParameter(description="Kind of entity: artist, event, track, city, venue.")]
SeasonWindow = Annotated[str, QueryParameter(description="day, week or month, in the tenant's time zone.")]


@get("/api/seasons", summary="The closed windows of a board")
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
    chart = chart_of(await asking_tenant(services, request), metric, entity, window)
    return await season_list(services.database, chart, limit=limit, cursor=cursor)


@get("/api/seasons/board", summary="What stood on a board when its window closed")
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
    chart = chart_of(await asking_tenant(services, request), metric, entity, window)
    moment = None if at is None else instant(at, "at")
    return await season_board(services.database, chart, moment, limit=limit, cursor=cursor)


@get("/api/seasons/history", summary="An entity's run through the seasons of a board")
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
    chart = chart_of(await asking_tenant(services, request), metric, entity, window)
    return await chart_run(services.database, chart, entity_id, limit=limit, cursor=cursor)


HANDLERS = (get_seasons, get_season_board, get_season_history)
