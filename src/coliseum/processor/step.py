"""One step: the entries after a cursor, added and remembered in one transaction."""

import msgspec

from coliseum import db
from coliseum.errors import ColiseumError, LeaseLost
from coliseum.hooks.messages import put
from coliseum.hooks.topics import DeadLetterAdded
from coliseum.processor.projection import Batch, Projection, Unit

SQL = db.statements("coliseum.processor")
STEP_MAX_S = 300.0
"""A step that takes longer is given up: its connection may be one that nobody hears."""


class ParkingFailed(ColiseumError):
    """An entry that cannot be digested could not be put aside either; going on would lose it."""


class Progress(msgspec.Struct, frozen=True):
    """What a step did: it read from ``start`` to ``end`` while the log reached to ``head``."""

    start: int
    end: int
    head: int


async def step(
    database: db.Database, node_id: str, unit: Unit, projection: Projection, partition: int, entries_max: int
) -> Progress:
    """Digest up to ``entries_max`` entries of a partition; when this returns, effects and cursor are committed.

    Raises:
        LeaseLost: the unit changed hands or generation; nothing was kept.
        Exception: whatever the projection raised; nothing was kept.
    """
    async with database.transaction("processor", held_max_s=STEP_MAX_S) as connection:
        start, head = await _lock_cursor(connection, node_id, unit, partition)
        end = min(head, start + entries_max)
        if end > start:
            skip = await parked_offsets(connection, unit, partition, start, end)
            await projection.apply(connection, Batch(unit.tenant, unit.generation, partition, start, end, skip))
            await _advance(connection, unit, partition, end)
    return Progress(start, end, head)


async def park(
    database: db.Database, node_id: str, unit: Unit, partition: int, offset: int, error: str, attempts: int
) -> None:
    """Put the entry at the cursor among the dead letters and step over it, in one transaction.

    Raises:
        LeaseLost: as for ``step``.
        ParkingFailed: the entry is not in the log, so it cannot be put aside.
    """
    async with database.transaction("processor") as connection:
        start, _ = await _lock_cursor(connection, node_id, unit, partition)
        if start != offset:
            raise LeaseLost
        tenant_id, consumer = unit.tenant.tenant_id, unit.consumer
        parked = await connection.fetchrow(
            SQL["park_entry"], tenant_id, consumer, partition, offset, error[:2000], attempts
        )
        if parked is None:
            raise ParkingFailed
        letter = DeadLetterAdded(consumer, partition, offset, parked["id"], parked["event_type"])
        await put(connection, tenant_id, letter)
        await _advance(connection, unit, partition, offset + 1)


async def parked_offsets(connection: db.Connection, unit: Unit, partition: int, start: int, end: int) -> list[int]:
    """The offsets in a range that this consumer has among its dead letters."""
    found = await connection.fetch(SQL["parked_offsets"], unit.tenant.tenant_id, unit.consumer, partition, start, end)
    return [record["offset"] for record in found]


async def read_cursors(connection: db.Connection, unit: Unit) -> dict[int, int]:
    """The unit's cursors: partition -> next offset."""
    found = await connection.fetch(SQL["read_cursors"], unit.tenant.tenant_id, unit.consumer, unit.generation)
    return {record["partition"]: record["offset"] for record in found}


async def _lock_cursor(connection: db.Connection, node_id: str, unit: Unit, partition: int) -> tuple[int, int]:
    row = await connection.fetchrow(
        SQL["lock_cursor"],
        unit.tenant.tenant_id,
        unit.consumer,
        unit.generation,
        node_id,
        unit.epoch,
        partition,
    )
    if row is None:
        raise LeaseLost
    return row["offset"], row["head"]


async def _advance(connection: db.Connection, unit: Unit, partition: int, offset: int) -> None:
    await connection.execute(
        SQL["advance_cursor"], unit.tenant.tenant_id, unit.consumer, unit.generation, partition, offset
    )
