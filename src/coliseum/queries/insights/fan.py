"""What the platform knows of one fan, by the platform's own id; nothing that says who it is."""

from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.metrics.registry import Kind
from coliseum.queries.ask import check_text
from coliseum.queries.insights.shows import SQL, read_to
from coliseum.queries.names import number_of

ROWS_MAX = 50


class Did(msgspec.Struct, frozen=True):
    """What a fan's entries add up to for one metric (money: with its currency), alone or with one entity.

    ``first`` and ``last``: the hours of the first and the last of them.
    """

    metric: str
    kind: str
    id: str
    name: str
    picture: str | None
    value: int
    first: datetime
    last: datetime


class FanHistory(msgspec.Struct, frozen=True, rename="camel"):
    """All totals of a fan, and by entity the ``ROWS_MAX`` largest of each metric."""

    user_id: str
    totals: list[Did]
    rows: list[Did]
    position: list[int]


async def fan_history(database: db.Database, tenant: Tenant, user_id: str) -> FanHistory | None:
    """What somebody did; None when nobody of that id is known: there never was anybody, or they were forgotten."""
    check_text(user_id, "userId")
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        subject = await number_of(connection, tenant.tenant_id, Kind.FAN, user_id)
        if subject is None:
            return None
        found = await db.rows(connection, Did, SQL["fan"], tenant.tenant_id, subject, ROWS_MAX)
        position = await read_to(connection, tenant)
    totals = [row for row in found if row.kind == "all"]
    return FanHistory(user_id, totals, [row for row in found if row.kind != "all"], position)
