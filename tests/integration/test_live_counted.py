"""When a page is read: as soon as boards have moved; and what is said while it cannot be read."""

import asyncio
import time
from typing import Any

import pytest

from coliseum import db, kv
from coliseum.clock import utc_now
from coliseum.projections.boards import BoardsFollower
from coliseum.queries.shared import SharedReads
from coliseum.web.live import channel as channels
from coliseum.web.live.hub import Hub
from support.festival import vote
from support.live import conducted, send
from support.services import Platform, World
from support.watching_boards import counted_votes, opened_hub, watcher

pytestmark = pytest.mark.long

COLD = "redis://127.0.0.1:1"


class Away(db.Database):
    """A database on the pools of another, which does not answer while it is away."""

    def __init__(self, database: db.Database) -> None:
        self.__dict__.update(database.__dict__)
        self.away = False

    def tenant(self, tenant_id: int, right: db.Right = "app", *, snapshot: bool = False) -> Any:
        if self.away:
            raise OSError("PostgreSQL is away")
        return super().tenant(tenant_id, right, snapshot=snapshot)


async def test_the_follower_says_that_boards_have_moved(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    teller = kv.Waker(world.store, kv.COUNTED_CHANNEL)
    conductor.follower = BoardsFollower(world.database, world.store, utc_now, 900, moved=teller.wake)
    await conductor.take()
    try:
        async with world.store.wake_ups(kv.COUNTED_CHANNEL) as woken, asyncio.timeout(10):
            while not woken.is_set():  # the listener may not be there yet
                await send(world, platform, [vote(artistId="ada")])
                await conductor.quiesce()
                await asyncio.sleep(0.05)
            assert woken.take() == {platform.tenant_id}
    finally:
        await teller.close()


async def test_a_page_is_read_when_it_is_said_and_not_only_now_and_then(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    waits = []
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        one.watch()
        await one.hear()
        for score in range(1, 12):
            await counted_votes(world, platform, conductor, ada=1)
            began_s = time.monotonic()
            await one.until("ada", score)
            waits.append(time.monotonic() - began_s)
    assert sorted(waits)[len(waits) // 2] < channels.POLL_S / 3


async def test_while_nothing_can_be_read_it_is_said_once_and_then_goes_on(world: World, platform: Platform) -> None:
    await send(world, platform, [vote(artistId="ada")])
    conductor = await conducted(world, platform)
    database, store, services = Away(world.database), kv.KeyValue(COLD), world.services
    reads = SharedReads(database, store, services.clock)
    hub = Hub(services.database, services.store, services.keys, reads, services.declarations, services.clock)
    try:
        one = await watcher(hub, platform)
        board = one.watch()
        await one.hear()
        database.away = True
        error = await one.hear()
        assert (error["type"], error["code"], error["id"]) == ("error", "overloaded", "x")
        await send(world, platform, [vote(artistId="ada")])
        await conductor.quiesce()
        await asyncio.sleep(2 * channels.REST_S_MAX)
        assert not one.waits
        late = await watcher(hub, platform)
        late.watch()
        assert (await late.hear())["code"] == "overloaded"
        database.away = False
        await one.until("ada", 2)
        assert board.snapshots == 1
    finally:
        await hub.close()
        await reads.drain()
        await store.close()
