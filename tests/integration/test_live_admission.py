"""Who gets into ``/api/live``: keys, tickets, origins; and who has to leave again."""

import asyncio
import json
import time
from collections.abc import Iterator

import pytest

from coliseum import kv
from support.live_system import Watched, watched_tenant
from support.sockets import connected
from support.system import System, running_system

pytestmark = pytest.mark.long

TOP = {"metric": "votes"}


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(
        fresh_database,
        tmp_path_factory.mktemp("live"),
        COLISEUM_LIVE_ORIGINS="https://shop.example,http://b.example:81",
    ) as running:
        yield running
        assert "Traceback" not in running.log("web")
        assert "live_failed" not in running.log("web")


@pytest.fixture
async def tenant(system: System, request: pytest.FixtureRequest) -> Watched:
    return await watched_tenant(system, f"gate-{abs(hash(request.node.name)) % 10**9}")


async def test_who_says_nothing_is_closed_in_time(tenant: Watched) -> None:
    async with connected(tenant.port) as socket:
        began_s = time.monotonic()
        assert (await socket.closed()).code == 4401
        assert 4 < time.monotonic() - began_s < 8


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"type": "auth", "key": "cs_server_nobody_xxxxxxxxxxxxxxxx"}, "unknown_key"),
        ({"type": "auth", "key": "x" * 5_000}, "unknown_key"),
        ({"type": "auth", "ticket": "ct_" + "x" * 43}, "invalid_token"),
        ({"type": "auth", "ticket": "x"}, "invalid_token"),
        ({"type": "auth"}, "missing_key"),
        ({"type": "auth", "key": "a", "ticket": "b"}, "missing_key"),
        ({"type": "subscribe", "id": "x", "board": TOP}, "invalid_payload"),
        ({"type": "ping"}, "invalid_payload"),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
async def test_who_does_not_say_who_they_are_is_refused(tenant: Watched, first: dict[str, str], code: str) -> None:
    async with connected(tenant.port) as socket:
        socket.say(**first)
        assert (await socket.hear("error"))["code"] == code
        assert (await socket.closed()).code == 4401


async def test_a_browser_key_may_not_watch(tenant: Watched) -> None:
    async with connected(tenant.port) as socket:
        socket.say(type="auth", key=tenant.browser_key)
        assert (await socket.hear("error"))["code"] == "key_not_allowed"
        assert (await socket.closed()).code == 4401
    assert (await tenant.request("POST", "/api/live/tickets", key=tenant.browser_key))[0] == 403
    assert (await tenant.request("POST", "/api/live/tickets", key=""))[0] == 401
    assert (await tenant.request("GET", "/api/live/tickets"))[0] == 405


async def test_a_ticket_opens_one_connection(tenant: Watched) -> None:
    ticket = await tenant.ticket()
    async with connected(tenant.port, ticket=ticket) as socket:
        socket.say(type="subscribe", id="x", board=TOP)
        await socket.hear("snapshot")
        async with connected(tenant.port) as second:
            second.say(type="auth", ticket=ticket)
            assert (await second.hear("error"))["code"] == "invalid_token"
            assert (await second.closed()).code == 4401


async def test_of_many_who_show_one_ticket_at_once_one_gets_in(tenant: Watched) -> None:
    ticket = await tenant.ticket()

    async def enters() -> bool:
        async with connected(tenant.port) as socket:
            socket.say(type="auth", ticket=ticket)
            return bool((await socket.hear("ready", "error"))["type"] == "ready")

    assert sum(await asyncio.gather(*(enters() for _ in range(20)))) == 1


async def test_a_ticket_is_stored_as_a_digest_for_half_a_minute(tenant: Watched) -> None:
    ticket = await tenant.ticket()
    store = kv.KeyValue(tenant.system.environ["VALKEY_URL"])
    try:
        names = [name async for name in store.raw.scan_iter(match="coliseum:ticket:*")]
        assert names
        for name in names:
            assert 0 < await store.raw.pttl(name) <= 30_000
            kept = name + await store.raw.get(name)
            assert ticket.encode() not in kept
            assert tenant.key.encode() not in kept
    finally:
        await store.close()


@pytest.mark.parametrize("by", ["key", "ticket"])
async def test_a_revoked_key_closes_what_it_has_opened(tenant: Watched, by: str) -> None:
    key, ticket = (tenant.key, None) if by == "key" else (None, await tenant.ticket())
    async with connected(tenant.port, key=key, ticket=ticket) as socket:
        socket.say(type="subscribe", id="x", board=TOP)
        await socket.hear("snapshot")
        await tenant.revoke(tenant.key)
        began_s = time.monotonic()
        assert (await socket.closed()).code == 4401
        assert time.monotonic() - began_s < 2.5


async def test_a_revoked_key_makes_its_tickets_worthless(tenant: Watched) -> None:
    ticket = await tenant.ticket()
    await tenant.revoke(tenant.key)
    await asyncio.sleep(2.1)  # so long a key is believed
    async with connected(tenant.port) as socket:
        socket.say(type="auth", ticket=ticket)
        assert (await socket.closed()).code == 4401


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:{port}", True), ("https://127.0.0.1:{port}", True), ("https://shop.example", True),
        ("http://b.example:81", True), ("null", False), ("", False), ("http://127.0.0.1", False),
        ("http://127.0.0.1:{port}.evil.example", False), ("http://127.0.0.1:{port}/", False),
        ("HTTP://127.0.0.1:{port}", False), ("http://shop.example", False), ("https://shop.example:444", False),
        ("https://shop.example.evil", False), ("https://evil-shop.example", False), ("https://SHOP.example", False),
        ("ftp://127.0.0.1:{port}", False), ("https://shop.example,http://b.example:81", False),
    ],
)  # fmt: skip
async def test_only_pages_of_certain_origins_get_in(tenant: Watched, origin: str, allowed: bool) -> None:
    async with connected(tenant.port, {"origin": origin.format(port=tenant.port)}) as socket:
        if allowed:
            socket.say(type="auth", key=tenant.key)
            await socket.hear("ready")
        else:
            assert (await socket.closed()).code == 4403


async def test_an_address_carries_no_key(tenant: Watched) -> None:
    status, answer = await tenant.request("GET", f"/api/live/events?metric=votes&key={tenant.key}", key="")
    assert (status, answer["code"]) == (401, "missing_key")
