"""The Segment HTTP API, so that existing Segment and RudderStack clients work unchanged.

A ``track`` call whose event name is a type of the catalogue, or is mapped to one, becomes that event. All other calls
(``identify``, ``page``, ``screen``, ``group``, ``alias``, and unmapped ``track``) carry nothing that is counted: they
are answered as Segment would, and tallied as ``not_counted``.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from coliseum.errors import ColiseumError, EventRefused, Refusal, RequestRefused
from coliseum.events.catalogue import TYPES
from coliseum.events.document import read_document

CALLS: Final = frozenset({"track", "identify", "page", "screen", "group", "alias"})
BATCH_CALLS_MAX: Final = 1_000
ENVELOPE: Final = ("id", "type", "userId", "at", "sessionId", "deviceId", "sentAt")


class MappingInvalid(ColiseumError):
    """A Segment event name is mapped to no event type of the catalogue."""


def segment_names(text: str) -> dict[str, str]:
    """The mapping of a platform's event names to types, from ``Song Played=player.track_played;…``.

    Raises:
        MappingInvalid: a name is mapped to no type of the catalogue.
    """
    names: dict[str, str] = {}
    for pair in filter(None, text.split(";")):
        name, _, event_type = pair.rpartition("=")
        if event_type.strip() not in TYPES:
            raise MappingInvalid(f"COLISEUM_SEGMENT_EVENTS maps {name!r} to {event_type!r}, which is no event type.")
        names[name.strip()] = event_type.strip()
    return names


class Translated(msgspec.Struct, frozen=True):
    """A call turned into an event's JSON; ``raw`` is None for a call that carries nothing that is counted."""

    call: str
    raw: bytes | None
    message_id: str = ""


def translate(call: str, body: bytes, names: Mapping[str, str]) -> list[Translated]:
    """Turn the body of ``/v1/<call>`` into events. ``names`` maps a platform's event names to our types.

    Raises:
        RequestRefused: the body is no JSON object, or a batch is none or too large.
    """
    try:
        document = read_document(body)
    except EventRefused as refused:
        raise RequestRefused(refused.code, refused.message, refused.field) from None
    if not isinstance(document, dict):
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "the body is a JSON object")
    if call != "batch":
        return [_one(call, document, document.get("sentAt"), names)]
    calls = document.get("batch")
    if not isinstance(calls, list):
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "batch is an array of calls", "batch")
    if len(calls) > BATCH_CALLS_MAX:
        raise RequestRefused(Refusal.BATCH_TOO_LARGE, f"a batch has at most {BATCH_CALLS_MAX} calls", "batch")
    return [_one(None, each, document.get("sentAt"), names) for each in calls]


def _one(call: str | None, message: object, sent_at: object, names: Mapping[str, str]) -> Translated:
    if not isinstance(message, dict):
        return Translated("track", b"null")
    kind = call or message.get("type")
    event = message.get("event")
    event_type = names.get(event, event) if isinstance(event, str) else None
    if kind != "track" or event_type not in TYPES:
        return Translated(str(kind)[:32], None, str(message.get("messageId", ""))[:128])
    return Translated("track", msgspec.json.encode(_event(str(event_type), message, sent_at)))


def _event(event_type: str, message: Mapping[str, Any], sent_at: object) -> dict[str, Any]:
    properties = message.get("properties")
    fields = dict(properties) if isinstance(properties, dict) else {}
    for name in ENVELOPE:
        fields.pop(name, None)
    anonymous_id = _text(message.get("anonymousId"))
    user_id = _text(message.get("userId"))
    context = message.get("context")
    device = context.get("device") if isinstance(context, dict) else None
    return {
        key: value
        for key, value in {
            **fields,
            "id": message.get("messageId"),
            "type": event_type,
            "userId": user_id if user_id is not None else f"anon:{anonymous_id}" if anonymous_id else None,
            "at": message.get("originalTimestamp") or message.get("timestamp") or sent_at or message.get("sentAt"),
            "sentAt": sent_at or message.get("sentAt"),
            "deviceId": anonymous_id or (_text(device.get("id")) if isinstance(device, dict) else None),
        }.items()
        if value is not None
    }


def _text(value: object) -> object:
    """An identifier as text: some platforms send theirs as numbers, which stay the digits that were sent."""
    return bytes(value).decode() if isinstance(value, msgspec.Raw) else value
