"""A crash between storing an event of Stripe and applying it, and at each step of applying, loses and repeats nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.billing import inbox
from coliseum.billing.books import Books, Taken
from coliseum.billing.overage import LogUsage
from coliseum.billing.worker import Worker
from coliseum.clock import utc_now
from coliseum.tasks import end
from coliseum.trail.record import Deed, Trail
from support.services import Platform, World, opened_world
from support.stripes import event, owned, plan_of, settings, state_of, subscription, told


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    """As after a crash: nothing applies what is stored, until a test lets something."""
    async with opened_world(migrated_database, valkey_url, **settings("http://127.0.0.1:9")) as opened:
        task = opened.services.billing._task
        assert task is not None
        await end(task)
        yield opened


class Death(BaseException):
    """The process is killed here."""


def books(world: World) -> Books:
    worker = world.services.billing.worker
    assert worker is not None
    return worker.books


def worker(world: World, **changes: Any) -> Worker:
    """Another process's worker, with some of its parts replaced."""
    changed = msgspec.structs.replace(books(world), **changes)
    return Worker(changed, LogUsage(changed.database))


def after_the_lease() -> Any:
    return utc_now() + inbox.LEASE + timedelta(seconds=1)


def payment(platform: Platform) -> dict[str, Any]:
    metadata = {"coliseum_tenant": str(platform.tenant_id), "coliseum_user": "fan"}
    content = {"id": f"pi_of_{platform.tenant_id}", "amount": 700, "amount_received": 700, "currency": "eur",
               "metadata": metadata}  # fmt: skip
    return event("payment_intent.succeeded", content)


async def test_what_was_stored_before_a_crash_is_applied_after_it(world: World, platform: Platform) -> None:
    sent = event("customer.subscription.created", subscription(platform))
    assert (await told(world, sent)).status == 200
    assert (await state_of(world, sent["id"]))[0] == "stored"
    assert await plan_of(world, platform) == "basic"
    assert await worker(world).drain() == 1
    assert await plan_of(world, platform) == "pro"
    assert await worker(world).drain() == 0


async def test_what_a_dead_process_was_applying_is_another_ones_after_its_lease(
    world: World, platform: Platform
) -> None:
    sent = event("customer.subscription.created", subscription(platform))
    await inbox.store(world.database, json.dumps(sent).encode(), utc_now(), live=False)
    claimed = await inbox.claim(world.database, utc_now())
    assert claimed is not None
    assert await worker(world).drain() == 0  # it may be alive
    assert await worker(world, clock=after_the_lease).drain() == 1
    assert await plan_of(world, platform) == "pro"
    # It was alive after all, and comes to its end late: nothing is applied twice.
    await worker(world)._apply(claimed)
    assert await owned(world, "SELECT count(*) FROM trail_entries WHERE tenant_id = $1", platform.tenant_id) == 1


class DyingTrail(Trail):
    """Dies within the transaction, after everything else of it."""

    async def record(self, connection: db.Connection, tenant_id: int, deed: Deed) -> int:
        await super().record(connection, tenant_id, deed)
        raise Death


async def test_a_crash_within_the_transaction_leaves_nothing_of_it(world: World, platform: Platform) -> None:
    sent = event("customer.subscription.created", subscription(platform))
    await told(world, sent)
    with pytest.raises(Death):
        await worker(world, trail=DyingTrail("x" * 32, utc_now)).drain()
    assert (await state_of(world, sent["id"]))[0] == "stored"
    assert await plan_of(world, platform) == "basic"
    assert not await owned(world, "SELECT count(*) FROM billing_subscriptions WHERE tenant_id = $1", platform.tenant_id)
    await worker(world, clock=after_the_lease).drain()
    assert await plan_of(world, platform) == "pro"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("error", [Death(), ConnectionResetError(), RuntimeError()])
async def test_a_crash_around_the_log_counts_a_payment_once(
    world: World, platform: Platform, when: str, error: BaseException
) -> None:
    real = books(world).capture

    async def dying(tenant: Tenant, raw: bytes) -> Taken:
        if when == "after":
            await real(tenant, raw)
        raise error

    sent = payment(platform)
    await told(world, sent)
    with suppress(Death, ConnectionResetError):
        await worker(world, capture=dying).drain()
    assert (await state_of(world, sent["id"]))[0] == "stored"
    assert await world.count(platform) == (1 if when == "after" else 0)
    await worker(world, clock=after_the_lease).drain()
    assert (await state_of(world, sent["id"]))[0] == "applied"
    assert await world.count(platform) == 1


async def test_several_processes_share_the_events_and_each_is_applied_once(world: World) -> None:
    platforms = [await world.platform() for _ in range(4)]
    for index in range(40):
        sent = payment(platforms[index % 4])
        sent["data"]["object"]["id"] = f"pi_shared_{index}"
        await told(world, sent)
    tried = await asyncio.gather(*[worker(world).drain() for _ in range(4)])
    assert sum(tried) == 40
    assert [await world.count(platform) for platform in platforms] == [10] * 4


async def test_an_event_that_fails_waits_longer_each_time(world: World, platform: Platform) -> None:
    async def failing(_tenant: Tenant, _raw: bytes) -> Taken:
        raise RuntimeError("no")

    sent = payment(platform)
    await told(world, sent)
    waits = []
    for _ in range(14):
        await world.execute("UPDATE billing_stripe_events SET next_attempt_at = now() WHERE event_id = $1", sent["id"])
        await worker(world, capture=failing).drain()
        due = await owned(world, "SELECT next_attempt_at FROM billing_stripe_events WHERE event_id = $1", sent["id"])
        waits.append((due - utc_now()).total_seconds())
    assert waits[0] < 2
    assert 900 < waits[11] < 3_601
    assert 1_700 < waits[13] < 3_601
    assert await inbox.retry(world.database, None, utc_now()) >= [sent["id"]]
    await worker(world).drain()
    assert await world.count(platform) == 1
