"""The application: Litestar for reading and the page; bare ASGI for capture and what is live; a way past for boards."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from litestar import Litestar, Request, asgi
from litestar import Response as LitestarResponse
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.handlers import ASGIRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import OpenAPI

from coliseum.errors import RequestRefused
from coliseum.queries.shared import SharedRead
from coliseum.telemetry import Log
from coliseum.web.access import admit, check_every_route, note_reason, record_refusal
from coliseum.web.allowance import RATE, one_too_many, rate_headers
from coliseum.web.answers import describe_answers
from coliseum.web.api import (
    accounts,
    audit,
    auth,
    auth_factors,
    behind,
    billing,
    boards,
    breakdowns,
    catalog,
    contract,
    crowd,
    dashboards,
    declared,
    deliveries,
    exports,
    health,
    identities,
    insights,
    issuers,
    keys,
    leaderboards,
    log,
    members,
    people,
    reads,
    seasons,
    shares,
    tenants,
    trends,
    usage,
    votings,
    webhooks,
)
from coliseum.web.capture import ROUTES, Handler, serve
from coliseum.web.failures import our_error
from coliseum.web.headers import Headers
from coliseum.web.live.routes import is_live, serve_live
from coliseum.web.openapi import describe_capture, describe_declaring, describe_files
from coliseum.web.options import Options
from coliseum.web.problems import problem, respond
from coliseum.web.services import Services
from coliseum.web.ui.areas import on_error as page_of_error
from coliseum.web.ui.areas import pages_router
from coliseum.web.ui.embed import embed_router

HANDLERS = (
    *leaderboards.HANDLERS, *reads.HANDLERS, *exports.HANDLERS, *seasons.HANDLERS, *declared.HANDLERS,
    *breakdowns.HANDLERS, *dashboards.HANDLERS, *shares.HANDLERS,
    *trends.HANDLERS, *keys.HANDLERS, *issuers.HANDLERS, *auth.HANDLERS, *auth_factors.HANDLERS, *identities.HANDLERS,
    *accounts.HANDLERS, *members.HANDLERS, *tenants.HANDLERS, *usage.HANDLERS, *billing.HANDLERS, *webhooks.HANDLERS,
    *deliveries.HANDLERS, *audit.HANDLERS, *insights.HANDLERS, *behind.HANDLERS, *log.HANDLERS, *catalog.HANDLERS,
    *votings.HANDLERS, *crowd.HANDLERS, *people.HANDLERS, health.get_health,
    contract.get_event_schema,
)  # fmt: skip
FOR_PROGRAMS = ("/api/", "/v1/", "/schema", "/static/")
"""What begins so is answered with a problem, and not with a page."""
OPTIONS = Options(HANDLERS)
PUBLIC = "/api/public/"
HEADERS = Headers()
CAPTURE = {path: handler for paths, handler in ROUTES for path in paths}


class Described(JsonRenderPlugin):
    """Serves the application's document as the application itself describes it."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 - another
        """The document in JSON."""
        return self.render_json(request, request.app.openapi_schema.to_schema())


class App(Litestar):
    """Litestar; but capture, what is live, and a question for a board that was asked before do not go through it."""

    _described = False

    @property
    def openapi_schema(self) -> OpenAPI:
        """The document, with what Litestar cannot know of: made when it is first asked for, because a start is not."""
        if not self._described:
            self._described = True
            describe_capture(self)
            describe_declaring(self)
            describe_files(self)
            describe_answers(self)
        return super().openapi_schema

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request, or the lifespan."""
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
            return
        send = HEADERS.on(send)
        if is_live(scope):
            await serve_live(self.state.services, scope, receive, send)
            return
        if scope["type"] == "http":
            if await _served_past(self.state.services, scope, receive, send):
                return
            if scope["method"] == "OPTIONS":
                send = OPTIONS.corrected(scope, send)
        await super().__call__(scope, receive, send)
        await record_refusal(self.state.services, scope)  # the answer has been sent


async def _served_past(services: Services, scope: Any, receive: Any, send: Any) -> bool:
    """Serve a request for which Litestar is not needed; False: it is."""
    path, method = scope["path"], scope["method"]
    if (capture := CAPTURE.get(path)) is not None:
        await serve(capture, services, scope, receive, send)
        return True
    if path == auth.LOGIN and method == "POST" and services.logins.passwords.places.full:
        # A crowd is turned away before anything is done for it, so that events do not wait for it.
        await respond(send, problem(services.logins.passwords.places.refusal()))
        return True
    if path == boards.PATH and method == "GET" and (read := services.boards.asked_before(scope)) is not None:
        await _answer_read(services, read, scope, send)
        return True
    return False


async def _answer_read(services: Services, read: SharedRead, scope: Any, send: Any) -> None:
    rate = None
    try:
        rate = await services.allowance.count_request(read.tenant)
        if rate is not None and not rate.allowed:
            raise one_too_many(rate)
        reply = boards.reply_of(await read.answer(), scope)
    except Exception as error:  # noqa: BLE001 - as Litestar's own handler of exceptions
        reply = problem(our_error(error, scope))
    await respond(send, reply, () if rate is None else rate_headers(rate))


def build_app(
    open_services: Callable[[], AbstractAsyncContextManager[Services]],
    version: str,
    pages: tuple[Any, ...] = (),
) -> App:
    """An application whose services are opened when it starts and closed, drained, when it stops."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with open_services() as services:
            app.state.services = services
            Log().info("web_started")
            yield
        Log().info("web_stopped")

    def provide_services(state: State) -> Services:
        services: Services = state.services
        return services

    check_every_route(HANDLERS)
    return App(
        route_handlers=[*(_mounted(paths, handler) for paths, handler in ROUTES), *HANDLERS,
                        embed_router(), pages_router(), *pages],
        dependencies={"services": Provide(provide_services, sync_to_thread=False)},
        lifespan=[lifespan],
        guards=[admit],
        before_send=[_tell_rate],
        exception_handlers={Exception: _on_error},
        signature_types=[Services],
        openapi_config=OpenAPIConfig(
            title="Coliseum", version=version, path="/schema",
            render_plugins=[Described(path="/openapi.json")],
        ),
    )  # fmt: skip


async def _tell_rate(message: Any, scope: Any) -> None:
    """Say in the answer's headers how a limit stands that its request was counted for."""
    if message["type"] == "http.response.start":
        rate = scope.get("state", {}).get(RATE)
        if rate is not None:
            message["headers"] = [*message["headers"], *rate_headers(rate)]


def _by_a_browser(request: Request[Any, Any, Any]) -> bool:
    """Whether somebody has typed or followed an address at which programs look for nothing."""
    asked = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    return asked and not request.scope["path"].startswith(FOR_PROGRAMS)


def _mounted(paths: tuple[str, ...], handler: Handler) -> ASGIRouteHandler:
    @asgi(list(paths), copy_scope=False)
    async def route(scope: Any, receive: Any, send: Any) -> None:
        await serve(handler, scope["litestar_app"].state.services, scope, receive, send)

    return route


def _on_error(request: Request[Any, Any, Any], error: Exception) -> LitestarResponse[Any]:
    if isinstance(error, NotFoundException) and _by_a_browser(request):
        return page_of_error(request, error)
    ours = our_error(error, request.scope)
    if isinstance(ours, RequestRefused):
        note_reason(request.scope, ours)
    reply = problem(ours)
    headers = {name.decode(): value.decode() for name, value in reply.headers if name != b"content-type"}
    if request.scope["path"].startswith(PUBLIC):  # a page of another origin must be able to read a no, too
        headers |= {"access-control-allow-origin": "*", "access-control-expose-headers": "retry-after"}
    if isinstance(error, HTTPException) and error.headers and reply.status == 405:
        headers.update({name: value for name, value in error.headers.items() if name.lower() == "allow"})
    return LitestarResponse(
        reply.body, status_code=reply.status, headers=headers, media_type="application/problem+json"
    )
