"""Where a key may be used: networks of server keys, origins of browser keys, on every way in."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from support.festival import vote
from support.live_system import Watched, watched_tenant
from support.services import Platform, World
from support.sockets import connected
from support.system import System, running_system

pytestmark = pytest.mark.long

HERE, ELSEWHERE = "203.0.113.9", "198.51.100.1"
SHOP = "https://shop.example"
WRITING = ("/api/passport/log", "/api/passport/batch", "/api/passport/tokens", "/v1/track")
BODIES: dict[str, Any] = {
    "/api/passport/log": vote(), "/api/passport/batch": {"events": [vote()]}, "/api/passport/tokens": {"userId": "u"},
    "/v1/track": {"type": "track", "event": "x", "messageId": "m"},
}  # fmt: skip


async def bound(world: World, platform: Platform, **wish: Any) -> dict[str, str]:
    answer = await world.http.post("/api/keys", {"scopes": ["write"], **wish}, platform.server)
    assert answer.status == 201, answer
    return {"authorization": f"Bearer {answer.json['secret']}", "x-key": str(answer.json["key"]["id"])}


def seen() -> dict[str, Any]:
    """What a page may say."""
    return vote(userId=None, deviceId="device-1")


@pytest.mark.parametrize("path", WRITING)
async def test_a_key_bound_to_addresses_writes_from_there_only(world: World, platform: Platform, path: str) -> None:
    key = await bound(world, platform, addresses=["203.0.113.0/28"])
    assert (await world.http.post(path, BODIES[path], key, address=HERE)).status < 300
    for address in (ELSEWHERE, "203.0.113.16", "::1", "unknown"):
        answer = await world.http.post(path, BODIES[path], key, address=address)
        assert (answer.status, answer.code) == (403, "address_not_allowed"), address


async def test_a_key_bound_to_addresses_reads_from_there_only_also_what_was_asked_before(
    world: World, platform: Platform
) -> None:
    key = await bound(world, platform, scopes=["read"], addresses=[HERE])
    for path in ("/api/status", "/api/leaderboards?metric=votes"):
        for _ in range(3):
            assert (await world.http.send("GET", path, headers=key, address=HERE)).status == 200
        answer = await world.http.send("GET", path, headers=key, address=ELSEWHERE)
        assert (answer.status, answer.code) == (403, "address_not_allowed")
    assert (await world.http.post("/api/live/tickets", b"", key, address=ELSEWHERE)).code == "address_not_allowed"
    assert (await world.http.post("/api/live/tickets", b"", key, address=HERE)).status == 201


async def test_what_a_client_says_of_its_address_is_not_believed(world: World, platform: Platform) -> None:
    key = await bound(world, platform, scopes=["read"], addresses=[HERE])
    for name in ("x-forwarded-for", "x-real-ip", "forwarded", "client-ip"):
        answer = await world.http.send("GET", "/api/status", headers={**key, name: HERE}, address=ELSEWHERE)
        assert answer.code == "address_not_allowed"


async def test_a_changed_bound_holds_within_two_seconds(world: World, platform: Platform) -> None:
    key = await bound(world, platform, scopes=["read"])
    assert (await world.http.send("GET", "/api/status", headers=key, address=ELSEWHERE)).status == 200
    changed = await world.http.send(
        "PATCH", f"/api/keys/{key['x-key']}", json.dumps({"addresses": [HERE]}).encode(), platform.server
    )
    assert changed.status == 200
    async with asyncio.timeout(2.5):
        while (await world.http.send("GET", "/api/status", headers=key, address=ELSEWHERE)).status == 200:
            await asyncio.sleep(0.02)
    assert (await world.http.send("GET", "/api/status", headers=key, address=HERE)).status == 200


async def test_a_browser_key_bound_to_origins_sends_from_their_pages_only(world: World, platform: Platform) -> None:
    key = await bound(world, platform, kind="browser", origins=[SHOP, "http://localhost:3000"])
    for origin in (SHOP, "http://localhost:3000"):
        answer = await world.http.post("/api/passport/log", seen(), {**key, "origin": origin})
        assert answer.status == 201, answer
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["vary"] == "origin"
    others = (
        "null", "", "https://shop.example.evil", "https://evil-shop.example", "https://shop.example:444",
        "http://shop.example", "https://shop.example/", "HTTPS://shop.example", "https://SHOP.example",
        "http://localhost:3001", f"{SHOP},{SHOP}", "*", "https://shop.example\xff",
    )  # fmt: skip
    for origin in others:
        answer = await world.http.post("/api/passport/log", seen(), {**key, "origin": origin})
        assert (answer.status, answer.code) == (403, "origin_not_allowed"), origin
        assert "access-control-allow-origin" not in answer.headers
    answer = await world.http.post("/api/passport/log", seen(), key)  # no page sends none with a POST
    assert (answer.status, answer.code) == (403, "origin_not_allowed")


async def test_a_beacon_is_bound_as_its_key_is(world: World, platform: Platform) -> None:
    key = await bound(world, platform, kind="browser", origins=[SHOP])
    parcel = {"key": key["authorization"].removeprefix("Bearer "), "events": [seen()]}
    answer = await world.http.post("/api/passport/beacon", parcel, {"origin": SHOP})
    assert answer.status == 201, answer
    assert answer.headers["access-control-allow-origin"] == SHOP
    for headers in ({"origin": "https://shop.example.evil"}, {}):
        answer = await world.http.post("/api/passport/beacon", parcel, headers)
        assert (answer.status, answer.code) == (403, "origin_not_allowed")
        assert "access-control-allow-origin" not in answer.headers


async def test_an_answer_within_the_bounds_can_be_read_also_when_it_is_a_no(world: World, platform: Platform) -> None:
    key = await bound(world, platform, kind="browser", origins=[SHOP])
    for path in ("/api/passport/log", "/api/passport/batch", "/v1/track"):
        answer = await world.http.post(path, b"{", {**key, "origin": SHOP})
        assert answer.status == 400
        assert answer.headers["access-control-allow-origin"] == SHOP, path


async def test_a_key_that_is_bound_to_nothing_is_for_pages_everywhere(world: World, platform: Platform) -> None:
    for headers in (platform.browser, {**platform.browser, "origin": "https://anywhere.example"}):
        answer = await world.http.post("/api/passport/log", seen(), headers)
        assert answer.status == 201
        assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_preflight_bears_no_key_and_is_answered_to_all(world: World) -> None:
    answer = await world.http.send(
        "OPTIONS", "/api/passport/log", headers={"origin": SHOP, "access-control-request-method": "POST"}
    )
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_refused_use_is_no_use(world: World, platform: Platform) -> None:
    key = await bound(world, platform, scopes=["read"], addresses=[HERE])
    await world.http.send("GET", "/api/status", headers=key, address=ELSEWHERE)
    await world.services.last_used.write()
    sql = "SELECT last_used_at FROM accounts_keys WHERE key_id = $1"
    assert await world.value(sql, int(key["x-key"])) is None


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(
        fresh_database, tmp_path_factory.mktemp("bound"), COLISEUM_TRUSTED_PROXIES="127.0.0.0/8"
    ) as running:  # fmt: skip
        yield running
        assert "Traceback" not in running.log("web")


@pytest.fixture
async def tenant(system: System, request: pytest.FixtureRequest) -> Watched:
    return await watched_tenant(system, f"bound-{abs(hash(request.node.name)) % 10**9}")


async def key_of(tenant: Watched, **wish: Any) -> tuple[str, int]:
    status, made = await tenant.request("POST", "/api/keys", {"scopes": ["read"], **wish})
    assert status == 201, made
    return made["secret"], made["key"]["id"]


async def test_a_key_bound_to_addresses_watches_from_there_only(tenant: Watched) -> None:
    key, _ = await key_of(tenant, addresses=[HERE])
    async with connected(tenant.port, {"x-forwarded-for": HERE}) as socket:
        socket.say(type="auth", key=key)
        await socket.hear("ready")
    for headers in ({"x-forwarded-for": ELSEWHERE}, {"x-forwarded-for": f"{HERE}, {ELSEWHERE}"}, {}):
        async with connected(tenant.port, headers) as socket:
            socket.say(type="auth", key=key)
            assert (await socket.hear("error"))["code"] == "address_not_allowed"
            assert (await socket.closed()).code == 4401


@pytest.mark.parametrize("how", ["revoked", "bound elsewhere"])
async def test_a_connection_ends_when_its_key_does_or_may_no_more_be_used_there(tenant: Watched, how: str) -> None:
    key, key_id = await key_of(tenant, addresses=["203.0.113.0/24"])
    async with connected(tenant.port, {"x-forwarded-for": HERE}) as socket:
        socket.say(type="auth", key=key)
        await socket.hear("ready")
        path = f"/api/keys/{key_id}"
        if how == "revoked":
            assert (await tenant.request("DELETE", path))[0] == 204
        else:
            assert (await tenant.request("PATCH", path, {"addresses": [ELSEWHERE]}))[0] == 200
        async with asyncio.timeout(2.5):
            assert (await socket.closed()).code == 4401


async def test_a_ticket_is_for_a_browser_anywhere_whatever_its_key_is_bound_to(tenant: Watched) -> None:
    await tenant.request("GET", "/api/status")
    key, key_id = await key_of(tenant, addresses=["127.0.0.1"])
    status, made = await tenant.request("POST", "/api/live/tickets", key=key)
    assert status == 201
    async with connected(tenant.port, {"x-forwarded-for": ELSEWHERE}, ticket=made["ticket"]) as socket:
        socket.say(type="ping")
        await socket.hear("pong")
        assert (await tenant.request("DELETE", f"/api/keys/{key_id}"))[0] == 204
        async with asyncio.timeout(2.5):
            assert (await socket.closed()).code == 4401
