"""Payments, refunds and transfers become ``treasury.*`` events, each once.

A payment counts when its payment intent has succeeded: exactly one is there for each payment, it carries what the
platform wrote on it, and it comes when the money is taken. ``charge.succeeded`` also comes when a card was only
authorised, and again for another try. A transfer to a connected account is what somebody earns; a payout only moves
what was earned to their bank, and is not counted again.

For whom: ``coliseum_tenant`` and ``coliseum_user`` in the metadata of the object, or of the payment that a refund is
of; or the tenant to whom the connected account belongs. On a connected account's own objects only that mapping counts,
because whoever owns the account writes their metadata. What lacks something is asked of Stripe once more, so that what
was mended there counts at the next try.

What a tenant pays for its own plan is no event of its log.
"""

import hmac
from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar, get_args

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.billing.books import Books, Unmatched
from coliseum.billing.inbox import SQL, State, settle
from coliseum.billing.objects import Charge, Intent, Metadata, Refund, StripeEvent, Transfer, at, minor_units
from coliseum.billing.stripe_client import StripeRefused
from coliseum.events.fields import Reason
from coliseum.ids import derived_key

T = TypeVar("T")
REASONS: Final = frozenset(get_args(Reason))
ALREADY_THERE: Final = frozenset({"id_reused"})
"""The log has it under its id; the metadata were changed since."""


class Movement(msgspec.Struct, frozen=True):
    """One object of Stripe by which money moved, as an event of the log but for its id."""

    object_id: str
    metadata: Mapping[str, str]
    amount: int
    currency: str
    at: datetime
    fields: Mapping[str, Any]
    account: str | None
    """The connected account whose object it is."""
    beneficiary: str | None = None
    """The connected account to which the platform's money goes."""
    customer: str | None = None
    """Who pays; a customer that is a tenant pays for its plan."""

    @property
    def complete(self) -> bool:
        """Whether it says whose it is, as far as that can be seen from itself."""
        placed = self.metadata.get("coliseum_tenant") or self.account or self.beneficiary
        return bool(placed and self.metadata.get("coliseum_user"))


async def apply_payment(books: Books, event: StripeEvent) -> None:
    """``payment_intent.succeeded``.

    Raises:
        Unmatched: what is missing is noted, for the tenant as far as it is known.
    """
    intent = msgspec.json.decode(event.data.object, type=Intent)
    movement = _payment(event, intent)
    if not movement.complete:
        now = await _seen(books.stripe.intent(intent.id, event.account))
        if now is not None:
            movement = _payment(event, msgspec.structs.replace(intent, metadata=now.metadata))
    await _record(books, event, [movement])


async def apply_refunds(books: Books, event: StripeEvent) -> None:
    """``charge.refunded``: all refunds of the charge; or ``refund.*``: this one. Each refund counts once.

    Raises:
        Unmatched: as above.
    """
    if event.type != "charge.refunded":
        refund = msgspec.json.decode(event.data.object, type=Refund)
        if refund.status == "failed":
            await _failed(books, event, refund)
            return
        refunds, charge = [refund], None
    else:
        charge = msgspec.json.decode(event.data.object, type=Charge)
        page = charge.refunds
        whole = page is not None and page.data and not page.has_more
        refunds = page.data if whole and page else await books.stripe.refunds(charge.id, event.account)
    # What is pending comes again when it has succeeded.
    succeeded = [refund for refund in refunds if refund.status == "succeeded"]
    await _record(books, event, [await _refund(books, event, refund, charge) for refund in succeeded])


async def apply_transfer(books: Books, event: StripeEvent) -> None:
    """``transfer.created``.

    Raises:
        Unmatched: as above.
    """
    transfer = msgspec.json.decode(event.data.object, type=Transfer)
    movement = _transfer(event, transfer)
    if not movement.complete:
        now = await _seen(books.stripe.transfer(transfer.id, event.account))
        if now is not None:
            movement = _transfer(event, msgspec.structs.replace(transfer, metadata=now.metadata))
    if event.type == "transfer.reversed":
        tenant = await _tenant_of(books, movement)
        raise await _noted(books, event, movement, tenant, "transfer_reversed: what was earned is not taken back")
    await _record(books, event, [movement])


def _payment(event: StripeEvent, intent: Intent) -> Movement:
    metadata = intent.metadata or {}
    fields = {"type": "treasury.money_spent", "reason": _reason(metadata), "stripePaymentIntentId": intent.id}
    onward = intent.transfer_data.destination if intent.transfer_data else None
    return Movement(
        intent.id, metadata, intent.paid, intent.currency, event.created_at, fields, event.account,
        intent.on_behalf_of or onward, intent.customer,
    )  # fmt: skip


def _transfer(event: StripeEvent, transfer: Transfer) -> Movement:
    metadata = transfer.metadata or {}
    fields = {
        "type": "treasury.money_earned",
        "role": metadata.get("coliseum_role", "artist"),
        "source": _reason(metadata),
        "stripeTransferId": transfer.id,
    }
    return Movement(
        transfer.id, metadata, transfer.amount, transfer.currency, at(transfer.created), fields, event.account,
        transfer.destination,
    )  # fmt: skip


async def _refund(books: Books, event: StripeEvent, refund: Refund, charge: Charge | None) -> Movement:
    of_charge = charge or Charge(refund.id)
    metadata = {**(of_charge.metadata or {}), **(refund.metadata or {})}
    customer, beneficiary = of_charge.customer, None
    if refund.payment_intent and not {"coliseum_tenant", "coliseum_user"} <= metadata.keys():
        intent = await _seen(books.stripe.intent(refund.payment_intent, event.account))
        if intent is not None:
            metadata = {**(intent.metadata or {}), **metadata}
            beneficiary, customer = _payment(event, intent).beneficiary, intent.customer
    fields = {
        "type": "treasury.money_refunded",
        "reason": refund.reason or "refund",
        "refundOf": refund.payment_intent or refund.charge or refund.id,
    }
    return Movement(
        refund.id, metadata, refund.amount, refund.currency, at(refund.created), fields, event.account, beneficiary,
        customer,
    )  # fmt: skip


async def _record(books: Books, event: StripeEvent, movements: list[Movement]) -> None:
    """Put each into the log, then say that the event is applied; a crash in between repeats what changes nothing."""
    unmatched: Unmatched | None = None
    state: State = "applied"
    reason = ""
    for movement in movements:
        if await _is_plans(books, movement):
            state, reason = "ignored", "plan: what a tenant pays for its own plan"
            continue
        try:
            await _record_one(books, event, movement)
        except Unmatched as found:
            unmatched = found
    if unmatched is not None:
        raise unmatched
    async with books.database.transaction("accounts") as connection:
        await settle(connection, event.id, state, reason, books.clock())


async def _is_plans(books: Books, movement: Movement) -> bool:
    """Whether it is a payment to us, and not one of a platform's."""
    if movement.account is not None or movement.customer is None or "coliseum_user" in movement.metadata:
        return False
    return await books.tenant_of_customer(movement.customer) is not None


async def _seen(call: Awaitable[T]) -> T | None:
    """An object as Stripe has it now; None when the key may not read it, or it is gone."""
    try:
        return await call
    except StripeRefused:
        return None


async def _record_one(books: Books, event: StripeEvent, movement: Movement) -> None:
    tenant = await _tenant_of(books, movement)
    amount = minor_units(movement.amount, movement.currency)
    if amount is None:
        reason = f"amount: {movement.amount} {movement.currency} is no whole number of minor units"
        raise await _noted(books, event, movement, tenant, reason)
    if not movement.metadata.get("coliseum_user"):
        raise await _noted(books, event, movement, tenant, "user_missing: there is no coliseum_user")
    key = derived_key(books.secret_key, "stripe-object", str(tenant.tenant_id))
    # Nobody who knows the object's id, as whoever pays does, can take this one's place in the log before it comes.
    own_id = f"stripe:{hmac.digest(key, movement.object_id.encode(), 'sha256').hex()[:40]}"
    async with books.database.tenant(tenant.tenant_id, "accounts") as connection:
        intended = await connection.fetchrow(SQL["intend_object"], tenant.tenant_id, movement.object_id, own_id)
        assert intended is not None  # noqa: S101 - the statement returns a row
        fields = dict(movement.fields)
        if "refundOf" in fields:
            paid = await connection.fetchval(SQL["log_id_of"], tenant.tenant_id, fields["refundOf"])
            fields["refundOf"] = paid or fields["refundOf"]
    if not intended["done"]:
        # What a crash leaves here: an intent, with the id under which the log knows it or will.
        raw = _event(intended["log_id"], movement, amount, fields)
        taken = await books.capture(tenant, raw)
        if taken.status == "refused" and taken.code not in ALREADY_THERE:
            raise await _noted(books, event, movement, tenant, f"{taken.code}: {taken.message}")
    async with books.database.tenant(tenant.tenant_id, "accounts") as connection:
        await connection.execute(SQL["note_done"], tenant.tenant_id, movement.object_id, books.clock())
        await connection.execute(SQL["resolve_unmatched"], tenant.tenant_id, movement.object_id, books.clock())


def _event(log_id: str, movement: Movement, amount: int, fields: Mapping[str, Any]) -> bytes:
    named = {"eventId": "coliseum_event", "artistId": "coliseum_artist"}
    given = {field: movement.metadata[name] for field, name in named.items() if movement.metadata.get(name)}
    content = {
        "id": log_id, "userId": movement.metadata["coliseum_user"], "at": movement.at, "amountCents": amount,
        "currency": movement.currency, **fields, **given,
    }  # fmt: skip
    return msgspec.json.encode(content)


async def _tenant_of(books: Books, movement: Movement) -> Tenant:
    named = await books.tenant_named(movement.metadata)
    if movement.account is not None:
        owner = await books.tenant_of_account(movement.account)
        if owner is None:
            raise Unmatched(f"unknown_account: {movement.account} belongs to no tenant")
    else:
        owner = await books.tenant_of_account(movement.beneficiary)
    if named is not None and owner is not None and named.tenant_id != owner.tenant_id:
        raise Unmatched("account_mismatch: coliseum_tenant is not the tenant of the connected account")
    if owner is None and named is None:
        raise Unmatched("tenant_missing: there is no coliseum_tenant, and no connected account of a tenant")
    found = owner or named
    assert found is not None  # noqa: S101 - one of them is there
    return found


async def _failed(books: Books, event: StripeEvent, refund: Refund) -> None:
    """A refund that did not come through: nothing, unless it was counted before."""
    movement = await _refund(books, event, refund, None)
    tenant = await _tenant_of(books, movement)
    async with books.database.tenant(tenant.tenant_id, "accounts") as connection:
        counted = await connection.fetchval(SQL["log_id_of"], tenant.tenant_id, refund.id)
        if counted is None:
            await settle(connection, event.id, "applied", "a refund that failed before it counted", books.clock())
    if counted is not None:
        raise await _noted(books, event, movement, tenant, "refund_failed: it was counted before it failed")


async def _noted(books: Books, event: StripeEvent, movement: Movement, tenant: Tenant, reason: str) -> Unmatched:
    """Put it on the tenant's list; returns what to raise."""
    async with books.database.tenant(tenant.tenant_id, "accounts") as connection:
        await connection.execute(
            SQL["note_unmatched"], tenant.tenant_id, event.id, movement.object_id, event.type, reason[:300],
            movement.amount, movement.currency, books.clock(),
        )  # fmt: skip
    return Unmatched(reason, tenant.tenant_id)


def _reason(metadata: Metadata) -> str:
    given = (metadata or {}).get("coliseum_reason", "")
    return given if given in REASONS else "other"
