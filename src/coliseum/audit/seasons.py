"""The check of seasons: closed windows against the log, up to the position at which each one closed."""

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.audit.difference import Difference

SQL = db.statements("coliseum.audit")
NEWEST_MAX = 10
"""Windows that closed last, all of whose seasons are checked."""
SAMPLE_MAX = 10
"""Windows of any age, taken by chance: run again and again, every one is checked in the end."""
DIFFERENCES_MAX = 1_000
"""Differences that are told of one window."""
ROWS_MAX = 1_000
"""Rows that a season keeps: said once more, without the projection's own constant."""


async def check_seasons(
    database: db.Database, tenant: Tenant, *, newest_max: int = NEWEST_MAX, sample_max: int = SAMPLE_MAX
) -> list[Difference]:
    """Every row, rank and score of the seasons of some closed windows, in one snapshot."""
    differences: list[Difference] = []
    async with database.transaction("processor", snapshot=True) as connection:
        await connection.execute(SQL["plan_checks"])
        windows = await connection.fetch(SQL["seasons_to_check"], tenant.tenant_id, newest_max, sample_max)
        for window in windows:
            found = await connection.fetch(
                SQL["check_season"], tenant.tenant_id, window["grain"], window["starts_at"], DIFFERENCES_MAX, ROWS_MAX
            )
            differences.extend(
                Difference(tenant.slug, "season", row["key"], row["stored"], row["expected"]) for row in found
            )
    return differences
