"""Reading a tenant's trail: a page of it, or all, newest first."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

import msgspec

from coliseum import db
from coliseum.trail.record import Outcome

SQL = db.statements("coliseum.trail")
PART_ENTRIES: Final = 1_000
NUMBER_MAX: Final = 2**63 - 1


class TrailEntry(msgspec.Struct, frozen=True, rename="camel"):
    """An entry as it is shown. ``hash`` is its link in the chain, in hexadecimal digits."""

    number: int
    at: datetime
    actor: str
    action: str
    target: str
    outcome: Outcome
    address: str
    detail: dict[str, Any]
    hash: str


class TrailQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are wanted; None means any. ``since`` is within, ``until`` is not."""

    actor: str | None = None
    action: str | None = None
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None


async def page(
    connection: db.Connection, tenant_id: int, question: TrailQuestion, before: int | None, limit: int
) -> list[TrailEntry]:
    """The newest entries with a number below ``before``."""
    rows = await connection.fetch(
        SQL["page"], tenant_id, NUMBER_MAX if before is None else before, question.actor, question.action,
        question.outcome, question.since, question.until, limit,
    )  # fmt: skip
    return [TrailEntry(**{**row, "hash": row["hash"].hex()}) for row in rows]


async def whole(database: db.Database, tenant_id: int, question: TrailQuestion) -> AsyncIterator[list[TrailEntry]]:
    """All entries that were there at the beginning, newest first, in parts that are a transaction each."""
    before: int | None = None
    while True:
        async with database.tenant(tenant_id) as connection:
            part = await page(connection, tenant_id, question, before, PART_ENTRIES)
        if part:
            yield part
            before = part[-1].number
        if len(part) < PART_ENTRIES:
            return
