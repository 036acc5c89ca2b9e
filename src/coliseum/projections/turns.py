"""Rolling windows move on: what leaves one at its old end and enters it at the new one, and nothing else."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, epoch_seconds, member
from coliseum.boards.totals import between, pairs_between, unix_ms, window_of
from coliseum.metrics.registry import Unique
from coliseum.metrics.windows import ROLLING_HOURS, window_at
from coliseum.projections.deltas import Change

TURN_HOURS_MAX = 3
"""A board that is further behind is filled anew."""
READ_AFTER_S = 60
"""So long after its end, and a bit, readers may still take a window for the present one."""
TURN_UPDATES_MAX = 100_000
"""One script call holds Valkey for about a third of a second at this many; of more, filling anew holds it for less."""


def predecessor(board: Board, live: Iterable[Board]) -> Board | None:
    """The live board that becomes this one when its window moves on."""
    if board.window not in ROLLING_HOURS:
        return None
    reach = TURN_HOURS_MAX * 3_600
    before = [
        each
        for each in live
        if 0 < board.start - each.start <= reach and msgspec.structs.replace(each, start=board.start) == board
    ]
    return max(before, key=lambda each: each.start, default=None)


def successor(board: Board, asked_s: int, tenant: Tenant, now: datetime) -> Board | None:
    """What a board whose window was the present one until lately has to become; None when it is still, or never was.

    ``asked_s``: when it was asked for last. One that is asked for when its window is over is a look back, and stays.
    """
    if board.window not in ROLLING_HOURS or asked_s >= board.start + ROLLING_HOURS[board.window] * 3_600 + READ_AFTER_S:
        return None
    start = epoch_seconds(window_at(board.window, now, tenant.zone).start)
    if not 0 < start - board.start <= TURN_HOURS_MAX * 3_600:
        return None
    return msgspec.structs.replace(board, start=start)


async def turn(connection: db.Connection, tenant: Tenant, old: Board, new: Board) -> list[Change] | None:
    """What the old board gains and loses to become the new one; None when that is too much.

    The transaction must see the rollups at the board's own position.
    """
    before, after = window_of(tenant, old), window_of(tenant, new)
    assert before.start and before.end and after.start and after.end  # noqa: S101, PT018 - rolling windows have ends
    changes: list[Change] = []
    for since, until, sign in ((before.start, after.start, -1), (before.end, after.end, 1)):
        if isinstance(new.declared, Unique):
            found = [
                (member(row.entity) + member(row.fan), sign * row.value, b"")
                for row in await pairs_between(connection, tenant, old, since, until)
            ]
        else:
            found = [
                # What leaves is older than all that stays: the moment of the last entry is another one's.
                (member(row.entity), sign * row.value, _bytes(0 if sign < 0 else unix_ms(row.last_at)))
                for row in await between(connection, tenant, old, since, until)
                if row.last_at is not None
            ]
        if found:
            members, sums, lasts = zip(*found, strict=True)
            changes.append(Change(0, 0, b"".join(members), b"".join(map(_bytes, sums)), b"".join(lasts)))
    return changes if sum(change.updates for change in changes) <= TURN_UPDATES_MAX else None


def _bytes(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)
