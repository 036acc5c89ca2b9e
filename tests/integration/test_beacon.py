"""A page that is being left hands its events over without headers."""

import json
from typing import Any

import pytest

from support.festival import event, now_text
from support.services import Platform, World

BEACON = "/api/passport/beacon"


def follow(**fields: Any) -> dict[str, Any]:
    return event(
        "social.follow", **{"targetId": "abba", "targetType": "artist", "userId": None, "deviceId": "phone", **fields}
    )


async def test_events_come_in_with_the_key_in_the_body(world: World, platform: Platform) -> None:
    parcel = {"key": platform.browser_key, "sentAt": now_text(), "events": [follow(), follow()]}
    reply = await world.http.post(BEACON, parcel, {"content-type": "text/plain"})
    assert (reply.status, reply.json["accepted"]) == (201, 2)
    assert reply.headers["access-control-allow-origin"] == "*"
    again = await world.http.post(BEACON, parcel)
    assert (again.status, again.json["duplicates"]) == (201, 2)
    assert await world.count(platform) == 2


async def test_a_users_token_vouches_for_the_user(world: World, platform: Platform) -> None:
    made = await world.http.post("/api/passport/tokens", {"userId": "u-7"}, platform.server)
    token = made.json["token"]
    parcel = {"key": platform.browser_key, "userToken": token, "events": [follow(userId="u-7"), follow(userId="u-8")]}
    results = (await world.http.post(BEACON, parcel)).json["results"]
    assert [result.get("code") for result in results] == [None, "not_yourself"]


async def test_a_secret_key_is_not_taken_from_a_body(world: World, platform: Platform) -> None:
    reply = await world.http.post(BEACON, {"key": platform.server_key, "events": [follow()]})
    assert (reply.status, reply.code) == (403, "key_not_allowed")
    assert await world.count(platform) == 0


async def test_the_body_decides_and_not_a_header(world: World, platform: Platform) -> None:
    reply = await world.http.post(BEACON, {"key": "cs_browser_nobody", "events": [follow()]}, platform.browser)
    assert (reply.status, reply.code) == (401, "unknown_key")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"), (b"[]", "invalid_payload"), (b"{}", "invalid_payload"), (b"\xff", "invalid_json"),
        (b'{"key":"k"}', "invalid_payload"), (b'{"key":7,"events":[]}', "invalid_payload"),
        (b'{"key":"\xc3\xa9","events":[]}', "invalid_json"), (b'{"key":"k","events":[],"more":1}', "invalid_payload"),
        (b"[" * 5_000, "invalid_payload"), (b'{"key":"' + b"k" * 300 + b'","events":[]}', "invalid_payload"),
        (b'{"key":"k\\r\\nx: y","events":[]}', "unknown_key"),
    ],
)  # fmt: skip
async def test_what_is_no_parcel_is_refused_by_name(world: World, body: bytes, code: str) -> None:
    reply = await world.http.post(BEACON, body)
    assert reply.code == code


async def test_what_is_wrong_with_the_batch_is_said_as_for_a_batch(world: World, platform: Platform) -> None:
    for events, code in ((7, "invalid_payload"), ({"a": 1}, "invalid_payload")):
        reply = await world.http.post(BEACON, {"key": platform.browser_key, "events": events})
        assert reply.code == code
    parcel = json.dumps({"key": platform.browser_key, "events": [follow()], "sentAt": 7}).encode()
    assert (await world.http.post(BEACON, parcel)).status == 400
