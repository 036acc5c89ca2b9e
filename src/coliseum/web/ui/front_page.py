"""The routes of the public page: ``/``, ``/live``, ``/explain`` and ``/static``. None needs a key."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, asgi, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import ASGIRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from coliseum.accounts.tenants import Tenant
from coliseum.errors import ColiseumError, QueryInvalid, Refusal, RequestRefused
from coliseum.metrics.registry import Kind, Unique
from coliseum.metrics.windows import Window
from coliseum.queries.ask import Subject, check_text, filters_of, subject_of, window_of
from coliseum.queries.explain import explain
from coliseum.web.access import for_anybody
from coliseum.web.problems import problem
from coliseum.web.ui.assets import assets
from coliseum.web.ui.front.routes import landing
from coliseum.web.ui.guard import admit_page
from coliseum.web.ui.lines import WORDS
from coliseum.web.ui.live import Live
from coliseum.web.ui.numbers import decimals_of, unit_of
from coliseum.web.ui.render import SECURITY, html
from coliseum.web.ui.snapshot import WINDOWS
from coliseum.web.ui.sse import serve_live, window_named

ENTRIES = 50
ASKING_MAX = 2
"""Explanations read at a time and process: each may walk through much of the log."""
ASKING_PATIENCE_S = 5.0


def page_router(live: Live) -> Router:
    """The pages of one process; ``live`` must be serving while they are asked for."""
    asking = asyncio.Semaphore(ASKING_MAX)
    return Router(
        "/",
        route_handlers=[get_page, get_explanation, get_static, _live_route(live)],
        dependencies={
            "live": Provide(lambda: live, sync_to_thread=False),
            "asking": Provide(lambda: asking, sync_to_thread=False),
        },
        include_in_schema=False,
    )


def _live_route(live: Live) -> ASGIRouteHandler:
    @asgi("/live", copy_scope=False)
    async def route(scope: Any, receive: Any, send: Any) -> None:
        await serve_live(live, scope, receive, send)

    return route


@get("/", guards=[admit_page], opt=for_anybody())
async def get_page(
    request: Request[Any, Any, Any], live: NamedDependency[Live], window: FromQuery[str] = "all"
) -> Response[Any]:
    """The page: counters, boards, and the stream of arriving events. Without a public tenant: what this is."""
    if live.slug is None:
        return landing(request)
    try:
        tenant = await live.tenant()
        if tenant is None:
            return html("welcome.html", 404, slug=live.slug)
        snapshot = await live.now(tenant, window_named(window))
    except ColiseumError as error:
        return _notice(error)
    return html("page.html", tenant=tenant, snapshot=snapshot, windows=WINDOWS)


@get("/explain")
async def get_explanation(
    live: NamedDependency[Live],
    asking: NamedDependency[asyncio.Semaphore],
    metric: FromQuery[str] = "",
    entity: FromQuery[str | None] = None,
    entity_id: Annotated[str | None, QueryParameter(name="id")] = None,
    window: FromQuery[str] = "all",
    at: FromQuery[str | None] = None,
    city: FromQuery[str | None] = None,
    genre: FromQuery[str | None] = None,
    at_event: Annotated[str | None, QueryParameter(name="event")] = None,
    currency: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """The entries that a number of the page is the sum of."""
    try:
        tenant = await live.tenant()
        if tenant is None:
            return html("welcome.html", 404, slug=live.slug)
        subject = _public_subject(tenant, metric, entity, currency)
        if entity_id is not None:
            check_text(entity_id, "id")
        found_window = window_of(tenant, window, at, live.services.clock())
        filters = filters_of(city, genre, at_event)
        async with _turn_to_ask(asking):
            found = await explain(
                live.services.database, tenant, subject, entity_id, found_window, filters, limit=ENTRIES, cursor=cursor
            )
    except ColiseumError as error:
        return _notice(error)
    query = {"metric": metric, "entity": entity, "id": entity_id, "window": window, "at": at, "city": city,
             "genre": genre, "event": at_event, "currency": currency}  # fmt: skip
    first = urlencode({name: value for name, value in query.items() if value is not None})
    return html(
        "explain.html",
        tenant=tenant,
        found=found,
        what=_name_of(live, subject, entity_id),
        when=_when(tenant, found_window),
        words=WORDS,
        unique=isinstance(subject.metric, Unique),
        decimals=decimals_of(subject.metric, subject.currency),
        unit=unit_of(subject.metric, subject.currency),
        first="/explain?" + first,
        following=found.next_cursor and "/explain?" + first + "&" + urlencode({"cursor": found.next_cursor}),
        is_first=cursor is None,
    )


@get("/static/{path:path}")
async def get_static(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[Any]:
    """A style sheet, script, face or drawing of the pages."""
    headers = request.headers
    found = assets().answer(path.strip("/"), headers.get("if-none-match"), headers.get("accept-encoding", ""))
    if found is None:
        raise RequestRefused(Refusal.NOT_FOUND, f"there is no file {path.strip('/')}")
    found.headers.update(SECURITY)
    return found


def _public_subject(tenant: Tenant, metric: str, entity: str | None, currency: str | None) -> Subject:
    """What is asked about, unless it is a person.

    Raises:
        QueryInvalid: it is, or there is no such metric, kind or currency.
    """
    subject = subject_of(tenant, metric, entity, currency)
    if subject.kind is Kind.FAN:
        raise QueryInvalid("Numbers of single fans are not public.", "entity")
    return subject


def _name_of(live: Live, subject: Subject, entity_id: str | None) -> str | None:
    return None if subject.kind is Kind.TENANT else live.directory.name(subject.kind.label, entity_id or "")


def _when(tenant: Tenant, window: Window) -> str:
    if window.start is None or window.end is None:
        return "all time"
    start, end = (edge.astimezone(tenant.zone).strftime("%Y-%m-%d %H:%M") for edge in (window.start, window.end))
    return f"{start} to {end}, {tenant.time_zone}"


@asynccontextmanager
async def _turn_to_ask(asking: asyncio.Semaphore) -> AsyncIterator[None]:
    """Hold one of the places for slow questions.

    Raises:
        RequestRefused: ``overloaded``, when none becomes free soon.
    """
    try:
        async with asyncio.timeout(ASKING_PATIENCE_S):
            await asking.acquire()
    except TimeoutError:
        raise RequestRefused(Refusal.OVERLOADED, "Many are asking at this moment; please ask again.") from None
    try:
        yield
    finally:
        asking.release()


def _notice(error: ColiseumError) -> Response[str]:
    status = problem(error).status
    return html("notice.html", status, code=status, message=str(error))
