"""What a tenant's owner does about its plan: buy one, change it, see how it stands."""

import re
from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.plans import ORDER, PLANS, PlanName
from coliseum.accounts.tenants import Tenant
from coliseum.billing.inbox import SQL
from coliseum.billing.plans import FINAL, Held, plan_now, prices_of
from coliseum.billing.stripe_client import Stripe, StripeRefused, StripeUnavailable
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable
from coliseum.ids import derived_key
from coliseum.settings import Settings
from coliseum.trail.record import Deed, Trail

ACCOUNT: Final = re.compile(r"acct_[A-Za-z0-9_]{1,100}")
UNMATCHED_MAX: Final = 200


class Standing(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A tenant's plan, and what is paid for it."""

    plan: PlanName
    billed: bool
    """Without Stripe nothing is, and every tenant has the largest plan."""
    status: str | None = None
    """Stripe's word for the subscription: active, trialing, past_due, unpaid, canceled, …; null without one."""
    current_period_end: datetime | None = None
    cancel_at_period_end: bool = False
    grace_until: datetime | None = None
    """After a failed payment: until when the plan lasts."""


class UnmatchedLine(msgspec.Struct, frozen=True, rename="camel"):
    """Money of the tenant that is not in the log, because something is missing."""

    event_id: str
    object_id: str
    type: str
    reason: str
    amount: int | None
    currency: str | None
    seen_at: datetime


class Customer(msgspec.Struct, frozen=True):
    """Who a tenant is for Stripe."""

    customer_id: str | None
    generation: int


class Desk:
    """Serves the routes of billing for one process."""

    def __init__(self, database: db.Database, settings: Settings, secret_key: str, trail: Trail, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._secret_key = secret_key
        self._trail = trail
        self._clock = clock
        self.stripe = (
            Stripe(settings.stripe_secret_key, settings.stripe_api_base) if settings.stripe_secret_key else None
        )

    async def standing(self, tenant: Tenant) -> Standing:
        """How the tenant's plan stands; of several subscriptions that which gives the plan, or the newest."""
        if self.stripe is None:
            return Standing(plan=ORDER[-1], billed=False)
        now = self._clock()
        async with self._database.tenant(tenant.tenant_id, "accounts") as connection:
            plan: PlanName = await connection.fetchval(SQL["plan_of"], tenant.tenant_id)
            held = await db.rows(connection, Held, SQL["subscriptions"], tenant.tenant_id)
        if not held:
            return Standing(plan=plan, billed=True)
        shown = max(held, key=lambda each: (plan_now(each, now) == plan, each.status not in FINAL, each.object_created))
        return Standing(
            plan=plan,
            billed=True,
            status=shown.status,
            current_period_end=shown.current_period_end,
            cancel_at_period_end=shown.cancel_at_period_end,
            grace_until=shown.grace_until,
        )

    async def unmatched(self, tenant: Tenant) -> list[UnmatchedLine]:
        """What could not be put into the log, newest first, at most ``UNMATCHED_MAX``."""
        async with self._database.tenant(tenant.tenant_id, "accounts") as connection:
            return await db.rows(connection, UnmatchedLine, SQL["unmatched"], tenant.tenant_id, UNMATCHED_MAX)

    async def checkout(self, tenant: Tenant, plan: PlanName, actor: str, address: str) -> str:
        """The address of a page of Stripe where this plan is bought.

        Raises:
            RequestRefused: ``not_configured``, or ``already_exists`` when the tenant pays for a plan.
            StoreUnavailable: Stripe does not answer.
        """
        stripe = self._configured()
        prices = [price for price, name in prices_of(self._settings).items() if name == plan]
        if not prices:
            raise RequestRefused(Refusal.NOT_CONFIGURED, f"the operator has set no price for the plan {plan}")
        async with self._database.tenant(tenant.tenant_id, "accounts") as connection:
            held = await db.rows(connection, Held, SQL["subscriptions"], tenant.tenant_id)
        if any(each.status not in FINAL and each.status != "incomplete" for each in held):
            raise RequestRefused(Refusal.ALREADY_EXISTS, "the tenant has a subscription: change it in the portal")
        items = {prices[0]: False}
        if PLANS[plan].overage and self._settings.stripe_price_overage:
            items[self._settings.stripe_price_overage] = True
        url = await _answered(self._open_checkout(stripe, tenant, items))
        await self._record(tenant, actor, address, "billing.checkout", {"plan": plan})
        return url

    async def portal(self, tenant: Tenant, actor: str, address: str) -> str:
        """The address of a page of Stripe where what is paid for is changed or ended.

        Raises:
            RequestRefused: ``not_configured``.
            StoreUnavailable: Stripe does not answer.
        """
        stripe = self._configured()
        url = await _answered(self._open_portal(stripe, tenant))
        await self._record(tenant, actor, address, "billing.portal", {})
        return url

    async def _open_checkout(self, stripe: Stripe, tenant: Tenant, items: Mapping[str, bool]) -> str:
        customer = await self._customer(stripe, tenant)
        return await stripe.checkout(tenant.tenant_id, customer, items, self._back)

    async def _open_portal(self, stripe: Stripe, tenant: Tenant) -> str:
        return await stripe.portal(await self._customer(stripe, tenant), self._back)

    async def _customer(self, stripe: Stripe, tenant: Tenant) -> str:
        """The tenant's customer. Who ask for one at once send the same idempotency key, and are given the same."""
        async with self._database.tenant(tenant.tenant_id, "accounts") as connection:
            await connection.execute(SQL["begin_customer"], tenant.tenant_id)
            known = (await db.rows(connection, Customer, SQL["customer"], tenant.tenant_id))[0]
        if known.customer_id is not None:
            return known.customer_id
        mark = derived_key(self._secret_key, "stripe-customer", str(tenant.tenant_id)).hex()[:24]
        made = await stripe.create_customer(
            tenant.tenant_id, tenant.slug, f"coliseum-customer-{mark}-{tenant.tenant_id}-{known.generation}"
        )
        async with self._database.tenant(tenant.tenant_id, "accounts") as connection:
            await connection.execute(SQL["set_customer"], tenant.tenant_id, made, known.generation)
        return made

    async def _record(
        self, tenant: Tenant, actor: str, address: str, action: str, detail: Mapping[str, object]
    ) -> None:
        async with self._database.tenant(tenant.tenant_id, "accounts") as connection:
            deed = Deed(actor=actor, action=action, address=address, detail=detail)
            await self._trail.record(connection, tenant.tenant_id, deed)

    def _configured(self) -> Stripe:
        if self.stripe is None:
            raise RequestRefused(Refusal.NOT_CONFIGURED, "nothing is billed here: STRIPE_SECRET_KEY is not set")
        return self.stripe

    @property
    def _back(self) -> str:
        return self._settings.public_url or f"http://{self._settings.host}:{self._settings.port}"


async def connect_account(database: db.Database, trail: Trail, tenant: Tenant, account: str, now: datetime) -> None:
    """Say that a connected account's payments and transfers are this tenant's.

    Raises:
        RequestRefused: ``invalid_payload``, or ``already_exists`` when it is another tenant's.
    """
    if not ACCOUNT.fullmatch(account):
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "a connected account's id begins with acct_")
    try:
        async with database.tenant(tenant.tenant_id, "accounts") as connection:
            await connection.execute(SQL["connect_account"], tenant.tenant_id, account, now)
            await trail.record(
                connection, tenant.tenant_id, Deed(actor="operator", action="billing.connect", target=account)
            )
    except db.UniqueViolation:
        raise RequestRefused(Refusal.ALREADY_EXISTS, f"{account} is another tenant's") from None


async def _answered(call: Awaitable[str]) -> str:
    try:
        return await call
    except StripeUnavailable as error:
        raise StoreUnavailable(str(error)) from error
    except StripeRefused as error:
        raise RequestRefused(Refusal.NOT_CONFIGURED, f"{error}; the operator's settings do not fit") from error
