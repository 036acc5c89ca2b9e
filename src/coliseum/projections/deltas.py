"""What a range of the log adds to each live board, computed by PostgreSQL for all boards at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from coliseum import db
from coliseum.boards.board import Board, start_instant
from coliseum.metrics.registry import Kind, Metric, Unique, stored_name
from coliseum.metrics.windows import GRAINS, bucket_end
from coliseum.processor.projection import Batch

SQL = db.statements("coliseum.projections")
UTC = ZoneInfo("UTC")


class Change(msgspec.Struct, frozen=True):
    """What is added to the board of that number: member by member, none twice, none zero.

    ``fans`` are zeros for a board of totals; for a board of unique fans the sums are those of (member, fan) pairs.
    """

    board: int
    entities: list[int]
    fans: list[int]
    sums: list[int]


class LiveBoards:
    """The boards of a tenant that are kept now, in an order of their own, as the statement takes them."""

    def __init__(self, boards: Iterable[Board], zone: ZoneInfo = UTC) -> None:
        self.boards = frozenset(boards)
        self.ordered = sorted(self.boards)
        self.columns = _columns(self.ordered, zone)

    @property
    def following_catalog(self) -> list[Board]:
        """The boards that a change of the catalogue makes stale."""
        return [board for board in self.ordered if board.follows_catalog]


async def count_range(connection: db.Connection, batch: Batch, live: LiveBoards, *, store: bool) -> dict[Board, Change]:
    """Count a range of the log once: what the live boards gain and, when asked to, everything that steps store."""
    found = await db.rows(
        connection,
        Change,
        SQL["count_range"],
        batch.tenant.tenant_id,
        batch.partition,
        batch.start,
        batch.end,
        list(batch.skip),
        batch.tenant.time_zone,
        batch.generation if store else None,
        *live.columns,
    )
    return {live.ordered[change.board]: change for change in found}


def _columns(boards: Sequence[Board], zone: ZoneInfo) -> tuple[list[Any], ...]:
    windows = [_window(board, zone) for board in boards]
    filters = [{board.filter: board.filter_value} for board in boards]
    return (
        list(range(len(boards))),
        [stored_name(board.declared, board.currency or None) for board in boards],
        [int(board.kind) for board in boards],
        [since for since, _ in windows],
        [until for _, until in windows],
        *([each.get(name) for each in filters] for name in ("city", "genre", "event")),
        [_counts_bills(board) for board in boards],
        [isinstance(board.declared, Unique) for board in boards],
    )


def _window(board: Board, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    start = start_instant(board)
    return start, None if start is None else bucket_end(start, GRAINS[board.window], zone)


def _counts_bills(board: Board) -> bool:
    metric = board.declared
    return isinstance(metric, Metric) and metric.bill and board.kind is Kind.ARTIST
