"""What is refused over HTTP, case by case: a 4xx that names the reason, and nothing in the log."""

import json
from typing import Any

import pytest

from support.festival import spent, vote
from support.services import Platform, World

LOG = "/api/passport/log"
BATCH = "/api/passport/batch"


def text(event: dict[str, Any], **raw: str) -> bytes:
    """An event as JSON text in which some values are written as given."""
    members = {name: json.dumps(value) for name, value in event.items()} | raw
    return ("{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in members.items()) + "}").encode()


DEEP = "[" * 10_000 + "]" * 10_000
CASES: dict[str, tuple[bytes, int, str, str | None]] = {
    "nothing at all": (b"", 400, "invalid_json", None),
    "malformed JSON": (b'{"type":', 400, "invalid_json", None),
    "two documents": (b"{}{}", 400, "invalid_json", None),
    "a text": (b'"vote"', 400, "invalid_payload", None),
    "null": (b"null", 400, "invalid_payload", None),
    "not UTF-8": (text(vote()).replace(b"abba", b"abb\xff"), 400, "invalid_json", None),
    "UTF-16": (text(vote()).decode().encode("utf-16"), 400, "invalid_json", None),
    "a byte order mark": (b"\xef\xbb\xbf" + text(vote()), 400, "invalid_json", None),
    "NaN": (text(vote(), weight="NaN"), 400, "invalid_json", None),
    "Infinity": (text(vote(), weight="-Infinity"), 400, "invalid_json", None),
    "a lone surrogate": (text(vote(), artistId='"\\ud800"'), 400, "invalid_json", None),
    "a lone surrogate as bytes": (text(vote(), artistId='"@"').replace(b"@", b"\xed\xa0\x80"), 400, "invalid_json", None),
    "U+0000": (text(vote(), artistId='"a\\u0000"'), 400, "invalid_payload", "artistId"),
    "U+0000 in a key": (text(vote(), **{"a\0": "1"}), 400, "invalid_payload", None),
    "nested 10,000 deep": (text(vote(), artistId=DEEP), 400, "invalid_json", None),
    "nested 10,000 deep, alone": (DEEP.encode(), 400, "invalid_json", None),
    "nested and never closed": (b"[" * 30_000, 400, "invalid_json", None),
    "a key twice": (text(vote())[:-1] + b',"weight":2}', 400, "duplicate_key", "weight"),
    "a key twice, once escaped": (text(vote())[:-1] + b',"weigh\\u0074":2}', 400, "duplicate_key", "weight"),
    "a number of 400 digits": (text(vote(), weight="1" * 400), 400, "invalid_payload", "weight"),
    "an exponent out of this world": (text(vote(), weight="1e400"), 400, "invalid_payload", "weight"),
    "weight 0": (text(vote(weight=0)), 400, "invalid_payload", "weight"),
    "weight 1001": (text(vote(weight=1001)), 400, "invalid_payload", "weight"),
    "weight 1.5": (text(vote(weight=1.5)), 400, "invalid_payload", "weight"),
    "weight as text": (text(vote(weight="1")), 400, "invalid_payload", "weight"),
    "weight true": (text(vote(weight=True)), 400, "invalid_payload", "weight"),
    "negative money": (text(spent(amountCents=-500)), 400, "invalid_payload", "amountCents"),
    "no money": (text(spent(amountCents=0)), 400, "invalid_payload", "amountCents"),
    "fractional money": (text(spent(amountCents=4.99)), 400, "invalid_payload", "amountCents"),
    "money past 2^53": (text(spent(amountCents=2**53)), 400, "invalid_payload", "amountCents"),
    "a currency in capitals": (text(spent(currency="EUR")), 400, "invalid_payload", "currency"),
    "a currency with a line end": (text(spent(currency="eu\n")), 400, "invalid_payload", "currency"),
    "1950": (text(vote(at="1950-07-01T12:00:00Z")), 400, "too_old", "at"),
    "3000": (text(vote(at="3000-07-01T12:00:00Z")), 400, "future_timestamp", "at"),
    "the year 0": (text(vote(at="0000-07-01T12:00:00Z")), 400, "invalid_payload", "at"),
    "before the calendar": (text(vote(at="0001-01-01T00:00:00+23:59")), 400, "invalid_payload", "at"),
    "after the calendar": (text(vote(at="9999-12-31T23:59:59-23:59")), 400, "invalid_payload", "at"),
    "February 30": (text(vote(at="2026-02-30T12:00:00Z")), 400, "invalid_payload", "at"),
    "no offset": (text(vote(at="2026-02-03T12:00:00")), 400, "invalid_payload", "at"),
    "a time as a number": (text(vote(at=1_760_000_000)), 400, "invalid_payload", "at"),
    "sentAt before the calendar's middle": (
        text(vote(at="9990-01-01T00:00:00Z", sentAt="0001-01-02T00:00:00Z")), 400, "future_timestamp", "at",
    ),
    "an unknown type": (text(vote(type="coliseum.vote_casted")), 400, "unknown_type", "type"),
    "no type": (text(vote(type=None)), 400, "invalid_payload", "type"),
    "a type that is a list": (text(vote(type=[])), 400, "invalid_payload", "type"),
    "an unknown field": (text(vote(note="x")), 400, "unknown_field", "note"),
    "no user": (text(vote(userId=None)), 400, "invalid_payload", "userId"),
    "an empty user": (text(vote(userId="")), 400, "invalid_payload", "userId"),
    "an id of 129 characters": (text(vote(id="x" * 129)), 400, "invalid_payload", "id"),
    "an empty id": (text(vote(id="")), 400, "invalid_payload", "id"),
    "an event of more than 32 KiB": (text(vote(userId="x" * 33_000)), 413, "event_too_large", None),
    "a vote voided that is not in the log": (
        text(vote(type="coliseum.vote_voided", voteId="nowhere", reason="", artistId=None, eventId=None,
                  weight=None, channel=None)), 400, "unknown_reference", "voteId",
    ),
}  # fmt: skip


@pytest.fixture
async def sender(world: World) -> Platform:
    return await world.platform()


@pytest.mark.parametrize("case", CASES)
async def test_a_bad_event_is_refused_by_name_and_not_stored(world: World, sender: Platform, case: str) -> None:
    body, status, code, field = CASES[case]
    reply = await world.http.post(LOG, body, sender.server)
    assert (reply.status, reply.code) == (status, code), reply.body
    assert reply.json.get("field") == field
    assert await world.count(sender) == 0


@pytest.mark.parametrize("case", CASES)
async def test_a_bad_event_does_not_take_its_neighbours_down(world: World, sender: Platform, case: str) -> None:
    body, _, code, _ = CASES[case]
    one, other = vote(id=f"one of {case}"), vote(id=f"other of {case}")
    reply = await world.http.post(BATCH, b"[" + text(one) + b"," + body + b"," + text(other) + b"]", sender.server)
    stored = {row["id"] for row in await world.entries(sender)}
    if reply.status == 207:
        told = reply.json
        assert [result["status"] for result in told["results"]] == ["accepted", "refused", "accepted"]
        assert told["results"][1]["code"] == code
        assert told["results"][1]["message"]
        assert (told["accepted"], told["refused"], told["duplicates"], told["ok"]) == (2, 1, 0, False)
        assert stored == {one["id"], other["id"]}
    else:  # where one event ends cannot be told
        assert (reply.status, reply.code) == (400, "invalid_json")
        assert case in UNTELLABLE
        assert not stored


UNTELLABLE = {"nothing at all", "malformed JSON", "two documents", "UTF-16", "nested and never closed"}


async def test_every_text_up_to_its_limit_is_kept_as_it_is(world: World, sender: Platform) -> None:
    odd = "\u202e\U0001f3ba\x01\x7f\n\"\\'; DROP TABLE passport_entries; --"
    sent = vote(id=odd, userId="\U0001f3ba" * 128, artistId=odd, eventId="x" * 128, sessionId=odd, deviceId=odd)
    reply = await world.http.post(LOG, sent, sender.server)
    assert (reply.status, reply.json["status"], reply.json["id"]) == (201, "accepted", odd)
    (stored,) = await world.entries(sender)
    assert (stored["id"], stored["artist_id"], stored["event_id"]) == (odd, odd, "x" * 128)


@pytest.mark.parametrize("body", [b"", b"[", b"{}", b"[1,]", b'{"events":1}', b'{"events":[],"events":[]}', b'{"more":[]}',
                                  b"[" * 10_000, b'{"events":[],"sentAt":1}', b'{"events":[],"sentAt":"yesterday"}',
                                  b"[]]", b'{"events":[]}x', b"\xff", b"null", b"NaN"])  # fmt: skip
async def test_a_bad_batch_is_refused_as_a_whole(world: World, sender: Platform, body: bytes) -> None:
    reply = await world.http.post(BATCH, body, sender.server)
    assert reply.status == 400, reply
    assert reply.code in {"invalid_json", "invalid_payload", "duplicate_key", "unknown_field"}


async def test_an_empty_batch_is_taken_and_says_so(world: World, sender: Platform) -> None:
    reply = await world.http.post(BATCH, [], sender.server)
    assert (reply.status, reply.json["accepted"], reply.json["results"]) == (201, 0, [])


async def test_a_batch_of_1001_is_refused_and_one_of_1000_is_not(world: World, sender: Platform) -> None:
    events = [vote() for _ in range(1_001)]
    reply = await world.http.post(BATCH, {"events": events}, sender.server)
    assert (reply.status, reply.code) == (413, "batch_too_large")
    assert await world.count(sender) == 0
    reply = await world.http.post(BATCH, {"events": events[:1_000]}, sender.server)
    assert (reply.status, reply.json["accepted"]) == (201, 1_000)
    assert await world.count(sender) == 1_000
    again = await world.http.post(BATCH, {"events": events[:1_000], "sentAt": events[0]["at"]}, sender.server)
    assert (again.status, again.json["duplicates"]) == (201, 1_000)
    assert await world.count(sender) == 1_000


async def test_the_same_id_with_other_content_is_refused(world: World, sender: Platform) -> None:
    first = vote()
    assert (await world.http.post(LOG, first, sender.server)).status == 201
    reply = await world.http.post(LOG, {**first, "weight": 2}, sender.server)
    assert (reply.status, reply.code, reply.json["field"]) == (409, "id_reused", "id")
    twice = vote()
    told = (await world.http.post(BATCH, [twice, {**twice, "weight": 2}, twice], sender.server)).json
    assert [result["status"] for result in told["results"]] == ["accepted", "refused", "duplicate"]
    assert told["results"][1]["code"] == "id_reused"
    assert [row["value"] for row in await world.entries(sender)] == [1, 1]


async def test_a_vote_is_voided_once_and_the_second_void_is_named(world: World, sender: Platform) -> None:
    cast = vote(weight=7)
    voids = [
        vote(type="coliseum.vote_voided", voteId=cast["id"], reason="script", artistId=None, eventId=None,
             weight=None, channel=None)
        for _ in range(2)
    ]  # fmt: skip
    told = (await world.http.post(BATCH, [voids[0], cast, voids[1]], sender.server)).json
    assert [result["status"] for result in told["results"]] == ["accepted", "accepted", "refused"]
    assert told["results"][2]["code"] == "already_voided"
    again = await world.http.post(LOG, voids[0], sender.server)
    assert (again.status, again.json["status"]) == (201, "duplicate")
    late = await world.http.post(LOG, voids[1], sender.server)
    assert (late.status, late.code) == (409, "already_voided")
    assert [row["value"] for row in await world.entries(sender)] == [7, -7]


async def test_history_may_be_sent_by_a_server_key_and_back_to_1900(world: World, sender: Platform) -> None:
    old = vote(at="1950-07-01T12:00:00Z")
    reply = await world.http.post(f"{LOG}?historical=true", old, sender.browser)
    assert (reply.status, reply.code) == (403, "key_not_allowed")
    assert (await world.http.post(f"{LOG}?historical=true", old, sender.server)).status == 201
    reply = await world.http.post(f"{LOG}?historical=true", vote(at="1899-12-31T23:59:59Z"), sender.server)
    assert (reply.status, reply.code) == (400, "too_old")
    assert await world.count(sender) == 1
