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
from coliseum.queries.explain import Explanation, explain
from coliseum.web.access import for_anybody
from coliseum.web.problems import problem
from coliseum.web.ui.assets import assets
from coliseum.web.ui.boards.words import FILTERS
from coliseum.web.ui.counting import title_of
from coliseum.web.ui.formats import Formats
from coliseum.web.ui.front.routes import landing
from coliseum.web.ui.guard import admit_page
from coliseum.web.ui.lines import WORDS
from coliseum.web.ui.live import Live
from coliseum.web.ui.numbers import decimals_of, unit_of
from coliseum.web.ui.render import SECURITY
from coliseum.web.ui.shell import Shell, page
from coliseum.web.ui.snapshot import WINDOWS
from coliseum.web.ui.sse import serve_live, window_named
from coliseum.web.ui.telling import Teller
from coliseum.web.ui.text import Name

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
            return _welcome(request, live)
        snapshot = await live.now(tenant, window_named(window))
    except ColiseumError as error:
        return _notice(request, error)
    told = _teller(request, tenant).page(snapshot, snapshot.lines)
    return page(request, "page.html", title=Name(tenant.name), tenant=tenant, snapshot=told, windows=WINDOWS)


@get("/explain")
async def get_explanation(
    request: Request[Any, Any, Any],
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
) -> Response[Any]:
    """The entries that a number of the page is the sum of."""
    try:
        tenant = await live.tenant()
        if tenant is None:
            return _welcome(request, live)
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
        return _notice(request, error)
    query = {"metric": metric, "entity": entity, "id": entity_id, "window": window, "at": at, "city": city,
             "genre": genre, "event": at_event, "currency": currency}  # fmt: skip
    first = urlencode({name: value for name, value in query.items() if value is not None})
    what = None if subject.kind is Kind.TENANT else live.directory.name(subject.kind.label, entity_id or "")
    return _explained(request, tenant, subject, found_window, found, first, what=what, is_first=cursor is None)


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


def _explained(
    request: Request[Any, Any, Any],
    tenant: Tenant,
    subject: Subject,
    window: Window,
    found: Explanation,
    first: str,
    **values: Any,
) -> Response[Any]:
    """The page of an explanation; ``first``: the query that asks for its first entries."""
    teller = _teller(request, tenant)
    return page(
        request, "explain.html", title=Name(tenant.name), tenant=tenant, found=found, words=WORDS, filters=FILTERS,
        metric=title_of(subject.metric), when=teller.when(window, tenant.time_zone),
        unique=isinstance(subject.metric, Unique), decimals=decimals_of(subject.metric, subject.currency),
        unit=teller.unit(unit_of(subject.metric, subject.currency)), first="/explain?" + first,
        following=found.next_cursor and "/explain?" + first + "&" + urlencode({"cursor": found.next_cursor}), **values,
    )  # fmt: skip


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


def _teller(request: Request[Any, Any, Any], tenant: Tenant) -> Teller:
    shell = Shell(request)
    return Teller(Formats(shell.locale, tenant.zone), shell.language)


def _welcome(request: Request[Any, Any, Any], live: Live) -> Response[Any]:
    return page(request, "welcome.html", title=Name("Coliseum"), status=404, slug=live.slug)


def _notice(request: Request[Any, Any, Any], error: ColiseumError) -> Response[Any]:
    status = problem(error).status
    return page(request, "notice.html", title=Name(status), status=status, code=status, message=str(error))
