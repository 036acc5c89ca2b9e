"""From a range of the log to what it adds to each live board. Pure, but for the rows it is given."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from coliseum.boards.board import Board, epoch_seconds
from coliseum.metrics.registry import Kind, Metric, Unique, stored_name
from coliseum.metrics.windows import GRAINS, bucket_start


class Delta(msgspec.Struct, frozen=True, gc=False):
    """What a range of the log adds for one metric, entity, context and hour: a row of ``board_deltas.sql``."""

    metric: str
    kind: str
    entity: int | None
    artist: int
    event: int
    track: int
    event_id: str
    city: str
    genres: list[str]
    hour: datetime
    value: int


class LiveBoards:
    """The boards that are kept now, indexed by what can change them."""

    def __init__(self, boards: Iterable[Board]) -> None:
        self.boards = frozenset(boards)
        self._by_slot: dict[tuple[str, str, str], dict[int, list[Board]]] = defaultdict(lambda: defaultdict(list))
        self._windows: dict[tuple[str, str], set[str]] = defaultdict(set)
        bills = set()
        for board in self.boards:
            metric = board.declared
            stored = stored_name(metric, board.currency or None)
            kind = "fan" if isinstance(metric, Unique) else board.kind.label
            self._by_slot[stored, kind, board.window][board.start].append(board)
            self._windows[stored, kind].add(board.window)
            if isinstance(metric, Metric) and metric.bill and board.kind is Kind.ARTIST:
                bills.add(stored)
        self.metrics = sorted({metric for metric, _ in self._windows})
        self.kinds = sorted({kind for _, kind in self._windows})
        self.bills = sorted(bills)

    @property
    def following_catalog(self) -> list[Board]:
        """The boards that a change of the catalogue makes stale."""
        return sorted(board for board in self.boards if board.follows_catalog)

    def touched_by(self, delta: Delta, zone: ZoneInfo) -> Iterable[Board]:
        """The boards that a delta belongs to."""
        for window in self._windows.get((delta.metric, delta.kind), ()):
            start = 0 if window == "all" else epoch_seconds(bucket_start(delta.hour, GRAINS[window], zone))
            for board in self._by_slot[delta.metric, delta.kind, window].get(start, ()):
                if _passes(board, delta):
                    yield board


class Changes:
    """The sums of many deltas, by board: totals by member, or for unique fans by (member, fan)."""

    def __init__(self) -> None:
        self.totals: dict[Board, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self.pairs: dict[Board, dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))

    def add(self, board: Board, delta: Delta) -> None:
        """Add a delta to a board that it belongs to."""
        if delta.entity is None:
            return
        if not isinstance(board.declared, Unique):
            self.totals[board][delta.entity] += delta.value
            return
        member = {Kind.ARTIST: delta.artist, Kind.EVENT: delta.event, Kind.TRACK: delta.track}[board.kind]
        if member:
            self.pairs[board][member, delta.entity] += delta.value

    @property
    def size(self) -> int:
        """How many updates these are."""
        return sum(map(len, self.totals.values())) + sum(map(len, self.pairs.values()))


def changes_of(deltas: Iterable[Delta], live: LiveBoards, zone: ZoneInfo) -> Changes:
    """What the deltas add to the live boards."""
    changes = Changes()
    for delta in deltas:
        for board in live.touched_by(delta, zone):
            changes.add(board, delta)
    return changes


def _passes(board: Board, delta: Delta) -> bool:
    match board.filter:
        case "":
            return True
        case "event":
            return delta.event_id == board.filter_value
        case "city":
            return delta.city == board.filter_value
        case _:
            return board.filter_value in delta.genres
