"""The month's events: taken up to the plan's number and no further, nothing lost, and by how much processes may pass it."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook

from coliseum.accounts import plans
from coliseum.accounts.usage import month_after, month_of
from coliseum.capture import quota
from coliseum.client.delivery import Problem, settle
from coliseum.client.transport import Answer
from coliseum.clock import utc_now
from coliseum.web.app import build_app
from coliseum.web.auth import webhook_secret
from coliseum.web.services import Services
from coliseum.wiring import open_services
from support.asgi import Http, Reply, basic
from support.billed import billed_world, on_plan, put_on
from support.conductor import Conductor
from support.consenting import word
from support.festival import now_text, vote
from support.services import SECRET_KEY, Platform, World

EVENTS = 20
BATCH = "/api/passport/batch"


@pytest.fixture(scope="module", autouse=True)
def small_plan() -> Iterator[None]:
    """Basic has few events, so that a test reaches their number; the mapping is the real one, its values are ours."""
    patch = pytest.MonkeyPatch()
    small = msgspec.structs.replace(plans.PLANS["basic"], events_per_month=EVENTS)
    for module in ("coliseum.accounts.plans", "coliseum.web.allowance"):
        patch.setattr(f"{module}.PLANS", {**plans.PLANS, "basic": small})
    yield
    patch.undo()


@pytest.fixture(scope="module")
async def world(small_plan: None, migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with billed_world(migrated_database, valkey_url) as opened:
        yield opened


@pytest.fixture
async def platform(world: World) -> Platform:
    return await on_plan(world, "basic")


async def sent(world: World, platform: Platform, events: list[dict[str, Any]], path: str = BATCH) -> Reply:
    return await world.http.post(path, {"events": events}, platform.server)


def votes(count: int) -> list[dict[str, Any]]:
    return [vote() for _ in range(count)]


async def test_a_batch_is_taken_as_far_as_there_is_room_and_the_rest_is_refused_by_name(
    world: World, platform: Platform
) -> None:
    assert (await sent(world, platform, votes(15))).status == 201
    reply = await sent(world, platform, votes(8))
    assert reply.status == 207
    assert [result["status"] for result in reply.json["results"]] == ["accepted"] * 5 + ["refused"] * 3
    refused = reply.json["results"][-1]
    until = month_after(month_of(utc_now()))
    assert (refused["code"], refused["limit"], refused["plan"]) == ("quota_exceeded", "eventsPerMonth", "pro")
    assert datetime.fromisoformat(refused["resetAt"]) == until
    assert await world.count(platform) == EVENTS


async def test_when_nothing_is_taken_the_whole_request_is_refused_and_repeats_are_still_duplicates(
    world: World, platform: Platform
) -> None:
    first = votes(EVENTS)
    assert (await sent(world, platform, first)).status == 201
    for path, body in ((BATCH, {"events": votes(3)}), ("/api/passport/log", vote())):
        reply = await world.http.post(path, body, platform.server)
        assert (reply.status, reply.code) == (402, "quota_exceeded")
        assert (reply.json["limit"], reply.json["plan"]) == ("eventsPerMonth", "pro")
        assert datetime.fromisoformat(reply.json["resetAt"]) == month_after(month_of(utc_now()))
    again = await sent(world, platform, first)
    assert (again.status, again.json["duplicates"]) == (201, EVENTS)
    one = await world.http.post("/api/passport/log", first[3], platform.server)
    assert (one.status, one.json["status"]) == (201, "duplicate")
    mixed = await sent(world, platform, [first[0], vote(), first[1]])
    assert [result["status"] for result in mixed.json["results"]] == ["duplicate", "refused", "duplicate"]
    other = await sent(world, platform, [{**first[2], "weight": 2}])
    assert other.json["results"][0]["code"] == "id_reused"
    assert await world.count(platform) == EVENTS


async def test_what_somebody_says_of_consent_is_heard_also_when_the_month_is_used_up(
    world: World, platform: Platform
) -> None:
    assert (await sent(world, platform, [*votes(EVENTS - 1), word("ada", granted=True)])).status == 201
    mixed = await sent(world, platform, [word("ada", granted=False), *votes(2), word("ben", granted=False), vote()])
    assert [result["status"] for result in mixed.json["results"]] == [
        "accepted", "accepted", "refused", "accepted", "refused",
    ]  # fmt: skip
    assert await world.count(platform) == EVENTS + 3  # a word takes no room of the others, and counts as used
    reply = await world.http.post("/api/passport/log", word("ada", granted=True), platform.server)
    assert reply.status == 201
    assert (await sent(world, platform, votes(1))).code == "quota_exceeded"


async def test_repeats_and_refusals_take_no_room(world: World, platform: Platform) -> None:
    first = votes(10)
    for _ in range(5):  # ten new ones and forty repeats, sooner than a reading grows old
        assert (await sent(world, platform, first)).status == 201
    assert (await sent(world, platform, [{**vote(), "type": "no.such"} for _ in range(15)])).status == 400
    twice = votes(5)
    assert (await sent(world, platform, [*twice, *twice])).json["accepted"] == 5
    assert (await sent(world, platform, votes(5))).json["accepted"] == 5
    assert (await sent(world, platform, votes(1))).code == "quota_exceeded"
    assert await world.count(platform) == EVENTS


async def test_every_way_in_is_held_at_the_same_number(world: World, platform: Platform) -> None:
    assert (await sent(world, platform, votes(EVENTS))).status == 201
    call = {
        "userId": "u", "messageId": "m-1", "timestamp": now_text(), "event": "social.share",
        "properties": {"targetType": "artist", "targetId": "abba", "platform": "x"},
    }  # fmt: skip
    reply = await world.http.post("/v1/track", call, {"authorization": basic(platform.server_key)})
    assert (reply.status, reply.code) == (402, "quota_exceeded"), reply
    browser = {**vote(userId=None, deviceId="d"), "userId": "anon:d"}
    reply = await world.http.post("/api/passport/log", browser, platform.browser)
    assert (reply.status, reply.code) == (402, "quota_exceeded"), reply
    body = json.dumps(vote()).encode()
    stamp = utc_now()
    signature = Webhook(webhook_secret(SECRET_KEY, platform.tenant.slug)).sign("w-1", stamp, body.decode())
    headers = {"webhook-id": "w-1", "webhook-timestamp": str(int(stamp.timestamp())), "webhook-signature": signature}
    reply = await world.http.post(f"/api/webhooks/passport?tenant={platform.tenant.slug}", body, headers)
    assert (reply.status, reply.code) == (402, "quota_exceeded"), reply
    historical = await sent(world, platform, votes(1), f"{BATCH}?historical=true")
    assert historical.code == "quota_exceeded"
    assert await world.count(platform) == EVENTS


async def test_nothing_is_lost_the_refused_are_taken_as_soon_as_there_is_room(world: World, platform: Platform) -> None:
    events = votes(EVENTS + 5)
    reply = await sent(world, platform, events)
    refused = [
        event for event, result in zip(events, reply.json["results"], strict=True) if result["status"] == "refused"
    ]
    assert len(refused) == 5
    await put_on(world, platform, "pro")  # with overage: what is beyond the number is taken, and billed
    async with asyncio.timeout(3):
        while (reply := await sent(world, platform, refused)).status != 201:
            await asyncio.sleep(0.05)
    assert reply.json["accepted"] == 5
    assert (await sent(world, platform, events)).json["duplicates"] == EVENTS + 5
    assert await world.count(platform) == EVENTS + 5


async def test_without_a_limit_nobody_asks_how_much_is_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = await on_plan(world, "enterprise")

    async def never(*_: object) -> int:
        raise AssertionError("this plan has no number of events")

    monkeypatch.setattr(quota, "used_in_month", never)
    assert (await sent(world, platform, votes(EVENTS + 1))).status == 201


async def test_what_is_counted_and_what_waits_make_one_number(world: World, platform: Platform) -> None:
    conductor = Conductor(world, platform, random.Random(3))
    await conductor.take()
    async with asyncio.timeout(20):
        for _ in range(4):
            assert (await sent(world, platform, votes(5))).status == 201
            await conductor.runners["usage"].round()
            forget_standing(world.services)
    assert (await sent(world, platform, votes(1))).code == "quota_exceeded"
    # A month later there is room again, whatever is counted by then.
    later = month_after(month_of(utc_now())) + timedelta(hours=1)
    reply = await process(world, msgspec.structs.replace(world.services, clock=lambda: later)).post(
        BATCH, {"events": [vote(at=later.isoformat())]}, platform.server
    )
    assert reply.status == 201, reply


def forget_standing(services: Services) -> None:
    """As if the last reading had grown too old."""
    for known in services.pipeline.quota.known.values():
        known.read_s -= quota.BELIEVED_S


def process(world: World, services: Services) -> Http:
    """Another web process, with these parts."""
    app = build_app(lambda: open_services(world.settings), "test")
    app.state.services = services
    return Http(app)


async def test_one_process_never_passes_the_number_however_many_requests_come_at_once(
    world: World, platform: Platform
) -> None:
    await sent(world, platform, votes(1))  # the month has been read
    replies = await asyncio.gather(*[sent(world, platform, votes(1)) for _ in range(60)])
    assert sum(reply.json.get("accepted", 0) for reply in replies) == EVENTS - 1
    assert await world.count(platform) == EVENTS


async def test_processes_together_pass_it_by_at_most_what_they_take_while_a_reading_is_believed(
    world: World, platform: Platform
) -> None:
    async with open_services(world.settings) as second, open_services(world.settings) as third:
        clients = [world.http, process(world, second), process(world, third)]
        taken = dict.fromkeys(range(3), 0)

        async def flood(number: int) -> None:
            refusals = 0
            while refusals < 3:
                reply = await clients[number].post(BATCH, {"events": votes(2)}, platform.server)
                accepted = int(reply.json.get("accepted", 0))
                taken[number] += accepted
                refusals += accepted == 0

        await asyncio.gather(*[flood(number) for number in range(3)])
        stored = await world.count(platform)
        assert stored == sum(taken.values())
        # Each has believed one reading, made when nothing or something of the others was there.
        assert EVENTS <= stored <= 3 * EVENTS
        for services in (world.services, second, third):
            forget_standing(services)
        replies = [await client.post(BATCH, {"events": votes(2)}, platform.server) for client in clients]
        assert [reply.status for reply in replies] == [402] * 3
        assert await world.count(platform) == stored


def test_the_client_hands_a_refused_batch_back_and_does_not_try_for_ever() -> None:
    body = b'{"ok":false,"status":402,"code":"quota_exceeded","title":"quota exceeded","detail":"used up"}'
    with pytest.raises(Problem) as problem:
        settle(lambda _: Answer(402, body, None), [b"{}", b"{}"])
    assert (problem.value.status, problem.value.code) == (402, "quota_exceeded")
