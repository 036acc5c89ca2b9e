"""``GET /api/live/events``: one board or metric as Server-Sent Events, for who cannot open a WebSocket.

Its query has the parameters of the board; ``/api/live/events/metrics`` is of a metric, and ``…/trending`` and
``…/breaking`` of those boards. The id of an event is position and state, so that a client that reconnects with
``Last-Event-ID`` resumes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from coliseum import db
from coliseum.accounts.tokens import looks_like_token
from coliseum.errors import ColiseumError, MethodNotAllowed, QueryInvalid, Refusal, RequestRefused, StoreUnavailable
from coliseum.tasks import end
from coliseum.web.identify import key_in
from coliseum.web.live.admission import origin_allowed
from coliseum.web.live.hub import Hub
from coliseum.web.live.members import Members
from coliseum.web.live.messages import HEARTBEAT, PARAMETERS_MAX, PARTITIONS_MAX, STATE_LENGTH, Close, WishKind
from coliseum.web.live.tickets import looks_like_ticket
from coliseum.web.live.viewer import Viewer
from coliseum.web.problems import Answer, problem, respond

PATHS: Mapping[str, WishKind] = {
    "/api/live/events": "board",
    "/api/live/events/metrics": "metrics",
    "/api/live/events/trending": "trending",
    "/api/live/events/breaking": "breaking",
}
NAME = "board"
RETRY_MS = 2_000
LAST_S_MAX = 2.0
"""So long a client has to take the last words."""
STILL_HERE = b": still here\n\n"
HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
    (b"vary", b"origin"),
)
ENDED = {
    Close.NOT_AUTHORISED: RequestRefused(Refusal.UNKNOWN_KEY, "this key was revoked, or may not watch any more"),
    Close.STOPPING: StoreUnavailable("The server stops; come back at once."),
    Close.WRONG_ORIGIN: RequestRefused(Refusal.ORIGIN_NOT_ALLOWED, "pages of this origin may not watch this"),
}

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class _Head(msgspec.Struct):
    """What an event's own fields are made of."""

    type: str
    position: list[int] | None = None
    state: str = ""


_HEAD = msgspec.json.Decoder(_Head)


async def serve_stream(hub: Hub, members: Members, scope: Any, receive: Receive, send: Send) -> None:
    """Answer a request for a stream: until the client goes or takes no more, or the server stops."""
    headers = dict(scope["headers"])
    allowed = origin_allowed(scope["headers"], scope["scheme"], hub.origins)
    shared = _shared(headers) if allowed else ()
    if scope["method"] == "OPTIONS":
        await respond(send, Answer(204, b"", ()), shared)
        return
    try:
        if scope["method"] != "GET":
            raise MethodNotAllowed("GET")
        if not allowed:
            raise RequestRefused(Refusal.KEY_NOT_ALLOWED, "pages of this origin may not watch")
        parameters = parameters_in(scope["query_string"])
        viewer = hub.admit(lambda message: send(part(event_of(message))), single=True)
        try:
            await _introduce(hub, members, viewer, headers, hub.addresses.of(scope))
            hub.watch(viewer, NAME, PATHS[scope["path"]], parameters, claimed(headers.get(b"last-event-id", b"")))
            await feed(viewer, shared, receive, send)
        finally:
            hub.dismiss(viewer)
    except (*db.UNREACHABLE, db.PostgresError):
        reply = problem(StoreUnavailable("PostgreSQL did not answer."))
        await respond(send, reply, shared)
    except ColiseumError as error:
        reply = problem(error)
        await respond(send, reply, shared)


async def feed(viewer: Viewer, shared: Sequence[tuple[bytes, bytes]], receive: Receive, send: Send) -> None:
    """Keep the stream open until there is a reason to end."""
    await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *shared]})
    await send(part(b"retry: %d\n\n" % RETRY_MS))
    viewer.begin()
    gone = asyncio.create_task(_until_gone(receive))
    try:
        await asyncio.wait((gone, viewer.closed), return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(gone)
    why = viewer.closed.result() if viewer.closed.done() else Close.BAD_FRAME
    viewer.forget()
    await viewer.drain(0 if why is Close.TOO_SLOW else LAST_S_MAX)
    if why in (Close.TOO_SLOW, Close.BAD_FRAME):
        return
    with suppress(TimeoutError, RuntimeError, OSError):
        async with asyncio.timeout(LAST_S_MAX):
            if why in ENDED:
                await send(part(b"event: error\ndata: %s\n\n" % problem(ENDED[why]).body))
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def part(body: bytes) -> dict[str, object]:
    """Some of an answer that goes on."""
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def event_of(message: str) -> bytes:
    """A message of the protocol as an event: its type is the event's, position and state are its id."""
    if message is HEARTBEAT:
        return STILL_HERE
    data = message.encode()
    head = _HEAD.decode(data)
    known = b"" if head.position is None else b"id: %s-%s\n" % (
        ".".join(map(str, head.position)).encode(), head.state.encode()
    )  # fmt: skip
    return b"%sevent: %s\ndata: %s\n\n" % (known, head.type.encode(), data)


def claimed(last_id: bytes) -> tuple[list[int], str] | None:
    """The position and state that an event's id stands for; None when it is not one of ours."""
    positions, _, state = last_id.partition(b"-")
    parts = positions.split(b".")
    if len(parts) > PARTITIONS_MAX or len(state) != STATE_LENGTH or not state.isalnum():
        return None
    if not all(part.isdigit() and len(part) < 19 for part in parts):
        return None
    return [int(part) for part in parts], state.decode("ascii")


async def _introduce(hub: Hub, members: Members, viewer: Viewer, headers: Mapping[bytes, bytes], address: str) -> None:
    text = key_in(headers)
    token = text if text is not None and looks_like_token(text) else None
    if token is not None or (text is None and members.has_cookie):
        slug = headers.get(b"coliseum-tenant")
        caller = await members.caller(token, None if slug is None else slug.decode("latin-1"))
        hub.introduce_member(viewer, caller)
    elif text is None:
        raise RequestRefused(Refusal.MISSING_KEY, "send a key or a ticket: Authorization: Bearer <key>")
    elif looks_like_ticket(text):
        await hub.introduce(viewer, key=None, ticket=text)
    else:
        await hub.introduce(viewer, key=text, ticket=None, address=address)


def parameters_in(query: bytes) -> dict[str, str]:
    """The parameters of a query.

    Raises:
        QueryInvalid: there are too many, or one is given twice.
    """
    try:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=PARAMETERS_MAX)
    except ValueError:
        raise QueryInvalid(f"A query has at most {PARAMETERS_MAX} parameters.") from None
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise QueryInvalid("A parameter is given twice.")
    return parameters


def _shared(headers: Mapping[bytes, bytes]) -> tuple[tuple[bytes, bytes], ...]:
    """What lets a page of an origin that may watch read the answer."""
    origin = headers.get(b"origin")
    if origin is None:
        return ()
    return (
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-headers", b"authorization, last-event-id"),
        (b"access-control-allow-methods", b"GET"),
    )
