"""The key sets of issuers: how long they are believed, and when they are asked for."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey

from coliseum.accounts.foreign import Foreign
from coliseum.accounts.jwks import KNOWN_FOR, REFRESH_AFTER, REFRESH_BY, RETRY_AFTER
from coliseum.errors import RequestRefused, StoreUnavailable
from coliseum.outbound import Outbound
from support.issuing import Issuer, issuing
from support.services import SECRET_KEY, Platform, World, opened_world


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, outbound_private=True) as opened:
        yield opened


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with issuing() as serving:
        yield serving


async def trusts(world: World, platform: Platform, **wish: Any) -> None:
    answer = await world.http.send("PUT", "/api/issuers", json.dumps(wish).encode(), platform.server)
    assert answer.status == 200, answer


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def checking(world: World, clock: Clock) -> AsyncIterator[Foreign]:
    """What checks tokens, with a clock of the test's own."""
    outbound = Outbound(allow_private=True)
    yield Foreign(world.services.database, outbound, SECRET_KEY, clock)
    await outbound.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


async def good(foreign: Foreign, platform: Platform, token: str, **more: Any) -> bool:
    try:
        await foreign.vouched(platform.tenant_id, token.encode(), **more)
    except RequestRefused:
        return False
    return True


async def test_a_key_that_is_withdrawn_is_gone_within_ten_minutes(
    world: World, platform: Platform, issuer: Issuer, checking: Foreign, clock: Clock
) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    token = issuer.token("rs", exp=int(time.time()) + 90_000)
    assert await good(checking, platform, token)
    del issuer.keys["rs"]
    clock.now += REFRESH_BY
    assert timedelta(minutes=10) > REFRESH_BY
    assert not await good(checking, platform, token)


async def test_in_a_steady_stream_nobody_waits_for_keys(
    world: World, platform: Platform, issuer: Issuer, checking: Foreign, clock: Clock
) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    token = issuer.token(exp=int(time.time()) + 90_000)
    issuer.asked.clear()
    assert all(await asyncio.gather(*(good(checking, platform, token) for _ in range(50))))
    assert len(issuer.asked) == 1  # all waited for one fetch
    clock.now += REFRESH_AFTER
    issuer.body = b"{}"
    assert await good(checking, platform, token)
    await until(lambda: len(issuer.asked) == 2)
    assert await good(checking, platform, token)  # what came was no key set: what was known is


async def test_a_new_key_is_found_at_once_and_unknown_ones_cost_one_question_in_half_a_minute(
    world: World, platform: Platform, issuer: Issuer, checking: Foreign, clock: Clock
) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    assert await good(checking, platform, issuer.token())
    issuer.asked.clear()
    clock.now += RETRY_AFTER
    issuer.keys["new"] = ECKey.generate_key("P-256")
    assert await good(checking, platform, issuer.token("new"))
    stranger = issuer.token("new", header={"kid": "nobody's"})
    assert not any(await asyncio.gather(*(good(checking, platform, stranger) for _ in range(50))))
    assert len(issuer.asked) == 1
    clock.now += RETRY_AFTER
    assert not any(await asyncio.gather(*(good(checking, platform, stranger) for _ in range(50))))
    assert len(issuer.asked) == 2


async def test_while_an_issuer_is_away_its_known_keys_are_good_for_an_hour(
    world: World, platform: Platform, issuer: Issuer, checking: Foreign, clock: Clock
) -> None:
    await trusts(world, platform, supabaseUrl=issuer.address)
    token = issuer.token(exp=int(time.time()) + 90_000)
    assert await good(checking, platform, token)
    issuer.status = 503
    clock.now += KNOWN_FOR - timedelta(seconds=1)
    assert await good(checking, platform, token)
    clock.now += timedelta(seconds=1)
    with pytest.raises(StoreUnavailable):
        await good(checking, platform, token)
    issuer.status = 200
    clock.now += RETRY_AFTER
    assert await good(checking, platform, token)
