"""Events beyond a plan's number, told to Stripe's meter: only what is new, and nothing twice.

What is to be told is fixed and committed first, then sent with an identifier of its own, then noted as sent. A crash in
between sends the same identifier again, which Stripe counts once for at least 24 hours. What was not answered for that
long is not sent again: it stays *unknown*, for a person to compare with Stripe.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

import msgspec

from coliseum import db
from coliseum.accounts.plans import PLANS, PlanName
from coliseum.accounts.usage import month_after, used_in_month
from coliseum.billing.books import Books
from coliseum.billing.inbox import SQL
from coliseum.billing.stripe_client import StripeRefused, StripeUnavailable
from coliseum.ids import derived_key
from coliseum.telemetry import Log, described

KNOWN_FOR: Final = timedelta(hours=23)
LATE: Final = timedelta(days=3)
"""So long after a month's end it is still looked at; Stripe takes what is up to 35 days old."""


class UsageSource(Protocol):
    """Knows how many events a tenant has used."""

    async def used(self, tenant_id: int, month: date) -> int:
        """Events received in the UTC month that begins on this day; never less than it was said before."""


class LogUsage:
    """What the projection has counted of the log, and what was appended since."""

    def __init__(self, database: db.Database) -> None:
        self._database = database

    async def used(self, tenant_id: int, month: date) -> int:
        """How many entries were received in a month."""
        first = datetime(month.year, month.month, 1, tzinfo=UTC)
        async with self._database.connection("capture") as connection:
            return await used_in_month(connection, tenant_id, first)


class Metered(msgspec.Struct, frozen=True):
    """A tenant whose plan bills what is beyond its number."""

    tenant_id: int
    plan: PlanName
    customer_id: str


class Report(msgspec.Struct, frozen=True):
    """Usage that is to be told."""

    month: date
    sequence: int
    amount: int
    customer_id: str
    intended_at: datetime


class Reported(msgspec.Struct, frozen=True):
    """What was told of a month, or was to be."""

    amount: int
    sequence: int


async def report(books: Books, usage: UsageSource, now: datetime) -> None:
    """Tell Stripe what every tenant has used beyond its plan since the last time, in this month and the one before."""
    billed = [name for name, plan in PLANS.items() if plan.overage and plan.events_per_month is not None]
    async with books.database.connection("capture") as connection:
        metered = await db.rows(connection, Metered, SQL["metered_tenants"], billed)
    for each in metered:
        for month in _months(now):
            await _intend(books, usage, each, month, now)
    async with books.database.connection("capture") as connection:
        waiting = [int(row["tenant_id"]) for row in await connection.fetch(SQL["tenants_with_reports"])]
    for tenant_id in waiting:
        await send(books, tenant_id, now)


async def send(books: Books, tenant_id: int, now: datetime) -> None:
    """Send what was to be told and was not answered yet."""
    async with books.database.tenant(tenant_id, "accounts") as connection:
        waiting = await db.rows(connection, Report, SQL["intended_reports"], tenant_id)
    for each in waiting:
        state = "sent"
        if now - each.intended_at > KNOWN_FOR:
            state = "unknown"
            Log().error("usage_unknown", tenant_id=tenant_id, month=each.month.isoformat(), amount=each.amount)
        else:
            try:
                await books.stripe.meter(
                    books.settings.stripe_meter_event, each.customer_id, each.amount,
                    identifier(books.secret_key, tenant_id, each), _when(each.month, now),
                )  # fmt: skip
            except (StripeUnavailable, StripeRefused) as error:
                Log().warning("billing_retried", tenant_id=tenant_id, error=described(error))
                return
        async with books.database.tenant(tenant_id, "accounts") as connection:
            await connection.execute(SQL["settle_report"], tenant_id, each.month, each.sequence, state)


def identifier(secret_key: str, tenant_id: int, report_: Report) -> str:
    """What Stripe knows a report by: tenant, month and number, and a mark of this installation."""
    mark = derived_key(secret_key, "stripe-meter", str(tenant_id)).hex()[:12]
    return f"coliseum-{mark}-{tenant_id}-{report_.month:%Y-%m}-{report_.sequence}"


async def _intend(books: Books, usage: UsageSource, metered: Metered, month: date, now: datetime) -> None:
    included = PLANS[metered.plan].events_per_month or 0
    beyond = await usage.used(metered.tenant_id, month) - included
    async with books.database.tenant(metered.tenant_id, "accounts") as connection:
        await connection.fetchval(SQL["lock_tenant"], metered.tenant_id)  # two processes fix one difference once
        told = (await db.rows(connection, Reported, SQL["reported"], metered.tenant_id, month))[0]
        if beyond > told.amount:
            await connection.execute(
                SQL["intend_report"], metered.tenant_id, month, told.sequence + 1, beyond - told.amount,
                metered.customer_id, now,
            )  # fmt: skip


def _months(now: datetime) -> list[date]:
    first = now.astimezone(UTC).date().replace(day=1)
    before = (now.astimezone(UTC) - LATE).date().replace(day=1)
    return sorted({before, first})


def _when(month: date, now: datetime) -> datetime:
    """A time within the month, for the bill of which it is."""
    last = month_after(datetime(month.year, month.month, 1, tzinfo=UTC)) - timedelta(seconds=1)
    return min(now, last)
