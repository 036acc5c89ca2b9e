"""How an error becomes an HTTP answer: RFC 9457 problem details, with our reason in ``code``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from coliseum.errors import (
    ColiseumError,
    EventRefused,
    MethodNotAllowed,
    NumberTooLarge,
    OutboundFailed,
    QueryInvalid,
    Refusal,
    RequestRefused,
    SeasonMissing,
    StoreUnavailable,
    TargetNotAllowed,
)

RETRY_AFTER_S = 1
STATUS = {
    Refusal.MISSING_KEY: 401,
    Refusal.UNKNOWN_KEY: 401,
    Refusal.INVALID_TOKEN: 401,
    Refusal.BAD_SIGNATURE: 401,
    Refusal.STALE_SIGNATURE: 401,
    Refusal.KEY_NOT_ALLOWED: 403,
    Refusal.NOT_YOURSELF: 403,
    Refusal.NO_CONSENT: 403,
    Refusal.NOT_FOUND: 404,
    Refusal.METHOD_NOT_ALLOWED: 405,
    Refusal.ID_REUSED: 409,
    Refusal.ALREADY_VOIDED: 409,
    Refusal.PERSON_FORGOTTEN: 409,
    Refusal.TOO_MANY_BOARDS: 409,
    Refusal.CHANGED_MEANWHILE: 412,
    Refusal.BODY_TOO_LARGE: 413,
    Refusal.EVENT_TOO_LARGE: 413,
    Refusal.BATCH_TOO_LARGE: 413,
    Refusal.UNSUPPORTED_MEDIA_TYPE: 415,
    Refusal.RATE_LIMITED: 429,
    Refusal.OVERLOADED: 503,
    Refusal.NOT_ALLOWED: 403,
    Refusal.ORIGIN_NOT_ALLOWED: 403,
    Refusal.ADDRESS_NOT_ALLOWED: 403,
    Refusal.CROSS_SITE: 403,
    Refusal.LOGIN_NEEDED: 401,
    Refusal.WRONG_CREDENTIALS: 401,
    Refusal.SECOND_FACTOR_NEEDED: 401,
    Refusal.SECOND_FACTOR_MISSING: 403,
    Refusal.PASSWORD_NEEDED: 403,
    Refusal.LINK_INVALID: 404,
    Refusal.ALREADY_EXISTS: 409,
    Refusal.LAST_OWNER: 409,
    Refusal.TOO_MANY: 409,
    Refusal.PLAN_LIMIT: 402,
    Refusal.QUOTA_EXCEEDED: 402,
    Refusal.TENANT_SUSPENDED: 403,
    Refusal.NOT_CONFIGURED: 501,
    Refusal.VOTING_CLOSED: 409,
    Refusal.ALREADY_VOTED: 409,
}
"""Everything that is not here is 400."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every answer that is not a success."""

    ok: bool | None
    status: int
    code: str
    title: str
    detail: str
    field: str | None = None
    limit: str | None = None
    """Of a plan: the limit that was met."""
    plan: str | None = None
    """The smallest plan that lifts it."""
    reset_at: datetime | None = msgspec.field(default=None, name="resetAt")
    """When the limit begins anew."""


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer before it is sent."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"application/json"),)


def answer(status: int, content: Any) -> Answer:
    """A JSON answer."""
    return Answer(status, msgspec.json.encode(content))


async def respond(send: Any, reply: Answer, more: Sequence[tuple[bytes, bytes]] = ()) -> None:
    """Send an answer over bare ASGI, with its length and ``more`` headers."""
    headers = [*reply.headers, (b"content-length", b"%d" % len(reply.body)), *more]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def problem(error: ColiseumError) -> Answer:
    """The answer to an error of ours."""
    match error:
        case MethodNotAllowed():
            reply = _problem(STATUS[error.code], error.code, error.message)
            return msgspec.structs.replace(reply, headers=(*reply.headers, (b"allow", error.allow.encode())))
        case RequestRefused() | EventRefused():
            return _refused(error)
        case QueryInvalid():
            return _problem(400, Refusal.INVALID_QUERY, str(error), error.field)
        case SeasonMissing():
            return _problem(STATUS[Refusal.NOT_FOUND], Refusal.NOT_FOUND, str(error), error.field)
        case StoreUnavailable():
            return _problem(503, Refusal.OVERLOADED, str(error))
        case NumberTooLarge():
            return _problem(400, Refusal.INVALID_QUERY, str(error))
        case TargetNotAllowed():
            return _problem(400, Refusal.TARGET_NOT_ALLOWED, str(error), error.field)
        case OutboundFailed():
            return _problem(400, Refusal.TARGET_NOT_ALLOWED, str(error))
        case _:
            return _problem(500, "internal", str(error))


def _refused(error: EventRefused) -> Answer:
    status = STATUS.get(error.code, 400)
    content = Problem(
        False, status, error.code, _title(error.code), error.message, error.field, error.limit, error.plan,
        error.reset_at,
    )  # fmt: skip
    return _told(content, error.retry_after_s or RETRY_AFTER_S)


def _problem(status: int, code: str, detail: str, field: str | None = None) -> Answer:
    return _told(Problem(False, status, code, _title(code), detail, field))


def _title(code: str) -> str:
    return code.replace("_", " ")


def _told(content: Problem, retry_after_s: int = RETRY_AFTER_S) -> Answer:
    status = content.status
    headers: list[tuple[bytes, bytes]] = [(b"content-type", b"application/problem+json")]
    if status in (429, 503):
        headers.append((b"retry-after", str(retry_after_s).encode()))
    if status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="coliseum"'))
    return Answer(status, msgspec.json.encode(content), tuple(headers))
