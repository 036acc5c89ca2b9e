"""Reading a batch in one go, when nothing about it is in doubt.

``decode.decode_event`` judges one event exactly. What it finds out event by event is asked here of the whole batch at
once, by counting; at the first doubt nothing is decided, and the batch is taken apart (``batch``) for that judge.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from coliseum.errors import EventRefused
from coliseum.events.batch import BATCH_BYTES_MAX, BATCH_EVENTS_MAX, decode_batch
from coliseum.events.catalogue import Event
from coliseum.events.decode import EVENT_BYTES_MAX, INSTANTS, Decoded
from coliseum.events.times import parse_all, parse_rfc3339


class Batch(Struct, frozen=True):
    """The events of a batch, each decoded or as it was sent, and the sender's clock."""

    events: Sequence[bytes | Decoded]
    sent_at: datetime | None = None


class _Envelope(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    events: list[Event]
    sent_at: str | UnsetType | None = UNSET


_EVENTS: Final = msgspec.json.Decoder(list[Event])
_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
_ENCODER: Final = msgspec.json.Encoder()


def read_batch(body: bytes) -> Batch:
    """Read ``{"events": [...], "sentAt"?: ...}`` or a bare array of events.

    The events come decoded, all of them; or as they were sent, when one of them needs an exact look.

    Raises:
        RequestRefused: as ``batch.decode_batch``.
    """
    # Each event has a brace; strings that hold more of them merely take the other way.
    if len(body) <= BATCH_BYTES_MAX and body.count(b"{") <= BATCH_EVENTS_MAX + 1:
        try:
            batch = _bare(body) if body.lstrip()[:1] == b"[" else _enveloped(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, EventRefused):
            batch = None
        if batch is not None:
            return batch
    taken = decode_batch(body)
    return Batch(taken.events, taken.sent_at)


def _bare(body: bytes) -> Batch | None:
    events = _decoded(_EVENTS.decode(body), body, envelope_colons=0)
    return None if events is None else Batch(events)


def _enveloped(body: bytes) -> Batch | None:
    envelope = _ENVELOPE.decode(body)
    if envelope.sent_at is UNSET:
        colons, sent_at = 1, None
    elif envelope.sent_at is None:
        colons, sent_at = 2, None
    else:
        colons, sent_at = 2 + envelope.sent_at.count(":"), parse_rfc3339(envelope.sent_at)
    events = _decoded(envelope.events, body, envelope_colons=colons)
    return None if events is None else Batch(events, sent_at)


def _decoded(events: Sequence[Event], body: bytes, *, envelope_colons: int) -> list[Decoded] | None:
    r"""The events with their canonical forms; None when there is a doubt.

    Without ``\u00`` escapes an event's text has at least the colons and the bytes of its encoding, which is the
    shortest text that says the same. So when the sums of the colons are equal, those of each event are, and no key
    came twice (see ``decode_event``). And no event's text is longer than its encoding and everything that the body
    holds beyond the encodings.
    """
    if len(events) > BATCH_EVENTS_MAX or (b"\\" in body and b"\\u00" in body):
        return None
    encoded = [_ENCODER.encode(event) for event in events]
    whole = b"".join(encoded)
    if body.count(b":") != whole.count(b":") + envelope_colons:
        return None
    if max(map(len, encoded), default=0) + len(body) - len(whole) > EVENT_BYTES_MAX:
        return None
    instants = parse_all([event.at for event in events])
    decoded = [
        Decoded(event, canonical, at, None) for event, canonical, at in zip(events, encoded, instants, strict=True)
    ]
    for place, event in enumerate(events):
        if event.sent_at is not None:
            canonical = _ENCODER.encode(msgspec.structs.replace(event, sent_at=None))
            decoded[place] = Decoded(event, canonical, instants[place], parse_rfc3339(event.sent_at))
        for attribute, _ in INSTANTS[type(event)]:
            if (text := getattr(event, attribute)) is not None:
                parse_rfc3339(text)
    return decoded
