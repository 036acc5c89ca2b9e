"""Wrong variants of what applies Stripe's events, kept to show that the tests of the right one would see them."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from coliseum.accounts.tenants import Tenant
from coliseum.billing.books import Books, Taken
from coliseum.billing.overage import LogUsage
from coliseum.billing.worker import Worker
from coliseum.ids import uuid7
from coliseum.tasks import end
from support.services import Platform, World, opened_world
from support.stripes import days_ago, event, plan_of, settings, subscription, told


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    """Nothing applies what is stored, until a test lets something."""
    async with opened_world(migrated_database, valkey_url, **settings("http://127.0.0.1:9")) as opened:
        task = opened.services.billing._task
        assert task is not None
        await end(task)
        yield opened


def worker(world: World, **changes: Any) -> Worker:
    known = world.services.billing.worker
    assert known is not None
    books: Books = msgspec.structs.replace(known.books, **changes)
    return Worker(books, LogUsage(books.database))


async def ends(world: World) -> set[str]:
    """The plans in which the permutations of three events end."""
    plans = set()
    for order in itertools.permutations(range(3)):
        platform = await world.platform()
        bought = subscription(platform, id=f"sub_mutant_{platform.tenant_id}", period_end=days_ago(1))
        changes = [
            event("customer.subscription.created", {**bought, "status": "incomplete"}, created=days_ago(9)),
            event("customer.subscription.updated", bought, created=days_ago(8)),
            event("customer.subscription.deleted", {**bought, "status": "canceled"}, created=days_ago(2)),
        ]
        for index in order:
            await told(world, changes[index])
            await worker(world).drain()
        plans.add(await plan_of(world, platform))
    return plans


async def test_whoever_believes_the_last_that_came_ends_in_several_plans(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await ends(world) == {"basic"}
    monkeypatch.setattr("coliseum.billing.subscriptions.takes", lambda *_: True)
    assert await ends(world) == {"basic", "pro"}


async def test_whoever_gives_each_try_an_id_of_its_own_counts_a_payment_twice(world: World, platform: Platform) -> None:
    known = world.services.billing.worker
    assert known is not None
    real = known.books.capture
    tries = itertools.count()

    async def forgetful(tenant: Tenant, raw: bytes) -> Taken:
        content = {**msgspec.json.decode(raw), "id": uuid7()}
        taken = await real(tenant, msgspec.json.encode(content))
        if next(tries) == 0:
            raise ConnectionResetError
        return taken

    content = {"id": "pi_mutant", "amount": 700, "currency": "eur",
               "metadata": {"coliseum_tenant": str(platform.tenant_id), "coliseum_user": "fan"}}  # fmt: skip
    await told(world, event("payment_intent.succeeded", content))
    with pytest.raises(ConnectionResetError):
        await worker(world, capture=forgetful).drain()
    await world.execute("UPDATE billing_stripe_events SET next_attempt_at = now()")
    await worker(world, capture=forgetful).drain()
    assert await world.count(platform) == 2
