"""A board's exact content: from the rollups with today's catalogue, or from the log with that of its place there."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, start_instant
from coliseum.metrics.registry import Unique, stored_name
from coliseum.metrics.windows import CUSTOM, Window, spans, window_end

SQL = db.statements("coliseum.boards")
PREFETCH_ROWS = 5_000
MILLISECOND = 1_000


class Total(msgspec.Struct, frozen=True):
    """A member of a board, its score, and when the last entry changed it (None of boards of unique fans)."""

    entity: int
    value: int
    last_at: datetime | None = None

    @property
    def last_ms(self) -> int:
        """The Unix millisecond of the last entry."""
        return 0 if self.last_at is None else unix_ms(self.last_at)


class Pair(msgspec.Struct, frozen=True):
    """What one fan adds up to for one member of a board of unique fans."""

    entity: int
    fan: int
    value: int


class Ranked(msgspec.Struct, frozen=True, gc=False):
    """A member of a board in its order.

    ``tie``: its place in time among equals; ``rank`` 1, 2, 2, 4; ``dense`` 1, 2, 2, 3 (None: not known); ``place`` 1,
    2, 3, 4; ``better``: the next better score, None at the top; ``members``: how many the board has; ``overall``: the
    rank on the whole board, when the board is that of some members alone.
    """

    entity: int
    value: int
    tie: int
    rank: int
    dense: int | None
    place: int
    better: int | None
    members: int
    overall: int | None = None


Row = TypeVar("Row", bound=msgspec.Struct)


class Stored:
    """A board as PostgreSQL has it: now, or as it stood when the log had been read up to ``position``."""

    def __init__(self, tenant: Tenant, board: Board, window: Window, position: Mapping[int, int] | None = None) -> None:
        *sums, city, genre, event = _sums(tenant, board, window)
        fans = isinstance(board.declared, Unique)
        self._parameters = (*sums, fans, city, genre, event, *_ranking(board, position))

    async def page(self, connection: db.Connection, after: tuple[int, int, int] | None, limit: int) -> list[Ranked]:
        """Up to ``limit`` members in display order, after the given (score, tie, entity)."""
        return await self._read(connection, "page", *(after or (None, None, None)), limit)

    async def from_place(self, connection: db.Connection, place: int, limit: int) -> list[Ranked]:
        """Up to ``limit`` members in display order, from this place on (the first is 1)."""
        return await self._read(connection, "from_place", place, limit)

    def whole(self, connection: db.Connection, limit: int) -> AsyncIterator[list[Ranked]]:
        """All members in display order, up to ``limit``, a few thousand at a time. Needs a transaction."""
        return _chunks(connection, Ranked, SQL["whole"], (*self._parameters, limit))

    async def around(self, connection: db.Connection, entity: int, limit: int) -> list[Ranked]:
        """``limit`` members with this one in their middle, as far as the ends allow; none if it is no member."""
        return await self._read(connection, "around", entity, limit)

    async def of_members(self, connection: db.Connection, entities: Sequence[int]) -> list[Ranked]:
        """Where these stand."""
        return await self._read(connection, "of_members", list(entities))

    async def among(self, connection: db.Connection, entities: Sequence[int]) -> list[Ranked]:
        """The board of these alone."""
        return await self._read(connection, "among", list(entities))

    async def size(self, connection: db.Connection) -> int:
        """How many members there are."""
        return int(await connection.fetchval(SQL["size"], *self._parameters))

    async def _read(self, connection: db.Connection, name: str, *more: object) -> list[Ranked]:
        return await db.rows(connection, Ranked, SQL[name], *self._parameters, *more)


def totals(connection: db.Connection, tenant: Tenant, board: Board) -> AsyncIterator[list[Total]]:
    """The members of a board, in no order, a few thousand at a time; of sums also those that are nothing.

    Needs a transaction.
    """
    if isinstance(board.declared, Unique):
        return _chunks(connection, Total, SQL["uniques"], _pairs(tenant, board))
    return _chunks(connection, Total, SQL["totals"], _sums(tenant, board, window_of(tenant, board)))


def pairs(connection: db.Connection, tenant: Tenant, board: Board) -> AsyncIterator[list[Pair]]:
    """The (member, fan) pairs behind a board of unique fans. Needs a transaction."""
    return _chunks(connection, Pair, SQL["pairs"], _pairs(tenant, board))


async def between(
    connection: db.Connection, tenant: Tenant, board: Board, since: datetime, until: datetime
) -> list[Total]:
    """What members of a board of sums come to between two hours."""
    return await db.rows(connection, Total, SQL["totals"], *_sums(tenant, board, Window(CUSTOM, since, until)))


async def totals_of(connection: db.Connection, tenant: Tenant, board: Board, entities: Sequence[int]) -> list[Total]:
    """What these members of a board of sums come to; those of whom nothing was counted in its window are left out."""
    sums = _sums(tenant, board, window_of(tenant, board))
    return await db.rows(connection, Total, SQL["totals_of"], *sums, list(entities))


async def pairs_between(
    connection: db.Connection, tenant: Tenant, board: Board, since: datetime, until: datetime
) -> list[Pair]:
    """The (member, fan) pairs of a board of unique fans between two hours."""
    stored = stored_name(board.declared, None)
    where = (tenant.tenant_id, stored, int(board.kind), since, until, *_filters(board))
    return await db.rows(connection, Pair, SQL["pairs"], *where)


def window_of(tenant: Tenant, board: Board) -> Window:
    """The window of a board that has a name."""
    start = start_instant(board)
    return Window(board.window, start, window_end(board.window, start, tenant.zone))


def unix_ms(instant: datetime) -> int:
    """Whole milliseconds since 1970, rounded down as PostgreSQL's ``floor`` does."""
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * MILLISECOND + since.microseconds // MILLISECOND


def _sums(tenant: Tenant, board: Board, window: Window) -> tuple[Any, ...]:
    """What coliseum_board_sums takes."""
    parts = spans(window, tenant.zone)
    return (
        tenant.tenant_id,
        stored_name(board.declared, board.currency or None),
        int(board.kind),
        [int(span.grain) for span in parts],
        [span.since for span in parts],
        [span.until for span in parts],
        board.bill,
        *_filters(board),
    )


def _pairs(tenant: Tenant, board: Board) -> tuple[Any, ...]:
    """What coliseum_board_pairs and coliseum_board_uniques take."""
    window = window_of(tenant, board)
    stored = stored_name(board.declared, None)
    return (tenant.tenant_id, stored, int(board.kind), window.start, window.end, *_filters(board))


def _filters(board: Board) -> tuple[str | None, str | None, str | None]:
    filters = board.filters
    return filters.get("city"), filters.get("genre"), filters.get("event")


def _ranking(board: Board, position: Mapping[int, int] | None) -> tuple[Any, ...]:
    ties = board.ties
    base = datetime.fromtimestamp(ties.base_ms / MILLISECOND, UTC)
    if position is None:
        return base, ties.bits, None, None
    return base, ties.bits, list(position), list(position.values())


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
