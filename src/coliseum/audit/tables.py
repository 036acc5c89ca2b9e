"""The checks of what PostgreSQL holds: each is one statement that returns the rows that differ."""

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.audit.difference import Difference

SQL = db.statements("coliseum.audit")
CHECKS = (
    "check_heads",  # offsets are gapless up to the head
    "check_keys",  # every remembered id stands at its place in the log
    "check_rollups",
    "check_transfers",
    "check_balances",  # and all accounts together are zero
    "check_affinities",
    "check_usage",
    "check_catalog",
)
DIFFERENCES_MAX = 1_000
ZONED = frozenset({"check_rollups", "check_affinities"})


async def check_tables(database: db.Database, tenant: Tenant) -> list[Difference]:
    """Every table of a tenant against its log, in one snapshot; at most ``DIFFERENCES_MAX`` of each check."""
    differences: list[Difference] = []
    async with database.transaction("processor", snapshot=True) as connection:
        await connection.execute(SQL["plan_checks"])
        for check in CHECKS:
            zone = (tenant.time_zone,) if check in ZONED else ()
            found = await connection.fetch(SQL[check], tenant.tenant_id, DIFFERENCES_MAX, *zone)
            what = check.removeprefix("check_")
            differences.extend(
                Difference(tenant.slug, what, row["key"], row["stored"], row["expected"]) for row in found
            )
    return differences
