"""The ``mediaid`` consumer: what each person is drawn to, by day, artist, event and city.

Stored are undecayed integer weights a day, so that a rebuild gives the very same profile; decay and genres are
applied when a profile is read.
"""

from coliseum import db
from coliseum.processor.projection import Batch

SQL = db.statements("coliseum.projections")


class MediaidProjection:
    """Sums the entries' ``dna_influence`` a day."""

    name = "mediaid"
    pace_s = 0.5

    async def forget(self, connection: db.Connection, tenant_id: int, generation: int) -> None:
        """See ``Projection.forget``."""
        await connection.execute(SQL["forget_affinities"], tenant_id, generation)

    async def apply(self, connection: db.Connection, batch: Batch) -> None:
        """See ``Projection.apply``."""
        await connection.execute(
            SQL["add_affinities"],
            batch.tenant.tenant_id,
            batch.generation,
            batch.partition,
            batch.start,
            batch.end,
            list(batch.skip),
            batch.tenant.time_zone,
        )
