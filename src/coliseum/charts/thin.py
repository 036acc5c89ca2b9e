"""Fewer points than there are, when more than there are pixels would be drawn. Pure.

Lines keep the points that shape them: largest triangle three buckets (S. Steinarsson, 2013). Bars are summed.
"""

from collections.abc import Sequence

Values = Sequence[int | None]


def largest_triangles(values: Values, count: int) -> list[int]:
    """The places of at most ``count`` values that keep the shape of a line; the first and the last among them."""
    size = len(values)
    if size <= count or count < 3:
        return list(range(size))
    heights = [0 if value is None else value for value in values]
    kept, bucket = [0], (size - 2) / (count - 2)
    for place in range(count - 2):
        begin, end = int(place * bucket) + 1, int((place + 1) * bucket) + 1
        after = heights[end : min(int((place + 2) * bucket) + 1, size)] or heights[-1:]
        ahead, height = end + (len(after) - 1) / 2, sum(after) / len(after)
        last = kept[-1]
        kept.append(max(range(begin, end), key=_triangle(heights, last, ahead, height)))
    return [*kept, size - 1]


class _triangle:  # noqa: N801 - used as a function
    """Twice the area of the triangle between the last kept point, a point, and the middle of the bucket ahead."""

    def __init__(self, heights: Sequence[int], last: int, ahead: float, height: float) -> None:
        self._heights, self._last, self._run, self._rise = heights, last, ahead - last, height - heights[last]

    def __call__(self, place: int) -> float:
        return abs(self._run * (self._heights[place] - self._heights[self._last]) - (place - self._last) * self._rise)


def sums(values: Values, size: int) -> list[int | None]:
    """The sums of so many values each; None where there are none at all."""
    found: list[int | None] = []
    for begin in range(0, len(values), size):
        there = [value for value in values[begin : begin + size] if value is not None]
        found.append(sum(there) if there else None)
    return found
