"""What is used beyond a plan's number is told to Stripe's meter once, whatever breaks in between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from coliseum.billing import overage
from coliseum.billing.books import Books
from coliseum.billing.overage import LogUsage
from support.festival import vote
from support.services import Platform, World, opened_world
from support.stripes import METER, StandIn, applied, event, owned, rows, settings, stand_in, subscription

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
INCLUDED = 5_000_000
PATH = "/v1/billing/meter_events"


@pytest.fixture(scope="module")
async def stripe() -> AsyncIterator[StandIn]:
    async with stand_in() as running:
        yield running


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str, stripe: StandIn) -> AsyncIterator[World]:
    # Without a name for its meter events the world's own worker tells nothing; the tests say when.
    async with opened_world(migrated_database, valkey_url, **settings(stripe.base, stripe_meter_event="")) as opened:
        yield opened


class Used:
    """What a tenant has used, by month."""

    def __init__(self, **months: int) -> None:
        self.months = months

    async def used(self, tenant_id: int, month: date) -> int:
        assert tenant_id
        return self.months.get(f"m{month:%m}", 0)


def books(world: World) -> Books:
    worker = world.services.billing.worker
    assert worker is not None
    changed = replace(worker.books.settings, stripe_meter_event=METER)
    return replace(worker.books, settings=changed)


async def customer_of(world: World, platform: Platform, plan: str = "pro") -> str:
    """A tenant that pays for a plan."""
    customer = f"cus_metered_{platform.tenant_id}"
    await world.execute("INSERT INTO billing_customers (tenant_id, customer_id) VALUES ($1, $2)",
                        platform.tenant_id, customer)  # fmt: skip
    await applied(world, event("customer.subscription.created",
                               subscription(platform, customer=customer, price=f"price_{plan}")))  # fmt: skip
    return customer


async def metered(stripe: StandIn, customer: str) -> list[int]:
    """What Stripe has counted, in its order."""
    found = [each["data"] for each in await stripe.seen(PATH)]
    return [int(each["payload"]["value"]) for each in found if each["payload"]["stripe_customer_id"] == customer]


async def test_only_the_difference_is_told(world: World, platform: Platform, stripe: StandIn) -> None:
    customer = await customer_of(world, platform)
    for used in (INCLUDED - 1, INCLUDED, INCLUDED + 10, INCLUDED + 10, INCLUDED + 35, INCLUDED + 35):
        await overage.report(books(world), Used(m11=used), NOW)
    assert await metered(stripe, customer) == [10, 25]
    told = [
        each["data"] for each in await stripe.seen(PATH) if each["data"]["payload"]["stripe_customer_id"] == customer
    ]
    assert {each["event_name"] for each in told} == {METER}
    assert [each["identifier"].rpartition("-")[2] for each in told] == ["1", "2"]
    assert {each["identifier"] for each in told} == {
        each["identifier"] for each in told if "-2026-11-" in each["identifier"]
    }


@pytest.mark.parametrize("plan", ["basic", "enterprise"])
async def test_a_plan_without_overage_tells_nothing(
    world: World, platform: Platform, stripe: StandIn, plan: str
) -> None:
    customer = await customer_of(world, platform, plan)
    await overage.report(books(world), Used(m11=10 * INCLUDED), NOW)
    assert await metered(stripe, customer) == []


async def test_what_a_month_lacked_is_told_within_its_own_time(
    world: World, platform: Platform, stripe: StandIn
) -> None:
    customer = await customer_of(world, platform)
    used = Used(m10=INCLUDED + 7, m11=3)
    await overage.report(books(world), used, datetime(2026, 11, 2, tzinfo=UTC))
    found = [
        each["data"] for each in await stripe.seen(PATH) if each["data"]["payload"]["stripe_customer_id"] == customer
    ]
    assert [datetime.fromtimestamp(int(each["timestamp"]), UTC) for each in found] == [
        datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    ]
    used.months["m10"] += 100
    await overage.report(books(world), used, datetime(2026, 11, 5, tzinfo=UTC))  # too late to be looked at
    assert await metered(stripe, customer) == [7]


@pytest.mark.parametrize("after", [False, True], ids=["before it counts", "after it counted"])
async def test_a_report_that_was_not_answered_is_sent_again_and_counts_once(
    world: World, platform: Platform, stripe: StandIn, *, after: bool
) -> None:
    customer = await customer_of(world, platform)
    await stripe.fail_next(PATH, customer, after=after)
    used = Used(m11=INCLUDED + 10)
    await overage.report(books(world), used, NOW)
    assert await metered(stripe, customer) == ([10] if after else [])
    used.months["m11"] += 5
    await overage.report(books(world), used, NOW + timedelta(hours=1))
    await overage.report(books(world), used, NOW + timedelta(hours=2))
    assert await metered(stripe, customer) == [10, 5]


async def test_what_was_intended_before_a_crash_is_sent_after_it(
    world: World, platform: Platform, stripe: StandIn
) -> None:
    customer = await customer_of(world, platform)
    await world.execute(
        "INSERT INTO billing_usage_reports (tenant_id, month, sequence, amount, customer_id, intended_at) "
        "VALUES ($1, '2026-11-01', 1, 10, $2, $3)", platform.tenant_id, customer, NOW,
    )  # fmt: skip
    await overage.report(books(world), Used(m11=INCLUDED + 10), NOW + timedelta(hours=1))
    assert await metered(stripe, customer) == [10]
    states = "SELECT state FROM billing_usage_reports WHERE tenant_id = $1"
    assert [row["state"] for row in await rows(world, states, platform.tenant_id)] == ["sent"]


async def test_what_stripe_would_have_forgotten_is_never_sent_again(
    world: World, platform: Platform, stripe: StandIn
) -> None:
    customer = await customer_of(world, platform)
    await stripe.fail_next(PATH, customer, after=True)
    used = Used(m11=INCLUDED + 10)
    await overage.report(books(world), used, NOW)
    used.months["m11"] += 1
    await overage.report(books(world), used, NOW + timedelta(hours=24))
    assert await metered(stripe, customer) == [10, 1]
    states = "SELECT state FROM billing_usage_reports WHERE tenant_id = $1 ORDER BY sequence"
    assert [row["state"] for row in await rows(world, states, platform.tenant_id)] == ["unknown", "sent"]


async def test_two_processes_tell_of_one_difference_once(world: World, platform: Platform, stripe: StandIn) -> None:
    customer = await customer_of(world, platform)
    used = Used(m11=INCLUDED + 10)
    await asyncio.gather(*[overage.report(books(world), used, NOW) for _ in range(4)])
    assert await metered(stripe, customer) == [10]
    assert (
        await owned(world, "SELECT count(*) FROM billing_usage_reports WHERE tenant_id = $1", platform.tenant_id) == 1
    )


async def test_what_is_used_is_what_the_log_took_in_that_month(world: World, platform: Platform) -> None:
    sent = [vote(), vote(), vote()]
    assert (await world.http.post("/api/passport/batch", [*sent, sent[0]], platform.server)).status == 201
    usage = LogUsage(world.database)
    this = datetime.now(UTC).date().replace(day=1)
    assert await usage.used(platform.tenant_id, this) == 3
    assert await usage.used(platform.tenant_id, (this - timedelta(days=1)).replace(day=1)) == 0
