"""What everything that applies events of Stripe works with, and how it finds out for whom an event is."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from coliseum import db
from coliseum.accounts.plans import PlanName
from coliseum.accounts.tenants import Tenant
from coliseum.billing.inbox import SQL
from coliseum.billing.objects import Metadata
from coliseum.billing.stripe_client import Stripe
from coliseum.clock import Clock
from coliseum.settings import Settings
from coliseum.trail.record import Trail


class Taken(msgspec.Struct, frozen=True):
    """What the log says to an event: ``accepted``, ``duplicate``, or ``refused`` with its reason."""

    status: str
    code: str = ""
    message: str = ""


Capture = Callable[[Tenant, bytes], Awaitable[Taken]]
"""Sends one event through the capture pipeline, as trusted; it is durable when this returns ``accepted``. The same
bytes again are a ``duplicate``."""


class Unmatched(Exception):
    """An event that nothing can be made of, because something is not known or contradicts itself."""

    def __init__(self, reason: str, tenant_id: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tenant_id = tenant_id


class Books(msgspec.Struct, frozen=True):
    """The stores and settings of billing in one process."""

    database: db.Database
    stripe: Stripe
    settings: Settings
    secret_key: str
    trail: Trail
    clock: Clock
    capture: Capture
    prices: Mapping[str, PlanName]
    grace_days: int

    async def tenant_named(self, metadata: Metadata) -> Tenant | None:
        """The tenant whose number ``coliseum_tenant`` is; None when it is not there.

        Raises:
            Unmatched: it is there, and is nobody's.
        """
        number = (metadata or {}).get("coliseum_tenant", "")
        if not number:
            return None
        found = await self.tenant(int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
        if found is None:
            raise Unmatched("unknown_tenant: coliseum_tenant is no tenant's number")
        return found

    async def tenant(self, tenant_id: int) -> Tenant | None:
        """A tenant by its number."""
        async with self.database.connection("capture") as connection:
            found = await db.rows(connection, Tenant, SQL["tenant_by_number"], tenant_id)
        return found[0] if found else None

    async def tenant_of_customer(self, customer_id: str) -> int | None:
        """The number of the tenant who is this customer."""
        async with self.database.connection("capture") as connection:
            found: int | None = await connection.fetchval(SQL["tenant_of_customer"], customer_id)
        return found

    async def tenant_of_account(self, account_id: str | None) -> Tenant | None:
        """The tenant to whom a connected account belongs."""
        if account_id is None:
            return None
        async with self.database.connection("capture") as connection:
            found = await connection.fetchval(SQL["tenant_of_account"], account_id)
        return None if found is None else await self.tenant(found)
