"""Consent on every way in, in every process, in what stands of it, and in what is kept of who has not given it."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from coliseum.web.app import build_app
from coliseum.wiring import open_services
from support.asgi import Http, Reply, basic
from support.consenting import BATCH, FANS, LOG, careful_platform, fates, say, word
from support.festival import vote
from support.forgetting import number_of
from support.people import LogIn, new_person
from support.services import Platform, World
from support.signing import signed_headers
from support.voting import put_voting, slip, staged
from support.voting import vote as tap

GPC = {"sec-gpc": "1"}
SEGMENT = {
    "type": "track", "event": "coliseum.vote_cast", "timestamp": vote()["at"],
    "properties": {"artistId": "abba", "eventId": "final", "weight": 1, "channel": "web"},
}  # fmt: skip


@pytest.fixture
async def careful(world: World) -> Platform:
    return await careful_platform(world)


async def standing(world: World, platform: Platform) -> list[Mapping[str, Any]]:
    """What people have said, as it stands for capture, the only right that sees it."""
    async with world.database.connection("capture") as connection:
        return await connection.fetch("SELECT * FROM privacy_consents WHERE tenant_id = $1", platform.tenant_id)


async def test_nothing_is_kept_of_a_refused_event_but_that_there_was_one(world: World, careful: Platform) -> None:
    names = [f"canary-{number}" for number in range(80)]  # a crowd of new people is stored beside its entries
    assert set(await fates(world, careful, *(vote(userId=name) for name in names))) == {"no_consent"}
    assert await world.count(careful) == 0
    sql = "SELECT count(*) FROM passport_subjects WHERE tenant_id = $1"
    assert await world.value(sql, careful.tenant_id) == 0
    await world.services.tally._write()
    [warning] = (await world.http.get("/api/warnings", careful.server)).json
    assert (warning["code"], warning["eventType"], warning["count"]) == ("no_consent", "coliseum.vote_cast", 80)
    assert "canary" not in json.dumps(warning)


async def test_of_every_way_in_none_is_around_it(world: World, careful: Platform) -> None:
    def one() -> dict[str, Any]:
        return vote(userId=next(FANS))

    member = await (await new_person(world, (careful, "owner"))).log_in("token")
    cookie = await (await new_person(world, (careful, "owner"))).log_in("cookie")
    raw, call = json.dumps(one()).encode(), {"userId": next(FANS), "messageId": "m-1", **SEGMENT}
    key, slug = careful.browser_key, careful.tenant.slug
    parcel = {"key": key, "events": [vote(userId=None, deviceId="d")]}
    replies: dict[str, Reply] = {
        "server key": await world.http.post(LOG, one(), careful.server),
        "browser key": await world.http.post(LOG, vote(userId=None, deviceId="d"), careful.browser),
        "member": await member.ask("POST", LOG, one()),
        "cookie": await cookie.ask("POST", LOG, one()),
        "webhook": await world.http.post(f"/api/webhooks/passport?tenant={slug}", raw, signed_headers(careful, raw)),
        "segment": await world.http.post("/v1/track", call, {"authorization": basic(careful.server_key)}),
        "history": await world.http.post(f"{LOG}?historical=true", one(), careful.server),
    }
    assert {way: reply.code for way, reply in replies.items()} == dict.fromkeys(replies, "no_consent")
    beacon = await world.http.post("/api/passport/beacon", parcel)
    assert [each["code"] for each in beacon.json["results"]] == ["no_consent"]
    assert await world.count(careful) == 0


async def test_the_signal_goes_with_a_beacon_and_a_segment_call_of_a_browser(world: World, careful: Platform) -> None:
    await say(world, careful, "anon:dev", granted=True)
    parcel = {"key": careful.browser_key, "events": [vote(userId=None, deviceId="dev")]}
    call = {**SEGMENT, "anonymousId": "dev"}
    ways: list[tuple[str, Any, dict[str, str]]] = [
        ("/api/passport/beacon", parcel, {}), ("/v1/track", call, {"authorization": basic(careful.browser_key)}),
    ]  # fmt: skip
    for number, (path, body, headers) in enumerate(ways):
        named = {**body, "messageId": f"gpc-{number}"} if "anonymousId" in body else body
        for more, code in ((GPC, "no_consent"), ({}, None)):
            reply = await world.http.post(path, named, {**headers, **more})
            told = reply.json.get("results", [reply.json])[0]
            assert told.get("code") == code, (path, reply)


async def test_a_changed_ground_holds_everywhere_within_two_seconds(world: World, platform: Platform) -> None:
    owner: LogIn = await (await new_person(world, (platform, "owner"))).log_in("token")
    ways: dict[str, Callable[[], Awaitable[Reply]]] = {
        "server key": lambda: world.http.post(LOG, vote(userId=next(FANS)), platform.server),
        "browser key": lambda: world.http.post(LOG, vote(userId=None, deviceId=next(FANS)), platform.browser),
        "member": lambda: owner.ask("POST", LOG, vote(userId=next(FANS))),
    }
    for ask in ways.values():
        assert (await ask()).status == 201
    assert (await owner.ask("PATCH", "/api/tenant", {"consentPolicy": "opt_in"})).status == 200
    async with asyncio.timeout(2.5):
        for ask in ways.values():
            while (reply := await ask()).status == 201:
                await asyncio.sleep(0.02)
            assert reply.code == "no_consent"


async def test_a_withdrawal_holds_in_another_process_as_soon_as_it_is_acknowledged(
    world: World, careful: Platform
) -> None:
    app = build_app(lambda: open_services(world.settings), "other")
    async with app.lifespan():
        other = Http(app)
        for _ in range(5):
            fan = next(FANS)
            await say(world, careful, fan, granted=True)
            assert (await other.post(LOG, vote(userId=fan), careful.server)).status == 201
            no = asyncio.ensure_future(world.http.post(LOG, word(fan, granted=False), careful.server))
            while not no.done():  # what is sent before it is acknowledged may be stored or not
                await other.post(LOG, vote(userId=fan), careful.server)
            assert (await no).status == 201
            assert (await other.post(LOG, vote(userId=fan), careful.server)).code == "no_consent"


async def test_what_stands_is_what_the_log_says_whatever_came_at_once(world: World, careful: Platform) -> None:
    chance, fans = random.Random(7), [next(FANS) for _ in range(6)]
    words = [
        word(chance.choice(fans), granted=chance.random() < 0.5, purpose=chance.choice(["analytics", "marketing"]),
             source=chance.choice(["banner", "gpc", "api"]))
        for _ in range(240)
    ]  # fmt: skip
    batches = [words[start : start + 8] for start in range(0, len(words), 8)]
    await asyncio.gather(*(world.http.post(BATCH, {"events": batch}, careful.server) for batch in batches))
    stands: dict[tuple[int, str], tuple[bool, int, int]] = {}
    for row in sorted(await world.entries(careful), key=lambda row: (row["partition"], row["offset"])):
        said = row["metadata"]
        granted = said["granted"] and said["source"] != "gpc"
        stands[row["subject_id"], said["purpose"]] = (granted, row["partition"], row["offset"])
    found = await standing(world, careful)
    assert stands
    assert stands == {
        (row["subject_id"], row["purpose"]): (row["granted"], row["partition"], row["offset"]) for row in found
    }


async def test_whoever_is_nobody_any_more_has_agreed_to_nothing_until_they_do_so_anew(
    world: World, careful: Platform
) -> None:
    fan = next(FANS)
    await say(world, careful, fan, granted=True)
    await world.execute("DELETE FROM passport_subjects WHERE tenant_id = $1", careful.tenant_id)
    assert await standing(world, careful) == []
    assert await fates(world, careful, vote(userId=fan)) == ["no_consent"]
    # A process that remembers the old number finds that it is nobody's.
    await say(world, careful, fan, granted=True)
    [word] = await standing(world, careful)
    assert word["subject_id"] == await number_of(world, careful, fan)
    assert await fates(world, careful, vote(userId=fan)) == ["accepted"]


async def test_a_word_that_comes_as_its_person_becomes_nobody_waits_and_is_stored_under_their_new_number(
    world: World, careful: Platform
) -> None:
    fan = next(FANS)
    await say(world, careful, fan, granted=True)
    async with world.database.transaction("owner") as connection:
        await connection.execute("DELETE FROM passport_subjects WHERE tenant_id = $1", careful.tenant_id)
        saying = asyncio.ensure_future(say(world, careful, fan, granted=True, purpose="marketing"))
        async with asyncio.timeout(10):
            while not await world.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                await asyncio.sleep(0.02)
    await saying
    [word] = await standing(world, careful)
    assert (word["subject_id"], word["purpose"]) == (await number_of(world, careful, fan), "marketing")


async def test_a_vote_from_the_hall_is_what_its_fan_asks_for(world: World, careful: Platform) -> None:
    await staged(world, careful)
    assert (await put_voting(world, careful, artists=["abba"])).status == 201
    reply = await tap(world, careful, slip(world, careful))
    assert (reply.status, reply.json["status"]) == (200, "accepted"), reply


async def test_the_server_says_that_it_abides_by_the_signal(world: World) -> None:
    reply = await world.http.get("/.well-known/gpc.json")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json["gpc"] is True
    assert len(reply.json["lastUpdate"]) == len("2026-11-27")
