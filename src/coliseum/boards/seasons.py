"""Seasons: which boards become one when their window closes, when that is, and how much of them is kept."""

from datetime import timedelta

from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, epoch_seconds
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import BY_NAME, Kind, Metric, Unique, kind_of
from coliseum.metrics.windows import GRAINS, Grain, Window

GRACE = timedelta(minutes=10)
"""A window closes so long after its end: what comes late within it still counts for the season."""
ROWS_MAX = 1_000
"""Rows that are kept of a season, the first ones in the order of display."""
WINDOWS = ("day", "week", "month")
KINDS = (Kind.ARTIST, Kind.EVENT, Kind.TRACK, Kind.CITY, Kind.VENUE)
"""Not fans: there are millions of them, and a season is kept for ever."""


def kinds_with_seasons(metric: Metric | Unique) -> tuple[Kind, ...]:
    """The kinds of entity whose boards of this metric become seasons."""
    if isinstance(metric, Unique):
        return (Kind.ARTIST,)
    return tuple(kind for kind in KINDS if kind.label in metric.boards)


def season_boards(tenant: Tenant, window: Window) -> list[Board]:
    """The boards of a window that become seasons: money in the tenant's currency only."""
    return [
        Board(metric.name, tenant.currency if metric.money else "", kind, window.name, epoch_seconds(window.start))
        for metric in BY_NAME.values()
        for kind in kinds_with_seasons(metric)
    ]


def has_seasons(tenant: Tenant, board: Board) -> bool:
    """Whether this board becomes a season when its window closes."""
    declared = board.declared
    return (
        board.window in WINDOWS
        and not board.filters
        and board.kind in kinds_with_seasons(declared)
        and (not declared.money or board.currency == tenant.currency)
    )


def season_metric(board: Board) -> str:
    """The name under which seasons of this board are kept: with its currency when it is money."""
    return f"{board.metric}:{board.currency}" if board.currency else board.metric


def label_of(board: Board) -> str:
    """How a closing names a board that it has looked at."""
    return f"{season_metric(board)}:{board.kind.label}"


def season_kind(metric: Metric | Unique, entity: str) -> Kind:
    """The kind of entity, if this metric has seasons for it.

    Raises:
        QueryInvalid: it has none.
    """
    kind = kind_of(metric, entity)
    kinds = kinds_with_seasons(metric)
    if kind not in kinds:
        labels = ", ".join(each.label for each in kinds)
        raise QueryInvalid(f"{metric.name} has seasons for {labels}, not for {entity!r}.", "entity")
    return kind


def season_grain(window: str) -> Grain:
    """The length of the windows of that name, if they become seasons.

    Raises:
        QueryInvalid: they do not.
    """
    if window not in WINDOWS:
        raise QueryInvalid(f"There are seasons of {', '.join(WINDOWS)}, not of {window!r}.", "window")
    return GRAINS[window]
