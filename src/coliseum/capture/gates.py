"""The gates that an event passes one by one: each returns, or refuses by name. No I/O."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from coliseum.capture.draft import Draft, Request
from coliseum.errors import EventRefused, Refusal
from coliseum.events.decode import Decoded, decode_event
from coliseum.events.document import read_document
from coliseum.events.record import to_record
from coliseum.events.times import corrected
from coliseum.ids import uuid7

HISTORY_BEGINS = datetime(1900, 1, 1, tzinfo=UTC)
"""No import reaches further back."""
BROWSER_TYPES = frozenset({
    "concierto.event_viewed", "concierto.event_interested", "coliseum.vote_cast", "player.track_played",
    "player.track_favorited", "player.track_unfavorited", "social.follow", "social.unfollow", "social.share",
    "privacy.consent_changed",
})  # fmt: skip
"""What a key that anybody can read may send: nothing that moves money, tickets, other people's votes or the catalog."""
ID_MAX = 128
ANONYMOUS = "anon:"
"""What stands before a device's id in the user id of somebody who has not logged in."""
_ID = re.compile(rb'"id"\s*:\s*("(?:[^"\\]|\\.){1,512}")')


class TimeLimits(msgspec.Struct, frozen=True):
    """How far from now an event's time may lie."""

    too_old: timedelta
    future: timedelta


def decode(draft: Draft, request: Request) -> None:
    """The bytes are one event of a known type, within every limit of its contract."""
    raw = draft.raw
    draft.decoded = decoded = _decoded(draft, raw, request) if isinstance(raw, bytes) else raw
    draft.record = to_record(decoded.event)
    draft.id = decoded.event.id or uuid7()


def allow(draft: Draft, request: Request) -> None:
    """The caller may send this type, and for this user."""
    if request.trusted:
        return
    record = draft.record
    if record.event_type not in BROWSER_TYPES:
        raise EventRefused(Refusal.KEY_NOT_ALLOWED, f"a browser key may not send {record.event_type}", "type")
    if record.user_id != _own_user(request, record.device_id):
        raise EventRefused(
            Refusal.NOT_YOURSELF,
            "userId must be the user of the token, or without one be left out or be anon:<deviceId>",
            "userId",
        )


def time_gate(request: Request, limits: TimeLimits) -> Callable[[Draft], None]:
    """The gate for events of this request: each happened within the time that is accepted, by our clock."""
    received_at, sent_at = request.received_at, request.sent_at
    latest = received_at + limits.future
    oldest = HISTORY_BEGINS if request.historical else received_at - limits.too_old

    def check_time(draft: Draft) -> None:
        at = corrected(draft.decoded.at, draft.decoded.sent_at or sent_at, received_at)
        if at > latest:
            raise EventRefused(Refusal.FUTURE_TIMESTAMP, f"{at.isoformat()} has not come yet", "at")
        if at < oldest:
            raise EventRefused(Refusal.TOO_OLD, f"{at.isoformat()} is before {oldest.isoformat()}", "at")
        draft.occurred_at = at

    return check_time


def claimed_id(raw: bytes) -> str:
    """The id that an event which may not even be JSON seems to have, so that its refusal can be told apart."""
    found = _ID.search(raw[:65_536])
    if found is None:
        return ""
    try:
        text = msgspec.json.decode(found[1], type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return text if len(text) <= ID_MAX else ""


def _decoded(draft: Draft, raw: bytes, request: Request) -> Decoded:
    try:
        return decode_event(raw, strict=request.strict)
    except EventRefused as refused:
        draft.id = claimed_id(raw)
        if request.trusted or refused.field != "userId":
            raise
        return decode_event(_with_user(raw, request, refused), strict=False)


def _own_user(request: Request, device_id: str | None) -> str | None:
    if request.user_id is not None:
        return request.user_id
    if device_id is not None and len(device_id) > ID_MAX - len(ANONYMOUS):
        raise EventRefused(
            Refusal.INVALID_PAYLOAD,
            f"without a user token deviceId has at most {ID_MAX - len(ANONYMOUS)} characters",
            "deviceId",
        )
    return None if device_id is None else f"{ANONYMOUS}{device_id}"


def _with_user(raw: bytes, request: Request, refused: EventRefused) -> bytes:
    """A browser's event that leaves its user out, with the user it can only mean."""
    document = read_document(raw)
    device_id = document.get("deviceId")
    own = _own_user(request, device_id if isinstance(device_id, str) else None)
    if own is None or document.get("userId") is not None:
        raise refused
    return msgspec.json.encode({**document, "userId": own})
