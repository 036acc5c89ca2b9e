"""The ``usage`` consumer: how many entries a tenant's log got, by UTC day of receipt, event category and source."""

from coliseum import db
from coliseum.processor.projection import Batch

SQL = db.statements("coliseum.projections")


class UsageProjection:
    """Counts a batch in one statement; its rows are few, so that a step costs what reading the entries costs."""

    name = "usage"
    pace_s = 0.5

    async def forget(self, connection: db.Connection, tenant_id: int, generation: int) -> None:
        """See ``Projection.forget``."""
        await connection.execute(SQL["forget_usage"], tenant_id, generation)

    async def apply(self, connection: db.Connection, batch: Batch) -> None:
        """See ``Projection.apply``."""
        await connection.execute(
            SQL["add_usage"],
            batch.tenant.tenant_id,
            batch.generation,
            batch.partition,
            batch.start,
            batch.end,
            list(batch.skip),
        )
