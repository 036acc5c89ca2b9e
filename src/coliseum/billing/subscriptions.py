"""Subscriptions of tenants, and the plans that follow from them."""

from datetime import datetime, timedelta

import msgspec

from coliseum import db
from coliseum.accounts.plans import PlanName
from coliseum.billing.books import Books, Unmatched
from coliseum.billing.inbox import SQL, settle
from coliseum.billing.objects import Customer, StripeEvent, Subscription, at
from coliseum.billing.plans import FINAL, UNPAID, Held, best, bought, plan_now, takes
from coliseum.billing.stripe_client import StripeRefused
from coliseum.trail.record import Deed

DOUBTS_MAX = 5


class Doubtful(Exception):
    """Something else of the same second was applied meanwhile."""


async def apply_subscription(books: Books, event: StripeEvent) -> None:
    """Bring a subscription and its tenant's plan to what an event tells, or leave them, when newer is known.

    In one transaction with the plan, its entry in the trail, and the event's own state. A crash leaves nothing of it.

    Raises:
        Unmatched: it is nobody's.
        StripeUnavailable: in doubt, and Stripe cannot be asked.
    """
    told = msgspec.json.decode(event.data.object, type=Subscription)
    tenant_id = await _tenant_of(books, told)
    for _ in range(DOUBTS_MAX):
        doubt = takes(await _held(books, tenant_id, told.id), event, told) is None
        asked = await _asked(books, told) if doubt else None
        try:
            await _take(books, tenant_id, event, told, asked)
        except Doubtful:
            continue
        return
    raise Doubtful(f"{told.id} does not come to rest")


async def apply_customer_deleted(books: Books, event: StripeEvent) -> None:
    """Forget a customer that was deleted in Stripe: the next checkout makes another."""
    customer = msgspec.json.decode(event.data.object, type=Customer)
    tenant_id = await books.tenant_of_customer(customer.id)
    if tenant_id is None:
        raise Unmatched("tenant_missing: no tenant is this customer")
    async with books.database.tenant(tenant_id, "accounts") as connection:
        await connection.execute(SQL["forget_customer"], tenant_id, customer.id)
        await settle(connection, event.id, "applied", "", books.clock())


async def sweep(books: Books, now: datetime) -> list[int]:
    """Apply what only the clock tells: grace that is over, paid periods that have ended. Returns whose."""
    async with books.database.connection("capture") as connection:
        due = [int(row["tenant_id"]) for row in await connection.fetch(SQL["due_tenants"], now)]
    for tenant_id in due:
        async with books.database.tenant(tenant_id, "accounts") as connection:
            plan: PlanName = await connection.fetchval(SQL["lock_tenant"], tenant_id)
            await _settle_plan(books, connection, tenant_id, plan, "clock", now)
    return due


async def _tenant_of(books: Books, told: Subscription) -> int:
    """Whose it is: the customer's, as we made it; otherwise as the subscription itself says."""
    tenant_id = await books.tenant_of_customer(told.customer)
    if tenant_id is not None:
        return tenant_id
    named = await books.tenant_named(told.metadata)
    if named is None:
        raise Unmatched("tenant_missing: neither the customer nor coliseum_tenant says whose it is")
    return named.tenant_id


async def _asked(books: Books, told: Subscription) -> Subscription:
    try:
        return await books.stripe.subscription(told.id)
    except StripeRefused as refused:
        if refused.missing:
            return told  # gone from Stripe: nothing newer than this will come
        raise


async def _held(books: Books, tenant_id: int, subscription_id: str) -> Held | None:
    async with books.database.tenant(tenant_id, "accounts") as connection:
        return await _held_in(connection, tenant_id, subscription_id)


async def _held_in(connection: db.Connection, tenant_id: int, subscription_id: str) -> Held | None:
    found = await db.rows(connection, Held, SQL["subscriptions"], tenant_id)
    return next((each for each in found if each.subscription_id == subscription_id), None)


async def _take(
    books: Books, tenant_id: int, event: StripeEvent, told: Subscription, asked: Subscription | None
) -> None:
    now = books.clock()
    async with books.database.tenant(tenant_id, "accounts") as connection:
        plan: PlanName = await connection.fetchval(SQL["lock_tenant"], tenant_id)
        if await connection.fetchval(SQL["lock_event"], event.id) != "stored":
            return  # another process took this one for dead, and has done it meanwhile
        held = await _held_in(connection, tenant_id, told.id)
        taken = takes(held, event, told)
        if taken is None and asked is None:
            raise Doubtful
        if held is None or taken is not False:
            held = _merged(books, held, event, asked or told)
        held = await _with_grace(books, connection, held)
        await connection.execute(
            SQL["put_subscription"], tenant_id, held.subscription_id, held.price_id, held.plan, held.status,
            held.current_period_end, held.cancel_at_period_end, held.grace_until, held.object_created,
            held.newest_created, held.newest_event, now,
        )  # fmt: skip
        # Somebody sold it in Stripe's dashboard: from now on this customer is the tenant.
        await connection.execute(SQL["adopt_customer"], tenant_id, told.customer)
        await settle(connection, event.id, "applied", "newer is known" if taken is False else "", now)
        await _settle_plan(books, connection, tenant_id, plan, held.subscription_id, now)


def _merged(books: Books, held: Held | None, event: StripeEvent, told: Subscription) -> Held:
    price_id, plan = bought(told, books.prices)
    newer = held is None or (held.newest_created, held.newest_event) <= (event.created_at, event.id)
    return Held(
        subscription_id=told.id,
        price_id=price_id,
        plan=plan,
        status=told.status,
        current_period_end=told.period_end,
        cancel_at_period_end=told.cancel_at_period_end,
        grace_until=None,
        object_created=at(told.created),
        newest_created=event.created_at if held is None or newer else held.newest_created,
        newest_event=event.id if held is None or newer else held.newest_event,
    )


async def _with_grace(books: Books, connection: db.Connection, held: Held) -> Held:
    grace_until = None
    if held.status in UNPAID or held.status in FINAL:
        since = await connection.fetchval(SQL["unpaid_since"], held.subscription_id)
        if since is None and held.status in UNPAID:
            since = held.newest_created
        if since is not None:
            grace_until = since + timedelta(days=books.grace_days)
    return msgspec.structs.replace(held, grace_until=grace_until)


async def _settle_plan(
    books: Books, connection: db.Connection, tenant_id: int, plan: PlanName, target: str, now: datetime
) -> None:
    """Give the locked tenant the plan of its subscriptions, and say so in the trail when that is another one.

    The database tells the tenant's webhook endpoints.
    """
    all_held = await db.rows(connection, Held, SQL["subscriptions"], tenant_id)
    given = {held.subscription_id: plan_now(held, now) for held in all_held}
    await connection.execute(
        SQL["note_over"], tenant_id, [each for each, plan_given in given.items() if not plan_given]
    )
    new = best(given.values())
    if new != plan:
        await connection.execute(SQL["set_plan"], tenant_id, new)
        detail = {"from": plan, "to": new}
        await books.trail.record(
            connection, tenant_id, Deed(actor="stripe", action="plan.change", target=target, detail=detail)
        )
