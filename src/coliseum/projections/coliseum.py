"""The ``coliseum`` consumer: the catalogue, what fans did by the hour, and rollups of everything else.

A step appends what fans did, which stays as it is, and adds everything else to the hours that it belongs to; ``tidy``
moves hours that are over into the rollups. A sum is always that of both, so that moving changes no number.
"""

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.catalog.apply import apply_catalog
from coliseum.metrics.registry import rules
from coliseum.processor.projection import Batch
from coliseum.projections.deltas import LiveBoards, count_range, learn_names
from coliseum.projections.prepared import Gains, Prepared

SQL = db.statements("coliseum.projections")
ROLL_UP_ROWS_MAX = 50_000
"""Rolling up so many rows takes about a second; readers and steps do not wait for it."""

BOARDS_LEFT_FROM_ENTRIES = 40_000
NO_BOARDS = LiveBoards(())


class ColiseumProjection:
    """Adds a batch in two set-wise statements: new names, then everything that counts."""

    name = "coliseum"
    pace_s = 0.04

    def __init__(self, prepared: Prepared | None = None) -> None:
        """``prepared`` is filled with what steps add to the boards that it expects."""
        self._prepared = prepared

    async def forget(self, connection: db.Connection, tenant_id: int, generation: int) -> None:
        """See ``Projection.forget``."""
        # Hours first: a roll-up under way holds them, and what it has made of them is then deleted, too.
        for name in ("forget_hours", "forget_rollups", "forget_fan_hours", "forget_gross"):
            await connection.execute(SQL[name], tenant_id, generation)

    async def apply(self, connection: db.Connection, batch: Batch) -> None:
        """See ``Projection.apply``. A total that would pass 2^53 is refused by the table of gross sums."""
        tenant_id = batch.tenant.tenant_id
        where = (tenant_id, batch.partition, batch.start, batch.end, list(batch.skip))
        catalog_changed = await apply_catalog(connection, *where)
        await connection.execute(SQL["plan_batch"])
        names = await learn_names(connection, batch)
        live = self._boards(batch)
        changes = await count_range(connection, batch, live or NO_BOARDS, names, store=True)
        if self._prepared is not None and live is not None:
            self._prepared.put(batch, Gains(batch.start, batch.end, live.boards, changes, catalog_changed))

    def _boards(self, batch: Batch) -> LiveBoards | None:
        """The boards that wait for this batch; in a deep backlog they are left behind, and remade at its end."""
        if self._prepared is None or batch.end - batch.start >= BOARDS_LEFT_FROM_ENTRIES:
            return None
        return self._prepared.expected(batch.tenant.tenant_id, batch.generation)

    async def tidy(self, connection: db.Connection, tenant: Tenant, generation: int) -> bool:
        """See ``Tidier.tidy``: roll up hours that are over."""
        await connection.execute(SQL["plan_batch"])
        rolled_up = await connection.fetchval(
            SQL["roll_up"], tenant.tenant_id, generation, tenant.time_zone, ROLL_UP_ROWS_MAX
        )
        return int(rolled_up) == ROLL_UP_ROWS_MAX


async def declare_rules(connection: db.Connection) -> None:
    """Write the registry of metrics into the table that the views join; run after each migration."""
    declared = rules()
    async with connection.transaction():
        await connection.execute("DELETE FROM coliseum_rules")
        await connection.executemany(
            SQL["declare_rule"],
            [(rule.event_type, rule.metric, rule.kind, rule.measure, rule.money) for rule in declared],
        )
