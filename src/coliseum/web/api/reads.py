"""The routes that read numbers back. All need a server key; every answer is about the key's own tenant."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.metrics.windows import grain_named
from coliseum.queries import people, status
from coliseum.queries.ask import check_text, filters_of, instant, subject_of
from coliseum.queries.asked import when_of
from coliseum.queries.explain import Explanation, explain
from coliseum.queries.series import Series, series
from coliseum.web.access import caller_in, needs
from coliseum.web.allowance import check_fans
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import (
    AsOf,
    At,
    AtEvent,
    City,
    Currency,
    Cursor,
    EntityKind,
    Genre,
    Limit,
    MetricName,
    Since,
    Until,
    WindowName,
)
from coliseum.web.services import Services


@get("/api/metrics", opt=needs(Permission.NUMBERS_READ), summary="A time series of a metric")
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
    tenant = asking_tenant(request)
    subject, of_grain = subject_of(tenant, metric, entity, currency), grain_named(grain)
    check_fans(caller_in(request.scope), subject)
    start = None if since is None else instant(since, "from")
    end = None if until is None else instant(until, "to")
    start = services.allowance.series_start(tenant, of_grain, start, end)
    return await series(services.database, tenant, subject, entity_id, of_grain, start, end, services.clock())


@get("/api/explain", opt=needs(Permission.NUMBERS_READ), summary="The events that a number is the sum of")
async def get_explanation(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: MetricName,
    entity: EntityKind = None,
    entity_id: Annotated[str | None, QueryParameter(name="id", description="Which entity.")] = None,
    window: WindowName = "all",
    at: At = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    city: City = None,
    genre: Genre = None,
    at_event: AtEvent = None,
    currency: Currency = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Explanation:
    """The entries of the log behind a board's score or a metric's value, paged in the order of the log."""
    caller, tenant = caller_in(request.scope), asking_tenant(request)
    then, when = when_of(tenant, services.clock(), as_of, window, at, since, until)
    subject, filters = subject_of(tenant, metric, entity, currency), filters_of(city, genre, at_event)
    await services.allowance.check_asked(caller, subject, when, filters, then)
    return await explain(
        services.database, tenant, subject, entity_id, when, filters, limit=limit, cursor=cursor, as_of=then
    )


@get("/api/treasury/statement", opt=needs(Permission.FANS_READ), summary="A person's account")
async def get_statement(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    user_id: Annotated[str, QueryParameter(name="userId", description="The platform's user id.")],
    currency: Currency = None,
) -> people.Statement:
    """What a person spent, earned and got back in one currency, with the latest transfers."""
    tenant = asking_tenant(request)
    subject = subject_of(tenant, "money_spent", None, currency)
    return await people.statement(services.database, tenant, check_text(user_id, "userId"), subject.currency)


@get("/api/mediaid/profile", opt=needs(Permission.FANS_READ), summary="What a person is drawn to")
async def get_profile(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    user_id: Annotated[str, QueryParameter(name="userId", description="The platform's user id.")],
) -> people.Profile:
    """A person's affinities to artists, genres and cities, decayed to now."""
    tenant = asking_tenant(request)
    return await people.profile(services.database, tenant, check_text(user_id, "userId"), services.clock())


@get("/api/status", opt=needs(Permission.NUMBERS_READ), summary="How far each consumer has come")
async def get_status(
    request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> list[status.ConsumerStatus]:
    """The lag and the dead letters of each consumer and partition."""
    return await status.consumers(services.database, asking_tenant(request))


@get("/api/warnings", opt=needs(Permission.NUMBERS_READ), summary="What was refused or dropped")
async def get_warnings(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    days: Annotated[int, QueryParameter(ge=1, le=90, description="How many days back.")] = 7,
) -> list[status.Warned]:
    """Refusals and dropped fields by day, reason and event type, with the last example of each."""
    return await status.warnings(services.database, asking_tenant(request), days)


HANDLERS = (
    get_metrics, get_explanation, get_statement, get_profile, get_status, get_warnings,
)  # fmt: skip
