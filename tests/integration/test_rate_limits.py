"""Limits that are counted in Valkey: shared by processes, begun anew each window, and what happens without Valkey."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from coliseum import kv
from coliseum.accounts.plans import PLANS
from coliseum.clock import utc_now
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable
from coliseum.ids import random_secret
from coliseum.local.valkey import EmbeddedValkey
from coliseum.web.allowance import Allowance
from coliseum.web.app import build_app
from coliseum.web.limits import PATIENCE_S, Limiter
from coliseum.wiring import open_services
from support.asgi import Http
from support.billed import billed_world, on_plan
from support.festival import vote
from support.services import Platform, World

NOON = datetime(2026, 5, 1, 12, 0, 20, tzinfo=UTC)


class Hands:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def store(valkey_url: str) -> AsyncIterator[kv.KeyValue]:
    opened = kv.KeyValue(valkey_url)
    yield opened
    await opened.close()


async def test_two_processes_count_together_and_a_window_ends_where_the_clock_says(valkey_url: str) -> None:
    hands, who = Hands(), random_secret()
    stores = [kv.KeyValue(valkey_url) for _ in range(2)]
    one, other = [Limiter(store, hands, fail="open") for store in stores]
    rates = [await limiter.hit("reads", who, 3) for limiter in (one, other, one, other)]
    assert [rate.allowed for rate in rates] == [True, True, True, False]
    assert [rate.remaining for rate in rates] == [2, 1, 0, 0]
    assert {rate.reset_s for rate in rates} == {40}
    hands.now += timedelta(seconds=40)
    assert (await other.hit("reads", who, 3)).remaining == 2
    assert (await other.hit("reads", random_secret(), 3)).remaining == 2
    for store in stores:
        await store.close()


async def test_one_too_many_is_refused_with_the_seconds_to_wait(store: kv.KeyValue) -> None:
    limiter, who = Limiter(store, Hands(), fail="closed"), random_secret()
    await limiter.check("log-in", who, 1, window_s=900)
    with pytest.raises(RequestRefused) as refused:
        await limiter.check("log-in", who, 1, window_s=900)
    assert (refused.value.code, refused.value.retry_after_s) == (Refusal.RATE_LIMITED, 880)
    await limiter.forget("log-in", who, 1, window_s=900)
    assert (await limiter.check("log-in", who, 1, window_s=900)).allowed


async def test_without_valkey_an_open_limiter_counts_for_itself_and_a_closed_one_refuses() -> None:
    away = kv.KeyValue("valkey://127.0.0.1:1")
    opened, closed = Limiter(away, Hands(), fail="open"), Limiter(away, Hands(), fail="closed")
    assert [(await opened.hit("reads", "a", 2)).allowed for _ in range(3)] == [True, True, False]
    with pytest.raises(StoreUnavailable):
        await closed.hit("log-in", "a", 2)
    await away.close()


async def test_a_valkey_that_hangs_costs_one_short_wait_and_counts_again_when_it_is_back(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path, "tests-only")
    child = server.start()
    store = kv.KeyValue(server.url)
    limiter = Limiter(store, Hands(), fail="open")
    try:
        assert (await limiter.hit("reads", "a", 5)).used == 1
        os.kill(child.pid, signal.SIGSTOP)
        began_s = time.monotonic()
        assert [(await limiter.hit("reads", "a", 5)).used for _ in range(3)] == [1, 2, 3]
        assert time.monotonic() - began_s < 2 * PATIENCE_S
        os.kill(child.pid, signal.SIGCONT)
        async with asyncio.timeout(10):
            while (await limiter.hit("reads", "b", 1_000_000)).used and not await store.raw.keys("*reads/b*"):
                await asyncio.sleep(0.05)
    finally:
        await store.close()
        os.kill(child.pid, signal.SIGCONT)
        server.stop()


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with billed_world(migrated_database, valkey_url, capture_requests_per_minute=5) as opened:
        yield opened


@pytest.fixture
async def platform(world: World) -> Platform:
    """A tenant on the plan that has few requests a minute, none of which are used: numbers of tenants come again."""
    made = await on_plan(world, "basic")
    for key in await world.store.raw.keys(f"*requests/{made.tenant_id}/*"):
        await world.store.raw.delete(key)
    return made


def quota_of(field: str) -> dict[str, int]:
    """The parameters of one of the draft's fields."""
    name, *parameters = field.split(";")
    assert name == '"plan"'
    return {key: int(value) for key, value in (each.split("=") for each in parameters)}


async def test_reads_beyond_the_plans_number_are_refused_and_every_answer_says_how_the_limit_stands(
    world: World, platform: Platform
) -> None:
    most = PLANS["basic"].requests_per_minute or 0
    path = "/api/leaderboards?metric=votes"
    # A minute may end meanwhile: so many that it cannot be the end of one and the begin of the next.
    replies = [await world.http.get(path, platform.server) for _ in range(2 * most + 2)]
    assert {reply.status for reply in replies} == {200, 429}
    for reply in replies:
        policy, state = quota_of(reply.headers["ratelimit-policy"]), quota_of(reply.headers["ratelimit"])
        assert policy == {"q": most, "w": 60}
        assert 0 <= state["r"] < most
        assert 1 <= state["t"] <= 60
        old = [int(reply.headers[f"ratelimit-{name}"]) for name in ("limit", "remaining", "reset")]
        assert old == [most, state["r"], state["t"]]
    first = next(n for n, reply in enumerate(replies) if reply.status == 429)
    assert first >= most
    refused = replies[first]
    assert refused.code == "rate_limited"
    assert refused.headers["retry-after"] == refused.headers["ratelimit-reset"]
    assert (refused.json["limit"], refused.json["plan"]) == ("requestsPerMinute", "pro")
    for other in ("/api/status", "/api/usage", "/api/leaderboards?metric=nothing"):
        answered = await world.http.get(other, platform.server)
        assert answered.status in (429, 200, 400)
        assert "ratelimit" in answered.headers
    assert "ratelimit" not in (await world.http.get("/api/plans")).headers


async def test_a_refused_question_counts_and_tells_too_and_other_tenants_are_not_touched(
    world: World, platform: Platform
) -> None:
    one = await world.http.get("/api/leaderboards?metric=nothing", platform.server)
    two = await world.http.get("/api/no-such-route", platform.server)
    three = await world.http.get("/api/status", platform.server)
    assert [reply.status for reply in (one, two, three)] == [400, 404, 200]
    assert "ratelimit" not in two.headers
    states = [quota_of(reply.headers["ratelimit"])["r"] for reply in (one, three)]
    assert states[0] - states[1] == 1 or states[1] > states[0]  # a minute may have begun between them
    unlimited = await on_plan(world, "enterprise")
    for _ in range(3):
        reply = await world.http.get("/api/leaderboards?metric=votes", unlimited.server)
        assert reply.status == 200
        assert "ratelimit" not in reply.headers


async def test_capture_with_one_key_is_limited_where_an_operator_says_so(world: World) -> None:
    platform = await on_plan(world, "enterprise")
    for key in await world.store.raw.keys("*capture/*"):
        await world.store.raw.delete(key)
    replies = [await world.http.post("/api/passport/log", vote(), platform.server) for _ in range(11)]
    assert {reply.status for reply in replies} == {201, 429}
    refused = next(reply for reply in replies if reply.status == 429)
    assert refused.code == "rate_limited"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert await world.count(platform) == sum(reply.status == 201 for reply in replies)
    browser = {**vote(userId=None, deviceId="d"), "userId": "anon:d"}
    assert (await world.http.post("/api/passport/log", browser, platform.browser)).status == 201


async def test_without_valkey_reads_and_capture_go_on_and_are_counted_by_each_process(
    migrated_database: str, world: World
) -> None:
    platform = await on_plan(world, "basic")
    app = build_app(lambda: open_services(world.settings), "test")
    limiter = Limiter(kv.KeyValue("valkey://127.0.0.1:1"), utc_now, fail="open")
    app.state.services = msgspec.structs.replace(
        world.services, limiter=limiter, allowance=Allowance(world.database, limiter, utc_now, billing=True)
    )
    process = Http(app)
    assert (await process.get("/api/status", platform.server)).status == 200
    assert (await process.post("/api/passport/log", vote(), platform.server)).status == 201
    statuses = [(await process.get("/api/status", platform.server)).status for _ in range(121)]
    assert set(statuses) == {200, 429}
