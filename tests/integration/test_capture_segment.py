"""The Segment API: what its clients send, however odd, becomes events, is ignored, or is refused by name."""

import json
from typing import Any

import pytest

from support.asgi import basic
from support.festival import NUMBERS, now_text
from support.services import Platform, World


def track(**changes: Any) -> dict[str, Any]:
    """A track call as analytics.js sends it; None takes a member out."""
    call = {
        "type": "track", "event": "coliseum.vote_cast", "userId": "fan-1", "anonymousId": "device-1",
        "messageId": f"ajs-next-{next(NUMBERS)}", "timestamp": now_text(), "sentAt": now_text(),
        "context": {"ip": "0.0.0.0", "library": {"name": "analytics.js"}, "device": {"id": "phone"}},
        "integrations": {}, "writeKey": "x",
        "properties": {"artistId": "abba", "eventId": "final", "weight": 3, "channel": "app"}, **changes,
    }  # fmt: skip
    return {name: value for name, value in call.items() if value is not None}


async def send(world: World, platform: Platform, call: str, body: Any) -> Any:
    return await world.http.post(f"/v1/{call}", body, {"authorization": basic(platform.server_key)})


async def test_a_track_call_becomes_an_event(world: World, platform: Platform) -> None:
    call = track()
    for status in ("accepted", "duplicate"):
        reply = await send(world, platform, "track", call)
        assert (reply.status, reply.json["success"], reply.json["results"][0]["status"]) == (200, True, status)
    (entry,) = await world.entries(platform)
    assert (entry["event_type"], entry["value"], entry["source"]) == ("coliseum.vote_cast", 3, "segment")
    assert entry["id"] == call["messageId"]


async def test_a_batch_mixes_calls_and_tells_of_each(world: World, platform: Platform) -> None:
    calls: list[Any] = [
        track(), {"type": "identify", "userId": "fan-1", "traits": {"a": 1}}, track(properties={"artistId": "abba"}),
        {"type": "page"}, track(event="Song Played"), "text", None, 7, {}, track(event=5), {"type": {"a": []}},
    ]  # fmt: skip
    for call in ("batch", "import"):
        reply = await send(world, platform, call, {"batch": calls, "sentAt": now_text()})
        assert reply.status == 200, reply
        statuses = [result["status"] for result in reply.json["results"]]
        assert statuses[1:] == [
            "ignored", "refused", "ignored", "ignored", "refused", "refused", "refused", "ignored", "ignored", "ignored",
        ]  # fmt: skip
        assert reply.json["results"][2]["code"] == "invalid_payload"
    assert await world.count(platform) == 1


@pytest.mark.parametrize("call", ["identify", "page", "screen", "group", "alias"])
async def test_other_calls_are_answered_and_not_stored(world: World, platform: Platform, call: str) -> None:
    body = {"userId": "fan-1", "traits": {"email": "a@b"}, "messageId": 1e308, "type": call, "name": "\u0007"}
    reply = await send(world, platform, call, body)
    assert (reply.status, reply.json["results"][0]["status"]) == (200, "ignored")
    assert await world.count(platform) == 0


ODD: dict[str, tuple[dict[str, Any], str]] = {
    "a number for a user": ({"userId": 12_345_678_901_234_567_890}, "accepted"),
    "only an anonymous id": ({"userId": None}, "accepted"),
    "an anonymous id that is a number": ({"userId": None, "anonymousId": 7}, "accepted"),
    "an anonymous id that is an object": ({"anonymousId": {"a": 1}}, "invalid_payload"),
    "an anonymous id that is a list, and no user": ({"userId": None, "anonymousId": [1]}, "invalid_payload"),
    "an anonymous id that is true": ({"userId": None, "anonymousId": True}, "invalid_payload"),
    "a user that is an object": ({"userId": {"id": 1}}, "invalid_payload"),
    "a user that is true": ({"userId": True}, "invalid_payload"),
    "an empty user": ({"userId": ""}, "invalid_payload"),
    "nobody at all": ({"userId": None, "anonymousId": None}, "invalid_payload"),
    "no message id": ({"messageId": None}, "accepted"),
    "a message id that is a number": ({"messageId": 5}, "invalid_payload"),
    "a message id that is a list": ({"messageId": []}, "invalid_payload"),
    "a long message id": ({"messageId": "x" * 129}, "invalid_payload"),
    "no properties": ({"properties": None}, "invalid_payload"),
    "properties that are a list": ({"properties": [1]}, "invalid_payload"),
    "properties that name the envelope": (
        {"properties": {"artistId": "abba", "eventId": "final", "weight": 3, "channel": "app", "userId": "other",
                        "type": "catalog.artist", "id": "mine", "at": "never", "sentAt": 5, "more": {"a": [1e3]}}},
        "accepted",
    ),
    "weight 0": ({"properties": {"artistId": "a", "eventId": "e", "weight": 0, "channel": "app"}}, "invalid_payload"),
    "no time at all": ({"timestamp": None, "sentAt": None}, "invalid_payload"),
    "only the time of sending": ({"timestamp": None}, "accepted"),
    "a time as a number": ({"timestamp": 1_760_000_000}, "invalid_payload"),
    "1950": ({"timestamp": "1950-01-01T00:00:00Z", "sentAt": None}, "too_old"),
    "3000": ({"timestamp": "3000-01-01T00:00:00Z", "sentAt": None}, "future_timestamp"),
    "a sentAt that is a list": ({"sentAt": [1]}, "invalid_payload"),
    "a context that is a text": ({"context": "web", "anonymousId": None}, "accepted"),
    "a device that is a list": ({"context": {"device": [1]}, "anonymousId": None}, "accepted"),
    "a device id that is an object": ({"context": {"device": {"id": {}}}, "anonymousId": None}, "invalid_payload"),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
async def test_an_odd_track_call(world: World, platform: Platform, case: str) -> None:
    changes, expected = ODD[case]
    reply = await send(world, platform, "track", track(**changes))
    if expected == "accepted":
        assert (reply.status, reply.json["results"][0]["status"]) == (200, "accepted"), reply.body
    else:
        assert (reply.status, reply.code) == (400, expected), reply.body
    entries = await world.entries(platform)
    assert len(entries) == (expected == "accepted")
    assert all(b"Raw" not in str(dict(entry)).encode() for entry in entries)
    people = await world.fetch("SELECT user_id FROM passport_subjects WHERE tenant_id = $1", platform.tenant_id)
    assert not any("Raw" in row["user_id"] or row["user_id"] in {"anon:True", "True"} for row in people)


@pytest.mark.parametrize(("body", "code"), [
    (b"", "invalid_json"), (b"[]", "invalid_payload"), (b"null", "invalid_payload"), (b"\xff", "invalid_json"),
    (b'{"batch":1}', "invalid_payload"), (b"{}", "invalid_payload"), (b'{"batch":[],"batch":[]}', "duplicate_key"),
    (b'{"batch":[NaN]}', "invalid_json"), (b'{"batch":["\\ud800"]}', "invalid_json"), (b"[" * 10_000, "invalid_json"),
    (b'{"batch":[{"a":"\\u0000"}]}', "invalid_payload"), (b'{"batch":' + b"[" * 900 + b"]" * 900 + b"}", "invalid_payload"),
])  # fmt: skip
async def test_a_bad_batch_of_calls_is_refused(world: World, platform: Platform, body: bytes, code: str) -> None:
    reply = await send(world, platform, "batch", body)
    assert (reply.status, reply.code) == (400, code), reply.body


async def test_more_than_1000_calls_are_refused(world: World, platform: Platform) -> None:
    reply = await send(world, platform, "batch", {"batch": [{}] * 1_001})
    assert (reply.status, reply.code) == (413, "batch_too_large")
    reply = await send(world, platform, "batch", {"batch": [track() for _ in range(1_000)]})
    assert {result["status"] for result in reply.json["results"]} == {"accepted"}


async def test_a_big_number_in_properties_stays_out(world: World, platform: Platform) -> None:
    body = json.dumps(track()).replace('"weight": 3', '"weight": ' + "3" * 400).encode()
    reply = await send(world, platform, "track", body)
    assert (reply.status, reply.code, reply.json["field"]) == (400, "invalid_payload", "weight")
    body = json.dumps(track()).replace('"weight": 3', '"weight": 3, "more": ' + "3" * 400).encode()
    assert (await send(world, platform, "track", body)).status == 200
    assert await world.count(platform) == 1


async def test_a_browser_key_counts_for_the_device_only(world: World, platform: Platform) -> None:
    headers = {"authorization": basic(platform.browser_key)}
    reply = await world.http.post("/v1/track", track(), headers)
    assert (reply.status, reply.code) == (403, "not_yourself")
    assert (await world.http.post("/v1/track", track(userId=None), headers)).status == 200
    spent = {"amountCents": 1, "currency": "eur", "reason": "bar"}
    reply = await world.http.post("/v1/track", track(event="treasury.money_spent", properties=spent), headers)
    assert (reply.status, reply.code) == (403, "key_not_allowed")
    assert await world.count(platform) == 1
