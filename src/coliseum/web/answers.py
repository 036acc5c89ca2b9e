"""What every route of the OpenAPI document has in common: who may use it, and how a no looks."""

from collections.abc import Iterator

from litestar import Litestar
from litestar.openapi.spec import (
    Components,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    PathItem,
    Reference,
    RequestBody,
    Schema,
    SecurityScheme,
)
from litestar.openapi.spec.enums import OpenAPIFormat

from coliseum.web.problems import STATUS

KEY = "key"
PROBLEM = Schema(
    type=OpenAPIType.OBJECT,
    title="Problem",
    description="RFC 9457; `code` is one of docs/ERRORS.md.",
    properties={
        "ok": Schema(type=OpenAPIType.BOOLEAN),
        "status": Schema(type=OpenAPIType.INTEGER),
        "code": Schema(type=OpenAPIType.STRING),
        "title": Schema(type=OpenAPIType.STRING),
        "detail": Schema(type=OpenAPIType.STRING),
        "field": Schema(type=OpenAPIType.STRING),
        "limit": Schema(type=OpenAPIType.STRING),
        "plan": Schema(type=OpenAPIType.STRING),
        "resetAt": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME),
    },
    required=["ok", "status", "code", "title", "detail"],
)
SAYS = {
    400: "what was sent cannot be used",
    401: "nobody known is calling, or a signature does not fit",
    402: "the tenant's plan does not include this",
    403: "the caller may not do this",
    404: "there is no such thing",
    405: "another method is served here",
    409: "what is there already stands in the way",
    412: "it is not the revision that If-Match names",
    413: "too large",
    415: "not JSON, or packed in another way than gzip and deflate",
    429: "too often; Retry-After says when to come back",
    500: "something failed here",
    501: "the operator has not set this up",
    503: "a store is away, or there is too much to do; Retry-After says when to come back",
}
WITHOUT_KEY = ("/api/webhooks/passport", "/api/webhooks/stripe", "/api/passport/beacon")
"""What is sent there is signed, or has its key in its body."""
METHODS = ("get", "put", "post", "delete", "patch")


def describe_answers(app: Litestar) -> None:
    """Add to each operation the problems that it may be answered with, and that it takes a key."""
    document = app.openapi_schema
    components = document.components
    assert isinstance(components, Components)  # noqa: S101 - there is one document
    components.schemas = {**(components.schemas or {}), "Problem": PROBLEM}
    components.security_schemes = {
        KEY: SecurityScheme(type="http", scheme="bearer", description="A key, or the access token of a log-in.")
    }
    public = _public(app)
    for path, method, operation in _operations(document.paths or {}):
        answers = dict(operation.responses or {})
        for status, says in SAYS.items():
            answers[str(status)] = _problem(says)
        if "207" in answers:  # a batch of which all events are refused has a result for each, too
            answers["400"] = _problem(SAYS[400], batch=True)
        operation.responses = answers
        if isinstance(operation.request_body, RequestBody) and _may_be_left_out(operation.request_body):
            operation.request_body.required = False
        if (method, path) not in public and not (method == "post" and path in WITHOUT_KEY):
            operation.security = [{KEY: []}]


def _may_be_left_out(body: RequestBody) -> bool:
    """Whether a route that reads this body does without: then ``null`` is one of those it may be."""
    schemas = [each.schema for each in body.content.values()]
    return any(
        isinstance(kind, Schema) and kind.type == OpenAPIType.NULL
        for schema in schemas
        if isinstance(schema, Schema)
        for kind in schema.one_of or ()
    )


def _public(app: Litestar) -> set[tuple[str, str]]:
    """The routes that need no key."""
    return {
        (method.lower(), path.path_format)
        for path in app.routes
        for handler in getattr(path, "route_handlers", ())
        for method in getattr(handler, "http_methods", ())
        if handler.opt.get("access") == "public"
    }


def _operations(paths: dict[str, PathItem]) -> Iterator[tuple[str, str, Operation]]:
    for path, item in paths.items():
        for method in METHODS:
            operation = getattr(item, method)
            if operation is not None:
                yield path, method, operation


def _problem(says: str, *, batch: bool = False) -> OpenAPIResponse:
    content = {"application/problem+json": OpenAPIMediaType(schema=Reference(ref="#/components/schemas/Problem"))}
    if batch:
        content["application/json"] = OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT))
    return OpenAPIResponse(description=says, content=content)


assert {*STATUS.values(), 400, 500} == {*SAYS}  # noqa: S101 - a status that is answered is described
