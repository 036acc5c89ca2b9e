"""Events and objects of Stripe, as far as they are used. No I/O.

Only the newest API version is sent to an endpoint that was made for it, but endpoints of older ones live on: what has
moved between versions is read at both places.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

WORD: Final = r"^[!-~]{1,255}$"
Word = Annotated[str, Meta(pattern=WORD)]
Seconds = Annotated[int, Meta(ge=0, le=253_402_300_799)]
Metadata = Mapping[str, str] | None
HUNDREDFOLD: Final = frozenset({"isk", "ugx"})
"""Stripe has these in hundredths, which they do not have (ISO 4217), and takes only whole ones."""
HUNDREDTHS: Final = frozenset({"mga"})
"""Stripe has this in whole ones, though ISO 4217 gives it hundredths."""


class Data(msgspec.Struct, frozen=True):
    """What an event is about."""

    object: msgspec.Raw = msgspec.Raw(b"{}")


class StripeEvent(msgspec.Struct, frozen=True):
    """An event, as Stripe's webhooks carry it."""

    id: Word
    type: Annotated[str, Meta(pattern=r"^[!-~]{0,255}$")] = ""
    created: Seconds = 0
    livemode: bool = False
    account: Word | None = None
    data: Data = Data()

    @property
    def created_at(self) -> datetime:
        """When it happened."""
        return at(self.created)


class Glance(msgspec.Struct, frozen=True):
    """What is noted of any object."""

    id: Word | None = None
    status: Annotated[str, Meta(pattern=r"^[!-~]{1,50}$")] | None = None


class Price(msgspec.Struct, frozen=True):
    """A price, or what was called a plan before there were prices."""

    id: str


class Item(msgspec.Struct, frozen=True):
    """One thing that a subscription buys."""

    price: Price | None = None
    plan: Price | None = None
    current_period_end: Seconds | None = None

    @property
    def price_id(self) -> str:
        """The price's id; empty when there is none."""
        return self.price.id if self.price else self.plan.id if self.plan else ""


class Items(msgspec.Struct, frozen=True):
    """All things that a subscription buys."""

    data: list[Item] = []


class Subscription(msgspec.Struct, frozen=True):
    """A customer's subscription."""

    id: Word
    customer: Word
    status: Annotated[str, Meta(pattern=r"^[!-~]{1,50}$")]
    created: Seconds
    items: Items = Items()
    current_period_end: Seconds | None = None
    cancel_at_period_end: bool = False
    metadata: Metadata = {}

    @property
    def period_end(self) -> datetime | None:
        """Until when it is paid: of the subscription before the API of 2025-03, of its items since."""
        ends = [item.current_period_end for item in self.items.data if item.current_period_end is not None]
        end = self.current_period_end if self.current_period_end is not None else max(ends, default=None)
        return None if end is None else at(end)


class Destination(msgspec.Struct, frozen=True):
    """Where the money of a payment goes on to."""

    destination: Word | None = None


class Intent(msgspec.Struct, frozen=True):
    """A payment."""

    id: Word
    amount: int
    currency: str
    amount_received: int | None = None
    customer: Word | None = None
    metadata: Metadata = {}
    on_behalf_of: Word | None = None
    transfer_data: Destination | None = None

    @property
    def paid(self) -> int:
        """What was taken, which may be less than was asked for."""
        return self.amount if self.amount_received is None else self.amount_received


class Refund(msgspec.Struct, frozen=True):
    """One giving back of a payment or of a part of it."""

    id: Word
    amount: int
    currency: str
    created: Seconds
    status: str | None = None
    reason: str | None = None
    charge: Word | None = None
    payment_intent: Word | None = None
    metadata: Metadata = {}


class Refunds(msgspec.Struct, frozen=True):
    """A page of refunds."""

    data: list[Refund] = []
    has_more: bool = False


class Charge(msgspec.Struct, frozen=True):
    """A charge, with its refunds in API versions before 2022-11."""

    id: Word
    customer: Word | None = None
    metadata: Metadata = {}
    refunds: Refunds | None = None


class Transfer(msgspec.Struct, frozen=True):
    """Money that went from the platform to a connected account."""

    id: Word
    amount: int
    currency: str
    created: Seconds
    destination: Word | None = None
    metadata: Metadata = {}


class Customer(msgspec.Struct, frozen=True):
    """A customer."""

    id: Word


def at(seconds: int) -> datetime:
    """Unix seconds as a time."""
    return datetime.fromtimestamp(seconds, UTC)


def glance(raw: msgspec.Raw) -> Glance:
    """An object's id and status, where it has them."""
    try:
        return msgspec.json.decode(raw, type=Glance)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Glance()


def minor_units(amount: int, currency: str) -> int | None:
    """Stripe's amount in the minor units of ISO 4217; None when it is no whole number of them.

    Stripe's amounts are in minor units as they are, zero-decimal currencies (yen) and three-decimal ones (dinar)
    included, but for what the two constants name.
    """
    if currency in HUNDREDFOLD:
        return amount // 100 if amount % 100 == 0 else None
    return amount * 100 if currency in HUNDREDTHS else amount
