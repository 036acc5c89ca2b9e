"""One event on its way through capture, and the request that carries it."""

from datetime import datetime
from typing import Any

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.errors import EventRefused
from coliseum.events.decode import Decoded
from coliseum.events.record import Record
from coliseum.passport.entries import NewEntry, Outcome

LATER: Any = None
"""Stands where a step has not been yet."""


class Request(msgspec.Struct, frozen=True):
    """Who sends events, how, and when they arrived."""

    tenant: Tenant
    trusted: bool
    """By a server key or a signature: may write for any user, and any type."""
    strict: bool
    """A field that the contract does not know refuses the event; otherwise it is dropped, with a warning."""
    source: str
    received_at: datetime
    sent_at: datetime | None = None
    user_id: str | None = None
    """The user whom a token vouches for; only of untrusted requests."""
    historical: bool = False


class Draft(msgspec.Struct):
    """An event being captured. Each step fills what the next one needs, or sets ``refusal`` and is done with it."""

    raw: bytes | Decoded
    """As it was sent; or decoded already, with all others of its batch."""
    id: str = ""
    refusal: EventRefused | None = None
    decoded: Decoded = LATER
    record: Record = LATER
    occurred_at: datetime = LATER
    entry: NewEntry = LATER
    outcome: Outcome | None = None


class Result(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What became of one event, as the answer says it."""

    id: str
    status: str
    partition: int | None = None
    offset: int | None = None
    code: str | None = None
    message: str | None = None
    field: str | None = None


class VoteRow(msgspec.Struct, frozen=True):
    """A stored vote that an event wants to take back."""

    id: str
    subject_id: int | None
    entity_type: str | None
    entity_id: str | None
    artist_id: str | None
    event_id: str | None
    city: str | None
    value: int
    occurred_at: datetime
    dna_influence: int


class PaymentRow(msgspec.Struct, frozen=True):
    """A stored payment that a refund names: what it was for."""

    id: str
    entity_type: str | None
    entity_id: str | None
    artist_id: str | None
    event_id: str | None
