"""Many endpoints and many workers: nobody waits for somebody else's slow server, and nothing is sent twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from coliseum.hooks.delivery import ENDPOINT_AT_ONCE_MAX, TENANT_ENDPOINTS_MAX
from support.receiving import Receiver, Sending, change_plan, endpoint, receiving
from support.services import Platform, World, opened_world


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, outbound_private=True) as opened:
        yield opened


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest.fixture
async def sending(world: World) -> AsyncIterator[Sending]:
    await world.execute("DELETE FROM hooks_messages")  # what other tests have left on its way
    opened = Sending(world)
    yield opened
    await opened.close()


async def deliveries(world: World, platform: Platform) -> list[Any]:
    return await world.fetch(
        "SELECT * FROM hooks_deliveries WHERE tenant_id = $1 ORDER BY delivery_id", platform.tenant_id
    )


async def test_one_slow_endpoint_holds_up_no_other(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    async with receiving() as quick:
        await endpoint(world, platform, receiver.url)
        await endpoint(world, platform, quick.url)
        receiver.held.clear()
        for plan in ("pro", "basic") * 5:
            await change_plan(world, platform, plan)
        sending.now += timedelta(seconds=1)
        task = asyncio.create_task(sending.deliverer.run())
        await quick.wait_for(10)
        assert len(receiver.came) == ENDPOINT_AT_ONCE_MAX
        receiver.held.set()
        await receiver.wait_for(10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert quick.ids == sorted(quick.ids)


async def test_one_tenant_with_many_slow_endpoints_leaves_room_for_others(
    world: World, receiver: Receiver, sending: Sending
) -> None:
    greedy, modest = await world.platform(), await world.platform()
    for _ in range(TENANT_ENDPOINTS_MAX * 3):
        await endpoint(world, greedy, receiver.url)
    async with receiving() as quick:
        await endpoint(world, modest, quick.url)
        receiver.held.clear()
        await change_plan(world, greedy, "pro")
        await change_plan(world, modest, "pro")
        sending.now += timedelta(seconds=1)
        await sending.deliverer.start_due()
        await quick.wait_for(1)
        for _ in range(5):
            await sending.deliverer.start_due()
        assert len(sending.deliverer._flying) <= TENANT_ENDPOINTS_MAX + 1
        receiver.held.set()
        await sending.send()
    assert len(receiver.came) == TENANT_ENDPOINTS_MAX * 3


async def test_workers_beside_each_other_send_each_message_once(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    for _ in range(5):
        await endpoint(world, platform, receiver.url)
    for plan in ("pro", "basic") * 3:
        await change_plan(world, platform, plan)
    workers = [Sending(world) for _ in range(3)]
    sent = sum(await asyncio.gather(*(worker.send(timedelta(seconds=1)) for worker in workers)))
    for worker in workers:
        await worker.close()
    assert sent == len(receiver.came) == 30
    found = await deliveries(world, platform)
    assert {(row["state"], row["attempt"]) for row in found} == {("delivered", 1)}
