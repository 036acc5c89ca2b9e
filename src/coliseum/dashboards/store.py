"""A tenant's dashboards in PostgreSQL, changed by one at a time and only at the revision that was read."""

from datetime import datetime
from typing import Any, Final

import msgspec

from coliseum import db
from coliseum.dashboards.panels import Panel, Panels
from coliseum.errors import Refusal, RequestRefused

SQL = db.statements("coliseum.dashboards")
DASHBOARDS_MAX: Final = 200
NUMBER_END: Final = 2**63
Match = frozenset[int]
"""The revisions of which the present one must be; none of them: any."""


class Summary(msgspec.Struct, frozen=True, rename="camel"):
    """A dashboard in a list, with how many panels it has."""

    id: int
    name: str
    panels: int
    revision: int
    created_at: datetime
    changed_at: datetime


class Dashboard(msgspec.Struct, frozen=True, rename="camel"):
    """A dashboard with its panels in the order in which they are shown. ``revision`` rises with every change."""

    id: int
    name: str
    panels: list[Panel]
    revision: int
    created_at: datetime
    changed_at: datetime


class _Row(msgspec.Struct, frozen=True):
    id: int
    name: str
    panels: list[dict[str, Any]]
    revision: int
    created_at: datetime
    changed_at: datetime

    @property
    def dashboard(self) -> Dashboard:
        panels = msgspec.convert(self.panels, list[Panel])
        return Dashboard(self.id, self.name, panels, self.revision, self.created_at, self.changed_at)


async def list_dashboards(connection: db.Connection, tenant_id: int) -> list[Summary]:
    """All of them, by name."""
    return await db.rows(connection, Summary, SQL["list_dashboards"], tenant_id)


async def dashboard_of(connection: db.Connection, tenant_id: int, dashboard_id: int) -> Dashboard:
    """One of them.

    Raises:
        RequestRefused: ``not_found``.
    """
    return await _one(connection, "dashboard", tenant_id, dashboard_id)


async def make_dashboard(
    connection: db.Connection, tenant_id: int, wish: Panels, actor: str, now: datetime
) -> Dashboard:
    """Make one. Needs a transaction.

    Raises:
        RequestRefused: ``too_many``.
    """
    await connection.execute(SQL["lock_tenant_dashboards"], tenant_id)
    if await connection.fetchval(SQL["count_dashboards"], tenant_id) >= DASHBOARDS_MAX:
        raise RequestRefused(Refusal.TOO_MANY, f"a tenant has at most {DASHBOARDS_MAX} dashboards")
    panels = msgspec.json.encode(wish.panels)
    return (await db.rows(connection, _Row, SQL["make_dashboard"], tenant_id, wish.name, panels, actor, now))[
        0
    ].dashboard


async def change_dashboard(
    connection: db.Connection, tenant_id: int, dashboard_id: int, wish: Panels, match: Match | None, now: datetime
) -> Dashboard:
    """Put this in its place; the same again changes nothing. Needs a transaction.

    Raises:
        RequestRefused: ``not_found``, or ``changed_meanwhile``.
    """
    present = await held(connection, tenant_id, dashboard_id, match)
    if (present.name, present.panels) == (wish.name, wish.panels):
        return present
    where = (tenant_id, dashboard_id, wish.name, msgspec.json.encode(wish.panels), now)
    return (await db.rows(connection, _Row, SQL["change_dashboard"], *where))[0].dashboard


async def remove_dashboard(connection: db.Connection, tenant_id: int, dashboard_id: int, match: Match | None) -> None:
    """Remove one, and the links to it. Needs a transaction.

    Raises:
        RequestRefused: as ``change_dashboard``.
    """
    await held(connection, tenant_id, dashboard_id, match)
    await connection.execute(SQL["remove_dashboard"], tenant_id, dashboard_id)


async def held(connection: db.Connection, tenant_id: int, dashboard_id: int, match: Match | None = None) -> Dashboard:
    """One of them, which nobody else changes until this transaction ends.

    Raises:
        RequestRefused: as ``change_dashboard``.
    """
    present = await _one(connection, "lock_dashboard", tenant_id, dashboard_id)
    if match and present.revision not in match:
        what = f"its revision is {present.revision}"
        raise RequestRefused(Refusal.CHANGED_MEANWHILE, f"the dashboard is not the one that If-Match names: {what}")
    return present


async def _one(connection: db.Connection, statement: str, tenant_id: int, dashboard_id: int) -> Dashboard:
    within = 0 < dashboard_id < NUMBER_END
    found = await db.rows(connection, _Row, SQL[statement], tenant_id, dashboard_id) if within else []
    if not found:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such dashboard of yours")
    return found[0].dashboard
