"""Members watch ``/api/live`` of a real web process, until they log out or are members no more."""

import asyncio
import itertools
import time
from collections.abc import Iterator

import aiohttp
import pytest

from coliseum import db
from support.live_people import Visitor, visitor
from support.live_system import Watched, watched_tenant
from support.sockets import connected
from support.system import System, running_system

pytestmark = pytest.mark.long

TOP = {"metric": "votes"}
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(
        fresh_database,
        tmp_path_factory.mktemp("live"),
        COLISEUM_LIVE_ORIGINS="https://shop.example",
        COLISEUM_LOGIN_TRIES_PER_ADDRESS="1000",
    ) as running:
        yield running
        assert "Traceback" not in running.log("web")
        assert "live_failed" not in running.log("web")


@pytest.fixture
async def tenant(system: System) -> Watched:
    return await watched_tenant(system, f"watched-{next(NUMBERS)}")


async def member(tenant: Watched, *slugs: str, kind: str = "cookie") -> Visitor:
    return await visitor(tenant.system, f"member-{next(NUMBERS)}@example.org", *slugs, kind=kind)


def own(tenant: Watched) -> dict[str, str]:
    return {"origin": f"http://127.0.0.1:{tenant.port}"}


def slug_of(tenant: Watched) -> str:
    return tenant.key.removeprefix("cs_server_").partition("_")[0]


@pytest.fixture
def slug(tenant: Watched) -> str:
    return slug_of(tenant)


@pytest.mark.parametrize("way", ["cookie", "ticket", "token"])
async def test_a_member_watches_until_they_log_out(tenant: Watched, slug: str, way: str) -> None:
    watching = await member(tenant, slug, kind="token" if way == "token" else "cookie")
    headers = {**own(tenant), **(watching.headers if way == "cookie" else {})}
    async with connected(tenant.port, headers) as socket:
        said: dict[str, str] = {}
        if way == "ticket":
            said["ticket"] = (await watching.ask("POST", "/api/live/tickets"))[1]["ticket"]
        elif way == "token":
            said["key"] = watching.tokens["accessToken"]
        socket.say(type="auth", **said)
        await socket.hear("ready")
        socket.say(type="subscribe", id="x", board=TOP)
        await socket.hear("snapshot")
        assert (await watching.ask("POST", "/api/auth/logout"))[0] == 204
        began_s = time.monotonic()
        assert (await socket.closed()).code == 4401
        assert time.monotonic() - began_s < 2.5


async def test_a_stream_ends_when_its_member_logs_out(tenant: Watched, slug: str) -> None:
    watching = await member(tenant, slug)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        path = f"{tenant.system.url}/api/live/events?metric=votes"
        async with client.get(path, headers=watching.headers) as stream:
            assert stream.status == 200
            assert b"retry" in await stream.content.readline()
            assert (await watching.ask("POST", "/api/auth/logout"))[0] == 204
            began_s = time.monotonic()
            async with asyncio.timeout(10):
                rest = await stream.content.read()
            assert time.monotonic() - began_s < 2.5
            assert b"event: error" in rest
        async with client.get(path, headers=watching.headers) as stream:
            assert stream.status == 401


async def test_a_removed_member_watches_no_longer(tenant: Watched, slug: str) -> None:
    watching = await member(tenant, slug)
    async with connected(tenant.port, {**own(tenant), **watching.headers}) as socket:
        socket.say(type="auth")
        await socket.hear("ready")
        connection = await db.connect(tenant.system.environ["DATABASE_URL"])
        try:
            await connection.execute("DELETE FROM accounts_members WHERE person_id = $1", watching.person_id)
        finally:
            await connection.close()
        began_s = time.monotonic()
        assert (await socket.closed()).code == 4401
        assert time.monotonic() - began_s < 2.25


async def test_a_ticket_of_a_session_that_has_ended_opens_nothing(tenant: Watched, slug: str) -> None:
    watching = await member(tenant, slug)
    ticket = (await watching.ask("POST", "/api/live/tickets"))[1]["ticket"]
    assert (await watching.ask("POST", "/api/auth/logout"))[0] == 204
    async with connected(tenant.port) as socket:
        socket.say(type="auth", ticket=ticket)
        assert (await socket.hear("error"))["code"] == "invalid_token"
        assert (await socket.closed()).code == 4401


async def test_a_member_of_several_tenants_says_of_which_they_watch(tenant: Watched, slug: str) -> None:
    other = await watched_tenant(tenant.system, f"watched-{next(NUMBERS)}")
    foreign = await watched_tenant(tenant.system, f"watched-{next(NUMBERS)}")
    watching = await member(tenant, slug, slug_of(other))
    for said, heard in ((None, "tenant_needed"), (slug_of(foreign), "not_allowed"), (slug_of(other), None)):
        async with connected(tenant.port, {**own(tenant), **watching.headers}) as socket:
            socket.say(type="auth", **({} if said is None else {"tenant": said}))
            if heard is None:
                await socket.hear("ready")
            else:
                assert (await socket.hear("error"))["code"] == heard
                assert (await socket.closed()).code == 4401


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://shop.example"},
        {},
        {"origin": "http://127.0.0.1:{port}", "sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:{port}", "sec-fetch-site": "cross-site"},
    ],
    ids=str,
)
async def test_a_cookie_opens_a_socket_for_own_pages_only(tenant: Watched, slug: str, headers: dict[str, str]) -> None:
    watching = await member(tenant, slug)
    sent = {name: value.format(port=tenant.port) for name, value in headers.items()}
    async with connected(tenant.port, {**sent, **watching.headers}) as socket:
        socket.say(type="auth")
        assert (await socket.hear("error"))["code"] == "cross_site"
        assert (await socket.closed()).code == 4401
    async with connected(tenant.port, sent) as socket:
        socket.say(type="auth", key=tenant.key)
        await socket.hear("ready")


async def test_a_ticket_is_not_made_for_a_foreign_page(tenant: Watched, slug: str) -> None:
    watching = await member(tenant, slug)
    watching.csrf = ""
    status, answer = await watching.ask("POST", "/api/live/tickets")
    assert (status, answer["code"]) == (403, "cross_site")
