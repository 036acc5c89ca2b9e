"""Applies what is stored: in every web process, each event by one of them at a time."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from coliseum import db
from coliseum.billing import inbox, overage
from coliseum.billing.books import Books, Unmatched
from coliseum.billing.objects import StripeEvent
from coliseum.billing.overage import UsageSource
from coliseum.billing.payments import apply_payment, apply_refunds, apply_transfer
from coliseum.billing.subscriptions import apply_customer_deleted, apply_subscription, sweep
from coliseum.telemetry import Log, described

LOOK_EVERY_S: Final = 5.0
"""When nothing wakes it: for what another process stored and left, and for what is due again."""
SWEEP_EVERY: Final = timedelta(seconds=30)
USAGE_EVERY: Final = timedelta(hours=1)
ERASE_EVERY: Final = timedelta(hours=1)
APPLY_S: Final = inbox.LEASE.total_seconds() - 20
Apply = Callable[[Books, StripeEvent], Awaitable[None]]
APPLY: Final[Mapping[str, Apply]] = {
    "customer.deleted": apply_customer_deleted,
    "payment_intent.succeeded": apply_payment,
    "transfer.created": apply_transfer,
    "transfer.reversed": apply_transfer,
}


def applying(event_type: str) -> Apply:
    """What applies events of this type."""
    if event_type.startswith("customer.subscription."):
        return apply_subscription
    return APPLY.get(event_type, apply_refunds)


class Worker:
    """One process's. ``run`` never ends by itself; whatever fails is tried again later."""

    def __init__(self, books: Books, usage: UsageSource, rng: random.Random | None = None) -> None:
        self.books = books
        self._usage = usage
        self._rng = rng or random.Random()  # noqa: S311 - spreads tries over time
        self._woken = asyncio.Event()
        self._done: dict[str, datetime] = {}

    def wake(self) -> None:
        """Say that something was stored."""
        self._woken.set()

    async def run(self) -> None:
        """Apply events as they come, and what the clock brings, until this is cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.drain()
                await self._regularly()
            except Exception as error:  # noqa: BLE001 - the stores are away, or worse: nothing is lost, and it goes on
                Log().warning("billing_retried", error=described(error))
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def drain(self) -> int:
        """Apply all events that are due; returns how many were tried."""
        tried = 0
        while await self._one():
            tried += 1
        return tried

    async def _one(self) -> bool:
        claimed = await inbox.claim(self.books.database, self.books.clock())
        if claimed is None:
            return False
        await self._apply(claimed)
        return True

    async def _apply(self, claimed: inbox.Claimed) -> None:
        books = self.books
        event = inbox.read_event(claimed.body)
        try:
            async with asyncio.timeout(APPLY_S):
                await applying(event.type)(books, event)
        except Unmatched as unmatched:
            async with books.database.transaction("accounts") as connection:
                await inbox.settle(connection, event.id, "unmatched", unmatched.reason, books.clock())
            Log().warning("billing_unmatched", event_id=event.id, reason=unmatched.reason)
        except db.UNREACHABLE as error:
            await self._put_off(claimed, error)
            raise
        except Exception as error:  # noqa: BLE001 - one event must not keep the others from being applied
            await self._put_off(claimed, error)

    async def _put_off(self, claimed: inbox.Claimed, error: Exception) -> None:
        now = self.books.clock()
        state = await inbox.put_off(self.books.database, claimed, f"{type(error).__name__}: {error}", now, self._rng)
        if state == "failed":
            Log().error("billing_failed", event_id=claimed.event_id, error=described(error))
        else:
            Log().warning("billing_retried", event_id=claimed.event_id, error=described(error))

    async def _regularly(self) -> None:
        now = self.books.clock()
        if self._due("sweep", now, SWEEP_EVERY):
            await sweep(self.books, now)
        if self._due("erase", now, ERASE_EVERY):
            await inbox.erase_bodies(self.books.database, now)
        if self.books.settings.stripe_meter_event and self._due("usage", now, USAGE_EVERY):
            await overage.report(self.books, self._usage, now)

    def _due(self, what: str, now: datetime, every: timedelta) -> bool:
        last = self._done.get(what)
        if last is not None and timedelta() <= now - last < every:
            return False
        self._done[what] = now
        return True
