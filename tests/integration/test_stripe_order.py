"""Events of Stripe may come in any order, twice, and within one second: what they end in is the same."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from coliseum.clock import utc_now
from support.services import Platform, World, opened_world
from support.stripes import (
    StandIn,
    applied,
    days_ago,
    drained,
    event,
    owned,
    plan_of,
    rows,
    settings,
    stand_in,
    state_of,
    subscription,
    told,
)

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
async def stripe() -> AsyncIterator[StandIn]:
    async with stand_in() as running:
        await running.make_plans()
        yield running


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str, stripe: StandIn) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, **settings(stripe.base)) as opened:
        yield opened


def change(kind: str, content: dict[str, Any], at: int | None = None) -> dict[str, Any]:
    return event(f"customer.subscription.{kind}", content, **({} if at is None else {"created": at}))


async def held(world: World, platform: Platform) -> list[dict[str, Any]]:
    """The subscriptions, but for when they were written."""
    found = await rows(world, "SELECT * FROM billing_subscriptions WHERE tenant_id = $1 ORDER BY 2", platform.tenant_id)
    return [{name: value for name, value in row.items() if name != "updated_at"} for row in found]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_whatever_the_order_the_end_is_the_same(world: World, order: tuple[int, ...]) -> None:
    states = []
    for chosen in (tuple(range(4)), order):
        platform = await world.platform()
        bought = subscription(platform, id=f"sub_order_{platform.tenant_id}", created=days_ago(20),
                              period_end=days_ago(-1))  # fmt: skip
        larger = {**bought, "items": subscription(platform, price="price_enterprise", period_end=days_ago(-9))["items"]}
        changes = [
            change("created", {**bought, "status": "incomplete"}, days_ago(10)),
            change("updated", bought, days_ago(9)),
            change("updated", {**larger, "status": "past_due"}, days_ago(2)),
            change("updated", larger, days_ago(1)),
        ]
        await applied(world, *[changes[index] for index in chosen], changes[chosen[0]])
        row = (await held(world, platform))[0]
        states.append((await plan_of(world, platform), row["status"], row["plan"], row["price_id"], row["grace_until"]))
    assert states[0] == states[1]
    assert states[0][:2] == ("enterprise", "active")


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_what_is_deleted_stays_so_in_whatever_order_and_within_one_second(
    world: World, order: tuple[int, ...]
) -> None:
    platform = await world.platform()
    at = days_ago(3)
    bought = subscription(platform, period_end=days_ago(2))
    changes = [
        change("created", {**bought, "status": "incomplete"}, at), change("updated", bought, at),
        change("deleted", {**bought, "status": "canceled"}, at),
        change("updated", {**bought, "status": "past_due"}, days_ago(9)),
    ]  # fmt: skip
    await applied(world, *[changes[index] for index in order])
    assert [row["status"] for row in await held(world, platform)] == ["canceled"]
    assert await plan_of(world, platform) == "basic"


@pytest.mark.parametrize("first", [0, 1])
async def test_two_events_of_one_second_are_settled_by_asking_stripe(world: World, stripe: StandIn, first: int) -> None:
    platform = await world.platform()
    customer = await stripe.call("POST", "/v1/customers", {"description": "x"})
    made = await stripe.call("POST", "/v1/subscriptions", {
        "customer": customer["id"], "items": [{"plan": "price_enterprise"}], "trial_period_days": 9,
        "metadata": {"coliseum_tenant": str(platform.tenant_id)},
    })  # fmt: skip
    at = days_ago(1)
    shown = {**made, "items": {"data": [{"price": {"id": "price_pro"}}]}}
    changes = [
        change("updated", {**shown, "status": "past_due"}, at),
        change("updated", {**shown, "status": "unpaid"}, at),
    ]
    await applied(world, changes[first], changes[1 - first])
    row = (await held(world, platform))[0]
    assert (row["status"], row["plan"]) == (made["status"], "enterprise")  # neither event said so


async def test_in_doubt_and_without_stripe_an_event_waits(world: World, stripe: StandIn) -> None:
    platform = await world.platform()
    bought = subscription(platform)
    at = days_ago(1)
    await applied(world, change("created", bought, at))
    await stripe.fail_next(f"/v1/subscriptions/{bought['id']}")
    doubtful = change("updated", {**bought, "status": "past_due"}, at)
    await applied(world, doubtful)
    assert (await state_of(world, doubtful["id"]))[0] == "stored"
    due = await owned(world, "SELECT next_attempt_at FROM billing_stripe_events WHERE event_id = $1", doubtful["id"])
    assert due > utc_now() - timedelta(seconds=1)
    await world.execute("UPDATE billing_stripe_events SET next_attempt_at = now() WHERE event_id = $1", doubtful["id"])
    await drained(world)
    assert (await state_of(world, doubtful["id"]))[0] == "applied"


async def test_fifty_at_once_are_applied_once(world: World, platform: Platform) -> None:
    sent = change("created", subscription(platform))
    replies = await asyncio.gather(*[told(world, sent) for _ in range(50)])
    assert sum(reply.json["status"] == "stored" for reply in replies) == 1
    await drained(world)
    count = "SELECT count(*) FROM trail_entries WHERE tenant_id = $1"
    assert await owned(world, count, platform.tenant_id) == 1
    assert await owned(world, "SELECT attempts FROM billing_stripe_events WHERE event_id = $1", sent["id"]) == 1


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_in_whatever_order_the_end_is_the_models(world: World, seed: int) -> None:
    rng = random.Random(seed)
    platform = await world.platform()
    whole = subscription(platform, period_end=days_ago(-9))
    days = sorted(rng.sample(range(1, 60), rng.randint(3, 9)), reverse=True)
    history = []
    for day in days:
        status = rng.choice(["active", "past_due", "unpaid", "trialing", "incomplete"])
        price = rng.choice(["price_pro", "price_enterprise", "price_unknown"])
        item = {"price": {"id": price}, "current_period_end": days_ago(-9)}
        history.append(change("updated", {**whole, "status": status, "items": {"data": [item]}}, days_ago(day)))
    if rng.random() < 0.4:
        gone = {**history[-1]["data"]["object"], "status": "canceled"}
        history.append(change("deleted", gone, days_ago(0.5)))
    told_so = history + rng.sample(history, len(history) // 2)
    rng.shuffle(told_so)
    await applied(world, *told_so)
    assert await plan_of(world, platform) == model(history)


def model(history: list[dict[str, Any]]) -> str:
    """The plan after a history, by going through it in its own order."""
    failing_since = None
    for each in history:
        status = each["data"]["object"]["status"]
        if status in ("active", "trialing"):
            failing_since = None
        elif status in ("past_due", "unpaid"):
            failing_since = failing_since or each["created"]
    content = history[-1]["data"]["object"]
    plans = {"price_pro": "pro", "price_enterprise": "enterprise"}
    plan = plans.get(content["items"]["data"][0]["price"]["id"], "basic")
    in_grace = failing_since is not None and failing_since > days_ago(7)
    lasts = {
        "active": True, "trialing": True, "incomplete": False, "past_due": in_grace, "unpaid": in_grace,
        "canceled": in_grace or failing_since is None,
    }  # fmt: skip
    return plan if lasts[content["status"]] else "basic"
