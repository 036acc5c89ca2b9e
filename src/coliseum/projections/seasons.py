"""Closing windows: what stands on a board some minutes after its window has ended is kept for ever, as a season.

All boards of a window close in one transaction, in one snapshot: they stand at one position of the log. Two processors
that close the same window write the same key, so one of them writes nothing. Windows that ended while no processor was
there are closed later, one after the other in the order in which they ended.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board
from coliseum.boards.seasons import GRACE, ROWS_MAX, label_of, season_boards, season_metric
from coliseum.boards.totals import Stored, window_of
from coliseum.clock import Clock
from coliseum.hooks.messages import put
from coliseum.hooks.topics import SeasonBoardEnded, SeasonEnded
from coliseum.metrics.registry import Kind, Unique, stored_name
from coliseum.metrics.windows import Grain, Window, bucket_start, window_at

SQL = db.statements("coliseum.projections")
AT_ONCE_MAX = 2
"""Windows that one process closes at a time: midnight comes to all tenants of a zone at once, and steps go on."""


class _Last(msgspec.Struct, frozen=True):
    """Until where windows of a grain have closed, when the first entry came, and what the database's clock says."""

    grain: int
    ends_at: datetime | None
    first_received_at: datetime | None
    asked_at: datetime


class SeasonCloser:
    """Closes windows for a processor, whichever tenants it has; any number of processors may run beside each other."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = asyncio.Semaphore(AT_ONCE_MAX)

    async def close_next(self, database: db.Database, tenant: Tenant) -> bool:
        """See ``Closer.close_next``.

        Until everything that was received in the grace is counted, nothing closes. The earlier of this machine's clock
        and the database's counts: a season that was closed too early could not be taken back.
        """
        async with self._turn:
            try:
                async with database.transaction("processor", snapshot=True) as connection:
                    return await self._close_next(connection, tenant)
            except db.UniqueViolation:
                return True  # another processor has just closed it

    async def _close_next(self, connection: db.Connection, tenant: Tenant) -> bool:
        last = await db.rows(connection, _Last, SQL["last_closings"], tenant.tenant_id)
        now = min(self._clock(), last[0].asked_at)
        window = _earliest(tenant, last)
        if window is None or window.end is None or window.end + GRACE > now:
            return False
        if await has_unread(connection, tenant.tenant_id, window.end + GRACE):
            return False
        boards = season_boards(tenant, window)
        await connection.execute(
            SQL["insert_closing"],
            tenant.tenant_id,
            int(Grain[window.name.upper()]),
            window.start,
            window.end,
            now,
            [label_of(board) for board in boards],
        )
        kept = [
            (board, members)
            for board in await _with_facts(connection, tenant, boards, window)
            if (members := await _close(connection, tenant, board, window))
        ]
        await _tell(connection, tenant, window, now, kept)
        return True


async def has_unread(connection: db.Connection, tenant_id: int, until: datetime) -> bool:
    """Whether something that was received until then has not been counted yet."""
    return bool(await connection.fetchval(SQL["has_unread"], tenant_id, until))


def _earliest(tenant: Tenant, last: list[_Last]) -> Window | None:
    """The open window that ends first; None before the first entry, because what ended before that never closes."""
    windows = []
    for each in last:
        if each.first_received_at is None:
            return None
        grain = Grain(each.grain)
        begins = each.ends_at or bucket_start(each.first_received_at, grain, tenant.zone)
        windows.append((window_at(grain.label, begins, tenant.zone), grain))
    return min(windows, key=lambda pair: (pair[0].end, pair[1]))[0]


async def _with_facts(
    connection: db.Connection, tenant: Tenant, boards: Sequence[Board], window: Window
) -> list[Board]:
    """Those of the boards that may have members."""
    sources = [
        (stored_name(board.declared, board.currency or None), kind, place)
        for place, board in enumerate(boards)
        for kind in _made_of(board)
    ]
    metrics, kinds, places = zip(*sources, strict=True)
    found = await connection.fetch(
        SQL["boards_with_facts"],
        tenant.tenant_id,
        int(Grain[window.name.upper()]),
        window.start,
        window.end,
        metrics,
        kinds,
        places,
    )
    return [boards[row["place"]] for row in found]


def _made_of(board: Board) -> tuple[Kind, ...]:
    """The kinds of entity whose numbers a board is made of: unique fans are counted from fans, bills from events."""
    if isinstance(board.declared, Unique):
        return (Kind.FAN,)
    return (board.kind, Kind.EVENT) if board.declared.bill else (board.kind,)


async def _close(connection: db.Connection, tenant: Tenant, board: Board, window: Window) -> int:
    """Keep a board as it stands in this snapshot; one without members leaves nothing. Returns how many it has."""
    first = await Stored(tenant, board, window_of(tenant, board)).page(connection, None, ROWS_MAX)
    if not first:
        return 0
    await connection.execute(
        SQL["insert_season"],
        tenant.tenant_id,
        season_metric(board),
        int(board.kind),
        int(Grain[window.name.upper()]),
        window.start,
        first[0].members,
        [row.entity for row in first],
        [row.rank for row in first],
        [row.value for row in first],
    )
    return first[0].members


async def _tell(
    connection: db.Connection, tenant: Tenant, window: Window, now: datetime, kept: Sequence[tuple[Board, int]]
) -> None:
    """Tell the tenant's endpoints that a window has closed, in the same transaction; nothing of one without seasons."""
    if not kept or window.start is None or window.end is None:
        return
    at = window.start.isoformat().replace("+00:00", "Z")
    seasons = []
    for board, members in kept:
        asked = {"metric": board.metric, "entity": board.kind.label, "window": window.name, "at": at}
        link = f"/api/seasons/board?{urlencode(asked)}"
        seasons.append(SeasonBoardEnded(board.metric, board.currency or None, board.kind.label, members, link))
    await put(connection, tenant.tenant_id, SeasonEnded(window.name, window.start, window.end, now, seasons))
