"""Rolling windows move on: what leaves one at its old end and enters it at the new one, and nothing else.

While a board is the present one, that of the hour to come is live beside it, and nobody has to wait when the hour
turns. What was the present one then stands aside, becomes that of the next hour little by little, and is live again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, epoch_seconds, member, number
from coliseum.boards.totals import Pair, Total, between, pairs_between, totals_of, window_of
from coliseum.metrics.registry import Unique
from coliseum.metrics.windows import ROLLING_HOURS, window_at
from coliseum.projections.deltas import NUMBER_BYTES

HOUR = timedelta(hours=1)
TURN_HOURS_MAX = 3
"""A board that is further behind is filled anew."""
READ_AFTER_S = 60
"""So long after its end, and a bit, readers may still take a window for the present one."""
TURN_UPDATES_MAX = 100_000
"""One script call holds Valkey for less than half a second at this many; of more, filling anew holds it for less."""


def predecessor(board: Board, live: Mapping[Board, int], tenant: Tenant, now: datetime) -> Board | None:
    """The live board that becomes this one: of those whose window is over, and that nobody looks back at, the latest.

    ``live``: when each was asked for last, in Unix seconds.
    """
    if board.window not in ROLLING_HOURS:
        return None
    end = min(board.start, _start(board.window, tenant, now))
    reach = TURN_HOURS_MAX * 3_600
    before = [
        each
        for each, asked_s in live.items()
        if board.start - reach <= each.start < end
        and msgspec.structs.replace(each, start=board.start) == board
        and not _looked_back_at(each, asked_s)
    ]
    return max(before, key=lambda each: each.start, default=None)


def successors(asked: Mapping[Board, int], tenant: Tenant, now: datetime) -> dict[Board, int]:
    """What has to be live beside these boards, or after them, and when those were asked for last.

    Neither becoming another board nor standing beside one is being read: a board that nobody asks for is dropped,
    however often its window moves on.
    """
    found: dict[Board, int] = {}
    for board, asked_s in asked.items():
        after = None if _looked_back_at(board, asked_s) else _successor(board, tenant, now)
        if after is not None:
            found[after] = max(asked_s, found.get(after, 0))
    return found


def _looked_back_at(board: Board, asked_s: int) -> bool:
    """Whether a board of a rolling window was asked for when its window was over: it stays what it is."""
    hours = ROLLING_HOURS.get(board.window)
    return hours is not None and asked_s >= board.start + hours * 3_600 + READ_AFTER_S


def _successor(board: Board, tenant: Tenant, now: datetime) -> Board | None:
    """That of the hour to come, while the window of this one is the present one.

    When it was the present one until lately, that of the present hour. None when it is the next, or never was.
    """
    if board.window not in ROLLING_HOURS:
        return None
    start = _start(board.window, tenant, now)
    if board.start == start:
        return msgspec.structs.replace(board, start=_start(board.window, tenant, now + HOUR))
    if not 0 < start - board.start <= TURN_HOURS_MAX * 3_600:
        return None
    return msgspec.structs.replace(board, start=start)


def ahead(board: Board, tenant: Tenant, now: datetime) -> bool:
    """Whether nobody asks for this board yet, because its window is that of an hour to come."""
    return board.window in ROLLING_HOURS and board.start > _start(board.window, tenant, now)


def _start(window: str, tenant: Tenant, now: datetime) -> int:
    return epoch_seconds(window_at(window, now, tenant.zone).start)


class Turn(msgspec.Struct):
    """What a board is changed to when its window moves on: whole new values, nothing that is added.

    ``scores``: of members, in the order in which they stood: a sorted set finds neighbours in half the time. ``gone``:
    members without any fan, or without anything in the window. ``pairs``: new totals of (member, fan) pairs, 0 of those
    that go.
    """

    scores: dict[bytes, float]
    gone: list[bytes]
    pairs: dict[bytes, int]

    def commands(self, scores: str, fans: str) -> list[tuple[str, str, list[object]]]:
        """The commands that change the sorted set and the pairs hash of these keys; some with nothing to do."""
        lost: list[object] = [pair for pair, total in self.pairs.items() if not total]
        return [
            ("ZREM", scores, list(self.gone)),
            ("ZADD", scores, [part for key, score in self.scores.items() for part in (repr(score), key)]),
            ("HDEL", fans, lost),
            ("HSET", fans, [part for pair, total in self.pairs.items() if total for part in (pair, total)]),
        ]


class Held(Protocol):
    """What a live board holds now; nobody else changes it until it has turned."""

    async def scores(self, board: Board, members: Sequence[bytes]) -> list[float | None]:
        """The scores of members; None of those that have none."""
        ...

    async def pairs(self, board: Board, pairs: Sequence[bytes]) -> list[int]:
        """The totals of (member, fan) pairs; 0 of those that have none."""
        ...


async def turn(connection: db.Connection, held: Held, tenant: Tenant, old: Board, new: Board) -> Turn | None:
    """What the old board has to become to be the new one; None when it is better filled anew.

    The transaction must see the rollups at the board's own position.
    """
    before, after = window_of(tenant, old), window_of(tenant, new)
    assert before.start and before.end and after.start and after.end  # noqa: S101, PT018 - rolling windows have ends
    leaving, entering = (before.start, after.start), (before.end, after.end)
    if isinstance(new.declared, Unique):
        gone = await pairs_between(connection, tenant, old, *leaving)
        come = await pairs_between(connection, tenant, old, *entering)
        return await _fans(held, old, gone, come) if len(gone) + len(come) <= TURN_UPDATES_MAX else None
    left = await between(connection, tenant, old, *leaving)
    entered = await between(connection, tenant, old, *entering)
    if len(left) + len(entered) > TURN_UPDATES_MAX:
        return None
    turned, unknown = await _totals(held, old, left, entered)
    if unknown:
        known = {
            member(row.entity): row for row in await totals_of(connection, tenant, new, list(map(number, unknown)))
        }
        ties = new.ties
        for key in unknown:
            if key in known:
                turned.scores[key] = ties.score(known[key].value, ties.order(known[key].value, known[key].last_ms))
            else:
                turned.gone.append(key)
    return turned


async def _totals(
    held: Held, board: Board, left: Sequence[Total], entered: Sequence[Total]
) -> tuple[Turn, list[bytes]]:
    """What members come to, and those who shrank so far that their moment has to be known better than it is."""
    # What leaves is older than all that stays: the moment of the last entry is another one's.
    changes: dict[bytes, tuple[int, int | None]] = {member(row.entity): (-row.value, None) for row in left}
    for row in entered:
        key = member(row.entity)
        changes[key] = changes.get(key, (0, None))[0] + row.value, row.last_ms
    scores: list[tuple[float, bytes, float]] = []
    unknown: list[bytes] = []
    for key, score in zip(changes, await held.scores(board, list(changes)), strict=True):
        changed = board.ties.added(score, *changes[key])
        if changed is None:
            unknown.append(key)
        else:
            scores.append((changed if score is None else score, key, changed))
    return Turn({key: changed for _, key, changed in sorted(scores)}, [], {}), unknown


async def _fans(held: Held, board: Board, left: Sequence[Pair], entered: Sequence[Pair]) -> Turn:
    changes: dict[bytes, int] = defaultdict(int)
    for some, sign in ((left, -1), (entered, 1)):
        for row in some:
            changes[member(row.entity) + member(row.fan)] += sign * row.value
    pairs: dict[bytes, int] = {}
    fans: dict[bytes, int] = defaultdict(int)
    for pair, total in zip(changes, await held.pairs(board, list(changes)), strict=True):
        pairs[pair] = total + changes[pair]
        fans[pair[:NUMBER_BYTES]] += (pairs[pair] > 0) - (total > 0)
    fans = {key: gain for key, gain in fans.items() if gain}
    scores = dict(zip(fans, await held.scores(board, list(fans)), strict=True))
    changed = {key: (scores[key] or 0.0) - gain for key, gain in fans.items()}
    return Turn({key: score for key, score in changed.items() if score}, [key for key in changed if not changed[key]],
                pairs)  # fmt: skip
