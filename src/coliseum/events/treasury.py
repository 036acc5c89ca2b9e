"""``treasury.*``: money that moved, in minor units of its currency."""

from typing import Annotated

from msgspec import Meta

from coliseum.events.contract import PersonEvent
from coliseum.events.fields import Cents, Currency, Id, Personal, Reason, Role, Text


class MoneyEvent(PersonEvent, frozen=True, kw_only=True):
    """Money that moved, with the artist or the event it moved for."""

    ENTITIES = ("artist", "event")
    VALUE_FIELD = "amount_cents"

    amount_cents: Cents
    currency: Currency
    event_id: Id | None = None
    artist_id: Id | None = None

    def value(self) -> int:
        """Return the amount in minor units."""
        return self.amount_cents


class MoneySpent(MoneyEvent, frozen=True, kw_only=True, tag="treasury.money_spent"):
    """A person paid."""

    reason: Reason
    stripe_payment_intent_id: Annotated[Id, Personal, Meta(description="Stripe's id of the payment")] | None = None


class MoneyEarned(MoneyEvent, frozen=True, kw_only=True, tag="treasury.money_earned"):
    """A person was paid."""

    role: Role
    source: Reason
    stripe_transfer_id: Annotated[Id, Personal, Meta(description="Stripe's id of the transfer")] | None = None


class MoneyRefunded(MoneyEvent, frozen=True, kw_only=True, tag="treasury.money_refunded"):
    """A payment was given back, in whole or in part. Lowers what `treasury.money_spent` raised."""

    REFERENCE = ("payment", "refund_of")

    reason: Text
    # Personal, because it may be the payment intent's id, which the payment itself keeps out of the log.
    refund_of: Annotated[Id, Personal, Meta(description="the payment: its event id or its payment intent")]

    def value(self) -> int:
        """Return the amount in minor units, below zero."""
        return -self.amount_cents
