"""The routes that carry events in: bare ASGI, because this is the hot path.

Each handler reads the body within its bounds, finds out who is calling, and hands raw events to the pipeline.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec

from coliseum import db
from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.capture.draft import Request, Result
from coliseum.capture.segment import translate
from coliseum.errors import ColiseumError, MethodNotAllowed, Refusal, RequestRefused, StoreUnavailable
from coliseum.events.whole import read_batch
from coliseum.telemetry import Log, described
from coliseum.web.auth import TOKEN_TTL_MAX_S, make_user_token, user_of, webhook_tenant
from coliseum.web.beacon import opened
from coliseum.web.bodies import BODY_BYTES_MAX, Disconnected, read_body
from coliseum.web.identify import SHARED_WITH, caller_for, caller_of
from coliseum.web.problems import Answer, answer, problem, respond
from coliseum.web.services import Services
from coliseum.web.stripe import BODY_BYTES_MAX as STRIPE_BYTES_MAX
from coliseum.web.stripe import stripe

Headers = Mapping[bytes, bytes]
Handler = Callable[[Services, Any, Headers, bytes], Awaitable[Answer]]
ANY_ORIGIN = ((b"access-control-allow-origin", b"*"),)
PREFLIGHT = (
    *ANY_ORIGIN,
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding, coliseum-user"),
    (b"access-control-max-age", b"86400"),
)
"""The same for every page: a preflight bears no key, so that it is not known whether the key is bound to origins."""


class LogAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to one event that is in the log."""

    ok: bool | None
    id: str
    status: str
    partition: int | None
    offset: int | None


class BatchAnswer(msgspec.Struct, frozen=True):
    """The answer to a batch: how many, and each one's result in the order in which they were sent."""

    ok: bool
    accepted: int
    duplicates: int
    refused: int
    results: Sequence[Result]


class TokenWish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A request for a user token."""

    user_id: str
    ttl_seconds: int = 3_600


async def log(services: Services, scope: Any, headers: Headers, body: bytes) -> Answer:
    """``POST /api/passport/log``: one event."""
    request = await _request(services, scope, headers, "api")
    return _one(await services.pipeline.capture([body], request))


async def batch(services: Services, scope: Any, headers: Headers, body: bytes) -> Answer:
    """``POST /api/passport/batch``: up to 1,000 events, an answer for each."""
    request = await _request(services, scope, headers, "api")
    return await _many(services, body, request)


async def beacon(services: Services, scope: Any, _headers: Headers, body: bytes) -> Answer:
    """``POST /api/passport/beacon``: a batch from a page that is being left, with a browser key in the body."""
    inner, batch_body = opened(scope, body)
    try:
        if (await caller_of(services, inner)).kind != "browser":
            raise RequestRefused(Refusal.KEY_NOT_ALLOWED, "a secret key travels in a header and never in a body")
        return await _many(services, batch_body, await _request(services, inner, dict(inner["headers"]), "api"))
    finally:
        if SHARED_WITH in inner:
            scope[SHARED_WITH] = inner[SHARED_WITH]


async def webhook(services: Services, scope: Any, headers: Headers, body: bytes) -> Answer:
    """``POST /api/webhooks/passport?tenant=<slug>``: one event or a batch from another platform's backend, signed."""
    address = services.addresses.of(scope)
    await services.limiter.check("webhook", address, services.settings.webhook_requests_per_minute)
    slug = parse_qs(scope["query_string"].decode("latin-1")).get("tenant", [""])[0]
    tenant = await webhook_tenant(services, slug, headers, body)
    request = Request(
        tenant, trusted=True, strict=True, source="webhook", received_at=services.clock(),
        included=services.allowance.included(tenant),
    )  # fmt: skip
    if _is_batch(body):
        return await _many(services, body, request)
    return _one(await services.pipeline.capture([body], request))


async def segment(services: Services, scope: Any, headers: Headers, body: bytes) -> Answer:
    """``POST /v1/<call>``: the Segment HTTP API."""
    caller = await _sending(services, scope)
    call = scope["path"].rpartition("/")[2].replace("import", "batch")
    calls = translate(call, body, services.segment_names)
    request = await _request_of(services, caller, None, headers, source="segment", strict=False)
    results = iter(await services.pipeline.capture([each.raw for each in calls if each.raw is not None], request))
    told = []
    for each in calls:
        if each.raw is None:
            services.tally.add(caller.tenant.tenant_id, Refusal.NOT_COUNTED, "", f"{each.call} carries no typed event")
            told.append(Result(each.message_id, "ignored", code=Refusal.NOT_COUNTED))
        else:
            told.append(next(results))
    refused = [result for result in told if result.status == "refused"]
    if refused and len(refused) == len(told):
        raise _refusal(refused[0])
    return answer(200, {"success": True, "results": told})


async def tokens(services: Services, scope: Any, _headers: Headers, body: bytes) -> Answer:
    """``POST /api/passport/tokens``: a token by which a browser may write as one user."""
    caller = await caller_for(services, scope, Permission.EVENTS_WRITE)
    try:
        wish = msgspec.json.decode(body, type=TokenWish)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, f"userId, and ttlSeconds if you like: {error}") from None
    if not 1 <= len(wish.user_id) <= 128 or not 1 <= wish.ttl_seconds <= TOKEN_TTL_MAX_S:
        raise RequestRefused(
            Refusal.INVALID_PAYLOAD, f"userId has 1 to 128 characters, ttlSeconds is 1 to {TOKEN_TTL_MAX_S}"
        )
    token, ends = make_user_token(services, caller.tenant, wish.user_id, timedelta(seconds=wish.ttl_seconds))
    return answer(201, {"ok": True, "token": token, "expiresAt": ends})


ROUTES: tuple[tuple[tuple[str, ...], Handler], ...] = (
    (("/api/passport/log",), log),
    (("/api/passport/batch",), batch),
    (("/api/passport/beacon",), beacon),
    (("/api/passport/tokens",), tokens),
    (("/api/webhooks/passport",), webhook),
    (("/api/webhooks/stripe",), stripe),
    (tuple(f"/v1/{call}" for call in
           ("track", "identify", "page", "screen", "group", "alias", "batch", "import")), segment),
)  # fmt: skip
BYTES_MAX: Mapping[Handler, int] = {stripe: STRIPE_BYTES_MAX}
"""Bodies that may be smaller than others."""


async def serve(handler: Handler, services: Services, scope: Any, receive: Any, send: Any) -> None:
    """Run a handler and send its answer: every error of ours has one, and anything else is a 500 that is logged."""
    if scope["method"] == "OPTIONS":
        return await respond(send, Answer(204, b"", PREFLIGHT))
    try:
        if scope["method"] != "POST":
            raise MethodNotAllowed("POST")
        headers = dict(scope["headers"])
        reply = await handler(
            services, scope, headers, await read_body(headers, receive, BYTES_MAX.get(handler, BODY_BYTES_MAX))
        )
    except ColiseumError as error:
        reply = problem(error)
    except db.UNREACHABLE as error:
        reply = problem(StoreUnavailable(f"PostgreSQL did not answer: {error}"))
    except Disconnected:
        # Whoever is still there sent a body that is no HTTP; to anybody else this says nothing.
        reply = problem(RequestRefused(Refusal.BAD_ENCODING, "the body broke off"))
    except Exception as error:  # noqa: BLE001 - the last place where it can be said
        Log().error("capture_failed", error=described(error), path=scope["path"])
        reply = problem(ColiseumError("Something failed here; nothing of this request may have been stored."))
    return await respond(send, reply, scope.get(SHARED_WITH, ANY_ORIGIN))


class _Peek(msgspec.Struct):
    """Whether a body that could be one event or many is an object that holds many."""

    events: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


def _is_batch(body: bytes) -> bool:
    if body.lstrip()[:1] == b"[":
        return True
    try:
        return msgspec.json.decode(body, type=_Peek).events is not msgspec.UNSET
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False  # refused as what it is, one event that is no JSON


async def _many(services: Services, body: bytes, request: Request) -> Answer:
    taken = read_batch(body)
    if taken.sent_at is not None:
        request = msgspec.structs.replace(request, sent_at=taken.sent_at)
    results = await services.pipeline.capture(taken.events, request)
    statuses = [result.status for result in results]
    refused, duplicates = statuses.count("refused"), statuses.count("duplicate")
    if refused == len(results) and {result.code for result in results} == {Refusal.QUOTA_EXCEEDED}:
        raise _refusal(results[0])  # nothing was taken, and nothing of it would be at this moment
    content = BatchAnswer(refused == 0, len(results) - refused - duplicates, duplicates, refused, results)
    status = 201 if refused == 0 else 400 if refused == len(results) else 207
    return answer(status, content)


def _one(results: Sequence[Result]) -> Answer:
    result = results[0]
    if result.status == "refused":
        raise _refusal(result)
    return answer(
        201,
        LogAnswer(ok=True, id=result.id, status=result.status, partition=result.partition, offset=result.offset),
    )


def _refusal(result: Result) -> RequestRefused:
    """The refusal of one event, as that of the whole request."""
    return RequestRefused(
        Refusal(str(result.code)), str(result.message), result.field,
        limit=result.limit, plan=result.plan, reset_at=result.reset_at,
    )  # fmt: skip


async def _request(services: Services, scope: Any, headers: Headers, source: str) -> Request:
    caller = await _sending(services, scope)
    query = parse_qs(scope["query_string"].decode("latin-1")) if scope["query_string"] else {}
    historical = query.get("historical", [""])[0] == "true"
    if historical and caller.kind == "browser":
        raise RequestRefused(Refusal.KEY_NOT_ALLOWED, "only a server key or a member may send history")
    return await _request_of(services, caller, historical, headers, source=source, strict=caller.kind != "browser")


async def _sending(services: Services, scope: Any) -> Caller:
    """The caller of a request that sends events: a browser key sends what is harmless, anybody else needs to be let."""
    caller = await caller_of(services, scope)
    if caller.kind != "browser":
        caller.check(Permission.EVENTS_WRITE)
    if services.settings.capture_requests_per_minute:
        await services.limiter.check("capture", caller.actor, services.settings.capture_requests_per_minute)
    return caller


async def _request_of(
    services: Services,
    caller: Caller,
    historical: bool | None,
    headers: Headers,
    *,
    source: str,
    strict: bool,
) -> Request:
    trusted = caller.kind != "browser"
    return Request(
        caller.tenant,
        trusted=trusted,
        strict=strict,
        source=source,
        received_at=services.clock(),
        user_id=None if trusted else await user_of(services, caller.tenant, headers),
        historical=bool(historical),
        included=services.allowance.included(caller.tenant),
        signal=not trusted and headers.get(b"sec-gpc") == b"1",
    )
