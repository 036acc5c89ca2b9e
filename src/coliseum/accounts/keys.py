"""Write keys: from the text that a caller sends to who it is."""

import asyncio
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from coliseum import db
from coliseum.accounts.bounds import usable_origins
from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import permissions_of
from coliseum.accounts.plans import PlanName
from coliseum.accounts.tenants import SQL, Tenant
from coliseum.clock import Clock
from coliseum.ids import secret_digest

CACHE_FOR = timedelta(seconds=2)
"""How long an answer is believed: a revoked key stops working everywhere within this time."""
REFRESH_AFTER = CACHE_FOR / 2
"""A key that is used at this age is looked up anew beside the request, so that in a steady stream none waits for it."""
CACHE_KEYS_MAX = 10_000


class CallerRow(msgspec.Struct, frozen=True):
    """A key's row joined with its tenant."""

    tenant_id: int
    slug: str
    name: str
    time_zone: str
    currency: str
    partitions: int
    plan: PlanName
    tenant_origins: str
    opt_in: bool
    kind: Literal["server", "browser"]
    key_id: int
    scopes: list[str]
    origins: list[str]
    addresses: list[str]
    expires_at: datetime | None


class KeyRing:
    """Looks keys up, and remembers them briefly. Owned by one process; safe for many tasks at once.

    Who asks for a key while it is being looked up waits for that answer.
    """

    def __init__(self, database: db.Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[datetime, Caller | None]] = OrderedDict()
        self._looking: dict[bytes, asyncio.Task[Caller | None]] = {}

    async def caller(self, key: str) -> Caller | None:
        """The caller whose key this is; None for a key that does not exist or was revoked."""
        return await self.caller_by_digest(secret_digest(key))

    async def caller_by_digest(self, digest: bytes, older_max: timedelta = CACHE_FOR) -> Caller | None:
        """The same by the key's digest, for who must not keep the key itself; an answer so old is not believed."""
        known = self._known.get(digest)
        if known is not None:
            age = self._clock() - known[0]
            if timedelta() <= age < older_max:
                if age >= REFRESH_AFTER:
                    self._look(digest)
                return known[1]
        # A task of its own, so that who gives up waiting takes nothing from the others.
        return await asyncio.shield(self._look(digest))

    def _look(self, digest: bytes) -> asyncio.Task[Caller | None]:
        """The look-up of this key that is under way, or a new one."""
        task = self._looking.get(digest)
        if task is None:
            task = self._looking[digest] = asyncio.create_task(self._look_up(digest))
            task.add_done_callback(_heard)
        return task

    async def _look_up(self, digest: bytes) -> Caller | None:
        now = self._clock()
        try:
            async with self._database.connection("capture") as connection:
                found = await db.rows(connection, CallerRow, SQL["caller_by_digest"], digest)
        finally:
            del self._looking[digest]
        caller = _caller(found[0]) if found else None
        self._known[digest] = (now, caller)
        self._known.move_to_end(digest)
        if len(self._known) > CACHE_KEYS_MAX:
            self._known.popitem(last=False)
        return caller

    def believed_until(self, key: str) -> datetime:
        """Until when the last answer for this key may be relied on without asking again."""
        known = self._known.get(secret_digest(key))
        return datetime.min.replace(tzinfo=UTC) if known is None or known[1] is None else known[0] + CACHE_FOR


def _heard(task: asyncio.Task[Caller | None]) -> None:
    """Whoever waits hears of an error; when nobody does, the next request looks again."""
    if not task.cancelled():
        task.exception()


def _caller(row: CallerRow) -> Caller:
    tenant = Tenant(
        row.tenant_id, row.slug, row.name, row.time_zone, row.currency, row.partitions, row.plan, row.tenant_origins,
        row.opt_in,
    )  # fmt: skip
    return Caller(
        tenant=tenant,
        kind=row.kind,
        permissions=permissions_of(row.scopes) if row.kind == "server" else frozenset(),
        actor=f"key:{row.key_id}",
        key_id=row.key_id,
        origins=usable_origins(row.origins, tenant.allowed_origins) if row.kind == "browser" else None,
        addresses=tuple(row.addresses),
        expires_at=row.expires_at,
    )
