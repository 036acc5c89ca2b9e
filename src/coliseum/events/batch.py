"""Taking a batch apart into its events, each still as it was sent."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

import msgspec
from msgspec import Raw, Struct

from coliseum.errors import EventRefused, Refusal, RequestRefused
from coliseum.events.document import plain, shown
from coliseum.events.times import parse_rfc3339

BATCH_EVENTS_MAX: Final = 1_000
BATCH_BYTES_MAX: Final = 4 * 1024 * 1024

_SPACE: Final = b" \t\r\n"
_TORN_TOKENS_MAX: Final = 200_000
"""Brackets, commas and strings looked at in a damaged batch: about a tenth of a second of work."""


class Batch(Struct, frozen=True):
    """A batch taken apart: the JSON text of each event, not looked into, and the sender's clock."""

    events: list[bytes]
    sent_at: datetime | None = None


class _Envelope(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    events: Raw
    sent_at: Raw = Raw()


# An array read into a fixed number of slots ends at the first element too many; a list would first take in
# all of them, which for four megabytes of "0,0,0," are two million.
_Slots: Final = msgspec.defstruct(
    "_Slots",
    [(f"slot_{number}", Raw, Raw()) for number in range(BATCH_EVENTS_MAX)],
    array_like=True,
    forbid_unknown_fields=True,
)
_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
_EVENTS: Final = msgspec.json.Decoder(_Slots)
_SENT_AT: Final = msgspec.json.Decoder(str | None)

_FIRST: Final = re.compile(rb"[ \t\r\n]*+(.)", re.DOTALL)
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{},]', re.DOTALL)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_DEEPER: Final = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
_CLOSING: Final = {b"[": b"]", b"{": b"}"}
_MEMBER: Final = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")[ \t\r\n]*+:(.*)', re.DOTALL)


def decode_batch(body: bytes) -> Batch:
    """Take apart ``{"events": [...], "sentAt"?: ...}`` or a bare array of events.

    Events that are not JSON stay in their place, to be refused one by one, as long as it is clear where each
    begins and ends.

    Raises:
        RequestRefused: ``body_too_large``, ``batch_too_large``, ``invalid_json``, ``duplicate_key``,
            ``unknown_field`` or ``invalid_payload``.
    """
    if len(body) > BATCH_BYTES_MAX:
        raise RequestRefused(Refusal.BODY_TOO_LARGE, f"a batch has at most {BATCH_BYTES_MAX} bytes, not {len(body)}")
    found = _FIRST.match(body)
    bare = found is not None and found[1] == b"["
    try:
        return Batch(_events(body)) if bare else _enveloped(body)
    except msgspec.ValidationError as error:
        raise _refused(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Batch(_torn_events(body)) if bare else _torn_envelope(body)


def _enveloped(body: bytes) -> Batch:
    envelope = _ENVELOPE.decode(body)
    parts = [bytes(envelope.events)]
    if sent_at := bytes(envelope.sent_at):
        parts.append(sent_at)
    # Each key has a colon and each part holds its own as they were sent; one more is a key that came twice.
    if body.count(b":") != len(parts) + sum(part.count(b":") for part in parts):
        return _torn_envelope(body)
    return Batch(_events(parts[0]), _sent_at(sent_at))


def _events(array: bytes) -> list[bytes]:
    slots = msgspec.structs.astuple(_EVENTS.decode(array))
    return [event for slot in slots if (event := bytes(slot))]


def _sent_at(text: bytes) -> datetime | None:
    try:
        value = _SENT_AT.decode(text) if text else None
        return None if value is None else parse_rfc3339(value, "sentAt")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "sentAt must be a text", "sentAt") from None
    except EventRefused as refused:
        raise RequestRefused(refused.code, refused.message, refused.field) from None


def _refused(message: str) -> RequestRefused:
    """Return the refusal that msgspec's word on the shape of a batch amounts to."""
    if "at most length" in message:
        return _too_many()
    if found := _UNKNOWN.match(message):
        return _unknown_field(found[1])
    return RequestRefused(
        Refusal.INVALID_PAYLOAD,
        "a batch is an array of events, or an object with such an array in events",
        "events",
    )


def _too_many() -> RequestRefused:
    return RequestRefused(Refusal.BATCH_TOO_LARGE, f"a batch has at most {BATCH_EVENTS_MAX} events")


def _unknown_field(key: str) -> RequestRefused:
    return RequestRefused(Refusal.UNKNOWN_FIELD, f"a batch has events and sentAt and no field {shown(key)}", plain(key))


def _malformed() -> RequestRefused:
    return RequestRefused(Refusal.INVALID_JSON, "the JSON of the batch is malformed")


def _torn_envelope(body: bytes) -> Batch:
    """Take a batch apart by its brackets alone, because the body as a whole is not JSON or repeats a key."""
    parts: dict[str, bytes] = {}
    for member in _parts(body, b"{"):
        found = _MEMBER.fullmatch(member)
        if found is None:
            raise _malformed()
        key = found[1].decode(errors="replace").strip('"')
        if key in parts:
            raise RequestRefused(Refusal.DUPLICATE_KEY, f"the key {key} occurs twice", key)
        if key not in {"events", "sentAt"}:
            raise _unknown_field(key)
        parts[key] = found[2].strip(_SPACE)
    if "events" not in parts:
        raise _refused("events are missing")
    return Batch(_torn_events(parts["events"]), _sent_at(parts.get("sentAt", b"")))


def _torn_events(array: bytes) -> list[bytes]:
    events = []
    for event in _parts(array, b"["):
        events.append(event)
        if len(events) > BATCH_EVENTS_MAX:
            raise _too_many()
    return events


def _parts(text: bytes, opening: bytes) -> Iterator[bytes]:
    """Yield what stands between the outermost brackets of a text, cut at the commas between them."""
    text = text.strip(_SPACE)
    if not text.startswith(opening):
        raise _malformed()
    depth, begin, first = 0, 1, True
    for token in islice(_TOKEN.finditer(text), _TORN_TOKENS_MAX):
        mark = token[0]
        if len(mark) > 1:  # a whole string
            continue
        if mark == b'"':  # one that does not end
            raise _malformed()
        depth += _DEEPER.get(mark, 0)
        if depth == 0 or (depth == 1 and mark == b","):
            part = text[begin : token.start()].strip(_SPACE)
            begin = token.end()
            if part:
                yield part
            elif depth == 1 or not first:
                raise _malformed()
            first = False
        if depth == 0:
            break
    if depth != 0 or begin != len(text) or text[-1:] != _CLOSING[opening]:
        raise _malformed()
