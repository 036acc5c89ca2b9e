"""Write docs/API.md: ``python -m coliseum.web.generate [--check]``.

The routes that read come from the OpenAPI document of the application, those that carry events in from
``coliseum.web.capture``. Paths are relative to the project's root, where it is run.
"""

import inspect
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final

from litestar import Litestar
from litestar.routes import HTTPRoute

from coliseum.generated import write_or_check
from coliseum.web.app import build_app
from coliseum.web.capture import ROUTES
from coliseum.web.services import Services

PAGE: Final = Path("docs/API.md")
HEAD: Final = """# HTTP API

This page is generated from `src/coliseum/web/` by `make generate`; edit it there. A running server has the same as an
OpenAPI document at `/schema/openapi.json`, and the JSON Schema of events at `/schema/events.json`.

Bodies and answers are JSON in UTF-8; times are RFC 3339. A key is sent as `Authorization: Bearer <key>`, or as the user
name of Basic authentication with an empty password. What is wrong with a request is said as in [ERRORS.md](ERRORS.md).

## Sending events

What an event looks like stands in [EVENTS.md](EVENTS.md). A body may be packed (`Content-Encoding: gzip` or `deflate`).
An answer that says `accepted` or `duplicate` means that the event is stored durably; without an answer it may or may
not be, and sending it again under the same `id` is always safe.

A *server key* may write any type for any user. A *browser key* may be read by everybody and may write little: the
harmless types, and only as the user of a `Coliseum-User` token, or as `anon:<deviceId>` without one. `OPTIONS` and
cross-origin calls are answered on all of these routes.

"""
NOTES: Final = {
    "/api/passport/log": (
        'Body: one event. 201: `{"ok":true,"id":"…","status":"accepted","partition":0,"offset":41}`; `status` is '
        "`duplicate` when the same event was stored before, with the place where it stands.\n\n"
        "`?historical=true` (no browser key) lets `at` reach back to the year 1900, for imports."
    ),
    "/api/passport/batch": (
        'Body: `{"events":[…],"sentAt":"…"}` or a bare array. 201 when every event is accepted or a duplicate, 207 '
        "when some are refused, 400 when all are (402 when that is because the month's events are used up): "
        '`{"ok":false,"accepted":1,"duplicates":0,"refused":1,"results":[…]}`. `results` has one member an event, in '
        "their order: `id`, `status` (`accepted`, `duplicate`, `refused`), `partition` and `offset`, or `code`, "
        "`message` and `field`. `sentAt` is the sender's clock; `?historical=true` as above."
    ),
    "/api/passport/beacon": (
        'For `navigator.sendBeacon`, which sets no headers. Body, of any content type: `{"key":"cs_browser_…",'
        '"events":[…],"sentAt":"…","userToken":"…"}`; only a browser key is taken. Answers as a batch, though nobody '
        "reads them: what was sent stays in the page's queue and may be sent again, since an id counts once."
    ),
    "/api/passport/tokens": (
        'Server key only. Body: `{"userId":"u-7","ttlSeconds":3600}` (at most a day; an hour when left out). 201: '
        '`{"ok":true,"token":"…","expiresAt":"…"}`. A browser sends it as `Coliseum-User: <token>` beside its key; '
        "so it does with a token of an issuer that the tenant trusts ([IDENTITY.md](IDENTITY.md))."
    ),
    "/api/webhooks/passport": (
        "Body: one event or a batch; answers as above. Signed with the tenant's webhook secret, either by the headers "
        "`webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks, or by a JWT (HS256, `iss` the "
        "tenant's slug, `aud` `coliseum`, with `exp`) as bearer. Limited by address."
    ),
    "/api/webhooks/stripe": (
        "For Stripe alone: see [BILLING.md](BILLING.md). At most 256 kB, signed by the header `Stripe-Signature`; a "
        "signature that does not fit, or is more than five minutes off, is answered 400. 200: "
        '`{"ok":true,"status":"stored"}`, or `duplicate` for an event that was there before.'
    ),
    "/v1/track": (
        "For Segment and RudderStack clients; the key is the user name of Basic authentication. A `track` call whose "
        "`event` is a type of EVENTS.md becomes that event, its `properties` the fields, `messageId` the id. "
        "Everything else is answered, tallied as `not_counted`, and stored nowhere. 200: "
        '`{"success":true,"results":[…]}`; 4xx when all calls of the request are refused.'
    ),
}
METHODS: Final = ("get", "post", "put", "patch", "delete")
"""The methods that Litestar serves; what only carries events in is described above."""
SUCCESS: Final = ("200", "201", "202")
READING: Final = """## Reading

All of `/api/` but `/api/public/` and `/api/auth/` need a server key, or a member who has logged in
([ACCOUNTS.md](ACCOUNTS.md)), and answer for one tenant alone; a parameter that a route does not know is refused. The
others need no key. The page at `/`, with `/explain`, `/live` (server-sent events) and `/static/`, is for people: it
shows the tenant of `COLISEUM_PUBLIC_TENANT` to anybody, and no number of a single fan.

"""

LIVE: Final = """
## Watching

How these are used, and what they send, stands in [LIVE.md](LIVE.md). They need a server key, a member who has
logged in, or a ticket.

### `GET /api/live`

A WebSocket: boards, trends and metrics, and what changes in them.

### `GET /api/live/events`, and below it `/metrics`, `/trending`, `/breaking`

One of them as server-sent events. The query has the parameters of `GET /api/leaderboards`, `GET /api/metrics`,
`GET /api/trending` or `GET /api/breaking`.

### `GET /api/public/{slug}/boards/{name}/events`

A public board as server-sent events, for anybody and from any origin. The query has `window`, `limit` (1 to 100) and
`movement`; a page is what `GET /api/public/{slug}/boards/{name}` answers.

### `POST /api/live/tickets`

A ticket that opens one connection within 30 seconds, for a browser that must not know a key. By a server key or a
member; no body. 201: `{"ok":true,"ticket":"ct_…","expiresInSeconds":30}`.
"""


def render() -> str:
    """Return the text of docs/API.md."""
    app = build_app(_never_opened, "")
    capture = "".join(_capture_section(paths, inspect.getdoc(handler) or "") for paths, handler in ROUTES)
    return HEAD + capture + READING + "\n".join(_read_sections(app)) + LIVE


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` return 1 when it is stale."""
    return write_or_check({PAGE: render()}, arguments)


def _never_opened() -> AbstractAsyncContextManager[Services]:
    raise AssertionError("an application that is only looked at does not start")


def _capture_section(paths: tuple[str, ...], about: str) -> str:
    title = ", ".join(f"`POST {path}`" for path in paths)
    says = about.partition("\n")[0].partition(": ")[2]
    return f"### {title}\n\n{says[:1].upper()}{says[1:]}\n\n{NOTES[paths[0]]}\n\n"


def _read_sections(app: Litestar) -> Iterator[str]:
    document = app.openapi_schema.to_schema()
    schemas = document["components"]["schemas"]
    about = {
        (route.path_format, method.lower()): inspect.getdoc(handler.fn)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
    }
    served = (
        (path, method, operations[method])
        for path, operations in document["paths"].items()
        for method in METHODS
        if method in operations and (path, method) in about
    )
    told: set[str] = set()
    for path, method, operation in served:
        parts = [f"### `{method.upper()} {path}`\n\n{operation['summary']}. {about[path, method] or ''}\n"]
        if parameters := operation.get("parameters"):
            parts.append(
                "| Parameter | Required, or its default | Meaning |\n| --- | --- | --- |\n"
                + "".join(map(_row, parameters))
            )
        if content := operation.get("requestBody", {}).get("content"):
            body = content["application/json"]["schema"]
            body = next((each for each in body.get("oneOf", ()) if _name(each)), body)  # one that may be left out
            parts.append(_struct("Body: a", body, schemas, told))
        responses = operation["responses"]
        answer = next((responses[each].get("content") for each in SUCCESS if each in responses), None)
        if answer and "application/json" not in answer:
            parts.append(f"Answer: a file, {' or '.join(f'`{kind}`' for kind in answer)}.\n")
        elif answer:
            schema = answer["application/json"]["schema"]
            lead = "Answer: a list of" if schema.get("type") == "array" else "Answer: a"
            parts.append(_struct(lead, schema, schemas, told))
        yield "\n".join(parts)


def _row(parameter: dict[str, Any]) -> str:
    default = parameter["schema"].get("default") or next(
        (each["default"] for each in parameter["schema"].get("oneOf", ()) if "default" in each), None
    )
    needed = "yes" if parameter["required"] else "no" if default is None else f"no, `{default}`"
    return f"| `{parameter['name']}` | {needed} | {parameter['description']} |\n"


def _struct(lead: str, schema: dict[str, Any], schemas: dict[str, Any], told: set[str]) -> str:
    """A body's or an answer's fields, and those of every struct that stands in them and was not told of before."""
    if not _name(schema):
        return "Answer: an object.\n"
    if _name(schema) in told:
        return f"{lead} **{_name(schema)}**, as above.\n"
    waiting, lines = [_name(schema)], []
    for name in waiting:
        members = schemas[name]["properties"]
        fields = "\n".join(f"- `{field}`: {_kind(kind)}" for field, kind in members.items())
        lines.append(f"{lead} **{name}**\n\n{fields}\n")
        inner = dict.fromkeys(found for kind in members.values() if (found := _name(kind)))
        waiting += [found for found in inner if found not in waiting and found not in told]
        lead = "In it,"
    told.update(waiting)
    return "\n".join(lines)


def _name(schema: dict[str, Any]) -> str:
    """The struct that a schema refers to, also as a list's items; empty when it refers to none."""
    found = schema.get("$ref") or schema.get("items", {}).get("$ref", "")
    optional = [_name(each) for each in schema.get("oneOf", ())]
    return str(found).rpartition("/")[2] or next(filter(None, optional), "")


def _kind(schema: dict[str, Any]) -> str:
    if "oneOf" in schema:
        return " or ".join(_kind(each) for each in schema["oneOf"])
    if schema.get("type") == "array":
        return f"list of {_name(schema) or schema['items']['type']}"
    if isinstance(schema.get("type"), list):
        return " or ".join(sorted(schema["type"], key="null".__eq__))
    return _name(schema) or str(schema.get("format") or schema["type"])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
