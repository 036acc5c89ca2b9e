"""A batch is taken apart whole or refused by name; a bad event in it harms no other."""

import json
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coliseum.errors import EventRefused, Refusal, RequestRefused
from coliseum.events.batch import BATCH_BYTES_MAX, BATCH_EVENTS_MAX, decode_batch
from coliseum.events.decode import decode_event
from contract.event_samples import TYPE_NAMES, sample, wire
from contract.event_strategies import events, spellings

GOOD = wire(sample("coliseum.vote_cast"))
SENT = datetime(2025, 6, 21, 18, 15, tzinfo=UTC)
SENT_AT = b'"sentAt":"2025-06-21T20:15:00+02:00"'


def refusal(body: bytes) -> RequestRefused:
    with pytest.raises(RequestRefused) as refused:
        decode_batch(body)
    return refused.value


def test_a_bare_array_and_an_object_with_events_are_the_same() -> None:
    raws = [wire(sample(kind)) for kind in TYPE_NAMES]
    array = b"[" + b",".join(raws) + b"]"
    assert decode_batch(array).events == raws
    assert decode_batch(array).sent_at is None
    assert decode_batch(b'{"events":' + array + b"}").events == raws
    enveloped = decode_batch(b" {" + SENT_AT + b' , "events" :\n' + array + b"}\n")
    assert (enveloped.events, enveloped.sent_at) == (raws, SENT)


@pytest.mark.parametrize("body", [b"[]", b" [ \n] ", b'{"events":[]}', b'{"events":[],"sentAt":null}'])
def test_an_empty_batch_holds_nothing(body: bytes) -> None:
    batch = decode_batch(body)
    assert (batch.events, batch.sent_at) == ([], None)


@settings(max_examples=60)
@given(st.data())
def test_taking_apart_by_brackets_finds_what_the_decoder_finds(data: st.DataObject) -> None:
    raws = [data.draw(spellings(event)) for event in data.draw(st.lists(events, min_size=1, max_size=4))]
    whole = decode_batch(b"[" + b",".join(raws) + b"]").events
    torn = decode_batch(b"[" + b",".join([*raws, b'{"x":NaN}']) + b"]").events
    enveloped = decode_batch(b'{"events":[' + b",".join([*raws, b"NaN"]) + b"]," + SENT_AT + b"}").events
    assert whole == torn[:-1] == enveloped[:-1] == [raw.strip() for raw in raws]


@pytest.mark.parametrize(
    "bad",
    [
        b'{"x":NaN}',
        GOOD.replace(b"abba", b"\\ud800"),
        GOOD.replace(b"abba", b"\xff"),
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a" 1}',
        b"nonsense",
        b"01",
        b"{'a':1}",
    ],
)
def test_an_event_that_is_not_json_is_refused_alone(bad: bytes) -> None:
    array = b"[" + b",".join([GOOD, bad, GOOD]) + b"]"
    for body in (array, b'{"events":' + array + b"," + SENT_AT + b"}"):
        events_found = decode_batch(body).events
        assert events_found == [GOOD, bad, GOOD]
        with pytest.raises(EventRefused) as refused:
            decode_event(events_found[1], strict=True)
        assert refused.value.code is Refusal.INVALID_JSON


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"[",
        b"{",
        b"[1",
        b"[1,]",
        b"[,1]",
        b"[1,,2]",
        b"[1}",
        b"[{}}",
        b"[1]]",
        b"[1] x",
        b"[1][2]",
        b'["a]',
        b'{"events":[1]',
        b'{"events":[1]}}',
        b'{"events":[1],}',
        b'{"events" [1]}',
        b"{events:[1]}",
        b'{"events":[NaN] "sentAt":null}',
        b"\xef\xbb\xbf[]",
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_batch_that_is_not_json_is_refused_whole(body: bytes) -> None:
    assert refusal(body).code is Refusal.INVALID_JSON


@pytest.mark.parametrize(
    "body",
    [
        b"1",
        b'"x"',
        b"null",
        b"{}",
        b'{"events":null}',
        b'{"events":{}}',
        b'{"events":"x"}',
        b"{" + SENT_AT + b"}",
        b'{"events":[],"sentAt":1}',
        b'{"events":[],"sentAt":"yesterday"}',
        b'{"events":[],"sentAt":"9999-12-31T23:59:59-23:59"}',
    ],
)
def test_what_is_no_batch_is_refused(body: bytes) -> None:
    assert refusal(body).code is Refusal.INVALID_PAYLOAD


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'{"events":[1],"events":[2]}', "events"),
        (b'{"events":[NaN],"events":[2]}', "events"),
        (b'{"events":[],"sentAt":null,"sentAt":null}', "sentAt"),
        (b'{"events":[],"sentAt":"2025-06-21T20\\u003a15:00Z","events":[]}', "events"),
        (b'{"events":[{"a":"x:y"}],"sentAt":null,"events":[{"a":"x:y"}]}', "events"),
    ],
)
def test_an_envelope_s_key_that_occurs_twice_is_named(body: bytes, key: str) -> None:
    refused = refusal(body)
    assert (refused.code, refused.field) == (Refusal.DUPLICATE_KEY, key)


@pytest.mark.parametrize("events_text", [b"[]", b"[NaN]"])
def test_an_envelope_s_unknown_field_is_named(events_text: bytes) -> None:
    refused = refusal(b'{"events":' + events_text + b',"color":1}')
    assert (refused.code, refused.field) == (Refusal.UNKNOWN_FIELD, "color")


@pytest.mark.parametrize("first", [b"0", b"NaN"])
def test_a_batch_may_have_so_many_events_and_not_one_more(first: bytes) -> None:
    body = b"[" + first + b",0" * (BATCH_EVENTS_MAX - 1) + b"]"
    assert len(decode_batch(body).events) == BATCH_EVENTS_MAX
    for more in (body[:-1] + b",0]", b'{"events":' + body[:-1] + b",0]}"):
        assert refusal(more).code is Refusal.BATCH_TOO_LARGE


def test_a_batch_may_have_so_many_bytes_and_not_one_more() -> None:
    assert decode_batch(b"[]".ljust(BATCH_BYTES_MAX)).events == []
    assert refusal(b"[]".ljust(BATCH_BYTES_MAX + 1)).code is Refusal.BODY_TOO_LARGE


@pytest.mark.parametrize("unit", [b"0,", b"[],", b"{},", b'"",', b"NaN,", b"[", b"[{"])
def test_a_body_of_nothing_but_crumbs_takes_no_memory(unit: bytes) -> None:
    body = b"[" + unit * (BATCH_BYTES_MAX // len(unit) - 1)
    tracemalloc.start()
    try:
        assert refusal(body).code in {Refusal.BATCH_TOO_LARGE, Refusal.INVALID_JSON}
        assert tracemalloc.get_traced_memory()[1] < 3 * BATCH_BYTES_MAX
    finally:
        tracemalloc.stop()


def test_a_full_batch_is_taken_apart_as_json_says() -> None:
    many = [sample("coliseum.vote_cast", id=f"vote-{number}") for number in range(BATCH_EVENTS_MAX)]
    batch = decode_batch(json.dumps({"events": many}).encode())
    assert [json.loads(raw) for raw in batch.events] == many
