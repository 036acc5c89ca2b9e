"""Positions of the log: how far it has been read, and how far it reached at a moment."""

from datetime import datetime

from coliseum import db
from coliseum.errors import QueryInvalid
from coliseum.queries.question import AsOf, Question

SQL = db.statements("coliseum.queries")


async def plan_log(connection: db.Connection) -> None:
    """What follows in this transaction is planned as readings of the log have to be."""
    await connection.execute(SQL["plan_log"])


async def position_of(connection: db.Connection, tenant_id: int, as_of: AsOf) -> dict[int, int]:
    """The next offset of each partition: as of a moment, as given, or (None) as far as the rollups have read.

    Raises:
        QueryInvalid: it has another number of partitions, or is ahead of what has been read.
    """
    read = {record["partition"]: record["offset"] for record in await connection.fetch(SQL["position"], tenant_id)}
    if as_of is None:
        return read
    if isinstance(as_of, datetime):
        found = await connection.fetch(SQL["position_at"], tenant_id, list(read), list(read.values()), as_of)
        return {record["partition"]: record["offset"] for record in found}
    if len(as_of) != len(read):
        raise QueryInvalid(f"as_of has one offset for each of the {len(read)} partitions, such as 120.87.", "as_of")
    given = dict(zip(sorted(read), as_of, strict=True))
    ahead = [partition for partition, offset in given.items() if offset > read[partition]]
    if ahead:
        reach = ".".join(str(read[partition]) for partition in sorted(read))
        raise QueryInvalid(f"as_of is ahead of what has been read: {reach}.", "as_of")
    return given


async def position_asked(connection: db.Connection, question: Question) -> dict[int, int] | None:
    """The position as of which a board is asked for, and what follows is planned for the log; None: the board of now.

    Raises:
        QueryInvalid: as ``position_of``.
    """
    if not question.as_of:
        return None
    position = await position_of(connection, question.tenant_id, question.as_of)
    await plan_log(connection)
    return position
