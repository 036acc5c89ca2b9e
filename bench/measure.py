"""What a claim comes out as, and the few statistics that are needed for it."""

from collections.abc import Sequence
from statistics import median
from typing import Literal

import msgspec

Unit = Literal["x", "times", "ms", "MB"]
"""Of ``x`` more is better, of the others less: ``times`` is a ratio, too, but of what is to stay small."""


class BenchFailed(Exception):
    """Something was not as it must be before a figure means anything: an event lost, a setting not durable."""


class Line(msgspec.Struct, frozen=True):
    """One line of the results: a figure, what it must reach, and the absolute figures beside it."""

    claim: str
    what: str
    figure: float
    unit: Unit
    beside: str
    floor: float | None = None
    goal: float | None = None
    short_of: str = ""
    """What this was to be measured with and was not, for want of time: then no mark is reached."""

    @property
    def met(self) -> bool | None:
        """Whether the floor is met; None where there is none."""
        return self._reaches(self.floor)

    @property
    def goal_met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        return self._reaches(self.goal)

    def _reaches(self, mark: float | None) -> bool | None:
        if mark is None:
            return None
        if self.short_of:
            return False
        return self.figure >= mark if self.unit == "x" else self.figure <= mark


def ratio(measured: Sequence[float], baseline: Sequence[float]) -> float:
    """The ratio of the medians of rates that were measured in turns."""
    return median(measured) / median(baseline)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def slope(points: Sequence[tuple[float, float]]) -> float:
    """By how much y rises with each x: the line of least squares through the points."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def rates(values: Sequence[float]) -> str:
    """The median with the least and the most, as whole numbers."""
    return f"{median(values):,.0f}/s ({min(values):,.0f} to {max(values):,.0f})"
