"""Tenants: one platform each, with a time zone that decides where its days begin."""

import re
import zoneinfo
from typing import Literal

import msgspec

from coliseum import db
from coliseum.accounts.permissions import SCOPES
from coliseum.accounts.plans import PlanName
from coliseum.errors import ColiseumError
from coliseum.ids import random_secret, secret_digest

SQL = db.statements("coliseum.accounts")
CONSUMERS = ("coliseum", "treasury", "mediaid", "usage")
"""The consumers of every tenant's log; each has a cursor of its own."""
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class TenantInvalid(ColiseumError):
    """The tenant cannot be made as described."""


class Tenant(msgspec.Struct, frozen=True):
    """One platform whose events are kept apart from all others'."""

    tenant_id: int
    slug: str
    name: str
    time_zone: str
    currency: str
    partitions: int
    plan: PlanName = "basic"
    origins: str = ""
    """Whose pages may use what is the tenant's, with a space between them; anybody's when there are none."""
    opt_in: bool = False
    """Whether events about people need their consent."""

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The origins one by one."""
        return tuple(self.origins.split())

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone that decides where this tenant's hours, days, weeks and months begin."""
        return zoneinfo.ZoneInfo(self.time_zone)


class NewTenant(msgspec.Struct, frozen=True):
    """A tenant just made, with its keys in clear: the only moment at which they can be read."""

    tenant: Tenant
    server_key: str
    browser_key: str


async def create_tenant(
    database: db.Database,
    *,
    slug: str,
    name: str | None = None,
    time_zone: str = "UTC",
    currency: str = "eur",
    partitions: int = 1,
) -> NewTenant:
    """Make a tenant with one server key and one browser key, its log's heads and its consumers' cursors.

    Raises:
        TenantInvalid: the slug is malformed or taken, or zone, currency or partition count are none.
    """
    async with database.transaction("owner") as connection:
        tenant = await make_tenant(
            connection, slug=slug, name=name or slug, time_zone=time_zone, currency=currency, partitions=partitions
        )
        server_key = await create_key(connection, tenant, "server")
        browser_key = await create_key(connection, tenant, "browser")
    return NewTenant(tenant, server_key, browser_key)


async def make_tenant(
    connection: db.Connection, *, slug: str, name: str, time_zone: str, currency: str, partitions: int
) -> Tenant:
    """Make a tenant without keys, in a transaction of the owner or of accounts, which is about it from then on.

    Raises:
        TenantInvalid: as ``create_tenant``.
    """
    _check(slug, time_zone, currency, partitions)
    if not await connection.fetchval(SQL["knows_zone"], time_zone):
        raise TenantInvalid(f"PostgreSQL does not know the time zone {time_zone!r}.")
    # Also the owner is under the forced policies: it says for which tenant it writes, once the number is known.
    await connection.execute(
        "SELECT set_config('coliseum.tenant', nextval("
        "pg_get_serial_sequence('accounts_tenants', 'tenant_id'))::text, true)"
    )
    try:
        found = await db.rows(connection, Tenant, SQL["create_tenant"], slug, name, time_zone, currency, partitions)
    except db.UniqueViolation as error:
        raise TenantInvalid(f"There is a tenant {slug!r} already.") from error
    await connection.execute(SQL["create_heads"], found[0].tenant_id, partitions)
    await connection.execute(SQL["create_units"], found[0].tenant_id, list(CONSUMERS), partitions)
    return found[0]


async def create_key(connection: db.Connection, tenant: Tenant, kind: Literal["server", "browser"]) -> str:
    """Make a write key and return it in clear; only its SHA-256 is stored."""
    key = f"cs_{kind}_{tenant.slug}_{random_secret()}"
    scopes = list(SCOPES) if kind == "server" else ["write"]
    await connection.execute(
        SQL["create_key"], tenant.tenant_id, kind, secret_digest(key), key[: len(key) - 40], scopes
    )
    return key


async def list_tenants(database: db.Database) -> list[Tenant]:
    """All tenants, by slug."""
    async with database.connection("processor") as connection:
        return await db.rows(connection, Tenant, SQL["list_tenants"])


async def tenant_by_slug(database: db.Database, slug: str) -> Tenant | None:
    """The tenant of that slug, if there is one; ``slug`` may be any text."""
    if not SLUG.fullmatch(slug):
        return None
    async with database.connection("capture") as connection:
        found = await db.rows(connection, Tenant, SQL["tenant_by_slug"], slug)
    return found[0] if found else None


async def set_plan(connection: db.Connection, tenant: Tenant, plan: PlanName) -> None:
    """Put a tenant on a plan, in the caller's transaction, which has the tenant set and the right ``accounts``.

    It holds in every process within two seconds.
    """
    await connection.execute(SQL["set_plan"], tenant.tenant_id, plan)


def _check(slug: str, time_zone: str, currency: str, partitions: int) -> None:
    if not SLUG.fullmatch(slug) or len(slug) > 40:
        raise TenantInvalid(f"{slug!r} is no slug: use up to 40 of a-z, 0-9 and single inner hyphens.")
    if time_zone not in zoneinfo.available_timezones():
        raise TenantInvalid(f"{time_zone!r} is no IANA time zone, such as Europe/Vienna.")
    if not re.fullmatch(r"[a-z]{3}", currency):
        raise TenantInvalid(f"{currency!r} is no ISO 4217 currency in lower case, such as eur.")
    if not 1 <= partitions <= 64:
        raise TenantInvalid("A log has from 1 to 64 partitions.")
