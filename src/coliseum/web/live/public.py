"""``GET /api/public/{slug}/boards/{name}/events``: a public board, pushed to whoever opens it.

Nobody says who they are. A page of any origin may: what is shown is what ``GET /api/public/…`` answers to anybody, and
a cookie that comes along is not looked at. Who gets no place asks for the board now and then instead.
"""

import asyncio
import re
from typing import Any, Final
from urllib.parse import unquote

from coliseum import db
from coliseum.errors import ColiseumError, MethodNotAllowed, StoreUnavailable
from coliseum.web.live.hub import Hub
from coliseum.web.live.public_boards import wish_of_public
from coliseum.web.live.stream import NAME, Receive, Send, answer_plainly, claimed, event_of, feed, parameters_in, part
from coliseum.web.problems import problem

PATH: Final = re.compile(r"/api/public/([^/]+)/boards/([^/]+)/events")
SHARED: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-headers", b"last-event-id"),
    (b"access-control-allow-methods", b"GET"),
    (b"access-control-expose-headers", b"retry-after"),
    (b"cache-control", b"no-store"),
)


async def serve_public(hub: Hub, scope: Any, receive: Receive, send: Send) -> None:
    """Answer a request for a public board's stream: until the client goes or takes no more, or the server stops."""
    if scope["method"] == "OPTIONS":
        await answer_plainly(send, 204, SHARED, b"")
        return
    headers = dict(scope["headers"])
    try:
        if scope["method"] != "GET":
            raise MethodNotAllowed("GET")
        found = PATH.fullmatch(scope["path"])
        assert found is not None  # noqa: S101 - only such a path comes here
        given = parameters_in(scope["query_string"])
        async with asyncio.timeout(hub.limits.auth_s_max):
            tenant, board = await hub.public.named(unquote(found[1]), unquote(found[2]))
        wish = wish_of_public(tenant, board, given, hub.public.clock())
        viewer = hub.admit_public(lambda message: send(part(event_of(message))), tenant, hub.addresses.of(scope))
        try:
            hub.watch_public(viewer, NAME, wish, claimed(headers.get(b"last-event-id", b"")))
            await feed(viewer, SHARED, receive, send)
        finally:
            hub.dismiss(viewer)
    except (*db.UNREACHABLE, db.PostgresError):
        reply = problem(StoreUnavailable("PostgreSQL did not answer."))
        await answer_plainly(send, reply.status, (*reply.headers, *SHARED), reply.body)
    except ColiseumError as error:
        reply = problem(error)
        await answer_plainly(send, reply.status, (*reply.headers, *SHARED), reply.body)
