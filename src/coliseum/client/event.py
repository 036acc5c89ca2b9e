"""From a Python call to the bytes of one event."""

import json
import os
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum

EVENT_BYTES_MAX = 32 * 1024
"""The server refuses a larger event."""


def uuid7() -> str:
    """A UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then 74 random bits."""
    millis = time.time_ns() // 1_000_000
    bits = int.from_bytes(os.urandom(10), "big")
    head = (millis & (1 << 48) - 1) << 80 | 0x7 << 76
    return str(uuid.UUID(int=head | (bits >> 68 & 0xFFF) << 64 | 0b10 << 62 | bits & (1 << 62) - 1))


def rfc3339(moment: datetime) -> str:
    """An aware datetime as RFC 3339 in UTC, to the microsecond.

    Raises:
        ValueError: the datetime is naive; guessing its zone would put events into wrong hours.
    """
    if moment.utcoffset() is None:
        raise ValueError("a datetime needs a time zone, for example datetime.now(UTC)")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def camel_case(name: str) -> str:
    """``artist_id`` becomes ``artistId``; a name without an inner underscore stays as it is."""
    first, *rest = name.strip("_").split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def encode_event(
    kind: str,
    *,
    fields: Mapping[str, object],
    user_id: str | None,
    at: datetime | str | None,
    event_id: str | None,
    session_id: str | None,
    device_id: str | None,
) -> tuple[str, bytes]:
    """The id and the UTF-8 JSON of one event; fields that are None are left out.

    Raises:
        TypeError: a field has no JSON form, or ``kind`` is not text.
        ValueError: NaN, a lone surrogate, a naive datetime, a cycle, or more than ``EVENT_BYTES_MAX`` bytes.
    """
    if not isinstance(kind, str):
        raise TypeError(f"an event's type is text, not {type(kind).__name__}")
    event: dict[str, object] = {
        "id": uuid7() if event_id is None else event_id,
        "type": kind,
        "userId": user_id,
        "at": rfc3339(datetime.now(UTC)) if at is None else at,
        "sessionId": session_id,
        "deviceId": device_id,
    }
    event |= {camel_case(name): value for name, value in fields.items()}
    body = json.dumps(
        {name: value for name, value in event.items() if value is not None},
        allow_nan=False,
        default=_plain,
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    if len(body) > EVENT_BYTES_MAX:
        raise ValueError(f"an event is at most {EVENT_BYTES_MAX} bytes, this one has {len(body)}")
    return str(event["id"]), body


def _plain(value: object) -> object:
    """The JSON form of the few richer types that business code likes to pass."""
    match value:
        case datetime():
            return rfc3339(value)
        case date() | uuid.UUID():
            return str(value)
        case Enum():
            return value.value
        case set() | frozenset():
            return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
