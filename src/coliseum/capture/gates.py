"""The gates that an event passes one by one: each returns, or refuses by name. No I/O."""

import re
from datetime import UTC, datetime, timedelta

import msgspec

from coliseum.capture.draft import Draft, Request
from coliseum.errors import EventRefused, Refusal
from coliseum.events.decode import decode_event
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
    draft.id = claimed_id(draft.raw)
    try:
        draft.decoded = decode_event(draft.raw, strict=request.strict)
    except EventRefused as refused:
        if request.trusted or refused.field != "userId":
            raise
        draft.decoded = decode_event(_with_user(draft.raw, request, refused), strict=False)
    draft.record = to_record(draft.decoded.event)
    draft.id = draft.decoded.event.id or uuid7()


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


def check_time(draft: Draft, request: Request, limits: TimeLimits) -> None:
    """It happened within the time that is accepted, by our clock."""
    sent_at = draft.decoded.sent_at or request.sent_at
    at = corrected(draft.decoded.at, sent_at, request.received_at)
    if at > request.received_at + limits.future:
        raise EventRefused(Refusal.FUTURE_TIMESTAMP, f"{at.isoformat()} has not come yet", "at")
    oldest = HISTORY_BEGINS if request.historical else request.received_at - limits.too_old
    if at < oldest:
        raise EventRefused(Refusal.TOO_OLD, f"{at.isoformat()} is before {oldest.isoformat()}", "at")
    draft.occurred_at = at


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
