"""From a subscription to a plan. No I/O; whatever comes out depends on what was told and when, not on its order."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from coliseum.accounts.plans import ORDER, PlanName
from coliseum.billing.objects import StripeEvent, Subscription
from coliseum.settings import Settings

PAID: Final = frozenset({"active", "trialing"})
UNPAID: Final = frozenset({"past_due", "unpaid"})
FINAL: Final = frozenset({"canceled", "incomplete_expired"})
"""A subscription leaves none of these again."""


class Held(msgspec.Struct, frozen=True):
    """A subscription as it is stored."""

    subscription_id: str
    price_id: str
    plan: PlanName | None
    status: str
    current_period_end: datetime | None
    cancel_at_period_end: bool
    grace_until: datetime | None
    object_created: datetime
    newest_created: datetime
    newest_event: str


def prices_of(settings: Settings) -> dict[str, PlanName]:
    """Which plan a price buys."""
    listed: tuple[tuple[PlanName, str], ...] = (
        ("basic", settings.stripe_price_basic),
        ("pro", settings.stripe_price_pro),
        ("enterprise", settings.stripe_price_enterprise),
    )
    return {price: plan for plan, prices in listed for price in prices.split(",") if price}


def bought(subscription: Subscription, prices: Mapping[str, PlanName]) -> tuple[str, PlanName | None]:
    """The price that counts, and its plan; the largest, when there are several."""
    known = [(item.price_id, prices[item.price_id]) for item in subscription.items.data if item.price_id in prices]
    if known:
        return max(known, key=lambda each: ORDER.index(each[1]))
    return next((item.price_id for item in subscription.items.data), ""), None


def takes(held: Held | None, event: StripeEvent, told: Subscription) -> bool | None:
    """Whether what an event tells takes the place of what is held; None when that cannot be seen from the two.

    Stripe's times have whole seconds and its events come in any order, so that two of one second are in doubt: then
    the object itself is asked for. What is final needs no time.
    """
    if held is None:
        return True
    if (held.status in FINAL) != (told.status in FINAL):
        return told.status in FINAL
    if held.newest_created == event.created_at:
        return None
    return held.newest_created < event.created_at


def plan_now(held: Held, now: datetime) -> PlanName | None:
    """The plan that a subscription gives at this moment."""
    if held.status in PAID:
        return held.plan
    ends = [each for each in (held.grace_until,) if each is not None]
    if held.status == "canceled":
        ends += [] if held.current_period_end is None else [held.current_period_end]
    elif held.status not in UNPAID:
        return None
    return held.plan if ends and now < min(ends) else None


def best(plans: Iterable[PlanName | None]) -> PlanName:
    """The largest of several plans; the smallest there is when there is none."""
    return max((plan for plan in plans if plan is not None), key=ORDER.index, default=ORDER[0])
