"""The ``treasury`` consumer: a balanced ledger of what each person spent, earned and got back, by currency."""

from coliseum import db
from coliseum.processor.projection import Batch

SQL = db.statements("coliseum.projections")


class TreasuryProjection:
    """Every money entry becomes one transfer between a subject and the platform; balances follow in the same step."""

    name = "treasury"
    pace_s = 0.5

    async def forget(self, connection: db.Connection, tenant_id: int, generation: int) -> None:
        """See ``Projection.forget``."""
        await connection.execute(SQL["forget_transfers"], tenant_id, generation)
        await connection.execute(SQL["forget_balances"], tenant_id, generation)

    async def apply(self, connection: db.Connection, batch: Batch) -> None:
        """See ``Projection.apply``."""
        await connection.execute(
            SQL["add_transfers"],
            batch.tenant.tenant_id,
            batch.generation,
            batch.partition,
            batch.start,
            batch.end,
            list(batch.skip),
        )
