"""Stripe: the only file that speaks with its library.

What the library does that one would not expect (16.1): its check of a signature lets timestamps of the future pass and
is off when the tolerance is 0; ``int`` takes ``+5`` and ``1_0`` for numbers; a body that is no UTF-8 and a signature
that is no ASCII raise errors of Python. Its aiohttp client follows redirects, and what breaks while an answer is read
is raised as aiohttp's own error.
"""

import logging
import re
import time
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import aiohttp
import msgspec
import stripe

from coliseum.billing.objects import Intent, Refund, Refunds, Subscription, Transfer
from coliseum.errors import ColiseumError, Refusal, RequestRefused
from coliseum.telemetry import Log

TOLERANCE: Final = timedelta(seconds=300)
MOMENT_S: Final = 5.0
HEADER_BYTES_MAX: Final = 4_096
TIMEOUT_S: Final = 20
NETWORK_RETRIES_MAX: Final = 2
LIVE: Final = re.compile(r"(sk|rk)_live_")
STAMP: Final = re.compile(r"[0-9]{1,12}")
HEX: Final = re.compile(r"[0-9a-f]{64}")
T = TypeVar("T")
logging.getLogger("stripe").setLevel(logging.CRITICAL)  # whoever asks says what went wrong, as a line of JSON


class StripeUnavailable(ColiseumError):
    """Stripe did not answer."""


class StripeRefused(ColiseumError):
    """Stripe refuses what it was asked."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing
        """What was asked about does not exist there."""


def verify(body: bytes, header: bytes, secrets: Sequence[str], now: datetime) -> None:
    """Whether the body was signed with one of the secrets, at most five minutes before or after now.

    Raises:
        RequestRefused: ``bad_signature`` or ``stale_signature``.
    """
    text, stamp = _parsed(header)
    try:
        payload = body.decode()
    except UnicodeDecodeError:
        raise RequestRefused(Refusal.BAD_SIGNATURE, "the body is not UTF-8 text") from None
    # The library asks the machine's clock, a moment later, and ours is an argument: its tolerance is moved by what lies
    # between them, and ours decides. It must not be 0, which would mean none at all.
    tolerance = TOLERANCE.total_seconds() + MOMENT_S + time.time() - now.timestamp() or MOMENT_S
    stale = abs(now.timestamp() - stamp) > TOLERANCE.total_seconds()
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(payload, text, secret, None if stale else tolerance)
        except stripe.SignatureVerificationError:
            continue
        if stale:
            raise RequestRefused(Refusal.STALE_SIGNATURE, "the signature's time is more than five minutes off")
        return
    raise RequestRefused(Refusal.BAD_SIGNATURE, "the signature does not fit")


def _parsed(header: bytes) -> tuple[str, int]:
    """The header and its timestamp, when it has the very form in which Stripe writes it."""
    if not header or len(header) > HEADER_BYTES_MAX or not header.isascii():
        raise RequestRefused(Refusal.BAD_SIGNATURE, "Stripe-Signature is needed, as Stripe writes it")
    parts = [part.partition("=")[::2] for part in header.decode("ascii").split(",")]
    stamps = [value for name, value in parts if name == "t"]
    signatures = [value for name, value in parts if name == "v1"]
    if len(stamps) != 1 or not STAMP.fullmatch(stamps[0]):
        raise RequestRefused(Refusal.BAD_SIGNATURE, "Stripe-Signature has one t, a whole number of Unix seconds")
    if not signatures or not all(HEX.fullmatch(each) for each in signatures):
        raise RequestRefused(Refusal.BAD_SIGNATURE, "Stripe-Signature has a v1 of 64 hexadecimal digits")
    return header.decode("ascii"), int(stamps[0])


class Stripe:
    """Calls Stripe's API for one process; safe for many tasks at once. Nothing here is retried after it raised."""

    def __init__(self, secret_key: str, api_base: str = "") -> None:
        self.live = LIVE.match(secret_key) is not None
        """Whether its money is real."""
        self._http = stripe.AIOHTTPClient(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        names = ("api", "connect", "files", "meter_events")
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses=dict.fromkeys(names, api_base) if api_base else None,  # type: ignore[arg-type]
            max_network_retries=NETWORK_RETRIES_MAX,
            http_client=self._http,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call]

    async def create_customer(self, tenant_id: int, slug: str, key: str) -> str:
        """A customer for the tenant; the same one for the same idempotency key."""
        made = await _asked(
            self._client.v1.customers.create_async(
                {"description": f"Coliseum tenant {slug}", "metadata": {"coliseum_tenant": str(tenant_id)}},
                {"idempotency_key": key},
            )
        )
        return str(made.id)

    async def checkout(self, tenant_id: int, customer: str, prices: Mapping[str, bool], back: str) -> str:
        """The address of a page on which the customer subscribes to these prices; ``True`` for a metered one."""
        number = str(tenant_id)
        parameters: Any = {
            "mode": "subscription",
            "customer": customer,
            "client_reference_id": number,
            "metadata": {"coliseum_tenant": number},
            "subscription_data": {"metadata": {"coliseum_tenant": number}},
            "line_items": [{"price": price} if metered else {"price": price, "quantity": 1}
                           for price, metered in prices.items()],
            "success_url": f"{back}/?checkout=done",
            "cancel_url": f"{back}/?checkout=left",
        }  # fmt: skip
        return str((await _asked(self._client.v1.checkout.sessions.create_async(parameters))).url)

    async def portal(self, customer: str, back: str) -> str:
        """The address of a page on which the customer changes or ends what it pays for."""
        made = await _asked(
            self._client.v1.billing_portal.sessions.create_async({"customer": customer, "return_url": back})
        )
        return str(made.url)

    async def subscription(self, subscription_id: str) -> Subscription:
        """The subscription as it is now."""
        found = await _asked(self._client.v1.subscriptions.retrieve_async(subscription_id))
        return msgspec.convert(_plain(found), Subscription)

    async def refunds(self, charge_id: str, account: str | None) -> list[Refund]:
        """All refunds of a charge."""
        refunds: list[Refund] = []
        after: dict[str, str] = {}
        while True:
            parameters: Any = {"charge": charge_id, "limit": 100, **after}
            found = await _asked(self._client.v1.refunds.list_async(parameters, _for(account)))
            page = msgspec.convert(_plain(found), Refunds)
            refunds += page.data
            if not page.has_more or not page.data:
                return refunds
            after = {"starting_after": page.data[-1].id}

    async def intent(self, intent_id: str, account: str | None) -> Intent:
        """The payment intent as it is now."""
        found = await _asked(self._client.v1.payment_intents.retrieve_async(intent_id, None, _for(account)))
        return msgspec.convert(_plain(found), Intent)

    async def transfer(self, transfer_id: str, account: str | None) -> Transfer:
        """The transfer as it is now."""
        found = await _asked(self._client.v1.transfers.retrieve_async(transfer_id, None, _for(account)))
        return msgspec.convert(_plain(found), Transfer)

    async def meter(self, name: str, customer: str, amount: int, identifier: str, at: datetime) -> None:
        """Tell a meter of usage. Stripe counts an identifier once, for at least 24 hours."""
        await _asked(
            self._client.v1.billing.meter_events.create_async(
                {
                    "event_name": name,
                    "payload": {"stripe_customer_id": customer, "value": str(amount)},
                    "identifier": identifier,
                    "timestamp": int(at.timestamp()),
                },
                {"idempotency_key": identifier},
            )
        )


def _for(account: str | None) -> Any:
    return {"stripe_account": account} if account else {}


def _plain(found: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(found.to_dict()))


async def _asked(call: Awaitable[T]) -> T:
    """The answer of the library.

    Raises:
        StripeUnavailable: it may work at another time.
        StripeRefused: it will not.
    """
    try:
        return await call
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError) as error:
        raise StripeUnavailable(f"Stripe did not answer: {type(error).__name__}") from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise StripeUnavailable(f"Stripe did not answer: {type(error).__name__}") from error
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status >= 500:
            raise StripeUnavailable(f"Stripe did not answer: {type(error).__name__}") from error
        Log().warning("stripe_refused", error=type(error).__name__, code=error.code, request=error.request_id)
        raise StripeRefused(
            f"Stripe refuses: {error.code or type(error).__name__}", missing=error.http_status == 404
        ) from error
