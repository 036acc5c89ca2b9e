"""The routes behind the pages of artists, events, tracks, cities and fans; about the caller's own tenant."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Annotated, Any, TypeVar, cast

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.queries.ask import Filters, instant, subject_of, window_of
from coliseum.queries.insights import about, arrivals, fan, funnel, lift, repeats, tiers, tops
from coliseum.web.access import caller_in, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import Currency, Cursor, Limit, MetricName, WindowName
from coliseum.web.services import Services

Answer = TypeVar("Answer", bound=msgspec.Struct)
AnEvent = Annotated[str, QueryParameter(name="event", description="Which event.")]
OneEvent = Annotated[str | None, QueryParameter(name="event", description="Which event; or artist.")]
OneArtist = Annotated[str | None, QueryParameter(name="artist", description="Which artist; or event.")]
PageKind = Annotated[str, QueryParameter(description=f"Kind of entity: {', '.join(about.KINDS)}.")]
Since = Annotated[str | None, QueryParameter(name="from", description="Only what happened from this instant on.")]
Until = Annotated[str | None, QueryParameter(name="to", description="Only what happened before this instant.")]


@get("/api/insights/lift", opt=needs(Permission.NUMBERS_READ), summary="What shows did for artists")
async def get_lift(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: MetricName,
    event: OneEvent = None,
    artist: OneArtist = None,
    days: Annotated[int, QueryParameter(description=f"Days before and after, 1 to {lift.DAYS_MAX}.")] = lift.DAYS,
    currency: Currency = None,
) -> Response[lift.Lifts]:
    """A sum a day in the days before a show against those after: of each artist of its bill, or of each show."""
    tenant = asking_tenant(request)
    subject = subject_of(tenant, metric, "artist", currency)

    async def read() -> lift.Lifts:
        return await lift.lift(
            services.database, tenant, subject, event=event, artist=artist, days=days, now=services.clock(),
            history_begins=services.allowance.history_begins(tenant),
        )  # fmt: skip

    return await _together(services, ("lift", tenant, subject, event, artist, days), read)


@get("/api/insights/arrivals", opt=needs(Permission.NUMBERS_READ), summary="When fans came to an event")
async def get_arrivals(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    event: AnEvent,
    minutes: Annotated[int, QueryParameter(description="Length of a stretch: 1, 5, 15, 30 or 60 minutes.")] = 5,
) -> Response[arrivals.Arrivals]:
    """First scans around the beginning of an event, with how many had come by then; re-entries are told apart."""
    tenant = asking_tenant(request)

    async def read() -> arrivals.Arrivals:
        return await arrivals.arrivals(services.database, tenant, event, minutes)

    return await _together(services, ("arrivals", tenant, event, minutes), read)


@get("/api/insights/tiers", opt=needs(Permission.NUMBERS_READ), summary="Tickets and visits by tier")
async def get_tiers(
    request: Request[Any, Any, Any], services: NamedDependency[Services], event: AnEvent
) -> Response[tiers.Tiers]:
    """What was sold for an event tier by tier, what it came to in each currency, who came and who did not."""
    tenant = asking_tenant(request)

    async def read() -> tiers.Tiers:
        return await tiers.tiers(services.database, tenant, event, services.clock())

    return await _together(services, ("tiers", tenant, event), read)


@get("/api/insights/repeat-fans", opt=needs(Permission.NUMBERS_READ), summary="How many fans had come before")
async def get_repeat_fans(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    event: OneEvent = None,
    artist: OneArtist = None,
) -> Response[repeats.RepeatFans]:
    """Of the fans who came to an event, or to an artist's shows: for how many it was the first, second, third one."""
    tenant = asking_tenant(request)

    async def read() -> repeats.RepeatFans:
        return await repeats.repeat_fans(services.database, tenant, event=event, artist=artist)

    return await _together(services, ("repeats", tenant, event, artist), read)


@get("/api/insights/funnel", opt=needs(Permission.NUMBERS_READ), summary="How far fans went around an event")
async def get_funnel(
    request: Request[Any, Any, Any], services: NamedDependency[Services], event: AnEvent
) -> Response[funnel.Funnel]:
    """Viewed, interested, bought, attended, followed: different fans, with conversion from step to step."""
    tenant = asking_tenant(request)

    async def read() -> funnel.Funnel:
        return await funnel.funnel(services.database, tenant, event)

    return await _together(services, ("funnel", tenant, event), read)


@get("/api/insights/entries", opt=needs(Permission.NUMBERS_READ), summary="The entries behind a step or a tier")
async def get_entries(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    event: AnEvent,
    step: Annotated[str, QueryParameter(description="viewed, interested, bought, attended or followed.")] = "attended",
    tier: Annotated[str | None, QueryParameter(description="Only of this ticket tier; empty: that say none.")] = None,
    since: Since = None,
    until: Until = None,
    again: Annotated[bool, QueryParameter(description="true: only what a fan did there once more.")] = False,
    currency: Annotated[
        str | None, QueryParameter(description="Of orders in this currency: their amounts are added up.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> funnel.Acts:
    """What numbers of an event's page are made of, paged in the order of the log."""
    return await funnel.acts(
        services.database, asking_tenant(request), event, step, tier=tier,
        since=None if since is None else instant(since, "from"), until=None if until is None else instant(until, "to"),
        again=again, currency=currency, limit=limit, cursor=cursor,
    )  # fmt: skip


@get("/api/insights/top", opt=needs(Permission.NUMBERS_READ), summary="What stands out around an artist")
async def get_top(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    artist: Annotated[str, QueryParameter(description="Which artist.")],
    of: Annotated[str, QueryParameter(description=f"{', '.join(tops.OF)}.")] = "cities",
    limit: Annotated[int, QueryParameter(description=f"Rows, 1 to {tops.ROWS_MAX}.")] = 10,
) -> Response[tops.Top]:
    """Cities by visits, tracks by plays, shows by visits, or artists by shows together."""
    tenant = asking_tenant(request)

    async def read() -> tops.Top:
        return await tops.top(services.database, tenant, artist, of, limit)

    return await _together(services, ("top", tenant, artist, of, limit), read)


@get("/api/insights/entities", opt=needs(Permission.NUMBERS_READ), summary="All entities of a kind, page by page")
async def get_entities(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    entity: PageKind,
    metric: MetricName,
    window: WindowName = "all",
    q: Annotated[str | None, QueryParameter(description="Part of the name, or the id.")] = None,
    order: Annotated[str, QueryParameter(description="value or name.")] = "value",
    page: Annotated[int, QueryParameter(description="Which page, from 1 on.")] = 1,
    limit: Annotated[int, QueryParameter(description=f"Rows a page, 1 to {about.ROWS_MAX}.")] = 50,
    currency: Currency = None,
) -> about.Listing:
    """Whatever the catalogue has or something was counted for, with what it comes to; fans need ``fans.read``."""
    caller, tenant = caller_in(request.scope), asking_tenant(request)
    if order not in ("value", "name"):
        raise QueryInvalid("order is value or name.", "order")
    if entity not in about.KINDS:
        raise QueryInvalid(f"entity is one of {', '.join(about.KINDS)}.", "entity")
    subject, when = subject_of(tenant, metric, entity, currency), window_of(tenant, window, None, services.clock())
    await services.allowance.check_asked(caller, subject, when, Filters())
    return await about.listing(
        services.database, tenant, subject, when, search=q, by_name=order == "name", page=page, size=limit
    )


@get("/api/insights/about", opt=needs(Permission.NUMBERS_READ), summary="What is known of an entity")
async def get_about(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    entity: PageKind,
    entity_id: Annotated[str, QueryParameter(name="id", description="Which entity.")],
) -> about.About:
    """Names, places and relations of the catalogue; 404 when nothing is known. Fans need ``fans.read``."""
    tenant = asking_tenant(request)
    if entity == "fan":
        caller_in(request.scope).check(Permission.FANS_READ)
    found = await about.about(services.database, tenant, entity, entity_id)
    if found is None:
        raise RequestRefused(Refusal.NOT_FOUND, f"there is no {entity} of that id", "id")
    return found


@get("/api/insights/fan", opt=needs(Permission.FANS_READ), summary="What one fan did")
async def get_fan(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    user_id: Annotated[str, QueryParameter(name="userId", description="The platform's user id.")],
) -> fan.FanHistory:
    """Totals of a fan by metric, and the artists, events, tracks and cities behind them."""
    found = await fan.fan_history(services.database, asking_tenant(request), user_id)
    if found is None:
        raise RequestRefused(Refusal.NOT_FOUND, "nobody of that userId is known", "userId")
    return found


async def _together(services: Services, question: Hashable, read: Callable[[], Awaitable[Answer]]) -> Response[Answer]:
    """The answer, read once for all who ask for it now."""

    async def body() -> bytes:
        return msgspec.json.encode(await read())

    return Response(cast("Answer", await services.together.body(question, body)))  # in JSON already


HANDLERS = (
    get_lift, get_arrivals, get_tiers, get_repeat_fans, get_funnel, get_entries, get_top, get_entities, get_about,
    get_fan,
)  # fmt: skip
