"""What a range of the log adds to each live board, computed by PostgreSQL for all boards at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, start_instant
from coliseum.metrics.registry import Kind, Metric, Unique, stored_name
from coliseum.metrics.windows import GRAINS, bucket_end

SQL = db.statements("coliseum.projections")


class Totals(msgspec.Struct, frozen=True):
    """What is added to the members of the board of that number: entity by entity, none twice, never zero."""

    board: int
    entities: list[int]
    sums: list[int]


class Pairs(msgspec.Struct, frozen=True):
    """What is added to the (member, fan) pairs of the board of that number: none twice, never zero."""

    board: int
    entities: list[int]
    fans: list[int]
    sums: list[int]


class Changes(msgspec.Struct):
    """The sums of a range of the log, by board."""

    totals: list[tuple[Board, Totals]] = []
    pairs: list[tuple[Board, Pairs]] = []

    @property
    def size(self) -> int:
        """How many updates these are."""
        return sum(len(each.sums) for _, each in self.totals) + sum(len(each.sums) for _, each in self.pairs)


class LiveBoards:
    """The boards of a tenant that are kept now, as the statements take them."""

    def __init__(self, boards: Iterable[Board], tenant: Tenant) -> None:
        self.boards = frozenset(boards)
        self._totals = sorted(board for board in self.boards if isinstance(board.declared, Metric))
        self._uniques = sorted(board for board in self.boards if isinstance(board.declared, Unique))
        self._total_columns = _columns(self._totals, tenant)
        self._unique_columns = _columns(self._uniques, tenant)
        self._bills = [_counts_bills(board) for board in self._totals]

    @property
    def following_catalog(self) -> list[Board]:
        """The boards that a change of the catalogue makes stale."""
        return sorted(board for board in self.boards if board.follows_catalog)

    async def changes(self, connection: db.Connection, *where: object) -> Changes:
        """What a range adds; ``where``: tenant, partition, start, end, offsets to leave out, time zone."""
        changes = Changes()
        if self._totals:
            found = await db.rows(connection, Totals, SQL["total_changes"], *where, *self._total_columns, self._bills)
            changes.totals = [(self._totals[change.board], change) for change in found]
        if self._uniques:
            pairs = await db.rows(connection, Pairs, SQL["pair_changes"], *where, *self._unique_columns)
            changes.pairs = [(self._uniques[change.board], change) for change in pairs]
        return changes


def _columns(boards: Sequence[Board], tenant: Tenant) -> tuple[list[Any], ...]:
    windows = [_window(board, tenant) for board in boards]
    filters = [{board.filter: board.filter_value} for board in boards]
    return (
        list(range(len(boards))),
        [stored_name(board.declared, board.currency or None) for board in boards],
        [int(board.kind) for board in boards],
        [since for since, _ in windows],
        [until for _, until in windows],
        *([each.get(name) for each in filters] for name in ("city", "genre", "event")),
    )


def _window(board: Board, tenant: Tenant) -> tuple[datetime | None, datetime | None]:
    start = start_instant(board)
    return start, None if start is None else bucket_end(start, GRAINS[board.window], tenant.zone)


def _counts_bills(board: Board) -> bool:
    metric = board.declared
    return isinstance(metric, Metric) and metric.bill and board.kind is Kind.ARTIST
