"""`coliseum verify`: all checks of all tenants."""

from collections.abc import Sequence

from coliseum import db, kv
from coliseum.accounts.tenants import Tenant
from coliseum.audit.boards import check_boards
from coliseum.audit.difference import Difference
from coliseum.audit.seasons import check_seasons
from coliseum.audit.tables import check_tables


async def verify(database: db.Database, store: kv.KeyValue, tenants: Sequence[Tenant]) -> list[Difference]:
    """Every difference between a stored number and the log, up to where each consumer has read; none is right.

    Entries among the dead letters are not expected in the numbers of the consumer that could not digest them.
    """
    differences: list[Difference] = []
    for tenant in tenants:
        differences += await check_tables(database, tenant)
        differences += await check_seasons(database, tenant)
        differences += await check_boards(database, store, tenant)
    return differences
