"""Rows of boards as pages show them: who, what, how they moved in words, and where each number is explained."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec

from coliseum.boards.seasons import GRACE
from coliseum.metrics.windows import CUSTOM, GRAINS, ROLLING_HOURS, YEAR
from coliseum.queries.breaking import BreakingBoard, BreakingRow
from coliseum.queries.leaderboards import BoardPage, BoardRow
from coliseum.queries.seasons import SeasonBoard, SeasonRow
from coliseum.queries.trending import TrendingBoard, TrendingRow
from coliseum.web.ui.boards.asking import instant_text
from coliseum.web.ui.snapshot import safe_picture

MoveKind = Literal["up", "down", "same", "new", "re-entry"]
MOVES: Mapping[str, MoveKind] = {"UP": "up", "DOWN": "down", "SAME": "same", "NEW": "new", "RE-ENTRY": "re-entry"}
HOUR = timedelta(hours=1)


class Move(msgspec.Struct, frozen=True):
    """How a member has moved since the window before; ``by``: how many ranks."""

    kind: MoveKind
    by: int = 0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A row. ``share``: percent of the best score; ``why``: the address of the entries behind the score.

    The last five are of trending and breaking boards.
    """

    rank: int
    id: str
    name: str | None
    picture: str | None
    score: int
    share: int
    why: str | None
    move: Move | None = None
    previous_rank: int | None = None
    peak: int | None = None
    periods: int | None = None
    percentile: float | None = None
    to_next: int | None = None
    overall_rank: int | None = None
    decayed: float | None = None
    ratio: float | None = None
    baseline: float | None = None
    newcomer: bool = False
    why_before: str | None = None


def move_of(row: BoardRow) -> Move | None:
    """How a row has moved; None when that was not asked for, or nothing is known."""
    if row.status is msgspec.UNSET or row.status is None:
        return None
    by = row.movement if isinstance(row.movement, int) else 0
    return Move(MOVES[row.status], abs(by))


def lines_of(page: BoardPage, leader: int, explain: str) -> list[Line]:
    """The rows of a board of a window."""
    query = why_query(page, page.position)
    return [
        Line(
            rank=row.rank, id=row.id, name=row.name, picture=safe_picture(row.picture), score=row.score,
            share=share_of(row.score, leader), why=_why(explain, query, row), move=move_of(row),
            previous_rank=_known(row.previous_rank), peak=_known(row.peak), periods=_known(row.periods),
            percentile=row.percentile, to_next=row.to_next, overall_rank=_known(row.overall_rank),
        )
        for row in page.rows
    ]  # fmt: skip


def trending_lines(board: TrendingBoard, explain: str) -> list[Line]:
    """The rows of a trending board; their entries are those of its hours, before they are weighed."""
    query = _between(board, board.window_start, board.window_end)
    best = max((row.score for row in board.rows), default=0.0)
    return [
        Line(
            rank=row.rank, id=row.id, name=row.name, picture=safe_picture(row.picture), score=0,
            share=0 if best <= 0 else max(0, int(100 * row.score / best)), decayed=row.score,
            why=_why(explain, query, row),
        )
        for row in board.rows
    ]  # fmt: skip


def breaking_lines(board: BreakingBoard, explain: str) -> list[Line]:
    """The rows of a breaking board: what was counted lately, and before."""
    lately = _between(board, board.window_start, board.window_end)
    before = _between(board, board.baseline_start, board.window_start)
    best = max((row.ratio for row in board.rows), default=0.0)
    return [
        Line(
            rank=row.rank, id=row.id, name=row.name, picture=safe_picture(row.picture), score=row.recent,
            share=0 if best <= 0 else max(0, int(100 * row.ratio / best)), why=_why(explain, lately, row),
            ratio=row.ratio, baseline=row.baseline, newcomer=row.newcomer, why_before=_why(explain, before, row),
        )
        for row in board.rows
    ]  # fmt: skip


def season_lines(board: SeasonBoard, leader: int, explain: str) -> list[Line]:
    """The rows of a closed window; the entries behind them are those that the log had when it closed."""
    season = board.season
    query = _about(board) | {
        "window": board.window, "at": instant_text(season.window_start), "as_of": position_text(season.position),
    }  # fmt: skip
    return [
        Line(
            rank=row.rank, id=row.id, name=row.name, picture=safe_picture(row.picture), score=row.score,
            share=share_of(row.score, leader), why=_why(explain, query, row),
        )
        for row in board.rows
    ]  # fmt: skip


def why_query(page: BoardPage, position: Sequence[int]) -> dict[str, str]:
    """The parameters of ``/api/explain`` that all rows of a board have in common, as of its own place in the log."""
    return {**_about(page), **page.filters, **window_query(page), "as_of": position_text(position)}


def window_query(page: BoardPage) -> dict[str, str]:
    """The parameters that say a window, whenever they are read."""
    start, end, name = page.window_start, page.window_end, page.window
    if start is None or end is None:
        return {"window": name}
    if name == CUSTOM:
        return {"from": instant_text(start), "to": instant_text(end)}
    if name in ROLLING_HOURS:
        return {"window": name, "at": instant_text(end - HOUR)}
    return {"window": name, "at": instant_text(start)}


def position_text(position: Sequence[int]) -> str:
    """A position of the log as a parameter says it."""
    return ".".join(map(str, position))


def share_of(score: float, leader: float) -> int:
    """Percent of the best score, from 0 to 100."""
    return 0 if leader <= 0 else min(100, max(0, int(score * 100 // leader)))


def moves_in(window: str) -> bool:
    """Whether windows of this name follow one another, so that there is one before."""
    return window in GRAINS or window == YEAR or window in ROLLING_HOURS


def closes_at(end: datetime) -> datetime:
    """When the window that ends then becomes a season, at the earliest."""
    return end + GRACE


def _about(board: BoardPage | TrendingBoard | BreakingBoard | SeasonBoard) -> dict[str, str]:
    about = {"metric": board.metric, "entity": board.entity}
    return about if board.currency is None else {**about, "currency": board.currency}


def _between(board: TrendingBoard | BreakingBoard, start: datetime, end: datetime) -> dict[str, str]:
    return {
        **_about(board), **board.filters, "from": instant_text(start), "to": instant_text(end),
        "as_of": position_text(board.position),
    }  # fmt: skip


def _why(explain: str, query: Mapping[str, str], row: BoardRow | TrendingRow | BreakingRow | SeasonRow) -> str | None:
    """The address of an explanation; None for somebody who was forgotten, and cannot be asked for any more."""
    return None if row.forgotten is True else f"{explain}?{urlencode({**query, 'id': row.id})}"


def _known(value: Any) -> Any:
    return None if value is msgspec.UNSET else value
