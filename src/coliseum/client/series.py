"""A metric over time as a notebook has it: a sequence of points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, overload

from coliseum.client.frames import SHOWN_MAX, Kind, to_html, to_pandas, to_polars

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]
    import polars as pl

COLUMNS: Mapping[str, Kind] = {"start": "instant", "value": "integer", "unit": "text", "currency": "text"}


@dataclass(frozen=True, slots=True)
class Point:
    """The value of one bucket, an integer, by the instant (in UTC) at which the bucket begins."""

    start: datetime
    value: int


class Metrics(Sequence[Point]):
    """One point a bucket of the tenant's time zone, zeros included. Money is in minor units of ``currency``.

    ``total``: over the whole period; of unique fans, different ones. ``previous_total``: of the period before it.
    """

    def __init__(self, page: Mapping[str, Any]) -> None:
        self.metric: str = page["metric"]
        self.unit: str = page["unit"]
        self.currency: str | None = page["currency"]
        self.entity: str = page["entity"]
        self.id: str | None = page["id"]
        self.grain: str = page["grain"]
        self.time_zone: str = page["timeZone"]
        self.since, self.until = _instant(page["from"]), _instant(page["to"])
        self.total: int = page["total"]
        self.previous_total: int = page["previous"]["total"]
        self.position: tuple[int, ...] = tuple(page["position"])
        self._points = tuple(Point(_instant(each["start"]), each["value"]) for each in page["points"])

    @property
    def title(self) -> str:
        """What it is of, in words."""
        return f"{self.metric} of {self.entity}" + ("" if self.id is None else f" {self.id}")

    def to_pandas(self) -> "pd.DataFrame":
        """A pandas data frame: ``start`` in UTC, ``value`` Int64, money in minor units with its currency beside it."""
        names = ("metric", "unit", "currency", "entity", "id", "grain", "time_zone", "total", "position")
        return to_pandas(COLUMNS, self._cells(self._points), {name: getattr(self, name) for name in names})

    def to_polars(self) -> "pl.DataFrame":
        """A polars data frame, typed as by ``to_pandas``."""
        return to_polars(COLUMNS, self._cells(self._points))

    def __len__(self) -> int:
        """How many buckets there are."""
        return len(self._points)

    @overload
    def __getitem__(self, place: int) -> Point: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Point, ...]: ...
    def __getitem__(self, place: int | slice) -> Point | tuple[Point, ...]:
        """A point, or some of them."""
        return self._points[place]

    def __repr__(self) -> str:
        """What it is of and where it stands."""
        return f"<Metrics {self.title} by {self.grain}, total {self.total}, at {'.'.join(map(str, self.position))}>"

    def _repr_html_(self) -> str:
        shown = self._points[-SHOWN_MAX:]
        unit = self.currency or self.unit
        position = ".".join(map(str, self.position))
        note = f"by {self.grain} in {self.time_zone}, in {unit}, total {self.total:,}, at {position}"
        left = len(self) - len(shown)
        return to_html(self.title, note, COLUMNS, self._cells(shown), f"and {left:,} before" if left else "")

    def _cells(self, points: Sequence[Point]) -> list[list[object]]:
        return [[point.start, point.value, self.unit, self.currency] for point in points]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
