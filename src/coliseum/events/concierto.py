"""``concierto.*``: what fans do around a live event."""

from typing import Annotated, ClassVar

from msgspec import Meta

from coliseum.events.contract import PersonEvent
from coliseum.events.fields import Cents, Currency, Id, Name, Personal, Quantity, Text


class EventViewed(PersonEvent, frozen=True, kw_only=True, tag="concierto.event_viewed"):
    """A fan looked at an event's page."""

    ENTITIES = ("event",)

    event_id: Id

    def value(self) -> int:
        """Return one view."""
        return 1


class EventInterested(PersonEvent, frozen=True, kw_only=True, tag="concierto.event_interested"):
    """A fan said to be interested in an event."""

    ENTITIES = ("event",)

    event_id: Id

    def value(self) -> int:
        """Return one interest."""
        return 1


class TicketPurchased(PersonEvent, frozen=True, kw_only=True, tag="concierto.ticket_purchased"):
    """A fan bought tickets. It moves no money of its own: `treasury.money_spent` carries that."""

    ENTITIES = ("event",)
    # The price stands beside the count; in the typed column it would read as money that moved.
    METADATA_ONLY: ClassVar[frozenset[str]] = frozenset({"currency"})

    event_id: Id
    ticket_tier: Text | None = None
    quantity: Quantity
    amount_cents: Cents
    currency: Currency
    order_id: Annotated[Id, Personal, Meta(description="the order's id")]

    def value(self) -> int:
        """Return the number of tickets."""
        return self.quantity


class EventAttended(PersonEvent, frozen=True, kw_only=True, tag="concierto.event_attended"):
    """A fan was there."""

    ENTITIES = ("event",)

    event_id: Id
    city: Name
    ticket_tier: Text | None = None

    def value(self) -> int:
        """Return one attendance."""
        return 1

    def dna_influence(self) -> int:
        """Return the strongest weight there is: the fan came."""
        return 8
