"""Keys are looked up once for all who wait, and beside the requests of a steady stream."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from coliseum.accounts.keys import CACHE_FOR, REFRESH_AFTER, KeyRing
from support.services import Platform, World
from support.watching import WatchedDatabase


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
def database(world: World) -> WatchedDatabase:
    return WatchedDatabase(world.database)


@pytest.fixture
def ring(database: WatchedDatabase, clock: Clock) -> KeyRing:
    return KeyRing(database, clock)


async def test_a_crowd_with_one_key_costs_one_look_up(
    platform: Platform, database: WatchedDatabase, ring: KeyRing
) -> None:
    crowd = [asyncio.create_task(ring.caller(platform.server_key)) for _ in range(50)]
    other = asyncio.create_task(ring.caller("nobody's"))
    await database.until_asked(2)
    crowd[0].cancel()
    await asyncio.sleep(0)
    database.let_go.set()
    callers = await asyncio.gather(*crowd[1:])
    assert {caller.tenant.tenant_id for caller in callers if caller} == {platform.tenant_id}
    assert None not in callers
    assert await other is None
    assert len(database.asked) == 2


async def test_in_a_steady_stream_nobody_waits(
    platform: Platform, database: WatchedDatabase, ring: KeyRing, clock: Clock
) -> None:
    database.let_go.set()
    first = await ring.caller(platform.server_key)
    for count in range(2, 6):
        clock.now += REFRESH_AFTER
        database.let_go.clear()  # whoever waited for this look-up would wait for ever
        assert await ring.caller(platform.server_key) == first
        assert await ring.caller(platform.server_key) == first
        await database.until_asked(count)
        database.let_go.set()
        async with asyncio.timeout(10):
            while ring.believed_until(platform.server_key) < clock.now + CACHE_FOR:
                await asyncio.sleep(0)
    assert len(database.asked) == 5


async def test_a_key_is_believed_no_longer_than_it_may_be(
    world: World, platform: Platform, database: WatchedDatabase, ring: KeyRing, clock: Clock
) -> None:
    database.let_go.set()
    assert await ring.caller(platform.browser_key) is not None
    await world.execute("UPDATE accounts_keys SET revoked_at = now() WHERE tenant_id = $1", platform.tenant_id)
    clock.now += CACHE_FOR - timedelta(milliseconds=1)
    assert await ring.caller(platform.browser_key) is not None
    clock.now += timedelta(milliseconds=1)
    assert await ring.caller(platform.browser_key) is None


async def test_a_look_up_that_fails_is_heard_by_those_who_wait_and_forgotten(
    platform: Platform, database: WatchedDatabase, ring: KeyRing, clock: Clock
) -> None:
    database.let_go.set()
    database.error = OSError("nobody is there")
    heard = await asyncio.gather(*(ring.caller(platform.server_key) for _ in range(3)), return_exceptions=True)
    assert heard == [database.error] * 3
    database.error = None
    first = await ring.caller(platform.server_key)
    assert first is not None
    database.error = OSError("nobody is there")
    clock.now += REFRESH_AFTER
    assert await ring.caller(platform.server_key) == first
    await database.until_asked(3)
    await asyncio.sleep(0.01)
    assert await ring.caller(platform.server_key) == first  # and the next request looks again
    await database.until_asked(4)
