"""One event on its way through capture, and the request that carries it."""

from collections.abc import Sequence
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


class Included(msgspec.Struct, frozen=True):
    """The events that a tenant's plan includes a month, and the smallest plan that includes more."""

    events: int
    lifted_by: str | None


class Standing(msgspec.Struct):
    """How a month stood when it was read, and what this process has let through since."""

    month: datetime
    used: int
    taken: int = 0

    def room(self, events: int) -> int:
        """How many of these there still is room for."""
        return events - self.used - self.taken

    def take(self, drafts: Sequence["Draft"]) -> None:
        """Take room for these; who turns out to be no new entry gives it back."""
        self.taken += len(drafts)
        for draft in drafts:
            draft.held = self


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
    included: Included | None = None
    """None: there is no limit to the month's events."""
    signal: bool = False
    """The browser sends Global Privacy Control: a no to everything that needs consent, whatever was agreed to."""
    asked_for: bool = False
    """The person asks for this very deed to be recorded, which needs no other consent."""


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
    held: Standing | None = None
    """Where this event takes room; only where a month's events are limited."""


class Result(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What became of one event, as the answer says it."""

    id: str
    status: str
    partition: int | None = None
    offset: int | None = None
    code: str | None = None
    message: str | None = None
    field: str | None = None
    limit: str | None = None
    """Of the plan: the limit that was met."""
    plan: str | None = None
    """The smallest plan that lifts it."""
    reset_at: datetime | None = msgspec.field(default=None, name="resetAt")
    """When the limit begins anew."""


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
