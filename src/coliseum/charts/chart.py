"""The one spec of a chart: what page, table, file, PDF and Vega-Lite are all made of. Values are integers."""

from datetime import datetime
from itertools import pairwise
from typing import Literal, get_args

import msgspec

Kind = Literal["line", "area", "bar", "stacked", "grouped", "funnel"]
AxisKind = Literal["time", "text", "number"]
Point = datetime | str | int
KINDS: tuple[Kind, ...] = get_args(Kind)
POINTS_MAX = 100_000
SERIES_MAX = 64
DECIMALS_MAX = 6


class ChartInvalid(ValueError):
    """What is wrong with a spec."""


class Axis(msgspec.Struct, frozen=True):
    """What is told along an axis. ``decimals``: of the integer values, how many places stand behind the point."""

    title: str
    kind: AxisKind = "number"
    decimals: int = 0
    unit: str = ""

    def __post_init__(self) -> None:
        """Check the number of decimals."""
        if not 0 <= self.decimals <= DECIMALS_MAX:
            raise ChartInvalid(f"An axis has 0 to {DECIMALS_MAX} decimals.")


class Series(msgspec.Struct, frozen=True):
    """One line, or the bars of one colour: a value a point, None where there is none.

    ``faint``: what the others are compared with, such as the period before. ``leads``: where each number of the table
    leads, to what it is the sum of; nowhere when it is empty.
    """

    name: str
    values: tuple[int | None, ...]
    faint: bool = False
    leads: tuple[str, ...] = ()


class Chart(msgspec.Struct, frozen=True):
    """A chart. Points of a time axis are where buckets begin, in order, with their time zone.

    ``unfinished``: the last bucket is not over yet, so that its values will still grow.
    """

    kind: Kind
    title: str
    x: Axis
    y: Axis
    points: tuple[Point, ...]
    series: tuple[Series, ...]
    unfinished: bool = False

    def __post_init__(self) -> None:
        """Check that every series has a value for every point, and that points are what the axis says."""
        if self.kind not in KINDS:
            raise ChartInvalid(f"A chart is one of {', '.join(KINDS)}.")
        if len(self.points) > POINTS_MAX or len(self.series) > SERIES_MAX:
            raise ChartInvalid(f"A chart has at most {POINTS_MAX} points and {SERIES_MAX} series.")
        if any(len(each.values) != len(self.points) for each in self.series):
            raise ChartInvalid("Every series has a value for every point.")
        if any(each.leads and len(each.leads) != len(self.points) for each in self.series):
            raise ChartInvalid("A series whose numbers lead somewhere has an address for every point.")
        wanted = {"time": datetime, "text": str, "number": int}[self.x.kind]
        if not all(isinstance(point, wanted) for point in self.points):
            raise ChartInvalid(f"A point of this axis is a {wanted.__name__}.")
        if self.x.kind == "time":
            _check_moments([point for point in self.points if isinstance(point, datetime)])

    @property
    def lies(self) -> bool:
        """Whether bars lie, one row a point: names need room, and a telephone is narrow."""
        return self.kind == "funnel" or (self.x.kind == "text" and self.kind not in ("line", "area"))


def _check_moments(points: list[datetime]) -> None:
    if any(point.tzinfo is None for point in points):
        raise ChartInvalid("A moment has a time zone.")
    if any(after <= before for before, after in pairwise(points)):
        raise ChartInvalid("Moments are in order.")
