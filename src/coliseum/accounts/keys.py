"""Write keys: from the text that a caller sends to who it is."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from coliseum import db
from coliseum.accounts.tenants import SQL, Tenant
from coliseum.clock import Clock
from coliseum.ids import secret_digest

CACHE_FOR = timedelta(seconds=2)
"""How long an answer is believed: a revoked key stops working everywhere within this time."""
CACHE_KEYS_MAX = 10_000


class Caller(msgspec.Struct, frozen=True):
    """Who is calling: a tenant, by a key that may be secret (server) or public (browser)."""

    tenant: Tenant
    kind: Literal["server", "browser"]


class CallerRow(msgspec.Struct, frozen=True):
    """A key's row joined with its tenant."""

    tenant_id: int
    slug: str
    name: str
    time_zone: str
    currency: str
    partitions: int
    kind: Literal["server", "browser"]


class KeyRing:
    """Looks keys up, and remembers them briefly. Owned by one process; safe for many tasks at once."""

    def __init__(self, database: db.Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[datetime, Caller | None]] = OrderedDict()

    async def caller(self, key: str) -> Caller | None:
        """The caller whose key this is; None for a key that does not exist or was revoked."""
        digest = secret_digest(key)
        now = self._clock()
        known = self._known.get(digest)
        if known is not None and known[0] <= now < known[0] + CACHE_FOR:
            return known[1]
        async with self._database.connection("capture") as connection:
            found = await db.rows(connection, CallerRow, SQL["caller_by_digest"], digest)
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


def _caller(row: CallerRow) -> Caller:
    tenant = Tenant(row.tenant_id, row.slug, row.name, row.time_zone, row.currency, row.partitions)
    return Caller(tenant, row.kind)
