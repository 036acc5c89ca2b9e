"""From bytes to a checked event and its canonical form, or to a refusal that says by name what is wrong."""

import re
from datetime import datetime
from typing import Any, Final, NoReturn

import msgspec
from msgspec import Struct

from coliseum.errors import EventRefused, Refusal
from coliseum.events.catalogue import TYPES, Event
from coliseum.events.document import invalid_json, plain, read_document, shown
from coliseum.events.fields import is_marked
from coliseum.events.times import parse_rfc3339

EVENT_BYTES_MAX: Final = 32 * 1024
WARNINGS_MAX: Final = 16

_DECODER: Final = msgspec.json.Decoder(Event)
_ENCODER: Final = msgspec.json.Encoder()


class Decoded(Struct, frozen=True, gc=False):
    """A well-formed event.

    ``canonical`` is its compact JSON without ``sentAt`` and without nulls, its keys in the contract's order:
    two sendings of one event have the same. ``at`` and ``sent_at`` are the event's own, read. ``warnings``
    name what was dropped on the way: ``unknown_field:<name>``.
    """

    event: Event
    canonical: bytes
    at: datetime
    sent_at: datetime | None
    warnings: tuple[str, ...] = ()


def decode_event(raw: bytes, *, strict: bool) -> Decoded:
    """Decode one event.

    With ``strict``, a field that the contract does not know refuses the event; without, the field is dropped.

    Raises:
        EventRefused: ``event_too_large``, ``invalid_json``, ``duplicate_key``, ``unknown_type``,
            ``unknown_field`` or ``invalid_payload``; ``field`` is the wire name of what is wrong, where there
            is one.
    """
    if len(raw) > EVENT_BYTES_MAX:
        raise EventRefused(Refusal.EVENT_TOO_LARGE, f"an event has at most {EVENT_BYTES_MAX} bytes, not {len(raw)}")
    warnings: tuple[str, ...] = ()
    try:
        event = _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        event, warnings = _second_look(raw, strict=strict)
        encoded = _ENCODER.encode(event)
    else:
        encoded = _ENCODER.encode(event)
        # The decoder keeps the last of two equal keys in silence. Colons give them away: outside of strings
        # there is one for each key, and inside of strings they stand as they are unless somebody writes
        # \u003a. So without such escapes, what was sent has at least the colons of what was understood, and
        # as many only if every key was understood once. U+0000, which the decoder lets pass, can only be
        # written \u0000. Anything else (nulls, which are left out of the encoding, or other \u00.. escapes)
        # merely takes the slow look.
        if raw.count(b":") != encoded.count(b":") or b"\\u00" in raw:
            read_document(raw)
    at = parse_rfc3339(event.at)
    sent_at = None
    if event.sent_at is not None:
        sent_at = parse_rfc3339(event.sent_at, "sentAt")
        encoded = _ENCODER.encode(msgspec.structs.replace(event, sent_at=None))
    for attribute, name in INSTANTS[type(event)]:
        if (text := getattr(event, attribute)) is not None:
            parse_rfc3339(text, name)
    return Decoded(event, encoded, at, sent_at, warnings)


def _second_look(raw: bytes, *, strict: bool) -> tuple[Event, tuple[str, ...]]:
    """Say what is wrong with an event that the decoder refused, or return it without its unknown fields."""
    document = read_document(raw)
    if not isinstance(document, dict):
        raise _invalid("an event is a JSON object", None)
    known = _KNOWN[_contract(document)]
    unknown = [key for key in document if key not in known]
    if unknown and strict:
        raise EventRefused(
            Refusal.UNKNOWN_FIELD, f"{document['type']} has no field {shown(unknown[0])}", plain(unknown[0])
        )
    for key in unknown:
        del document[key]
    try:
        event = _DECODER.decode(_ENCODER.encode(document))
    except msgspec.ValidationError as error:
        _refuse_value(str(error))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise invalid_json(f"the JSON is malformed: {error}") from None
    return event, tuple(f"unknown_field:{plain(key)}" for key in unknown[:WARNINGS_MAX])


def _contract(document: dict[str, Any]) -> type[Event]:
    name = document.get("type")
    if name is None:
        raise _invalid("type is missing", "type")
    if not isinstance(name, str):
        raise _invalid("type must be a text", "type")
    if name not in TYPES:
        raise EventRefused(Refusal.UNKNOWN_TYPE, f"there is no event type {shown(name)}", "type")
    return TYPES[name]


_AT_PATH: Final = re.compile(r"^(?P<what>.*) - at `\$\.(?P<field>[^`]+)`$", re.DOTALL)
_MISSING: Final = re.compile(r"^Object missing required field `(?P<field>[^`]+)`$")


def _refuse_value(message: str) -> NoReturn:
    """Refuse with what msgspec says of a value, its path in wire names."""
    if found := _MISSING.match(message):
        raise _invalid(f"{found['field']} is missing", found["field"])
    if found := _AT_PATH.match(message):
        what = found["what"]
        raise _invalid(f"{found['field']}: {what[:1].lower()}{what[1:]}", found["field"])
    raise _invalid(message, None)


def _invalid(message: str, field: str | None) -> EventRefused:
    return EventRefused(Refusal.INVALID_PAYLOAD, message, field)


_KNOWN: Final = {
    contract: {"type", *(field.encode_name for field in msgspec.structs.fields(contract))}
    for contract in TYPES.values()
}
"""The wire names of each contract's fields."""

INSTANTS: Final = {
    contract: tuple(
        (field.name, field.encode_name)
        for field in msgspec.structs.fields(contract)
        if field.name not in {"at", "sent_at"} and is_marked(field.type, "instant")
    )
    for contract in TYPES.values()
}
"""Those fields of each contract, apart from the common ones, that must be real instants."""
