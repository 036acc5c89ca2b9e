"""A batch that is read in one go is judged as its events are one by one."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coliseum.errors import EventRefused, RequestRefused
from coliseum.events.batch import BATCH_EVENTS_MAX, decode_batch
from coliseum.events.decode import EVENT_BYTES_MAX, Decoded
from coliseum.events.whole import read_batch
from contract.event_samples import TYPE_NAMES, attempt, sample, wire
from contract.event_strategies import events, spellings

SENT_AT = ["", '"sentAt":"2025-06-21T20:15:00+02:00"', '"sentAt":null', '"sentAt":""', '"sentAt":"\\u0032025"',
           '"sentAt":"2025-06-21T18:15:00Z","sentAt":"2025-06-21T18:15:00Z"', '"other":1']  # fmt: skip
PATCHES = [b'"x":1,', b'"id":"other",', b"\\u0000", b"\\u003a", b"\\ud800", b"\\", b'"', b":", b",", b"{", b"}", b"null",
           b"\xc3", b" ", b"]", b"[", b"[]"]  # fmt: skip


def said(refused: EventRefused) -> tuple[Any, ...]:
    return type(refused), refused.code, refused.message, refused.field


def one_by_one(body: bytes, *, strict: bool) -> Any:
    """What becomes of each event of a batch that is taken apart."""
    try:
        batch = decode_batch(body)
    except RequestRefused as refused:
        return said(refused)
    return [verdict(raw, strict=strict) for raw in batch.events], batch.sent_at


def in_one_go(body: bytes, *, strict: bool) -> Any:
    """The same by the way under test."""
    try:
        batch = read_batch(body)
    except RequestRefused as refused:
        return said(refused)
    return [
        verdict(event, strict=strict) if isinstance(event, bytes) else event for event in batch.events
    ], batch.sent_at


def verdict(raw: bytes, *, strict: bool) -> Any:
    decoded = attempt(raw, strict=strict)
    return said(decoded) if isinstance(decoded, EventRefused) else decoded


def as_batch(texts: list[bytes], sent_at: str | None) -> bytes:
    """An array of these, or with ``sent_at`` an object around it."""
    array = b"[" + b",".join(texts) + b"]"
    if sent_at is None:
        return array
    return b'{"events":' + array + (b"," + sent_at.encode() if sent_at else b"") + b"}"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_sent_the_verdicts_are_the_same(data: st.DataObject) -> None:
    texts = [data.draw(spellings(event)) for event in data.draw(st.lists(events, max_size=4))]
    body = as_batch(texts, data.draw(st.none() | st.sampled_from(SENT_AT)))
    for _ in range(data.draw(st.integers(0, 2))):
        at, cut = data.draw(st.integers(0, len(body))), data.draw(st.integers(0, 3))
        body = body[:at] + data.draw(st.binary(max_size=3) | st.sampled_from(PATCHES)) + body[at + cut :]
    strict = data.draw(st.booleans())
    assert in_one_go(body, strict=strict) == one_by_one(body, strict=strict)


@pytest.mark.parametrize("sent_at", [None, *SENT_AT[:2]])
def test_what_careful_clients_send_is_read_in_one_go(sent_at: str | None) -> None:
    body = as_batch([wire(sample(kind)) for kind in TYPE_NAMES], sent_at)
    assert all(isinstance(event, Decoded) for event in read_batch(body).events)
    assert in_one_go(body, strict=True) == one_by_one(body, strict=True)


@pytest.mark.parametrize("sent_at", [None, "2025-06-21T18:15:00Z", "2025-06-21T20:15:00.25+02:00"])
@pytest.mark.parametrize(
    "at", ["2025-06-21T18:15:00Z", "2025-06-21t18:15:00.5z", "2016-12-31T23:59:60Z", "2025-02-30T00:00:00Z"]
)
def test_instants_are_read_the_same(at: str, sent_at: str | None) -> None:
    body = as_batch(
        [wire(sample("catalog.event", at=at, sentAt=sent_at, startsAt=at)), wire(sample("social.follow"))], ""
    )
    assert in_one_go(body, strict=True) == one_by_one(body, strict=True)


def test_a_key_that_comes_twice_is_found_though_another_event_is_short_of_a_colon() -> None:
    twice = wire(sample("social.follow")).replace(b'"id":', b'"id":"other","id":', 1)
    for neighbour in (wire(sample("social.follow", sessionId=None)), wire(sample("social.follow", deviceId="a:b:c"))):
        body = as_batch([twice, neighbour], None)
        assert in_one_go(body, strict=True) == one_by_one(body, strict=True)
        assert in_one_go(body, strict=True)[0][0][1] == "duplicate_key"


@pytest.mark.parametrize("pad", [0, 1])
def test_an_event_at_the_limit_of_its_size_is_judged_exactly(pad: int) -> None:
    event = wire(sample("social.follow"))
    long = event[:-1] + b" " * (EVENT_BYTES_MAX - len(event) + pad) + b"}"
    body = as_batch([event, long, event], None)
    assert in_one_go(body, strict=True) == one_by_one(body, strict=True)
    assert isinstance(in_one_go(body, strict=True)[0][1], Decoded) is (pad == 0)


@pytest.mark.parametrize("count", [BATCH_EVENTS_MAX, BATCH_EVENTS_MAX + 1])
def test_a_batch_has_so_many_events_and_no_more(count: int) -> None:
    body = json.dumps([sample("social.follow", id=f"id-{n}") for n in range(count)], separators=(",", ":")).encode()
    found = in_one_go(body, strict=True)
    assert found == one_by_one(body, strict=True)
    assert isinstance(found[0], list) is (count == BATCH_EVENTS_MAX)
