"""What a route raised, as an error of ours: whatever a library or a store threw has a name and a status here."""

from typing import Any

from litestar.exceptions import HTTPException, NotFoundException, SerializationException, ValidationException

from coliseum import db
from coliseum.errors import ColiseumError, QueryInvalid, Refusal, RequestRefused, StoreUnavailable
from coliseum.telemetry import Log, described


def our_error(error: Exception, scope: Any) -> ColiseumError:
    """The error to answer with; what nobody has foreseen is logged."""
    error = _of_the_body(error)
    match error:
        case ColiseumError():
            return error
        case ValidationException():
            extra = error.extra[0] if isinstance(error.extra, list) and error.extra else {}
            field = extra.get("key") if isinstance(extra, dict) else None
            what = extra.get("message", "") if isinstance(extra, dict) else ""
            return QueryInvalid(f"{field or 'the query'}: {what or error.detail}", field)
        case NotFoundException():
            return RequestRefused(Refusal.NOT_FOUND, f"nothing is served at {scope['path']}")
        case HTTPException() if error.status_code == 405:
            return RequestRefused(Refusal.METHOD_NOT_ALLOWED, "this method is not served here")
        case HTTPException() if error.status_code == 413:
            return RequestRefused(Refusal.BODY_TOO_LARGE, "the body is larger than this takes")
        case HTTPException() if error.status_code < 500:
            return QueryInvalid(error.detail)
    if isinstance(error, db.UnstorableText):
        return RequestRefused(Refusal.INVALID_PAYLOAD, "a text contains the character U+0000")
    if isinstance(error, db.UNREACHABLE):
        return StoreUnavailable(f"PostgreSQL did not answer: {error}")
    Log().error("capture_failed", error=described(error), path=scope.get("path_template", ""))
    return ColiseumError("Something failed here.")


def _of_the_body(error: Exception) -> Exception:
    """What is wrong with a body, when that is what is wrong."""
    match error:
        case RecursionError():
            return RequestRefused(Refusal.INVALID_JSON, "the body is nested too deeply")
        case HTTPException() if isinstance(error.__cause__, SerializationException):
            return RequestRefused(Refusal.INVALID_JSON, f"the body is no JSON: {error.detail}")
        case ValidationException(extra=[{"source": "body", "key": str(field), "message": what}, *_]):
            return RequestRefused(Refusal.INVALID_PAYLOAD, f"{field}: {what}", field)
    return error
