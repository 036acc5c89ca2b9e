"""The ``coliseum`` consumer: the catalogue, and hourly rollups with days, weeks and months on top."""

from coliseum import db
from coliseum.catalog.apply import apply_catalog
from coliseum.metrics.registry import rules
from coliseum.processor.projection import Batch

SQL = db.statements("coliseum.projections")


class ColiseumProjection:
    """Adds a batch in five set-wise statements: what counts, new names, sums of four grains."""

    name = "coliseum"

    async def forget(self, connection: db.Connection, tenant_id: int, generation: int) -> None:
        """See ``Projection.forget``."""
        await connection.execute(SQL["forget_rollups"], tenant_id, generation)
        await connection.execute(SQL["forget_gross"], tenant_id, generation)

    async def apply(self, connection: db.Connection, batch: Batch) -> None:
        """See ``Projection.apply``. A total that would pass 2^53 is refused by the table."""
        tenant = batch.tenant
        await apply_catalog(connection, tenant.tenant_id, batch.partition, batch.start, batch.end, batch.skip)
        await connection.execute(SQL["make_batch"])
        await connection.execute(
            SQL["fill_batch"],
            tenant.tenant_id,
            batch.partition,
            batch.start,
            batch.end,
            list(batch.skip),
            tenant.time_zone,
        )
        await connection.execute(SQL["learn_names"], tenant.tenant_id)
        await connection.execute(SQL["add_rollups"], tenant.tenant_id, batch.generation, tenant.time_zone)
        await connection.execute(SQL["add_gross"], tenant.tenant_id, batch.generation)
        await connection.execute(SQL["empty_batch"])


async def declare_rules(connection: db.Connection) -> None:
    """Write the registry of metrics into the table that the views join; run after each migration."""
    declared = rules()
    async with connection.transaction():
        await connection.execute("DELETE FROM coliseum_rules")
        await connection.executemany(
            SQL["declare_rule"],
            [(rule.event_type, rule.metric, rule.kind, rule.measure, rule.money) for rule in declared],
        )
