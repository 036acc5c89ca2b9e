"""Who may not see single people sees no user id anywhere: not on boards, series, explanations, trends, files, or live."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from coliseum import db
from coliseum.accounts.callers import Caller
from coliseum.accounts.keys import CACHE_FOR, KeyRing
from coliseum.accounts.permissions import ROLES, Permission, Role
from coliseum.clock import utc_now
from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import secret_digest
from coliseum.web.app import build_app
from coliseum.web.live.hub import Hub
from coliseum.wiring import open_services
from support.asgi import Http
from support.conductor import Conductor
from support.declaring import VOTES, put
from support.festival import spent, vote
from support.services import Platform, World
from support.sockets import Board
from support.watching_boards import Watcher, watcher

FAN = "canary-4711@example.org"
ASKED = (
    "leaderboards?metric=votes&entity=fan", f"leaderboards?metric=votes&entity=fan&ids={FAN}",
    f"leaderboards?metric=votes&entity=fan&around={FAN}", f"leaderboards?metric=votes&entity=fan&members={FAN}",
    "leaderboards?metric=votes&entity=fan&window=day", "leaderboards?metric=votes&entity=fan&movement=true&window=day",
    "leaderboards?board=top-fans", "leaderboards/export?metric=votes&entity=fan",
    "leaderboards/export?metric=votes&entity=fan&format=ndjson", f"metrics?metric=votes&entity=fan&id={FAN}",
    f"explain?metric=votes&entity=fan&id={FAN}", "trending?metric=votes&entity=fan", "breaking?metric=votes&entity=fan",
    "leaderboards?board=top-fans&as_of=3", "leaderboards?metric=votes&entity=fan&as_of=3",
    f"explain?metric=votes&entity=fan&id={FAN}&as_of=3", "trending?board=top-fans", "breaking?board=top-fans",
    f"treasury/statement?userId={FAN}", f"mediaid/profile?userId={FAN}",
    "leaderboards/export?board=top-fans", f"insights/fan-entries?userId={FAN}&metric=votes",
)  # fmt: skip
HARMLESS = (
    "leaderboards?metric=votes", "leaderboards?metric=voters&entity=artist", "metrics?metric=votes", "explain?metric=votes",
    "explain?metric=votes&entity=artist&id=abba", "trending?metric=votes", "breaking?metric=votes", "boards", "status",
    "warnings", "seasons?metric=votes&window=day", "seasons/history?metric=votes&id=abba",
    "insights/people?event=final&step=attended",
)  # fmt: skip


class MembersRing(KeyRing):
    """Knows keys as the real one does, and takes whoever bears one for a member with this role."""

    def __init__(self, database: db.Database, role: Role) -> None:
        super().__init__(database, utc_now)
        self.role: Role = role
        self.roles: dict[bytes, Role] = {}
        """Of those whose role is another one, by their keys' digests."""

    async def caller_by_digest(self, digest: bytes, older_max: timedelta = CACHE_FOR) -> Caller | None:
        caller = await super().caller_by_digest(digest, older_max)
        if caller is None:
            return None
        role = self.roles.get(digest, self.role)
        return msgspec.structs.replace(caller, kind="person", role=role, permissions=ROLES[role])


@pytest.fixture(scope="module")
async def platform(world: World) -> Platform:
    """A tenant with a fan whose user id is nowhere else."""
    made = await world.platform()
    events = [vote(userId=FAN, id="v-1"), vote(id="v-2"), spent(userId=FAN, id="s-1", artistId="abba")]
    reply = await world.http.post("/api/passport/batch", {"events": events}, made.server)
    assert reply.status == 201, reply
    body = b'{"metric":"votes","entity":"fan","windows":["day"]}'
    assert (await world.http.send("PUT", "/api/boards/top-fans", body, made.server)).status == 201
    conductor = Conductor(world, made, random.Random(1))
    await conductor.take()
    await conductor.quiesce()
    return made


def member(world: World, role: Role) -> Http:
    """A web process for which every key is a member's log-in."""
    app = build_app(lambda: open_services(world.settings), "test")
    app.state.services = msgspec.structs.replace(world.services, keys=MembersRing(world.database, role))
    return Http(app)


@pytest.mark.parametrize("query", ASKED)
async def test_a_viewer_is_refused_numbers_of_single_people(world: World, platform: Platform, query: str) -> None:
    viewer = member(world, "viewer")
    for _ in range(2):  # what was asked before would go past the router
        reply = await viewer.get(f"/api/{query}", platform.server)
        assert (reply.status, reply.code) == (403, "not_allowed"), reply
        assert "4711" not in reply.body.decode()


@pytest.mark.parametrize("query", HARMLESS)
async def test_what_a_viewer_may_see_names_no_person(world: World, platform: Platform, query: str) -> None:
    reply = await member(world, "viewer").get(f"/api/{query}", platform.server)
    assert reply.status in (200, 404), reply
    assert "4711" not in reply.body.decode()


async def test_an_analyst_sees_them_so_that_the_canary_would_be_seen(world: World, platform: Platform) -> None:
    analyst = member(world, "analyst")
    replies = {query: await analyst.get(f"/api/{query}", platform.server) for query in ASKED}
    assert {reply.status for reply in replies.values()} == {200}, replies
    seen = [query for query, reply in replies.items() if "4711" in reply.body.decode()]
    assert len(seen) > len(ASKED) - 4, set(replies) - set(seen)


async def test_a_board_that_an_analyst_asked_for_is_not_answered_to_a_viewer(world: World, platform: Platform) -> None:
    query = f"/api/{ASKED[0]}"
    process = member(world, "analyst")
    ring = MembersRing(world.database, "analyst")
    app = build_app(lambda: open_services(world.settings), "test")
    app.state.services = msgspec.structs.replace(world.services, keys=ring)
    process = Http(app)
    for _ in range(2):
        assert (await process.get(query, platform.server)).status == 200
    ring.role = "viewer"
    began_s = time.monotonic()
    while (await process.get(query, platform.server)).status == 200:
        assert time.monotonic() - began_s < 2.5
        await asyncio.sleep(0.02)


@pytest.fixture
async def members(world: World) -> AsyncIterator[tuple[Hub, MembersRing]]:
    ring, services = MembersRing(world.database, "viewer"), world.services
    hub = Hub(
        world.database, world.store, ring, services.boards.reads, services.declarations, services.clock,
        allowance=services.allowance,
    )  # fmt: skip
    yield hub, ring
    await hub.close()


async def test_a_viewer_watches_artists_and_no_fans(platform: Platform, members: tuple[Hub, MembersRing]) -> None:
    hub, _ = members
    one = await watcher(hub, platform)
    one.watch()
    await one.hear()
    for kind in ("board", "metrics"):
        with pytest.raises(RequestRefused) as refused:
            hub.watch(one.viewer, "y", kind, {"metric": "votes", "entity": "fan"}, None)
        assert refused.value.code is Refusal.NOT_ALLOWED
    one.leave()


async def watch_named(one: Watcher, name: str, **parameters: str) -> dict[str, Any]:
    """Subscribe to a declared board; what is said first."""
    one.hub.watch(one.viewer, "x", "board", {"board": name, **parameters}, None)
    one.boards["x"] = Board()
    return await one.hear()


def assert_refused(one: Watcher, message: dict[str, Any]) -> None:
    assert (message["type"], message["id"], message["code"]) == ("error", "x", "not_allowed")
    assert one.viewer.subscriptions == {}
    assert not one.viewer.closed.done()


async def test_a_viewer_watches_no_declared_board_of_fans(platform: Platform, members: tuple[Hub, MembersRing]) -> None:
    hub, ring = members
    viewer = await watcher(hub, platform)
    for words in ({}, {"window": "day"}):
        assert_refused(viewer, await watch_named(viewer, "top-fans", **words))
    ring.roles[secret_digest(platform.browser_key)] = "analyst"
    analyst = await watcher(hub, platform, platform.browser_key)
    await watch_named(analyst, "top-fans")
    assert FAN in analyst.boards["x"].scores()
    assert_refused(viewer, await watch_named(viewer, "top-fans"))  # which has its page by now
    assert (await watch_named(viewer, "votes-artist"))["type"] == "snapshot"
    for one in (viewer, analyst):
        one.leave()


@pytest.mark.parametrize("fields", [{}, {"eligibility": {"minScore": 1}}])
async def test_a_board_that_becomes_one_of_fans_is_not_shown_to_who_may_not_see_them(
    world: World, platform: Platform, members: tuple[Hub, MembersRing], fields: dict[str, Any]
) -> None:
    hub, ring = members
    ring.roles[secret_digest(platform.browser_key)] = "analyst"
    assert (await put(world, platform, "turns", {**VOTES, **fields})).status in (200, 201)
    viewer, analyst = await watcher(hub, platform), await watcher(hub, platform, platform.browser_key)
    for one in (viewer, analyst):
        await watch_named(one, "turns")
        assert one.boards["x"].scores() == {"abba": 2}
    assert (await put(world, platform, "turns", {**VOTES, **fields, "entity": "fan"})).status == 200
    while FAN not in analyst.boards["x"].scores():
        await analyst.hear()
    message = await viewer.hear()
    while message["type"] == "diff":  # of its position
        assert "4711" not in str(message)
        message = await viewer.hear()
    assert_refused(viewer, message)
    assert not viewer.waits
    for one in (viewer, analyst):
        one.leave()


async def test_what_somebody_may_see_is_known_anew_while_they_watch(
    world: World, platform: Platform, members: tuple[Hub, MembersRing]
) -> None:
    hub, ring = members
    ring.role = "analyst"
    assert (await put(world, platform, "later", VOTES)).status == 201
    one = await watcher(hub, platform)
    await watch_named(one, "later")
    ring.role = "viewer"
    async with asyncio.timeout(4):
        while one.viewer.caller is None or one.viewer.caller.role != "viewer":
            await asyncio.sleep(0.02)
    assert (await put(world, platform, "later", {**VOTES, "entity": "fan"})).status == 200
    message = await one.hear()
    while message["type"] == "diff":
        message = await one.hear()
    assert_refused(one, message)
    one.leave()


@pytest.mark.parametrize("asked", [{"metric": "votes", "entity": "fan"}, {"board": "top-fans"}])
async def test_who_may_not_see_fans_any_more_is_closed_within_two_seconds_and_others_are_not(
    platform: Platform, members: tuple[Hub, MembersRing], asked: dict[str, str]
) -> None:
    hub, ring = members
    ring.role = "analyst"
    fans, artists = await watcher(hub, platform), await watcher(hub, platform)
    fans.boards["x"] = Board()
    hub.watch(fans.viewer, "x", "board", asked, None)
    artists.watch()
    await fans.hear()
    ring.role = "viewer"
    began_s = time.monotonic()
    async with asyncio.timeout(4):
        await asyncio.shield(fans.viewer.closed)
    assert time.monotonic() - began_s < 2
    assert not artists.viewer.closed.done()
    for one in (fans, artists):
        one.leave()


async def test_a_key_with_the_scope_read_sees_fans_and_one_without_reads_nothing(
    world: World, platform: Platform
) -> None:
    assert (await world.http.get(f"/api/{ASKED[0]}", platform.server)).status == 200
    caller = await world.services.keys.caller_by_digest(secret_digest(platform.server_key))
    assert caller is not None
    assert caller.may(Permission.FANS_READ)
    assert (await world.http.get(f"/api/{ASKED[0]}", platform.browser)).code == "key_not_allowed"
