"""Payments, refunds and transfers of Stripe are in the log once each; what cannot be is kept where it is seen."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from coliseum.billing import inbox
from coliseum.billing.desk import connect_account
from coliseum.billing.objects import minor_units
from coliseum.clock import utc_now
from coliseum.errors import RequestRefused
from support.services import Platform, World, opened_world
from support.stripes import StandIn, applied, drained, event, rows, settings, stand_in, state_of, told

IDS = itertools.count(1)


@pytest.fixture(scope="module")
async def stripe() -> AsyncIterator[StandIn]:
    async with stand_in() as running:
        yield running


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str, stripe: StandIn) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, **settings(stripe.base)) as opened:
        yield opened


def fan(platform: Platform, **more: str) -> dict[str, str]:
    """What a platform writes on a payment."""
    return {"coliseum_tenant": str(platform.tenant_id), "coliseum_user": "fan-1", **more}


def intent(metadata: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"id": f"pi_{next(IDS)}", "object": "payment_intent", "amount": 9_900, "amount_received": 2_500,
            "currency": "eur", "status": "succeeded", "created": 1_750_000_000, "metadata": metadata, **more}  # fmt: skip


def paid(content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return event("payment_intent.succeeded", content, **more)


def refund(payment: dict[str, Any], amount: int, **more: Any) -> dict[str, Any]:
    return {"id": f"re_{next(IDS)}", "object": "refund", "amount": amount, "currency": payment["currency"],
            "created": 1_790_000_000, "status": "succeeded", "payment_intent": payment["id"], "charge": "ch_1",
            "metadata": {}, **more}  # fmt: skip


def charge(payment: dict[str, Any], *refunds: dict[str, Any]) -> dict[str, Any]:
    """A charge, as the API of before 2022-11 tells of its refunds."""
    return {"id": "ch_1", "object": "charge", "payment_intent": payment["id"], "metadata": payment["metadata"],
            "refunds": {"object": "list", "data": list(refunds), "has_more": False}}  # fmt: skip


def transfer(metadata: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"id": f"tr_{next(IDS)}", "object": "transfer", "amount": 700, "currency": "eur", "created": 1_790_000_000,
            "destination": "acct_unheard_of", "metadata": metadata, **more}  # fmt: skip


async def account_of(world: World, platform: Platform) -> str:
    account = f"acct_{next(IDS)}"
    await connect_account(world.database, world.services.trail, platform.tenant, account, utc_now())
    return account


async def log(world: World, platform: Platform) -> list[tuple[str, int, str]]:
    return [(row["event_type"], row["value"], row["currency"]) for row in await world.entries(platform)]


async def unmatched(world: World, platform: Platform) -> list[str]:
    return [line.reason.partition(":")[0] for line in await world.services.billing.desk.unmatched(platform.tenant)]


async def test_a_payment_is_in_the_log_with_what_the_platform_wrote_on_it(world: World, platform: Platform) -> None:
    written = fan(platform, coliseum_artist="a-1", coliseum_event="e-1", coliseum_reason="merch")
    payment = intent(written)
    sent = paid(payment, created=1_790_000_000)
    await applied(world, sent)
    entry = (await world.entries(platform))[0]
    assert (entry["event_type"], entry["value"], entry["currency"]) == ("treasury.money_spent", 2_500, "eur")
    assert (entry["artist_id"], entry["event_id"], entry["source"]) == ("a-1", "e-1", "stripe")
    assert entry["occurred_at"].timestamp() == 1_790_000_000
    assert entry["id"].startswith("stripe:")
    assert payment["id"] not in entry["id"]
    assert await state_of(world, sent["id"]) == ("applied", "")


async def test_a_payment_counts_once_however_often_stripe_tells_of_it(world: World, platform: Platform) -> None:
    payment = intent(fan(platform))
    same = paid(payment)
    replies = await asyncio.gather(*[told(world, same) for _ in range(50)])
    assert {reply.status for reply in replies} == {200}
    # Another endpoint of the account, another time, and metadata that were changed since.
    again = paid({**payment, "metadata": fan(platform, coliseum_reason="tip")}, created=1_790_000_000)
    await applied(world, again, paid(payment))
    assert await log(world, platform) == [("treasury.money_spent", 2_500, "eur")]
    assert await state_of(world, again["id"]) == ("applied", "")


async def test_each_refund_counts_once_by_whatever_event_it_comes(world: World, platform: Platform) -> None:
    payment = intent(fan(platform, coliseum_artist="a-9"))
    first, second = refund(payment, 400), refund(payment, 100)
    await applied(
        world, paid(payment), event("charge.refunded", charge(payment, first)),
        event("charge.refunded", charge(payment, second, first)),
        event("refund.created", {**second, "metadata": fan(platform)}),
        event("charge.refund.updated", {**first, "metadata": fan(platform)}),
    )  # fmt: skip
    assert sorted(await log(world, platform)) == [
        ("treasury.money_refunded", -400, "eur"), ("treasury.money_refunded", -100, "eur"),
        ("treasury.money_spent", 2_500, "eur"),
    ]  # fmt: skip
    assert {row["artist_id"] for row in await world.entries(platform)} == {"a-9"}  # taken from the payment


async def test_a_refund_that_says_nothing_is_asked_of_stripe(world: World, platform: Platform, stripe: StandIn) -> None:
    """The newest API tells of a charge without its refunds, and of a refund without what its payment was for."""
    method = await stripe.call("POST", "/v1/payment_methods", {
        "type": "card", "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2_030, "cvc": "123"},
    })  # fmt: skip
    customer = await stripe.call("POST", "/v1/customers", {"description": "fan"})
    await stripe.call("POST", f"/v1/payment_methods/{method['id']}/attach", {"customer": customer["id"]})
    payment = await stripe.call("POST", "/v1/payment_intents", {
        "amount": 500, "currency": "eur", "customer": customer["id"], "payment_method": method["id"], "confirm": True,
        "metadata": fan(platform),
    })  # fmt: skip
    charged = payment["charges"]["data"][0]["id"]
    for amount in (100, 50):
        await stripe.call("POST", "/v1/refunds", {"charge": charged, "amount": amount})
    await applied(world, paid(payment))
    await applied(world, event("charge.refunded", {"id": charged, "metadata": fan(platform)}))
    assert sorted(value for _, value, _ in await log(world, platform)) == [-100, -50, 500]
    bare = refund(payment, 30, metadata=None)
    await applied(world, event("refund.created", bare))
    assert sorted(value for _, value, _ in await log(world, platform)) == [-100, -50, -30, 500]


async def test_a_refund_counts_when_it_has_succeeded(world: World, platform: Platform) -> None:
    waiting = refund(intent(fan(platform)), 300, status="pending", metadata=fan(platform))
    await applied(world, event("refund.created", waiting))
    assert await log(world, platform) == []
    await applied(world, event("refund.updated", {**waiting, "status": "succeeded"}))
    assert await log(world, platform) == [("treasury.money_refunded", -300, "eur")]
    await applied(world, event("refund.failed", {**waiting, "status": "failed"}))
    assert await unmatched(world, platform) == ["refund_failed"]
    never = refund(intent(fan(platform)), 300, status="failed", metadata=fan(platform))
    await applied(world, event("refund.failed", never))
    assert len(await log(world, platform)) == 1
    assert len(await unmatched(world, platform)) == 1


async def test_a_transfer_is_what_somebody_earns_and_a_payout_is_not(world: World, platform: Platform) -> None:
    account = await account_of(world, platform)
    earned = transfer({"coliseum_user": "band-1", "coliseum_role": "venue"}, destination=account)
    payout = event("payout.paid", {"id": "po_1", "amount": 700, "currency": "eur"}, account=account)
    await applied(world, event("transfer.created", earned), event("transfer.created", earned), payout)
    assert await log(world, platform) == [("treasury.money_earned", 700, "eur")]
    assert (await state_of(world, payout["id"]))[0] == "ignored"
    await applied(world, event("transfer.reversed", earned))
    assert await unmatched(world, platform) == ["transfer_reversed"]


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [(500, "jpy", 500), (1_234, "kwd", 1_234), (999, "eur", 999), (50_000, "isk", 500), (500, "ugx", 5), (501, "isk", None),
     (20, "mga", 2_000), (700, "huf", 700)],
)  # fmt: skip
def test_amounts_are_in_minor_units_of_their_currency(amount: int, currency: str, minor: int | None) -> None:
    assert minor_units(amount, currency) == minor


async def test_yen_are_counted_as_they_are(world: World, platform: Platform) -> None:
    await applied(world, paid(intent(fan(platform), amount_received=500, currency="jpy")))
    odd = paid(intent(fan(platform), amount_received=501, currency="isk"))
    await applied(world, odd)
    assert await log(world, platform) == [("treasury.money_spent", 500, "jpy")]
    assert await unmatched(world, platform) == ["amount"]


async def test_on_a_connected_account_its_owner_decides_nothing(world: World) -> None:
    mine, other = await world.platform(), await world.platform()
    account = await account_of(world, mine)
    with pytest.raises(RequestRefused, match="another tenant's"):
        await connect_account(world.database, world.services.trail, other.tenant, account, utc_now())
    await applied(world, paid(intent({"coliseum_user": "fan"}), account=account))
    assert await log(world, mine) == [("treasury.money_spent", 2_500, "eur")]
    forged = paid(intent(fan(other)), account=account)
    stranger = paid(intent(fan(other)), account="acct_stranger")
    await applied(world, forged, stranger)
    assert await log(world, other) == []
    assert (await state_of(world, forged["id"])) == (
        "unmatched", "account_mismatch: coliseum_tenant is not the tenant of the connected account"
    )  # fmt: skip
    assert (await state_of(world, stranger["id"]))[1].startswith("unknown_account")


async def test_what_lacks_its_user_is_on_the_tenants_list_until_it_is_mended(world: World, platform: Platform) -> None:
    payment = intent({"coliseum_tenant": str(platform.tenant_id)})
    sent = paid(payment)
    await applied(world, sent)
    assert await log(world, platform) == []
    line = (await world.services.billing.desk.unmatched(platform.tenant))[0]
    assert (line.object_id, line.amount, line.currency) == (payment["id"], 2_500, "eur")
    assert await inbox.retry(world.database, sent["id"], utc_now()) == [sent["id"]]
    await drained(world)
    assert await unmatched(world, platform) == ["user_missing"]  # nothing was mended
    await applied(world, paid({**payment, "metadata": fan(platform)}))
    assert await unmatched(world, platform) == []
    assert await log(world, platform) == [("treasury.money_spent", 2_500, "eur")]


async def test_metadata_mended_in_stripe_count_at_the_next_try(
    world: World, platform: Platform, stripe: StandIn
) -> None:
    made = await stripe.call("POST", "/v1/payment_intents", {"amount": 500, "currency": "eur"})
    sent = paid({**intent({}), "id": made["id"]})
    await applied(world, sent)
    assert (await state_of(world, sent["id"]))[0] == "unmatched"
    await stripe.call(
        "POST",
        f"/v1/payment_intents/{made['id']}",
        {"metadata": fan(platform, coliseum_reason="tip", coliseum_artist="a-7")},
    )
    assert sent["id"] in await inbox.retry(world.database, None, utc_now())
    await drained(world)
    entry = (await world.entries(platform))[0]
    assert (entry["value"], entry["artist_id"], entry["metadata"]["reason"]) == (2_500, "a-7", "tip")
    assert await state_of(world, sent["id"]) == ("applied", "")


async def test_what_a_tenant_pays_for_its_plan_is_no_event_of_its_log(world: World, platform: Platform) -> None:
    customer = f"cus_of_{platform.tenant_id}"
    await world.execute("INSERT INTO billing_customers (tenant_id, customer_id) VALUES ($1, $2)",
                        platform.tenant_id, customer)  # fmt: skip
    payment = intent({}, customer=customer)
    sent = paid(payment)
    back = event("charge.refunded", {**charge(payment, refund(payment, 5)), "customer": customer})
    await applied(world, sent, back)
    assert {(await state_of(world, each["id"]))[0] for each in (sent, back)} == {"ignored"}
    assert await log(world, platform) == []
    assert await unmatched(world, platform) == []


@pytest.mark.parametrize("written", [{"coliseum_artist": "a" * 129}, {"coliseum_user": "u" * 500}])
async def test_what_the_log_refuses_is_on_the_list(world: World, platform: Platform, written: dict[str, str]) -> None:
    await applied(world, paid(intent({**fan(platform), **written})))
    assert await log(world, platform) == []
    assert await unmatched(world, platform) == ["invalid_payload"]


async def test_a_payment_that_stripe_lets_nobody_see_is_kept_for_the_operator(world: World) -> None:
    sent = paid(intent({}))
    await applied(world, sent)
    assert (await state_of(world, sent["id"]))[1].startswith("tenant_missing")
    lines = await inbox.list_events(world.database, "unmatched", 1_000)
    assert sent["id"] in [line.event_id for line in lines]


async def test_bodies_are_erased_when_nobody_needs_them(world: World, platform: Platform) -> None:
    good, bad = paid(intent(fan(platform))), paid(intent({"coliseum_tenant": str(platform.tenant_id)}))
    await applied(world, good, bad)
    await world.execute("UPDATE billing_stripe_events SET done_at = now() - interval '31 days' WHERE event_id = ANY ($1)",
                        [good["id"], bad["id"]])  # fmt: skip
    await inbox.erase_bodies(world.database, utc_now())
    kept = await rows(world, "SELECT event_id FROM billing_stripe_events WHERE event_id = ANY ($1) AND body IS NOT NULL",
                      [good["id"], bad["id"]])  # fmt: skip
    assert [row["event_id"] for row in kept] == [bad["id"]]
