"""A projection that cannot digest some entries, as long as it is ill."""

from coliseum import db
from coliseum.processor.projection import Batch, Projection


class Spoilt:
    """Does what another projection does, and then chokes on some ids."""

    def __init__(self, projection: Projection, poison: set[str], error: Exception) -> None:
        self.name, self.pace_s = projection.name, projection.pace_s
        self.poison = poison
        self.error = error
        self.tries = 0
        self._projection = projection

    async def forget(self, connection: db.Connection, tenant_id: int, generation: int) -> None:
        await self._projection.forget(connection, tenant_id, generation)

    async def apply(self, connection: db.Connection, batch: Batch) -> None:
        await self._projection.apply(connection, batch)
        rows = await connection.fetch(
            'SELECT id FROM passport_entries WHERE tenant_id = $1 AND partition = $2 AND "offset" >= $3 '
            'AND "offset" < $4 AND "offset" <> ALL ($5::bigint[])',
            batch.tenant.tenant_id, batch.partition, batch.start, batch.end, list(batch.skip),
        )  # fmt: skip
        if self.poison & {row["id"] for row in rows}:
            self.tries += batch.end - batch.start == 1
            raise self.error
