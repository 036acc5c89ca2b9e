"""A leaderboard as a notebook has it: a sequence of rows, read page by page as they are needed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, overload

from coliseum.client.frames import SHOWN_MAX, Kind, to_html, to_pandas, to_polars

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]
    import polars as pl

PAGE_ROWS_MAX = 1_000
COLUMNS: Mapping[str, Kind] = {
    "rank": "integer", "id": "text", "name": "text", "score": "integer", "unit": "text", "currency": "text",
    "percentile": "number", "to_next": "integer",
}  # fmt: skip
MOVED: Mapping[str, Kind] = {
    "previous_rank": "integer", "movement": "integer", "peak": "integer", "periods": "integer", "status": "text",
}  # fmt: skip

Fetch = Callable[[int, str | None], dict[str, Any]]
"""A page of so many rows at most, behind a cursor."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A row: rank, who it is, and the score, an integer. Money is in the minor units of the board's currency.

    ``to_next``: what is missing to the next better score. The five before the last are there when movement was asked
    for. ``forgotten``: a person who was forgotten, of whom there is no name, and whose ``id`` is nobody's.
    """

    rank: int
    id: str
    name: str | None
    score: int
    percentile: float
    to_next: int | None
    picture: str | None = None
    overall_rank: int | None = None
    previous_rank: int | None = None
    movement: int | None = None
    peak: int | None = None
    periods: int | None = None
    status: str | None = None
    forgotten: bool = False


class Leaderboard(Sequence[BoardRow]):
    """Rows in display order, up to the limit that was asked for. Pages are read when their rows are needed.

    ``position``: the next offset of each partition of the log that the first page does not count. ``moved_on``: whether
    a later page counted further, so that a member may be in both, or in none.
    """

    def __init__(self, fetch: Fetch, limit: int | None, *, movement: bool) -> None:
        self._fetch = fetch
        self._limit = limit
        self._movement = movement
        self._rows: list[BoardRow] = []
        self._cursor: str | None = None
        self._ended = False
        self.moved_on = False
        page = self._more()
        self.metric: str = page["metric"]
        self.unit: str = page["unit"]
        self.currency: str | None = page["currency"]
        self.entity: str = page["entity"]
        self.window: str = page["window"]
        self.window_start = instant(page["windowStart"])
        self.window_end = instant(page["windowEnd"])
        self.filters: dict[str, str] = page["filters"]
        self.members: int = page["members"]
        self.position: tuple[int, ...] = tuple(page["position"])
        self.source: str = page["source"]

    @property
    def title(self) -> str:
        """What it is of, in words."""
        filters = "".join(f", {name} {value}" for name, value in self.filters.items())
        return f"{self.metric} by {self.entity}{filters}"

    def to_pandas(self) -> "pd.DataFrame":
        """All rows as a pandas data frame: scores are Int64, money in minor units with its currency beside it."""
        said = {name: getattr(self, name) for name in ("metric", "unit", "currency", "entity", "window", "position")}
        return to_pandas(self._columns, self._cells(list(self)), said)

    def to_polars(self) -> "pl.DataFrame":
        """All rows as a polars data frame, typed as by ``to_pandas``."""
        return to_polars(self._columns, self._cells(list(self)))

    def __len__(self) -> int:
        """How many rows there are, for which all of them are read."""
        while not self._ended:
            self._more()
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> BoardRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[BoardRow]: ...
    def __getitem__(self, place: int | slice) -> BoardRow | list[BoardRow]:
        """A row, read with those before it; a slice reads all of them."""
        if isinstance(place, slice) or place < 0:
            len(self)
        else:
            while place >= len(self._rows) and not self._ended:
                self._more()
        return self._rows[place]

    def __iter__(self) -> Iterator[BoardRow]:
        """Row by row; a page is read when its first row is asked for."""
        place = 0
        while place < len(self._rows) or not self._ended:
            if place == len(self._rows):
                self._more()
                continue
            yield self._rows[place]
            place += 1

    def __repr__(self) -> str:
        """What it is of and where it stands."""
        return f"<Leaderboard {self.title}, {self.window}, {self.members} members, at {_dotted(self.position)}>"

    def _repr_html_(self) -> str:
        shown = self._rows[:SHOWN_MAX]
        unit = self.currency or self.unit
        note = f"{self.window}, in {unit}, {self.members:,} members, at {_dotted(self.position)} ({self.source})"
        left = min(self.members, self._limit or self.members) - len(shown)
        return to_html(self.title, note, self._columns, self._cells(shown), f"and {left:,} more" if left > 0 else "")

    @property
    def _columns(self) -> Mapping[str, Kind]:
        return {**COLUMNS, **MOVED} if self._movement else COLUMNS

    def _cells(self, rows: Sequence[BoardRow]) -> list[list[object]]:
        common = {"unit": self.unit, "currency": self.currency}
        return [[common[name] if name in common else getattr(row, name) for name in self._columns] for row in rows]

    def _more(self) -> dict[str, Any]:
        """Read the next page."""
        left = PAGE_ROWS_MAX if self._limit is None else self._limit - len(self._rows)
        page = self._fetch(min(left, PAGE_ROWS_MAX), self._cursor)
        if self._cursor is not None and tuple(page["position"]) != self.position:
            self.moved_on = True
        rows = [_row(each) for each in page["rows"]]
        self._rows += rows
        self._cursor = page["nextCursor"]
        self._ended = self._cursor is None or not rows or (self._limit is not None and len(self._rows) >= self._limit)
        return page


def _row(told: Mapping[str, Any]) -> BoardRow:
    return BoardRow(
        told["rank"], told["id"], told["name"], told["score"], told["percentile"], told["toNext"], told["picture"],
        told.get("overallRank"), told.get("previousRank"), told.get("movement"), told.get("peak"), told.get("periods"),
        told.get("status"), told.get("forgotten", False),
    )  # fmt: skip


def instant(text: str | None) -> datetime | None:
    """An instant of an answer."""
    return None if text is None else datetime.fromisoformat(text)


def _dotted(position: Sequence[int]) -> str:
    return ".".join(map(str, position))
