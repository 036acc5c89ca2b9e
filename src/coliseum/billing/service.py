"""Billing of one web process: takes in what Stripe says, applies it, and serves what owners ask for."""

import asyncio

from coliseum import db
from coliseum.billing import inbox
from coliseum.billing.books import Books, Capture
from coliseum.billing.desk import Desk
from coliseum.billing.overage import LogUsage, UsageSource
from coliseum.billing.plans import prices_of
from coliseum.billing.stripe_client import verify
from coliseum.billing.worker import Worker
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused
from coliseum.settings import Settings
from coliseum.tasks import end
from coliseum.trail.record import Trail


class Billing:
    """Owned by one process. Without STRIPE_SECRET_KEY it refuses everything but ``desk.standing``."""

    def __init__(
        self,
        database: db.Database,
        settings: Settings,
        secret_key: str,
        trail: Trail,
        clock: Clock,
        capture: Capture,
        usage: UsageSource | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self.desk = Desk(database, settings, secret_key, trail, clock)
        self._secrets = [each for each in (settings.stripe_webhook_secret or "").split(",") if each]
        self.worker: Worker | None = None
        self._task: asyncio.Task[None] | None = None
        stripe = self.desk.stripe
        if stripe is not None:
            books = Books(
                database, stripe, settings, secret_key, trail, clock, capture, prices_of(settings),
                settings.billing_grace_days,
            )  # fmt: skip
            self.worker = Worker(books, usage or LogUsage(database))

    def start(self) -> None:
        """Apply what is stored from now on, beside everything else."""
        if self.worker is not None and self._task is None:
            self._task = asyncio.create_task(self.worker.run())

    async def receive(self, body: bytes, signature: bytes) -> bool:
        """Take an event in: signed, it is stored durably when this returns, and applied soon after.

        False: it was there already.

        Raises:
            RequestRefused: ``not_configured``, ``bad_signature``, ``stale_signature`` or ``invalid_payload``.
        """
        if self.desk.stripe is None or not self._secrets:
            raise RequestRefused(Refusal.NOT_CONFIGURED, "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are not set")
        verify(body, signature, self._secrets, self._clock())
        new = await inbox.store(self._database, body, self._clock(), live=self.desk.stripe.live)
        if new and self.worker is not None:
            self.worker.wake()
        return new

    async def close(self) -> None:
        """Stop applying; what was under way is taken up again by whoever comes next."""
        if self._task is not None:
            await end(self._task)
        if self.desk.stripe is not None:
            await self.desk.stripe.close()
