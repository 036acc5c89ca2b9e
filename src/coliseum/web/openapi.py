"""What Litestar cannot know of the routes, in the OpenAPI document: bare ASGI, and a body that is read by hand."""

import msgspec
from litestar import Litestar
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Schema,
)


class CaptureRoute(msgspec.Struct, frozen=True):
    """What the document says of one capture route."""

    path: str
    summary: str
    description: str
    success: tuple[str, ...]
    query: tuple[tuple[str, str], ...] = ()


EVENT = "One event as JSON: see docs/EVENTS.md, or GET /schema/events.json for its JSON Schema."
CAPTURE_ROUTES: tuple[CaptureRoute, ...] = (
    CaptureRoute("/api/passport/log", "Send one event", EVENT, ("201",), (("historical", "true: lift the age limit"),)),
    CaptureRoute(
        "/api/passport/batch",
        "Send up to 1,000 events",
        'An array of events, or {"events": [...], "sentAt"?}; the answer has a result for each, in order. '
        "207: some were refused; 400: all were. " + EVENT,
        ("201", "207"),
        (("historical", "true: lift the age limit (server keys only)"),),
    ),
    CaptureRoute(
        "/api/passport/beacon",
        "Send a batch from a page that is being left",
        '{"key": a browser key, "events": [...], "userToken"?, "sentAt"?}, of any content type. '
        "A beacon has no headers; otherwise as a batch.",
        ("201", "207"),
    ),
    CaptureRoute(
        "/api/passport/tokens",
        "Make a token by which a browser writes as one user",
        '{"userId": ..., "ttlSeconds"?: 1 to 86400}; needs a server key. Send the token as Coliseum-User.',
        ("201",),
    ),
    CaptureRoute(
        "/api/webhooks/passport",
        "Send events from another backend, signed",
        "As log or batch; signed by Standard Webhooks headers, or with a JWT (HS256) as bearer.",
        ("201", "207"),
        (("tenant", "slug of the tenant whose secret signed it"),),
    ),
    CaptureRoute(
        "/api/webhooks/stripe",
        "Send an event of Stripe",
        "For Stripe alone, which signs what it sends. Stored before the answer, applied after it.",
        ("200",),
    ),
    *(
        CaptureRoute(f"/v1/{call}", f"Segment: {call}", "The Segment HTTP API; Basic auth by write key.", ("200",))
        for call in ("track", "identify", "page", "screen", "group", "alias", "batch", "import")
    ),
)
LIVE_ROUTES = (
    CaptureRoute(
        "/api/live/tickets", "Make a ticket that opens one connection to /api/live", "No body is read.", ("201",)
    ),
)
STREAM = "/api/live/events"
FILES = {
    "/api/leaderboards/export": ("text/csv", "application/x-ndjson", "application/vnd.apache.parquet"),
    "/api/audit/export": ("application/x-ndjson",),
    "/api/catalog/{kind}/export": ("text/csv",),
    "/api/query/export": ("text/csv",),
}


def describe_capture(app: Litestar) -> None:
    """Add the capture routes to the application's document."""
    paths = app.openapi_schema.paths
    assert paths is not None  # noqa: S101 - the read routes are in it
    for route in (*CAPTURE_ROUTES, *LIVE_ROUTES):
        paths[route.path] = PathItem(post=_operation(route))
        if route in LIVE_ROUTES:
            paths[route.path].post.request_body = None  # type: ignore[union-attr]
    for path in (STREAM, f"{STREAM}/metrics"):
        paths[path] = PathItem(get=_streaming(path))


def _streaming(path: str) -> Operation:
    text = {"text/event-stream": OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))}
    return Operation(
        operation_id=path.strip("/").replace("/", "_"),
        summary="A board or metric, and what changes in it, as server-sent events; see docs/LIVE.md",
        responses={"200": OpenAPIResponse(description="snapshot and diff events", content=text)},
    )


def describe_files(app: Litestar) -> None:
    """Say of routes that answer with a file which kinds there are: Litestar takes a stream for a line of text."""
    for path, kinds in FILES.items():
        operation = (app.openapi_schema.paths or {})[path].get
        assert operation is not None  # noqa: S101 - the route is in it
        content = {kind: OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING)) for kind in kinds}
        operation.responses = {
            **(operation.responses or {}), "200": OpenAPIResponse(description="the file", content=content),
        }  # fmt: skip


def describe_declaring(app: Litestar) -> None:
    """Add what declaring a board takes (its body is read within bounds of its own), and that what is put may be new."""
    paths = app.openapi_schema.paths
    voting = None if paths is None else paths["/api/votings/{name}"].put
    assert voting is not None  # noqa: S101 - the route is in it
    voting.responses = {**(voting.responses or {}), "201": (voting.responses or {})["200"]}
    declare = None if paths is None else paths["/api/boards/{name}"].put
    assert declare is not None  # noqa: S101 - the route is in it
    schema = Reference(ref="#/components/schemas/Declaration")
    declare.responses = {**(declare.responses or {}), "201": (declare.responses or {})["200"]}
    declare.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=schema)}, required=True)


def _operation(route: CaptureRoute) -> Operation:
    json = {"application/json": OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT))}
    answers = {status: OpenAPIResponse(description="stored durably", content=json) for status in route.success}
    return Operation(
        operation_id=route.path.strip("/").replace("/", "_"),
        summary=route.summary,
        description=route.description,
        parameters=[
            Parameter(name=name, param_in="query", description=what, schema=Schema(type=OpenAPIType.STRING))
            for name, what in route.query
        ],
        request_body=RequestBody(content=json, description=route.description, required=True),
        responses={**answers},
    )
