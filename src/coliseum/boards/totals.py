"""A board's exact content, from the rollups and today's catalogue."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, TypeVar

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, base_grain, start_instant
from coliseum.metrics.registry import Kind, Metric, Unique, stored_name
from coliseum.metrics.windows import GRAINS, bucket_end

SQL = db.statements("coliseum.boards")
PREFETCH_ROWS = 5_000


class Total(msgspec.Struct, frozen=True):
    """A member of a board and its score."""

    entity: int
    value: int


class Pair(msgspec.Struct, frozen=True):
    """What one fan adds up to for one member of a board of unique fans."""

    entity: int
    fan: int
    value: int


class Ranked(msgspec.Struct, frozen=True):
    """A member of a page: its standard competition rank, and how many members the board has."""

    entity: int
    value: int
    rank: int
    members: int


Row = TypeVar("Row", bound=msgspec.Struct)


def totals(connection: db.Connection, tenant: Tenant, board: Board) -> AsyncIterator[list[Total]]:
    """The members of a board, in no order, a few thousand at a time. Needs a transaction."""
    name = "uniques" if isinstance(board.declared, Unique) else "totals"
    return _chunks(connection, Total, SQL[name], _parameters(tenant, board))


def pairs(connection: db.Connection, tenant: Tenant, board: Board) -> AsyncIterator[list[Pair]]:
    """The (member, fan) pairs behind a board of unique fans. Needs a transaction."""
    return _chunks(connection, Pair, SQL["pairs"], _parameters(tenant, board))


async def page(
    connection: db.Connection, tenant: Tenant, board: Board, after: tuple[int, int] | None, limit: int
) -> list[Ranked]:
    """Up to ``limit`` members in display order, after the given (score, entity)."""
    name = "uniques_page" if isinstance(board.declared, Unique) else "totals_page"
    score, entity = after or (None, None)
    return await db.rows(connection, Ranked, SQL[name], *_parameters(tenant, board), score, entity, limit)


async def ranks(connection: db.Connection, tenant: Tenant, board: Board, entities: Sequence[int]) -> dict[int, int]:
    """The standard competition ranks of these entities on a board; those who are not on it are left out."""
    name = "uniques_ranks" if isinstance(board.declared, Unique) else "totals_ranks"
    found = await connection.fetch(SQL[name], *_parameters(tenant, board), list(entities))
    return {row["entity"]: row["rank"] for row in found}


def _parameters(tenant: Tenant, board: Board) -> tuple[Any, ...]:
    """What the functions of the migrations take."""
    metric = board.declared
    filters = {board.filter: board.filter_value}
    who = (tenant.tenant_id, stored_name(metric, board.currency or None), int(board.kind))
    since = start_instant(board)
    until = None if since is None else bucket_end(since, GRAINS[board.window], tenant.zone)
    narrowed = (filters.get("city"), filters.get("genre"), filters.get("event"))
    if isinstance(metric, Metric):
        with_bill = metric.bill and board.kind is Kind.ARTIST
        return (*who, int(base_grain(board.window)), since, until, with_bill, *narrowed)
    return (*who, since, until, *narrowed)


async def _chunks(
    connection: db.Connection, row_type: type[Row], sql: str, parameters: tuple[Any, ...]
) -> AsyncIterator[list[Row]]:
    chunk: list[Row] = []
    async for record in connection.cursor(sql, *parameters, prefetch=PREFETCH_ROWS):
        chunk.append(row_type(**record))
        if len(chunk) == PREFETCH_ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
