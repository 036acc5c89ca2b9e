"""Entries that a consumer could not digest: looking at them, and trying again."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import ColiseumError
from coliseum.processor.projection import POISON, Batch, Projection

SQL = db.statements("coliseum.processor")


class RebuildRunning(ColiseumError):
    """This projection is being rebuilt; try again when that is done."""


class NoSuchDeadLetter(ColiseumError):
    """There is no dead letter of that tenant and id."""


class DeadLetter(msgspec.Struct, frozen=True):
    """An entry that stands aside, why, and since when."""

    tenant: str
    consumer: str
    partition: int
    offset: int
    id: str
    event_type: str
    error: str
    attempts: int
    first_at: datetime
    last_at: datetime


async def dead_letters(database: db.Database, slug: str | None = None, event_id: str | None = None) -> list[DeadLetter]:
    """The dead letters of one tenant or all, oldest first; of one event or all."""
    async with database.connection("processor") as connection:
        return await db.rows(connection, DeadLetter, SQL["list_dead_letters"], slug, event_id)


async def retry(
    database: db.Database, tenant: Tenant, letter: DeadLetter, projections: Mapping[str, Projection]
) -> str | None:
    """Hand one entry to its projection again; None when it was digested, otherwise what is wrong with it still.

    Its effects and the end of its time among the dead letters commit together, while the unit's cursor is held; the
    unit's edition rises, so that the boards are remade with it.

    Raises:
        RebuildRunning: the projection is being rebuilt; try again afterwards.
    """
    projection = projections[letter.consumer]
    try:
        async with database.transaction("processor") as connection:
            # A rebuild under way leaves dead letters out: what is digested meanwhile would be missing after it.
            if not await connection.fetchval(SQL["try_retry_lock"], tenant.tenant_id, letter.consumer):
                raise RebuildRunning
            generation = await connection.fetchval(
                SQL["hold_unit"], tenant.tenant_id, letter.consumer, letter.partition
            )
            taken = await connection.fetchval(
                SQL["take_dead_letter"], tenant.tenant_id, letter.consumer, letter.partition, letter.offset
            )
            if taken is None:
                return None  # somebody else's retry was quicker
            batch = Batch(tenant, generation, letter.partition, letter.offset, letter.offset + 1)
            await projection.apply(connection, batch)
            await connection.execute(SQL["raise_edition"], tenant.tenant_id, letter.consumer)
    except POISON as error:
        async with database.transaction("processor") as connection:
            await connection.execute(
                SQL["count_attempt"], tenant.tenant_id, letter.consumer, letter.partition, letter.offset, repr(error)
            )
        return str(error)
    return None
