"""``GET /api/public/{slug}/boards/{name}/events``: a public board, pushed to whoever opens it.

Nobody says who they are. Pages that may read what ``GET /api/public/…`` answers may watch: of any origin, or of the
origins that the tenant allows. A cookie that comes along is not looked at. Who gets no place asks now and then.
"""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import ColiseumError, MethodNotAllowed, Refusal, RequestRefused, StoreUnavailable
from coliseum.tasks import end
from coliseum.web.live.admission import origin_allowed
from coliseum.web.live.hub import Hub
from coliseum.web.live.messages import Close
from coliseum.web.live.public_boards import wish_of_public
from coliseum.web.live.stream import NAME, Receive, Send, claimed, event_of, feed, parameters_in, part
from coliseum.web.live.viewer import Viewer
from coliseum.web.problems import Answer, problem, respond
from coliseum.web.sharing import shared_with

PATH: Final = re.compile(r"/api/public/([^/]+)/boards/([^/]+)/events")
LOOK_EVERY_S: Final = 0.5
"""How often it is looked whether a page of another origin may still watch, by what is a second old at most."""
SHARED: Final = (
    (b"access-control-allow-headers", b"last-event-id"),
    (b"access-control-allow-methods", b"GET"),
    (b"access-control-expose-headers", b"retry-after"),
    (b"cache-control", b"no-store"),
)


async def serve_public(hub: Hub, scope: Any, receive: Receive, send: Send) -> None:
    """Answer a request for a public board's stream: until the client goes or takes no more, or the server stops."""
    headers = dict(scope["headers"])
    shared: tuple[tuple[bytes, bytes], ...] = (*SHARED, (b"access-control-allow-origin", b"*"))
    if scope["method"] == "OPTIONS":
        await respond(send, Answer(204, b"", ()), shared)
        return
    try:
        if scope["method"] != "GET":
            raise MethodNotAllowed("GET")
        found = PATH.fullmatch(scope["path"])
        assert found is not None  # noqa: S101 - only such a path comes here
        slug, name = unquote(found[1]), unquote(found[2])
        given = parameters_in(scope["query_string"])
        async with asyncio.timeout(hub.limits.auth_s_max):
            tenant, board = await hub.public.named(slug, name)
        shared = _shared(tenant, headers)
        if not _may_watch(tenant, scope):
            raise RequestRefused(Refusal.ORIGIN_NOT_ALLOWED, "pages of this origin may not watch this board")
        wish = wish_of_public(tenant, board, given, hub.public.clock())
        viewer = hub.admit_public(lambda message: send(part(event_of(message))), tenant, hub.addresses.of(scope))
        looking = asyncio.create_task(_look(hub, viewer, scope, (slug, name))) if b"origin" in headers else None
        try:
            hub.watch_public(viewer, NAME, wish, claimed(headers.get(b"last-event-id", b"")))
            await feed(viewer, shared, receive, send)
        finally:
            if looking is not None:
                await end(looking)
            hub.dismiss(viewer)
    except (*db.UNREACHABLE, db.PostgresError):
        reply = problem(StoreUnavailable("PostgreSQL did not answer."))
        await respond(send, reply, shared)
    except ColiseumError as error:
        reply = problem(error)
        await respond(send, reply, shared)


async def _look(hub: Hub, viewer: Viewer, scope: Any, board: tuple[str, str]) -> None:
    """End what a page watches as soon as its origin may no more. That a board is gone, its channel says."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        with suppress(ColiseumError, *db.UNREACHABLE, db.PostgresError):
            tenant, _ = await hub.public.named(*board)
            if not _may_watch(tenant, scope):
                viewer.close(Close.WRONG_ORIGIN)
                return


def _may_watch(tenant: Tenant, scope: Any) -> bool:
    allowed = frozenset(tenant.allowed_origins)
    return not allowed or origin_allowed(scope["headers"], scope["scheme"], allowed)


def _shared(tenant: Tenant, headers: Mapping[bytes, bytes]) -> tuple[tuple[bytes, bytes], ...]:
    told = {name.decode(): value.decode("latin-1") for name, value in headers.items() if name == b"origin"}
    return (*SHARED, *((name.encode(), value.encode("latin-1")) for name, value in shared_with(tenant, told).items()))
