"""Bad events are refused by name, one spelling means what another does, and nothing is kept in silence."""

import json
import sys

import pytest

from coliseum.errors import EventRefused, Refusal
from coliseum.events.decode import EVENT_BYTES_MAX, WARNINGS_MAX, decode_event
from contract.event_samples import sample, wire

VOTE = wire(sample("coliseum.vote_cast"))
DEEP = 10_000


def with_member(text: str | bytes) -> bytes:
    """Return a good vote with something more written at its end."""
    return VOTE[:-1] + b"," + (text if isinstance(text, bytes) else text.encode()) + b"}"


def refusal(raw: bytes, *, strict: bool = True) -> EventRefused:
    with pytest.raises(EventRefused) as refused:
        decode_event(raw, strict=strict)
    return refused.value


MALFORMED = {
    "nothing": b"",
    "space": b"  ",
    "cut off": VOTE[:-5],
    "more after it": VOTE + b" x",
    "two events": VOTE + VOTE,
    "byte order mark": b"\xef\xbb\xbf" + VOTE,
    "NaN": with_member('"durationSeconds":NaN'),
    "Infinity": with_member('"weight":Infinity'),
    "-Infinity": with_member('"x":[-Infinity]'),
    "leading zero": VOTE.replace(b":12", b":012"),
    "plus sign": VOTE.replace(b":12", b":+12"),
    "bare control character": VOTE.replace(b"abba", b"ab\nba"),
    "bare nul": VOTE.replace(b"abba", b"ab\0ba"),
    "surrogate at the end of a text": VOTE.replace(b"abba", b"abba\\ud800"),
    "surrogate within a text": VOTE.replace(b"abba", b"a\\uD800bbaxxxxxx"),
    "low surrogate first": VOTE.replace(b"abba", b"\\udc00\\ud800"),
    "surrogate in a key": with_member('"\\ud800":1'),
    "surrogate in an unknown field": with_member('"x":{"y":["\\udfff"]}'),
    "not UTF-8": VOTE.replace(b"abba", b"\xff\xfe"),
    "encoded surrogate": VOTE.replace(b"abba", b"\xed\xa0\x80"),
    "overlong UTF-8": VOTE.replace(b"abba", b"\xc0\xaf"),
    "not UTF-8 in an unknown field": with_member(b'"x":"\xff"'),
    "UTF-16": VOTE.decode().encode("utf-16"),
    "nested lists": with_member('"x":' + "[" * DEEP + "]" * DEEP),
    "nested objects": with_member('"x":' + '{"a":' * 5_000 + "1" + "}" * 5_000),
    "nested and open": b"[" * DEEP,
    "nested in a known field": VOTE.replace(b'"abba"', b"[" * DEEP + b"]" * DEEP),
    "single quotes": b"{'type':'coliseum.vote_cast'}",
    "comment": VOTE + b"// a vote",
    "trailing comma": VOTE[:-1] + b",}",
}


@pytest.mark.parametrize("name", MALFORMED)
@pytest.mark.parametrize("strict", [True, False])
def test_what_is_not_json_is_refused_as_such(name: str, strict: bool) -> None:
    assert refusal(MALFORMED[name], strict=strict).code is Refusal.INVALID_JSON


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("surrogate at the end of a text", "half of a surrogate pair"),
        ("not UTF-8", "not UTF-8"),
        ("NaN", "NaN is not a JSON number"),
        ("nested lists", "nested too deeply"),
    ],
)
def test_the_message_says_what_is_wrong_with_the_json(name: str, words: str) -> None:
    assert words in refusal(MALFORMED[name]).message


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "raw",
    [
        VOTE.replace(b"abba", b"ab\\u0000ba"),
        with_member('"x":"\\u0000"'),
        with_member('"x":[{"y":"\\u0000"}]'),
        with_member('"x\\u0000":1'),
    ],
)
def test_nul_is_refused_in_any_text_and_key(raw: bytes, strict: bool) -> None:
    assert refusal(raw, strict=strict).code is Refusal.INVALID_PAYLOAD


def test_nul_names_its_field_and_an_escaped_backslash_is_none() -> None:
    assert refusal(VOTE.replace(b"abba", b"ab\\u0000ba")).field == "artistId"
    event = decode_event(VOTE.replace(b"abba", b"ab\\\\u0000ba"), strict=True).event
    assert getattr(event, "artist_id", None) == "ab\\u0000ba"


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('"weight":12', "weight"),
        ('"weight":999', "weight"),
        ('"type":"coliseum.vote_cast"', "type"),
        ('"w\\u0065ight":12', "weight"),
        ('"weight":"x"', "weight"),
        ('"eventId":"a\\u003ab"', "eventId"),
        ('"x":1,"x":1', "x"),
        ('"x":{"y":1,"y":2}', "y"),
    ],
)
def test_a_key_that_occurs_twice_is_named(text: str, key: str, strict: bool) -> None:
    refused = refusal(with_member(text), strict=strict)
    assert (refused.code, refused.field) == (Refusal.DUPLICATE_KEY, key)


def test_an_escaped_colon_does_not_hide_a_second_key() -> None:
    """Without the look at escapes, counting colons would let this one through."""
    raw = wire(sample("coliseum.vote_cast", artistId="a:b")).replace(b"a:b", b"a\\u003ab")
    doubled = raw[:-1] + b',"weight":1}'
    assert doubled.count(b":") == wire(sample("coliseum.vote_cast", artistId="a:b")).count(b":")
    assert refusal(doubled).code is Refusal.DUPLICATE_KEY
    assert b'"a:b"' in decode_event(raw, strict=True).canonical


@pytest.mark.parametrize("text", ["1", '"x"', "[]", "null", "true", "[{}]", "1.5", str(10**400)])
def test_what_is_not_an_object_is_refused(text: str) -> None:
    assert refusal(text.encode()).code is Refusal.INVALID_PAYLOAD


@pytest.mark.parametrize("type_text", ["", '"type":null,', '"type":7,', '"type":["a"],', '"type":{},'])
def test_a_type_that_is_missing_or_no_text_names_the_field(type_text: str) -> None:
    refused = refusal(b"{" + type_text.encode() + b'"userId":"u"}')
    assert (refused.code, refused.field) == (Refusal.INVALID_PAYLOAD, "type")


def test_an_unknown_type_is_named_in_bounded_words() -> None:
    refused = refusal(b'{"type":"coliseum.vote"}')
    assert (refused.code, refused.field) == (Refusal.UNKNOWN_TYPE, "type")
    assert "'coliseum.vote'" in refused.message
    assert len(refusal(wire({"type": "x" * 30_000})).message) < 120


def test_an_unknown_field_is_refused_when_strict_and_dropped_with_a_warning_when_not() -> None:
    raw = with_member('"color":{"deep":[1.5,' + "9" * 400 + "]}")
    refused = refusal(raw)
    assert (refused.code, refused.field) == (Refusal.UNKNOWN_FIELD, "color")
    assert "color" in refused.message
    decoded = decode_event(raw, strict=False)
    assert decoded.warnings == ("unknown_field:color",)
    assert decoded.canonical == decode_event(VOTE, strict=True).canonical


def test_snake_case_is_an_unknown_field() -> None:
    assert refusal(with_member('"event_id":"x"')).field == "event_id"


def test_warnings_are_bounded_in_number_and_length() -> None:
    unknown = ",".join(f'"{"y" * 200}{number}":1' for number in range(100))
    warnings = decode_event(with_member(unknown), strict=False).warnings
    assert len(warnings) == WARNINGS_MAX
    assert max(map(len, warnings)) < 100


def test_a_wrong_value_is_refused_also_beside_an_unknown_field() -> None:
    raw = wire(sample("coliseum.vote_cast", weight=0, color="red"))
    assert refusal(raw, strict=False).field == "weight"


def test_an_integer_keeps_every_digit_beside_an_unknown_field() -> None:
    raw = wire(sample("treasury.money_spent", amountCents=2**53 - 1, color="red"))
    assert b'"amountCents":9007199254740991' in decode_event(raw, strict=False).canonical


@pytest.mark.parametrize("number", [str(2**63), str(2**64), "9" * 400, "9" * 5_000, "-" + "9" * 400])
def test_a_number_beyond_its_limit_is_refused_however_long_it_is(number: str) -> None:
    refused = refusal(VOTE.replace(b":12", b":" + number.encode()))
    assert (refused.code, refused.field) == (Refusal.INVALID_PAYLOAD, "weight")


@pytest.mark.parametrize("number", ["12.0", "1e2", "-1", "0", "1.5", "1E400", "-0"])
def test_what_is_no_positive_integer_is_no_weight(number: str) -> None:
    refused = refusal(VOTE.replace(b":12", b":" + number.encode()))
    assert (refused.code, refused.field) == (Refusal.INVALID_PAYLOAD, "weight")


def test_an_event_may_have_so_many_bytes_and_not_one_more() -> None:
    padding = b" " * (EVENT_BYTES_MAX - len(VOTE))
    assert decode_event(VOTE + padding, strict=True).canonical
    assert refusal(VOTE + padding + b" ").code is Refusal.EVENT_TOO_LARGE


def test_the_time_of_sending_is_read_and_is_no_part_of_the_canonical_form() -> None:
    first = decode_event(VOTE, strict=True)
    again = decode_event(wire(sample("coliseum.vote_cast", sentAt="2025-06-21T18:20:00Z")), strict=True)
    never = decode_event(wire(sample("coliseum.vote_cast", sentAt=None)), strict=True)
    assert first.canonical == again.canonical == never.canonical
    assert never.sent_at is None
    assert first.sent_at is not None
    assert again.sent_at is not None
    assert first.sent_at < again.sent_at
    assert first.at.isoformat() == "2025-06-21T18:15:00.250000+00:00"


def test_the_canonical_form_is_compact_json_without_the_time_of_sending() -> None:
    expected = sample("coliseum.vote_cast")
    del expected["sentAt"]
    canonical = decode_event(VOTE, strict=True).canonical
    assert json.loads(canonical) == expected
    assert len(canonical) == len(wire(expected))


def test_other_content_has_another_canonical_form() -> None:
    other = decode_event(wire(sample("coliseum.vote_cast", weight=13)), strict=True)
    assert other.canonical != decode_event(VOTE, strict=True).canonical


def test_nesting_is_refused_from_a_deep_stack_too() -> None:
    def descend(levels: int) -> EventRefused:
        return refusal(MALFORMED["nested lists"]) if levels == 0 else descend(levels - 1)

    assert descend(sys.getrecursionlimit() // 3).code is Refusal.INVALID_JSON
