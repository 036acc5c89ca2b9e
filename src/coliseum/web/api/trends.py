"""The routes of trending and breaking. Both need a server key and are about the key's own tenant."""
# ruff: noqa: ARG001 - what says which board is declared for the document, and read by its name

from collections.abc import Awaitable, Callable, Hashable
from typing import Annotated, Any, TypeVar, cast

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.metrics.registry import SCORE_MAX
from coliseum.queries.breaking import HOURS_MAX, BreakingBoard, breaking, breaking_of
from coliseum.queries.decay import HALF_LIFE_HOURS_MAX
from coliseum.queries.hourly import Asked, asked_of
from coliseum.queries.trend_asked import HALF_LIFE_HOURS, MIN_BASELINE, MIN_SUPPORT, RECENT_HOURS
from coliseum.queries.trending import EXPLAINED_ROWS_MAX, TrendingBoard, trending, trending_of
from coliseum.web.access import caller_in, needs
from coliseum.web.api.asking import trend_asked_for
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import AtEvent, City, Currency, Genre, Limit
from coliseum.web.services import Services

SumName = Annotated[
    str | None,
    QueryParameter(description="A sum of docs/METRICS.md, such as votes; not unique fans. Needed without board."),
]
BoardName = Annotated[
    str | None, QueryParameter(description="A board of /api/boards, instead of metric, entity, currency and filters.")
]
TrendKind = Annotated[
    str | None,
    QueryParameter(description="Kind of entity: artist (when left out), event, fan, track, city, venue."),
]
Board = TypeVar("Board", TrendingBoard, BreakingBoard)
Hour = Annotated[
    str | None,
    QueryParameter(
        name="at", description="An instant (RFC 3339) or date of the hour that is the current one; now when left out."
    ),
]
HalfLife = Annotated[
    int | None,
    QueryParameter(
        description=f"After how many hours a unit counts half, 1 to {HALF_LIFE_HOURS_MAX}; the declared board's, or "
        f"{HALF_LIFE_HOURS}, when left out."
    ),
]
Explain = Annotated[
    bool,
    QueryParameter(
        description="Also the hours that each score is made of, with their weights; "
        f"limit is then at most {EXPLAINED_ROWS_MAX}."
    ),
]
Hours = Annotated[
    int, QueryParameter(description=f"How many hours are lately, the current one included, 1 to {HOURS_MAX}.")
]
MinSupport = Annotated[
    int, QueryParameter(description=f"The least that a member has counted lately, 1 to {SCORE_MAX}.")
]
MinBaseline = Annotated[
    int,
    QueryParameter(description="The least that a member has counted in the 28 days before; 1 leaves newcomers out."),
]


@get("/api/trending", opt=needs(Permission.NUMBERS_READ), summary="Who is trending: recent hours weigh most")
async def get_trending(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: SumName = None,
    board: BoardName = None,
    entity: TrendKind = None,
    half_life_hours: HalfLife = None,
    hour: Hour = None,
    city: City = None,
    genre: Genre = None,
    at_event: AtEvent = None,
    currency: Currency = None,
    limit: Limit = EXPLAINED_ROWS_MAX,
    explain: Explain = False,
) -> Response[TrendingBoard]:
    """Members by their decayed sum, in competition ranks (1, 2, 2, 4); see BOARDS.md."""
    asked, half_life = await _asked(services, request, hour, limit)
    hours = (half_life or HALF_LIFE_HOURS) if half_life_hours is None else half_life_hours
    question = trending_of(asked, hours, explain=explain)
    return await _answer(services, question, lambda: trending(services.database, question))


@get("/api/breaking", opt=needs(Permission.NUMBERS_READ), summary="Who is breaking: far above their own 28 days before")
async def get_breaking(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: SumName = None,
    board: BoardName = None,
    entity: TrendKind = None,
    hours: Hours = RECENT_HOURS,
    min_support: MinSupport = MIN_SUPPORT,
    min_baseline: MinBaseline = MIN_BASELINE,
    hour: Hour = None,
    city: City = None,
    genre: Genre = None,
    at_event: AtEvent = None,
    currency: Currency = None,
    limit: Limit = 50,
) -> Response[BreakingBoard]:
    """Members by the ratio of what they counted lately to their own average, in competition ranks; see BOARDS.md."""
    asked, _ = await _asked(services, request, hour, limit)
    question = breaking_of(asked, hours, min_support, min_baseline)
    return await _answer(services, question, lambda: breaking(services.database, question))


async def _asked(
    services: Services, request: Request[Any, Any, Any], hour: str | None, limit: int
) -> tuple[Asked, int | None]:
    """What both are asked, and the half-life in hours that a declared board says.

    Parameters that say which board are declared for the document, and read by their names.
    """
    tenant, given = asking_tenant(request), dict(request.query_params)
    subject, filters, half_life = await trend_asked_for(services, caller_in(request.scope), given)
    return asked_of(tenant, subject, filters, hour, services.clock(), limit), half_life


async def _answer(services: Services, question: Hashable, read: Callable[[], Awaitable[Board]]) -> Response[Board]:
    """The board, read once for all who ask for it now."""

    async def body() -> bytes:
        return msgspec.json.encode(await read())

    return Response(cast("Board", await services.together.body(question, body)))  # in JSON already


HANDLERS = (get_trending, get_breaking)
