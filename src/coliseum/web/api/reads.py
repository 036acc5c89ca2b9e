"""The routes that read numbers back. All need a server key; every answer is about the key's own tenant."""

from typing import Annotated, Any, cast

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from coliseum.metrics.windows import grain_named
from coliseum.queries import people, status
from coliseum.queries.ask import check_text, filters_of, instant, subject_of, window_of
from coliseum.queries.explain import Explanation, explain
from coliseum.queries.leaderboards import BoardPage, question_of
from coliseum.queries.series import Series, series
from coliseum.web.api.asking import tenant_of
from coliseum.web.api.boards import Asked
from coliseum.web.auth import key_in
from coliseum.web.services import Services

MetricName = Annotated[str, QueryParameter(description="A metric of docs/METRICS.md, such as votes.")]
BoardKind = Annotated[str, QueryParameter(description="Kind of entity: artist, event, fan, track, city, venue.")]
EntityKind = Annotated[
    str | None,
    QueryParameter(
        description="Kind of entity: artist, event, fan, track, city, venue. Left out: the tenant as a whole."
    ),
]
Id = Annotated[str | None, QueryParameter(description="Which entity; a fan's is the platform's user id.")]
WindowName = Annotated[str, QueryParameter(description="hour, day, week, month or all, in the tenant's time zone.")]
At = Annotated[
    str | None, QueryParameter(description="Any instant (RFC 3339) or date inside the window; now when left out.")
]
City = Annotated[str | None, QueryParameter(description="Only what counts in this city.")]
Genre = Annotated[
    str | None, QueryParameter(description="Only what counts for this genre, as the catalogue has it now.")
]
AtEvent = Annotated[str | None, QueryParameter(name="event", description="Only what counts at this event.")]
Currency = Annotated[
    str | None, QueryParameter(description="Of money: ISO 4217, lower case; the tenant's when left out.")
]
Limit = Annotated[int, QueryParameter(description="Rows a page, 1 to 1000.")]
Cursor = Annotated[str | None, QueryParameter(description="nextCursor of the page before.")]


@get("/api/leaderboards", summary="A board: who leads a metric")
async def get_leaderboard(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: MetricName,
    entity: BoardKind = "artist",
    window: WindowName = "all",
    at: At = None,
    city: City = None,
    genre: Genre = None,
    at_event: AtEvent = None,
    currency: Currency = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response[BoardPage]:
    """A page of a board: competition ranks (1, 2, 2, 4), names and pictures from the catalogue."""
    tenant = await tenant_of(services, request)
    now = services.clock()
    subject = subject_of(tenant, metric, entity, currency)
    found_window, filters = window_of(tenant, window, at, now), filters_of(city, genre, at_event)
    question = question_of(tenant, subject, found_window, filters, limit=limit, cursor=cursor)
    read = services.boards.reads.of(question)
    body = await read.body()
    key = key_in(dict(request.scope["headers"])) or ""
    until = services.keys.believed_until(key)
    if at is None and found_window.end is not None:
        until = min(until, found_window.end)
    services.boards.remember(request.scope, Asked(read, now, until))
    return Response(cast("BoardPage", body))  # in JSON already


@get("/api/metrics", summary="A time series of a metric")
async def get_metrics(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: MetricName,
    entity: EntityKind = None,
    entity_id: Annotated[str | None, QueryParameter(name="id", description="Which entity.")] = None,
    grain: Annotated[str, QueryParameter(description="hour, day, week or month.")] = "day",
    since: Annotated[
        str | None, QueryParameter(name="from", description="Instant or date of the first bucket.")
    ] = None,
    until: Annotated[str | None, QueryParameter(name="to", description="Instant or date at which it ends.")] = None,
    currency: Currency = None,
) -> Series:
    """One point a bucket of the tenant's time zone, zeros included, with the total and the period before."""
    tenant = await tenant_of(services, request)
    return await series(
        services.database,
        tenant,
        subject_of(tenant, metric, entity, currency),
        entity_id,
        grain_named(grain),
        None if since is None else instant(since, "from"),
        None if until is None else instant(until, "to"),
        services.clock(),
    )


@get("/api/explain", summary="The events that a number is the sum of")
async def get_explanation(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: MetricName,
    entity: EntityKind = None,
    entity_id: Annotated[str | None, QueryParameter(name="id", description="Which entity.")] = None,
    window: WindowName = "all",
    at: At = None,
    city: City = None,
    genre: Genre = None,
    at_event: AtEvent = None,
    currency: Currency = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Explanation:
    """The entries of the log behind a board's score or a metric's value, paged in the order of the log."""
    tenant = await tenant_of(services, request)
    subject = subject_of(tenant, metric, entity, currency)
    found_window, filters = window_of(tenant, window, at, services.clock()), filters_of(city, genre, at_event)
    return await explain(
        services.database, tenant, subject, entity_id, found_window, filters, limit=limit, cursor=cursor
    )


@get("/api/treasury/statement", summary="A person's account")
async def get_statement(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    user_id: Annotated[str, QueryParameter(name="userId", description="The platform's user id.")],
    currency: Currency = None,
) -> people.Statement:
    """What a person spent, earned and got back in one currency, with the latest transfers."""
    tenant = await tenant_of(services, request)
    subject = subject_of(tenant, "money_spent", None, currency)
    return await people.statement(services.database, tenant, check_text(user_id, "userId"), subject.currency)


@get("/api/mediaid/profile", summary="What a person is drawn to")
async def get_profile(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    user_id: Annotated[str, QueryParameter(name="userId", description="The platform's user id.")],
) -> people.Profile:
    """A person's affinities to artists, genres and cities, decayed to now."""
    tenant = await tenant_of(services, request)
    return await people.profile(services.database, tenant, check_text(user_id, "userId"), services.clock())


@get("/api/status", summary="How far each consumer has come")
async def get_status(
    request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> list[status.ConsumerStatus]:
    """The lag and the dead letters of each consumer and partition."""
    return await status.consumers(services.database, await tenant_of(services, request))


@get("/api/warnings", summary="What was refused or dropped")
async def get_warnings(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    days: Annotated[int, QueryParameter(ge=1, le=90, description="How many days back.")] = 7,
) -> list[status.Warned]:
    """Refusals and dropped fields by day, reason and event type, with the last example of each."""
    return await status.warnings(services.database, await tenant_of(services, request), days)


HANDLERS = (
    get_leaderboard, get_metrics, get_explanation, get_statement, get_profile, get_status, get_warnings,
)  # fmt: skip
