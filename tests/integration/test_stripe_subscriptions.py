"""Subscriptions of Stripe become plans: whatever the order, however often, and also when only the clock moves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from coliseum.billing.books import Books
from coliseum.billing.subscriptions import sweep
from coliseum.clock import utc_now
from support.services import Platform, World, opened_world
from support.stripes import (
    StandIn,
    applied,
    days_ago,
    drained,
    event,
    plan_of,
    rows,
    settings,
    stand_in,
    state_of,
    subscription,
    told,
)


@pytest.fixture(scope="module")
async def stripe() -> AsyncIterator[StandIn]:
    async with stand_in() as running:
        await running.make_plans()
        yield running


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str, stripe: StandIn) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, **settings(stripe.base)) as opened:
        yield opened


def books(world: World) -> Books:
    worker = world.services.billing.worker
    assert worker is not None
    return worker.books


def change(kind: str, content: dict[str, Any], at: int | None = None) -> dict[str, Any]:
    return event(f"customer.subscription.{kind}", content, **({} if at is None else {"created": at}))


async def held(world: World, platform: Platform) -> list[dict[str, Any]]:
    """The subscriptions, but for when they were written."""
    found = await rows(world, "SELECT * FROM billing_subscriptions WHERE tenant_id = $1 ORDER BY 2", platform.tenant_id)
    return [{name: value for name, value in row.items() if name != "updated_at"} for row in found]


@pytest.mark.parametrize("status", ["active", "trialing"])
async def test_what_is_paid_gives_its_plan_and_says_so_in_the_trail(
    world: World, platform: Platform, status: str
) -> None:
    assert await plan_of(world, platform) == "basic"
    await applied(world, change("created", subscription(platform, status=status)))
    assert await plan_of(world, platform) == "pro"
    entries = await rows(world, "SELECT * FROM trail_entries WHERE tenant_id = $1", platform.tenant_id)
    assert [(each["actor"], each["action"]) for each in entries] == [("stripe", "plan.change")]
    assert entries[0]["detail"] == {"from": "basic", "to": "pro"}


async def test_callers_see_a_new_plan_within_two_seconds_of_being_told(world: World, platform: Platform) -> None:
    keys = world.services.keys
    known = await keys.caller(platform.server_key)
    assert known is not None
    assert known.tenant.plan == "basic"
    began = utc_now()
    assert (await told(world, change("created", subscription(platform)))).status == 200
    while True:
        caller = await keys.caller(platform.server_key)
        if caller is not None and caller.tenant.plan == "pro":
            break
        await asyncio.sleep(0.02)
        assert utc_now() - began < timedelta(seconds=10)
    assert utc_now() - began < timedelta(seconds=3)  # two, and what storing and applying takes


async def test_a_new_plan_is_told_to_the_tenants_endpoints(world: World, platform: Platform) -> None:
    await world.execute(
        "INSERT INTO hooks_endpoints (tenant_id, endpoint_id, url, topics, description, boards, created_by, created_at, "
        "secret) VALUES ($1, 1, 'https://example.org/', '{plan.changed}', '', '[]', 'person:1', now(), '\\x00')",
        platform.tenant_id,
    )
    await applied(world, change("created", subscription(platform)))
    messages = await rows(world, "SELECT topic, payload FROM hooks_messages WHERE tenant_id = $1", platform.tenant_id)
    assert messages == [{"topic": "plan.changed", "payload": {"from": "basic", "to": "pro"}}]


@pytest.mark.parametrize("status", ["incomplete", "incomplete_expired", "paused", "something_new"])
async def test_what_is_not_paid_for_gives_nothing(world: World, platform: Platform, status: str) -> None:
    await applied(world, change("created", subscription(platform, status=status)))
    assert await plan_of(world, platform) == "basic"
    assert [row["status"] for row in await held(world, platform)] == [status]


@pytest.mark.parametrize(("price", "plan"), [("price_enterprise", "enterprise"), ("price_pro_yearly", "pro"),
                                             ("price_of_somebody_else", "basic")])  # fmt: skip
async def test_the_price_says_which_plan(world: World, platform: Platform, price: str, plan: str) -> None:
    await applied(world, change("created", subscription(platform, price=price)))
    assert await plan_of(world, platform) == plan


@pytest.mark.parametrize("status", ["past_due", "unpaid"])
async def test_after_a_failed_payment_the_plan_lasts_for_the_grace_and_then_ends_by_the_clock(
    world: World, platform: Platform, status: str
) -> None:
    bought = subscription(platform)
    await applied(
        world, change("created", bought, days_ago(40)), change("updated", {**bought, "status": status}, days_ago(2))
    )
    assert await plan_of(world, platform) == "pro"
    now = utc_now()
    assert platform.tenant_id not in await sweep(books(world), now + timedelta(days=4))
    assert await plan_of(world, platform) == "pro"
    assert platform.tenant_id in await sweep(books(world), now + timedelta(days=5, seconds=1))
    assert await plan_of(world, platform) == "basic"
    assert platform.tenant_id not in await sweep(books(world), now + timedelta(days=6))  # looked at once


async def test_a_payment_in_time_ends_the_grace_and_the_next_failure_begins_its_own(
    world: World, platform: Platform
) -> None:
    bought = subscription(platform)
    late = {**bought, "status": "past_due"}
    await applied(
        world, change("updated", late, days_ago(30)), change("updated", bought, days_ago(25)),
        change("updated", late, days_ago(3)),
    )  # fmt: skip
    row = (await held(world, platform))[0]
    assert abs(row["grace_until"] - (utc_now() + timedelta(days=4))) < timedelta(minutes=1)
    assert await plan_of(world, platform) == "pro"
    await applied(world, change("updated", bought))
    assert (await held(world, platform))[0]["grace_until"] is None


async def test_what_is_cancelled_lasts_until_its_paid_period_ends(world: World, platform: Platform) -> None:
    end = int(utc_now().timestamp()) + 1_000
    bought = subscription(platform, period_end=end)
    await applied(world, change("created", bought, days_ago(2)))
    await applied(world, change("deleted", {**bought, "status": "canceled"}))
    assert await plan_of(world, platform) == "pro"
    await sweep(books(world), utc_now() + timedelta(seconds=900))
    assert await plan_of(world, platform) == "pro"
    await sweep(books(world), utc_now() + timedelta(seconds=1_001))
    assert await plan_of(world, platform) == "basic"


async def test_what_is_cancelled_because_it_was_not_paid_ends_with_its_grace(world: World, platform: Platform) -> None:
    bought = subscription(platform, period_end=days_ago(-300))
    await applied(
        world, change("created", bought, days_ago(30)),
        change("updated", {**bought, "status": "past_due"}, days_ago(8)),
        change("deleted", {**bought, "status": "canceled"}, days_ago(1)),
    )  # fmt: skip
    assert await plan_of(world, platform) == "basic"


async def test_the_largest_plan_of_several_subscriptions_counts(world: World, platform: Platform) -> None:
    small, large = subscription(platform), subscription(platform, price="price_enterprise")
    await applied(world, change("created", small, days_ago(9)), change("created", large, days_ago(8)))
    assert await plan_of(world, platform) == "enterprise"
    gone = {**large, "status": "canceled", "items": {"data": [{"price": {"id": "price_enterprise"},
                                                               "current_period_end": days_ago(0)}]}}  # fmt: skip
    await applied(world, change("deleted", gone))
    assert await plan_of(world, platform) == "pro"


async def test_an_event_of_the_other_mode_is_kept_and_changes_nothing(world: World, platform: Platform) -> None:
    sent = {**change("created", subscription(platform)), "livemode": True}
    assert (await told(world, sent)).status == 200
    await drained(world)
    assert (await state_of(world, sent["id"]))[0] == "ignored"
    assert await plan_of(world, platform) == "basic"


async def test_a_connected_accounts_subscriptions_change_no_plan(world: World, platform: Platform) -> None:
    sent = {**change("created", subscription(platform)), "account": "acct_somebody"}
    await applied(world, sent)
    assert (await state_of(world, sent["id"]))[0] == "ignored"
    assert await plan_of(world, platform) == "basic"


@pytest.mark.parametrize("metadata", [{}, None, {"coliseum_tenant": "99999999"}, {"coliseum_tenant": "x"},
                                      {"coliseum_tenant": "-1"}, {"coliseum_tenant": "9" * 40}])  # fmt: skip
async def test_a_subscription_of_nobody_is_kept_unmatched(
    world: World, platform: Platform, metadata: dict[str, str] | None
) -> None:
    sent = change("created", subscription(platform, metadata=metadata, customer="cus_unheard_of"))
    await applied(world, sent)
    assert (await state_of(world, sent["id"]))[0] == "unmatched"


async def test_an_object_that_cannot_be_read_is_tried_again_and_blocks_nobody(world: World, platform: Platform) -> None:
    poison = change("created", {"id": "sub_poison", "status": "active"})
    await applied(world, poison, change("created", subscription(platform)))
    assert (await state_of(world, poison["id"]))[0] == "stored"
    assert await plan_of(world, platform) == "pro"
    await world.execute("UPDATE billing_stripe_events SET attempts = 29, next_attempt_at = now() WHERE event_id = $1",
                        poison["id"])  # fmt: skip
    await drained(world)
    state, reason = await state_of(world, poison["id"])
    assert state == "failed"
    assert "ValidationError" in reason


async def test_with_a_live_key_events_of_test_mode_change_nothing(world: World, platform: Platform) -> None:
    stores = str(world.settings.database_url), str(world.settings.valkey_url)
    async with opened_world(*stores, **settings("http://127.0.0.1:9", stripe_secret_key="rk_live_x")) as live:
        tested = change("created", subscription(platform, price="price_enterprise"))
        real = {**change("created", subscription(platform)), "livemode": True}
        await applied(live, tested, real)
        assert [(await state_of(live, each["id"]))[0] for each in (tested, real)] == ["ignored", "applied"]
    assert await plan_of(world, platform) == "pro"


async def test_a_subscription_sold_in_the_dashboard_makes_its_customer_the_tenants(
    world: World, platform: Platform
) -> None:
    await applied(world, change("created", subscription(platform, customer=f"cus_sold_{platform.tenant_id}")))
    found = await rows(world, "SELECT customer_id FROM billing_customers WHERE tenant_id = $1", platform.tenant_id)
    assert found == [{"customer_id": f"cus_sold_{platform.tenant_id}"}]
    # From now on it is known by its customer alone.
    later = subscription(platform, customer=f"cus_sold_{platform.tenant_id}", metadata={}, price="price_enterprise")
    await applied(world, change("created", later))
    assert await plan_of(world, platform) == "enterprise"
