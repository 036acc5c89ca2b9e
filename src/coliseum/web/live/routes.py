"""The routes of ``/api/live``: bare ASGI, past the router, as capture is."""

from collections.abc import Mapping
from typing import Any

from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import secret_digest
from coliseum.web.capture import serve
from coliseum.web.identify import caller_of, key_in
from coliseum.web.live.admission import check_may_watch
from coliseum.web.live.credentials import of_key, of_member
from coliseum.web.live.members import Members
from coliseum.web.live.public import PATH as PUBLIC
from coliseum.web.live.public import serve_public
from coliseum.web.live.socket import serve_socket
from coliseum.web.live.stream import PATHS, serve_stream
from coliseum.web.live.tickets import TICKET_S, TicketAnswer
from coliseum.web.problems import Answer, answer
from coliseum.web.services import Services

SOCKET = "/api/live"
TICKETS = "/api/live/tickets"


async def tickets(services: Services, scope: Any, headers: Mapping[bytes, bytes], _body: bytes) -> Answer:
    """``POST /api/live/tickets``: a ticket by which a browser may open one connection."""
    caller = await caller_of(services, scope)
    check_may_watch(caller, services.allowance)
    if caller.kind == "person" and caller.session_id is None:
        raise RequestRefused(Refusal.LOGIN_NEEDED, "a ticket ends with a session; this identity has none here")
    credential = of_member(caller) if caller.kind == "person" else of_key(secret_digest(key_in(headers) or ""))
    ticket = await services.live.tickets.issue(credential)
    return answer(201, TicketAnswer(ok=True, ticket=ticket, expires_in_seconds=TICKET_S))


def is_live(scope: Any) -> bool:
    """Whether a connection or request is for one of these routes."""
    path = scope["path"]
    if scope["type"] == "websocket":
        return bool(path == SOCKET)
    return path == TICKETS or path in PATHS or PUBLIC.fullmatch(path) is not None


async def serve_live(services: Services, scope: Any, receive: Any, send: Any) -> None:
    """Serve what ``is_live``."""
    if scope["type"] == "websocket":
        await serve_socket(services.live, Members(services, scope), scope, receive, send)
    elif scope["path"] == TICKETS:
        await serve(tickets, services, scope, receive, send)
    elif PUBLIC.fullmatch(scope["path"]):
        await serve_public(services.live, scope, receive, send)
    else:
        await serve_stream(services.live, Members(services, scope), scope, receive, send)
