"""How the members of a board have moved since the window before, as charts print it.

A board of a day, week or month that becomes a season is compared with the seasons before it. Between a window's end and
its closing the board of that window stands for its season. All other boards of windows that begin anew are compared
with the window before as the rollups have it: they have no peak and no count of periods, because nothing keeps them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, epoch_seconds, start_instant
from coliseum.boards.seasons import ROWS_MAX, has_seasons, season_metric
from coliseum.boards.totals import Stored, window_of
from coliseum.errors import QueryInvalid
from coliseum.metrics.windows import CUSTOM, GRAINS, ROLLING_HOURS, bucket_start, window_at

SQL = db.statements("coliseum.queries")
ENTITIES_MAX = 2_001
"""Members that can be asked about at a time: the largest page is 1,000 rows on each side of one."""
MOMENT = timedelta(microseconds=1)

Status = Literal["NEW", "RE-ENTRY", "UP", "DOWN", "SAME"]


class Movement(msgspec.Struct, frozen=True, rename="camel"):
    """What a chart prints beside a rank.

    ``movement``: ranks gained (positive: up) since the window before. ``peak``: the best rank ever, the present one
    included. ``periods``: windows on the board, the present one included. NEW: on no season before. RE-ENTRY: on some
    season before, but not on the one directly before. None is what a board without seasons cannot know.
    """

    previous_rank: int | None = None
    movement: int | None = None
    peak: int | None = None
    periods: int | None = None
    status: Status | None = None


class _Run(msgspec.Struct, frozen=True):
    """An entity's seasons before the present window; ``previous``: its rank in the window directly before."""

    entity: int
    peak: int | None
    periods: int
    previous: int | None
    closed: bool
    first_received_at: datetime | None


async def movement(
    connection: db.Connection, tenant: Tenant, board: Board, entities: Sequence[int], ranks: Sequence[int]
) -> dict[int, Movement]:
    """The movement of these entities, which have these ranks on the board; ``connection`` is the tenant's own.

    One statement of index look-ups for a board with seasons; one more, which reads the window before from the rollups,
    for all others and until that window has closed. All time and a range that was chosen have no window before: there,
    nothing is known. A rolling window is compared with the one that ended where it begins.

    Raises:
        QueryInvalid: there are more than ``ENTITIES_MAX`` entities.
    """
    if len(entities) > ENTITIES_MAX:
        raise QueryInvalid(f"The movement of at most {ENTITIES_MAX} members can be asked for.", "limit")
    present = dict(zip(entities, ranks, strict=True))
    before = window_before(tenant, board)
    if before is None or not present:
        return dict.fromkeys(present, Movement())
    if has_seasons(tenant, board):
        runs = await _runs(connection, tenant, board, before, list(present))
        if _charted(tenant, board, runs[0]):
            pending: dict[int, int] = {}
            if not runs[0].closed and _charted(tenant, before, runs[0]):
                pending = await _ranks(connection, tenant, before, entities)
            return {run.entity: _on_chart(run, pending, present[run.entity]) for run in runs}
    previous = await _ranks(connection, tenant, before, entities)
    return {entity: _moved(previous.get(entity), rank) for entity, rank in present.items()}


def window_before(tenant: Tenant, board: Board) -> Board | None:
    """The same board of the window before; None where windows do not follow one another."""
    start = start_instant(board)
    if start is None:
        return None
    if board.window in ROLLING_HOURS:
        begins = start - timedelta(hours=ROLLING_HOURS[board.window])
    elif board.window == CUSTOM:
        return None
    else:
        found = window_at(board.window, start - MOMENT, tenant.zone).start
        begins = start if found is None else found
    return msgspec.structs.replace(board, start=epoch_seconds(begins))


async def _ranks(connection: db.Connection, tenant: Tenant, board: Board, entities: Sequence[int]) -> dict[int, int]:
    """The standard competition ranks of these entities on a board; those who are not on it are left out."""
    found = await Stored(tenant, board, window_of(tenant, board)).of_members(connection, entities)
    return {row.entity: row.rank for row in found}


async def _runs(
    connection: db.Connection, tenant: Tenant, board: Board, before: Board, entities: list[int]
) -> list[_Run]:
    return await db.rows(
        connection,
        _Run,
        SQL["movement"],
        tenant.tenant_id,
        season_metric(board),
        int(board.kind),
        int(GRAINS[board.window]),
        entities,
        start_instant(board),
        start_instant(before),
    )


def _charted(tenant: Tenant, board: Board, run: _Run) -> bool:
    """Whether the board's window becomes a season, or is one: it did not end before the tenant's first entry came."""
    if run.first_received_at is None:
        return False
    return board.start >= epoch_seconds(bucket_start(run.first_received_at, GRAINS[board.window], tenant.zone))


def _on_chart(run: _Run, pending: dict[int, int], rank: int) -> Movement:
    """``pending``: ranks in the window directly before, when it has not closed yet."""
    standing = pending.get(run.entity)
    if standing is not None and standing > ROWS_MAX:
        standing = None  # its season will not keep it
    previous = run.previous if standing is None else standing
    periods = run.periods + (standing is not None)
    moved = _moved(previous, rank)
    return Movement(
        previous,
        moved.movement,
        min(best for best in (rank, previous, run.peak) if best is not None),
        periods + 1,
        moved.status or ("RE-ENTRY" if periods else "NEW"),
    )


def _moved(previous: int | None, rank: int) -> Movement:
    """What two ranks say; nothing when there was none before."""
    if previous is None:
        return Movement()
    up = previous - rank
    return Movement(previous, up, status="UP" if up > 0 else "DOWN" if up < 0 else "SAME")
