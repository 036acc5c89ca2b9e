"""Entries that a consumer could not digest: looking at them, and trying again."""

from collections.abc import Mapping, Sequence
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


class Asked(msgspec.Struct, frozen=True):
    """A dead letter that was asked to be tried again."""

    consumer: str
    partition: int
    offset: int


class Outcome(msgspec.Struct, frozen=True):
    """What has come of asking: entries that are counted now, that failed once more, and that nobody has tried yet."""

    asked: int
    digested: int
    failed: int
    waiting: int


class _Aside(Asked, frozen=True):
    waiting: bool


async def dead_letters(database: db.Database, slug: str | None = None, event_id: str | None = None) -> list[DeadLetter]:
    """The dead letters of one tenant or all, oldest first; of one event or all."""
    async with database.connection("processor") as connection:
        return await db.rows(connection, DeadLetter, SQL["list_dead_letters"], slug, event_id)


async def ask_for_retry(
    connection: db.Connection, tenant_id: int, event_id: str | None = None, reason: str | None = None
) -> list[Asked]:
    """Have dead letters tried again by whichever processor holds the unit; of one event, of one reason, or all.

    A crash forgets nothing: they are asked for until they were tried.
    """
    return await db.rows(connection, Asked, SQL["ask_for_retry"], tenant_id, event_id, reason)


async def outcome_of(connection: db.Connection, tenant_id: int, asked: Sequence[Asked]) -> Outcome:
    """What has come of these so far."""
    places = [each.consumer for each in asked], [each.partition for each in asked], [each.offset for each in asked]
    aside = await db.rows(connection, _Aside, SQL["still_aside"], tenant_id, *places)
    waiting = sum(each.waiting for each in aside)
    return Outcome(len(asked), len(asked) - len(aside), len(aside) - waiting, waiting)


async def retry_asked(database: db.Database, tenant: Tenant, projection: Projection) -> None:
    """Try whatever was asked to be tried again, one after the other.

    Raises:
        RebuildRunning: the projection is being rebuilt; what was asked for is tried afterwards.
    """
    async with database.connection("processor") as connection:
        asked = await db.rows(connection, DeadLetter, SQL["asked_letters"], tenant.tenant_id, projection.name)
    for letter in asked:
        await retry(database, tenant, letter, {projection.name: projection})


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
