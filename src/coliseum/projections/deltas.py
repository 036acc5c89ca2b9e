"""What a range of the log adds to the tables and to each live board, computed by PostgreSQL for all of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from coliseum import db
from coliseum.boards.board import Board, start_instant
from coliseum.metrics.registry import Kind, Unique, stored_name
from coliseum.metrics.windows import window_end
from coliseum.processor.projection import Batch

SQL = db.statements("coliseum.projections")
UTC = ZoneInfo("UTC")
NUMBER_BYTES = 8
Bound = datetime | None


class Names(msgspec.Struct, frozen=True):
    """The numbers of all names that a range of the log counts under, side by side with their kinds and ids."""

    kinds: list[str] | None
    ids: list[str] | None
    nums: list[int] | None
    wanted: int

    @property
    def complete(self) -> bool:
        """Whether every name has its number; one that another transaction has just made shows at the second look."""
        return len(self.ids or ()) == self.wanted


class Change(msgspec.Struct, frozen=True):
    """What a group of boards gains in one stretch of time: member by member, none twice.

    ``members``: numbers of 8 bytes, most significant first, or pairs of member and fan for boards of unique fans;
    ``sums``: as many numbers, in the same order; ``lasts``: the Unix milliseconds of the last entries, None of pairs.
    ``stretch``: the place of the time among the bounds of ``LiveBoards``.
    """

    board: int
    stretch: int
    members: bytes
    sums: bytes
    lasts: bytes | None

    @property
    def updates(self) -> int:
        """To how many members something is added."""
        return len(self.sums) // NUMBER_BYTES


Changes = Mapping[Board, Sequence[Change]]
"""What each board gains, in parts; boards share the parts in which their windows agree."""


class _Group(msgspec.Struct, frozen=True):
    """What boards have in common that differ in their windows only."""

    stored_metric: str
    kind: Kind
    bill: bool
    fans: bool
    city: str | None
    genre: str | None
    event: str | None


class LiveBoards:
    """The boards of a tenant that are kept now, as the statement takes them: in groups, cut into stretches of time."""

    def __init__(self, boards: Iterable[Board], zone: ZoneInfo = UTC) -> None:
        self.boards = frozenset(boards)
        ordered = sorted(self.boards)
        windows = {board: _window(board, zone) for board in ordered}
        bounds = sorted({bound for window in windows.values() for bound in window if bound is not None})
        grouped: dict[_Group, list[Board]] = defaultdict(list)
        for board in ordered:
            grouped[_group(board)].append(board)
        self._stretches = {board: _stretches(windows[board], bounds) for board in ordered}
        self._groups = list(grouped.values())
        self.columns = (*_columns(list(grouped), [[windows[each] for each in some] for some in self._groups]), bounds)

    @property
    def following_catalog(self) -> list[Board]:
        """The boards that a change of the catalogue makes stale."""
        return [board for board in sorted(self.boards) if board.follows_catalog]

    def share_out(self, changes: Iterable[Change]) -> dict[Board, list[Change]]:
        """What each board gains of what the groups gain."""
        shared: dict[Board, list[Change]] = defaultdict(list)
        for change in changes:
            for board in self._groups[change.board]:
                if change.stretch in self._stretches[board]:
                    shared[board].append(change)
        return dict(shared)


async def learn_names(connection: db.Connection, batch: Batch) -> Names:
    """Give a number to every name in a range of the log that has none, and return the numbers of all of them."""
    while True:
        found = await db.rows(
            connection,
            Names,
            SQL["learn_names"],
            batch.tenant.tenant_id,
            batch.partition,
            batch.start,
            batch.end,
            list(batch.skip),
        )
        if found[0].complete:
            return found[0]


async def count_range(
    connection: db.Connection, batch: Batch, live: LiveBoards, names: Names, *, store: bool
) -> dict[Board, list[Change]]:
    """Count a range of the log once: what the live boards gain and, when asked to, everything that steps store.

    The transaction must be planned by ``plan_batch.sql``.
    """
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
        names.kinds or [],
        names.ids or [],
        names.nums or [],
        *live.columns,
    )
    return live.share_out(found)


def _group(board: Board) -> _Group:
    metric, filters = board.declared, board.filters
    return _Group(
        stored_name(metric, board.currency or None),
        board.kind,
        board.bill,
        isinstance(metric, Unique),
        filters.get("city"),
        filters.get("genre"),
        filters.get("event"),
    )


def _columns(groups: Sequence[_Group], windows: Sequence[Sequence[tuple[Bound, Bound]]]) -> tuple[list[Any], ...]:
    return (
        list(range(len(groups))),
        [group.stored_metric for group in groups],
        [int(group.kind) for group in groups],
        [group.bill for group in groups],
        [group.fans for group in groups],
        [group.city for group in groups],
        [group.genre for group in groups],
        [group.event for group in groups],
        [_extreme(min, [since for since, _ in some]) for some in windows],
        [_extreme(max, [until for _, until in some]) for some in windows],
    )


def _extreme(pick: Any, bounds: Sequence[Bound]) -> Bound:
    """The first or the last of some bounds, of which None is beyond all others."""
    known = [bound for bound in bounds if bound is not None]
    return pick(known) if len(known) == len(bounds) else None


def _window(board: Board, zone: ZoneInfo) -> tuple[Bound, Bound]:
    start = start_instant(board)
    return start, window_end(board.window, start, zone)


def _stretches(window: tuple[Bound, Bound], bounds: Sequence[datetime]) -> range:
    """The stretches within a window; number n lies between bounds n - 1 and n, as ``width_bucket`` counts."""
    since, until = window
    first = 0 if since is None else bounds.index(since) + 1
    return range(first, len(bounds) + 1 if until is None else bounds.index(until) + 1)
