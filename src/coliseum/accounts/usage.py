"""What a tenant has used of a month: what the projection has counted, and what was appended since."""

from datetime import UTC, datetime

from coliseum import db
from coliseum.accounts.tenants import SQL


async def used_in_month(connection: db.Connection, tenant_id: int, month: datetime) -> int:
    """How many entries the log has that were received in the month that begins at this instant, as of now.

    Works with every right that may read the log; where policies hold, the tenant must be set.
    """
    return int(await connection.fetchval(SQL["used_in_month"], tenant_id, month, month_after(month)))


def month_of(moment: datetime) -> datetime:
    """The first instant of the UTC month that holds a moment."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def month_after(month: datetime) -> datetime:
    """The first instant of the month after the one that begins at this instant."""
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
