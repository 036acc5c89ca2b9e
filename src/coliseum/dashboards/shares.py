"""Public links: a random secret of 256 bits opens one dashboard or one question, until it expires or is revoked.

The link names the tenant and then the secret, so that it is looked up under that tenant's policies. Only the secret's
digest is kept, and nothing of who looks. Whatever a link lacks, it is answered alike.
"""

from datetime import datetime
from typing import Any, Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant, tenant_by_slug
from coliseum.dashboards.panels import Panel
from coliseum.dashboards.store import Dashboard, dashboard_of
from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import random_secret, secret_digest

SQL = db.statements("coliseum.dashboards")
SHARES_MAX: Final = 500
"""Links of a tenant that open something at a time."""
LISTED_MAX: Final = 1_000
NUMBER_END: Final = 2**63
TEXT_MAX: Final = 200


class Share(msgspec.Struct, frozen=True, rename="camel"):
    """A public link, without its secret: to the dashboard of a number, or to one question."""

    id: int
    dashboard_id: int | None
    panel: Panel | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewShare(msgspec.Struct, frozen=True):
    """A link that was just made: the only moment at which its path can be read."""

    share: Share
    path: str


class Opened(msgspec.Struct, frozen=True):
    """What a link shows: of which tenant, called what, with which panels."""

    tenant: Tenant
    name: str
    panels: list[Panel]
    expires_at: datetime | None


class _Row(msgspec.Struct, frozen=True):
    id: int
    dashboard_id: int | None
    panel: dict[str, Any] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    @property
    def share(self) -> Share:
        panel = None if self.panel is None else msgspec.convert(self.panel, Panel)
        return Share(self.id, self.dashboard_id, panel, self.created_at, self.expires_at, self.revoked_at)


async def list_shares(connection: db.Connection, tenant_id: int, now: datetime) -> list[Share]:
    """A tenant's links: those that open something first, then the newest."""
    rows = await db.rows(connection, _Row, SQL["list_shares"], tenant_id, now, LISTED_MAX)
    return [row.share for row in rows]


async def make_share(
    connection: db.Connection,
    tenant: Tenant,
    shown: Dashboard | Panel,
    expires_at: datetime | None,
    actor: str,
    now: datetime,
) -> NewShare:
    """Make a link. Needs a transaction.

    Raises:
        RequestRefused: ``too_many``.
    """
    await connection.execute(SQL["lock_tenant_dashboards"], tenant.tenant_id)
    if await connection.fetchval(SQL["count_shares"], tenant.tenant_id, now) >= SHARES_MAX:
        raise RequestRefused(Refusal.TOO_MANY, f"a tenant has at most {SHARES_MAX} public links; revoke one")
    secret = random_secret()
    number = shown.id if isinstance(shown, Dashboard) else None
    panel = None if isinstance(shown, Dashboard) else msgspec.json.encode(shown)
    where = (tenant.tenant_id, secret_digest(secret), number, panel, actor, now, expires_at)
    row = (await db.rows(connection, _Row, SQL["make_share"], *where))[0]
    return NewShare(row.share, f"/s/{tenant.slug}.{secret}")


async def revoke_share(connection: db.Connection, tenant_id: int, share_id: int, now: datetime) -> Share:
    """End a link: who opens it from now on finds nothing.

    Raises:
        RequestRefused: ``not_found``, also when it was revoked before.
    """
    within = 0 < share_id < NUMBER_END
    found = await db.rows(connection, _Row, SQL["revoke_share"], tenant_id, share_id, now) if within else []
    if not found:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such public link of yours")
    return found[0].share


async def opened(database: db.Database, text: str, now: datetime) -> Opened | None:
    """What a link shows at this moment; None when there is none, whatever the reason. ``text`` may be any."""
    slug, dot, secret = text.partition(".")
    if not dot or len(text) > TEXT_MAX:
        return None
    tenant = await tenant_by_slug(database, slug)
    if tenant is None:
        return None
    async with database.tenant(tenant.tenant_id, "accounts") as connection:
        digest = secret_digest(secret.encode("utf-8", "replace").decode())
        found = await db.rows(connection, _Row, SQL["share_by_digest"], tenant.tenant_id, digest, now)
        if not found:
            return None
        share = found[0].share
        if share.panel is not None:
            return Opened(tenant, share.panel.title, [share.panel], share.expires_at)
        dashboard = await dashboard_of(connection, tenant.tenant_id, share.dashboard_id or 0)
    return Opened(tenant, dashboard.name, dashboard.panels, share.expires_at)
