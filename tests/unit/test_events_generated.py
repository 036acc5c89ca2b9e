"""What holds of any event, well-formed or not, shown on generated ones."""

import contextlib
import json
from typing import Any, NoReturn

from hypothesis import given, settings
from hypothesis import strategies as st

from coliseum.errors import EventRefused, Refusal
from coliseum.events.batch import BATCH_EVENTS_MAX, decode_batch
from coliseum.events.decode import decode_event
from coliseum.events.record import to_record
from contract.event_samples import TYPE_NAMES, attempt, sample, wire
from contract.event_strategies import events, member, spellings

EXAMPLES = 150
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=EXAMPLES)
@given(st.data())
def test_every_spelling_of_a_valid_event_has_one_canonical_form_that_decodes_to_itself(
    data: st.DataObject,
) -> None:
    event = data.draw(events)
    decoded = decode_event(data.draw(spellings(event)), strict=True)
    expected = {name: value for name, value in event.items() if name != "sentAt"}
    assert json.loads(decoded.canonical) == expected
    assert decode_event(decoded.canonical, strict=False).canonical == decoded.canonical
    assert decode_event(wire(event), strict=True).canonical == decoded.canonical
    assert decoded.warnings == ()


@settings(max_examples=EXAMPLES)
@given(st.data())
def test_a_second_key_is_found_however_it_is_written(data: st.DataObject) -> None:
    """The proof of the quick look: no event with a key twice has as few colons as its reading."""
    event = data.draw(events)
    key = data.draw(st.sampled_from(sorted(event)))
    written = [
        member(name, value, escaped=data.draw(st.booleans()), colons=data.draw(st.booleans()))
        for name, value in event.items()
    ]
    second = member(key, event[key], colons=data.draw(st.booleans()))
    written.insert(data.draw(st.integers(0, len(written))), second)
    found = attempt(("{" + ",".join(written) + "}").encode(), strict=data.draw(st.booleans()))
    assert isinstance(found, EventRefused)
    assert (found.code, found.field) == (Refusal.DUPLICATE_KEY, key)


@settings(max_examples=EXAMPLES)
@given(events)
def test_no_record_holds_a_person_outside_of_the_fields_for_it(event: dict[str, Any]) -> None:
    marks = {name: f"mark-{number}" for number, name in enumerate(sorted(PERSONAL & set(event)))}
    record = to_record(decode_event(wire(event | marks), strict=True).event)
    shown = json.dumps([record.metadata, record.entity_id, record.artist_id, record.city, record.track_id])
    assert not [mark for mark in marks.values() if mark in shown]


PERSONAL = {
    "userId",
    "sessionId",
    "deviceId",
    "orderId",
    "refundOf",
    "stripePaymentIntentId",
    "stripeTransferId",
}


def outcome(raw: bytes, *, strict: bool) -> bool:
    """Decode; return whether the event was taken. Anything but a refusal is an error of the test."""
    found = attempt(raw, strict=strict)
    if isinstance(found, EventRefused):
        assert found.message.isprintable()
        (found.message + (found.field or "")).encode()
        return False
    to_record(found.event)
    return True


@settings(max_examples=EXAMPLES)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_refused_or_taken_and_nothing_else(raw: bytes, strict: bool) -> None:
    outcome(raw, strict=strict)


@settings(max_examples=EXAMPLES)
@given(st.sampled_from(TYPE_NAMES), st.dictionaries(st.text(max_size=6), JSON, max_size=3), st.data())
def test_any_json_in_an_event_is_refused_or_taken_and_nothing_else(
    kind: str, extra: dict[str, Any], data: st.DataObject
) -> None:
    event = sample(kind)
    for name in data.draw(st.sets(st.sampled_from(sorted(event)), max_size=3)):
        event[name] = data.draw(JSON)
    text = json.dumps(event | extra)
    outcome(text.encode(), strict=data.draw(st.booleans()))


@settings(max_examples=2 * EXAMPLES)
@given(st.sampled_from(TYPE_NAMES), st.data())
def test_what_is_taken_is_valid_json_with_each_key_once(kind: str, data: st.DataObject) -> None:
    raw = wire(sample(kind))
    at = data.draw(st.integers(0, len(raw)))
    cut = data.draw(st.integers(0, 3))
    patch = data.draw(st.binary(max_size=3) | st.sampled_from(PATCHES))
    damaged = raw[:at] + patch + raw[at + cut :]
    if outcome(damaged, strict=data.draw(st.booleans())):
        json.loads(damaged.decode(), object_pairs_hook=once, parse_constant=never)


PATCHES = [
    b'"x":1,',
    b',"x":NaN',
    b"\\u0000",
    b"\\ud800",
    b"\\",
    b'"',
    b":",
    b",",
    b"{",
    b"}",
    b"null",
    b"1e5",
    b"\xc3",
]


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({key for key, _ in pairs}) == len(pairs)
    assert not any("\0" in part for pair in pairs for part in pair if isinstance(part, str))
    return dict(pairs)


def never(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} was taken")


@settings(max_examples=EXAMPLES)
@given(st.binary(max_size=60) | st.text(alphabet='[]{}",:\\ 1eventsSAt', max_size=60).map(str.encode))
def test_any_batch_is_refused_or_taken_apart_and_nothing_else(body: bytes) -> None:
    with contextlib.suppress(EventRefused):
        batch = decode_batch(body)
        assert len(batch.events) <= BATCH_EVENTS_MAX
        for raw in batch.events:
            outcome(raw, strict=True)
