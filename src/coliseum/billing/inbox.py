"""What Stripe's webhooks carried: stored before the answer, applied after it.

An event's states: *stored* -> *applied*, *ignored*, *unmatched* (nobody knows for whom it is) or *failed* (it was
tried ``ATTEMPTS_MAX`` times). ``retry`` brings the last two back to *stored*.
"""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from coliseum import db
from coliseum.billing.objects import StripeEvent, glance
from coliseum.errors import Refusal, RequestRefused

SQL: Final[Mapping[str, str]] = db.statements("coliseum.billing")
State = Literal["stored", "applied", "ignored", "unmatched", "failed"]
LEASE: Final = timedelta(seconds=120)
"""After this long whoever was applying an event is taken to be gone."""
ATTEMPTS_MAX: Final = 30
DELAY_MAX: Final = timedelta(hours=1)
BODY_KEPT: Final = timedelta(days=30)
"""How long the body of an event is kept that is done with: as long as Stripe itself shows it."""
APPLIED_TYPES: Final = frozenset({
    "customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted",
    "customer.subscription.paused", "customer.subscription.resumed", "customer.deleted",
    "payment_intent.succeeded", "charge.refunded", "charge.refund.updated", "refund.created", "refund.updated",
    "refund.failed", "transfer.created", "transfer.reversed",
})  # fmt: skip
"""What something is made of. Everything else is stored and ignored."""


class Claimed(msgspec.Struct, frozen=True):
    """An event that this process applies now."""

    event_id: str
    body: bytes
    attempts: int


class EventLine(msgspec.Struct, frozen=True):
    """An event as an operator sees it."""

    event_id: str
    type: str
    created: datetime
    state: State
    reason: str
    attempts: int
    account: str | None
    object_id: str | None
    received_at: datetime
    next_attempt_at: datetime


def read_event(body: bytes) -> StripeEvent:
    """The event in a body that was signed.

    Raises:
        RequestRefused: ``invalid_payload``.
    """
    try:
        return msgspec.json.decode(body, type=StripeEvent)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, f"this is no event of Stripe: {error}") from None


async def store(database: db.Database, body: bytes, now: datetime, *, live: bool) -> bool:
    """Store a signed event; durable when this returns. False: it was there already.

    What is of the other mode than our key, test or live, is ignored from the beginning, and so is what is of no use.

    Raises:
        RequestRefused: ``invalid_payload``.
    """
    event = read_event(body)
    seen = glance(event.data.object)
    state, reason = _at_first(event, live=live)
    async with database.transaction("accounts") as connection:
        done = await connection.execute(
            SQL["store_event"], event.id, event.type, event.created_at, event.livemode, event.account, seen.id,
            seen.status, body, now, state, reason,
        )  # fmt: skip
    return done.endswith(" 1")


async def claim(database: db.Database, now: datetime) -> Claimed | None:
    """The next event that is due, for this process alone until its lease is over."""
    async with database.transaction("accounts") as connection:
        found = await db.rows(connection, Claimed, SQL["claim_event"], now, now + LEASE)
    return found[0] if found else None


async def settle(connection: db.Connection, event_id: str, state: State, reason: str, now: datetime) -> None:
    """Say what has become of an event, in the transaction that made it so."""
    await connection.execute(SQL["settle_event"], event_id, state, reason[:300], now)


async def put_off(database: db.Database, claimed: Claimed, error: str, now: datetime, rng: random.Random) -> State:
    """After a failed try: the event is due again later, or is *failed* when it was tried often enough."""
    async with database.transaction("accounts") as connection:
        if claimed.attempts >= ATTEMPTS_MAX:
            await settle(connection, claimed.event_id, "failed", error, now)
            return "failed"
        delay = min(DELAY_MAX, timedelta(seconds=2 ** min(claimed.attempts, 12))) * rng.uniform(0.5, 1)
        await connection.execute(SQL["put_off_event"], claimed.event_id, now + delay, error[:300])
    return "stored"


async def list_events(database: db.Database, state: str | None, limit: int) -> list[EventLine]:
    """The newest events, of one state or of all."""
    async with database.transaction("accounts") as connection:
        return await db.rows(connection, EventLine, SQL["list_events"], state, limit)


async def retry(database: db.Database, event_id: str | None, now: datetime) -> list[str]:
    """Make one event due, or all that failed, are unmatched or wait; returns their ids."""
    async with database.transaction("accounts") as connection:
        return [row["event_id"] for row in await connection.fetch(SQL["retry_events"], event_id, now)]


async def erase_bodies(database: db.Database, now: datetime) -> None:
    """Erase what nobody needs any more of events that are done with: names, addresses and cards stand in it."""
    async with database.transaction("accounts") as connection:
        await connection.execute(SQL["erase_bodies"], now - BODY_KEPT)


def _at_first(event: StripeEvent, *, live: bool) -> tuple[State, str]:
    if event.livemode is not live:
        return "ignored", "livemode: of the other mode than STRIPE_SECRET_KEY"
    if event.type not in APPLIED_TYPES:
        return "ignored", "type: nothing is made of it"
    if event.account is not None and event.type.startswith("customer."):
        return "ignored", "account: a connected account's customers have no plans of ours"
    return "stored", ""
