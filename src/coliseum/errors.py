"""Every error that Coliseum raises on purpose, in one place.

The docstring of a class is its default message; ``hint`` says what the reader can do about it. How an error
becomes an HTTP answer is decided in one other file, ``coliseum.web.problems``.
"""

from datetime import datetime
from enum import StrEnum


class Refusal(StrEnum):
    """The closed set of reasons for which an event or a request is refused.

    A member's value is its wire name: it stands in answers, in ingestion warnings and in the docs.
    """

    UNKNOWN_TYPE = "unknown_type"
    INVALID_JSON = "invalid_json"
    INVALID_PAYLOAD = "invalid_payload"
    DUPLICATE_KEY = "duplicate_key"
    UNKNOWN_FIELD = "unknown_field"
    MISSING_KEY = "missing_key"
    UNKNOWN_KEY = "unknown_key"
    KEY_NOT_ALLOWED = "key_not_allowed"
    NOT_YOURSELF = "not_yourself"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - the name of a reason
    BAD_SIGNATURE = "bad_signature"
    STALE_SIGNATURE = "stale_signature"
    FUTURE_TIMESTAMP = "future_timestamp"
    TOO_OLD = "too_old"
    ID_REUSED = "id_reused"
    UNKNOWN_REFERENCE = "unknown_reference"
    ALREADY_VOIDED = "already_voided"
    NO_CONSENT = "no_consent"
    PERSON_FORGOTTEN = "person_forgotten"
    BATCH_TOO_LARGE = "batch_too_large"
    EVENT_TOO_LARGE = "event_too_large"
    BODY_TOO_LARGE = "body_too_large"
    BAD_ENCODING = "bad_encoding"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    OVERLOADED = "overloaded"
    RATE_LIMITED = "rate_limited"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_COUNTED = "not_counted"
    INVALID_QUERY = "invalid_query"
    NOT_FOUND = "not_found"
    CHANGED_MEANWHILE = "changed_meanwhile"
    TOO_MANY_BOARDS = "too_many_boards"
    NOT_ALLOWED = "not_allowed"
    TENANT_NEEDED = "tenant_needed"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    CROSS_SITE = "cross_site"
    LOGIN_NEEDED = "login_needed"
    WRONG_CREDENTIALS = "wrong_credentials"
    SECOND_FACTOR_NEEDED = "second_factor_needed"
    SECOND_FACTOR_MISSING = "second_factor_missing"
    PASSWORD_NEEDED = "password_needed"  # noqa: S105 - as above
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - the name of a reason
    LINK_INVALID = "link_invalid"
    ALREADY_EXISTS = "already_exists"
    LAST_OWNER = "last_owner"
    TOO_MANY = "too_many"
    PLAN_LIMIT = "plan_limit"
    QUOTA_EXCEEDED = "quota_exceeded"
    TENANT_SUSPENDED = "tenant_suspended"
    TARGET_NOT_ALLOWED = "target_not_allowed"
    NOT_CONFIGURED = "not_configured"
    VOTING_CLOSED = "voting_closed"
    ALREADY_VOTED = "already_voted"


class ColiseumError(Exception):
    """Coliseum could not do what was asked."""

    hint: str | None = None

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        super().__init__(message or (self.__class__.__doc__ or "").strip())
        if hint is not None:
            self.hint = hint


class EventRefused(ColiseumError):
    """The event is refused.

    ``limit`` names the limit that was met, ``plan`` the smallest plan that lifts it; ``reset_at`` is when the limit
    begins anew, and ``retry_after_s`` after how many seconds it is worth trying again. ``by`` is who was refused for
    lack of permission, where that is known.
    """

    by: object = None

    def __init__(
        self,
        code: Refusal,
        message: str,
        field: str | None = None,
        *,
        limit: str | None = None,
        plan: str | None = None,
        reset_at: datetime | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.limit = limit
        self.plan = plan
        self.reset_at = reset_at
        self.retry_after_s = retry_after_s


class RequestRefused(EventRefused):
    """The whole request is refused, before any of its events was looked at."""


class MethodNotAllowed(RequestRefused):
    """This route serves another method."""

    def __init__(self, allow: str) -> None:
        super().__init__(Refusal.METHOD_NOT_ALLOWED, f"only {allow} is served here")
        self.allow = allow


class QueryInvalid(ColiseumError):
    """The question cannot be answered as it was asked."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class SeasonMissing(ColiseumError):
    """There is no such season."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class StoreUnavailable(ColiseumError):
    """The database did not answer; nothing was stored."""


class ServerTooOld(ColiseumError):
    """The server is older than the oldest version that Coliseum supports."""


class LeaseLost(ColiseumError):
    """Another processor owns this work now; nothing of this step was kept."""


class MigrationFailed(ColiseumError):
    """The database could not be brought to this version's schema."""


class NumberTooLarge(ColiseumError):
    """A total would pass 2^53, the largest integer that every consumer of it can hold."""


class TargetNotAllowed(ColiseumError):
    """This address may not be called: it is not one of the public internet."""

    field = "url"


class OutboundFailed(ColiseumError):
    """An address that was called did not answer. ``reason`` is dns, connect, tls, timeout or protocol."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
