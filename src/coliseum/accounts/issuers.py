"""Issuers of identities that a tenant trusts: what is kept of them, and what one process remembers of that."""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from coliseum import db
from coliseum.accounts.jwks import Algorithm
from coliseum.accounts.tenants import SQL, Tenant
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused
from coliseum.sealing import Seal

ISSUERS_MAX: Final = 10
BELIEVED_FOR: Final = timedelta(seconds=2)
REMEMBERED_MAX: Final = 10_000
SECRET_LENGTH_MIN: Final = 32
PURPOSE: Final = "issuer"

IssuerKind = Literal["supabase", "oidc"]


class Issuer(msgspec.Struct, frozen=True):
    """An issuer as a tenant trusts it. Either ``jwks_url`` or ``hs256_key``, which is sealed."""

    issuer: str
    kind: IssuerKind
    audience: str
    jwks_url: str | None
    algorithms: list[Algorithm]
    hs256_key: bytes | None
    created_at: datetime

    @property
    def vouches_for_members(self) -> bool:
        """Who knows a shared secret could write a token for anybody: it vouches for a tenant's users, not members."""
        return self.hs256_key is None


class Trusted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be kept of an issuer; ``hs256_key`` in clear."""

    issuer: str
    kind: IssuerKind
    audience: str
    jwks_url: str | None
    algorithms: list[Algorithm]
    hs256_key: str | None = None


async def list_issuers(connection: db.Connection, tenant: Tenant) -> list[Issuer]:
    """The issuers that a tenant trusts."""
    return await db.rows(connection, Issuer, SQL["list_issuers"], tenant.tenant_id)


async def trust(connection: db.Connection, tenant: Tenant, trusted: Trusted, seal: Seal) -> Issuer:
    """Trust an issuer from now on, or in another way than before.

    Raises:
        RequestRefused: ``too_many``.
    """
    await connection.execute(SQL["lock_tenant"], tenant.tenant_id)
    known = {each.issuer for each in await list_issuers(connection, tenant)}
    if trusted.issuer not in known and len(known) >= ISSUERS_MAX:
        raise RequestRefused(Refusal.TOO_MANY, f"a tenant trusts at most {ISSUERS_MAX} issuers")
    secret = trusted.hs256_key
    sealed = None if secret is None else seal.close(secret.encode(), owner_of(tenant.tenant_id, trusted.issuer))
    kept = await db.rows(
        connection, Issuer, SQL["trust_issuer"], tenant.tenant_id, trusted.issuer, trusted.kind, trusted.audience,
        trusted.jwks_url, list(trusted.algorithms), sealed,
    )  # fmt: skip
    return kept[0]


async def distrust(connection: db.Connection, tenant: Tenant, issuer: str) -> bool:
    """Trust an issuer no more; False when it was not trusted."""
    return bool(await connection.fetchval(SQL["distrust_issuer"], tenant.tenant_id, issuer))


def owner_of(tenant_id: int, issuer: str) -> str:
    """For whom an issuer's secret is sealed."""
    return f"tenant:{tenant_id} {issuer}"


class Issuers:
    """Looks issuers up, and remembers them for two seconds. Who asks while one is looked up waits for that answer."""

    def __init__(self, database: db.Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[int, tuple[datetime, dict[str, Issuer]]] = OrderedDict()
        self._looking: dict[int, asyncio.Task[dict[str, Issuer]]] = {}

    async def named(self, tenant_id: int, issuer: str) -> Issuer | None:
        """The issuer of exactly this name, if the tenant trusts it."""
        known = self._known.get(tenant_id)
        if known is not None and timedelta() <= self._clock() - known[0] < BELIEVED_FOR:
            return known[1].get(issuer)
        task = self._looking.get(tenant_id)
        if task is None:
            task = self._looking[tenant_id] = asyncio.create_task(self._look_up(tenant_id))
        return (await asyncio.shield(task)).get(issuer)

    async def _look_up(self, tenant_id: int) -> dict[str, Issuer]:
        now = self._clock()
        try:
            async with self._database.connection("capture") as connection:
                found = await db.rows(connection, Issuer, SQL["list_issuers"], tenant_id)
        finally:
            del self._looking[tenant_id]
        issuers = {each.issuer: each for each in found}
        self._known[tenant_id] = (now, issuers)
        self._known.move_to_end(tenant_id)
        if len(self._known) > REMEMBERED_MAX:
            self._known.popitem(last=False)
        return issuers
