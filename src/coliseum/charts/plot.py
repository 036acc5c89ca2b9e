"""Charts over time or numbers: lines, areas, and bars that stand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from coliseum.charts.canvas import FONT, Canvas, Layout, colour_of
from coliseum.charts.chart import Chart, Series
from coliseum.charts.scales import Scale, round_moments, round_values
from coliseum.charts.thin import largest_triangles, sums
from coliseum.charts.words import Speech, shortened, step_of, width_of

LINE_POINTS_MAX: Final = 400
BARS_MAX: Final = 120
HITS_MAX: Final = 200
HIT_WIDTH_MIN: Final = 5
"""Narrower than this nothing can be pointed at."""
TOP: Final = 12
BOTTOM: Final = 26
RIGHT: Final = 14


def bin_size(chart: Chart) -> int:
    """How many points a bar is the sum of."""
    return 1 if chart.kind in ("line", "area") or chart.lies else -(-len(chart.points) // BARS_MAX)


def is_thinned(chart: Chart) -> bool:
    """Whether a line leaves points out."""
    return chart.kind in ("line", "area") and len(chart.points) > LINE_POINTS_MAX


class Plot:
    """One drawing of a chart that has an axis below and one at its side."""

    def __init__(self, chart: Chart, layout: Layout, speech: Speech, label: str, top: float = 0) -> None:
        self.chart, self.speech = chart, speech
        self.canvas = Canvas(layout, layout.height + top, label)
        self.bars = chart.kind not in ("line", "area")
        self.size = bin_size(chart)
        self.columns = [each.values if self.size == 1 else sums(each.values, self.size) for each in chart.series]
        self.count = len(self.columns[0]) if self.columns else 0
        low, high = self._extent()
        ticks = round_values(low, high, 3 if layout.width < 500 else 4, 10**chart.y.decimals)
        rough = [speech.rough(value, chart.y) for value in ticks]
        self.left = max(map(width_of, rough)) * FONT + 12
        self.top, self.bottom = top + TOP, top + layout.height - BOTTOM
        self.y = Scale(ticks[0], ticks[-1], self.bottom, self.top)
        self.right = layout.width - RIGHT
        self._axis(ticks, rough)
        self._set_places()

    def draw(self) -> Canvas:
        """The drawing."""
        self._ticks()
        if self.chart.kind == "stacked":
            self._stacks()
        elif self.bars:
            self._groups()
        else:
            faint_first = sorted(enumerate(self.chart.series), key=lambda each: not each[1].faint)
            for place, series in faint_first:
                self._line(place, series)
        self._hits()
        return self.canvas

    def _extent(self) -> tuple[int, int]:
        if self.chart.kind == "stacked":
            stacks = list(zip(*self.columns, strict=True))
            return (
                min((sum(min(each or 0, 0) for each in stack) for stack in stacks), default=0),
                max((sum(max(each or 0, 0) for each in stack) for stack in stacks), default=0),
            )
        values = [value for column in self.columns for value in column if value is not None]
        return min(values, default=0), max(values, default=0)

    def _axis(self, ticks: Sequence[int], rough: Sequence[str]) -> None:
        for value, words in zip(ticks, rough, strict=True):
            at = self.y.at(value)
            classes = "ch-zero" if value == 0 else "ch-grid"
            self.canvas.add("line", classes, x1=self.left, x2=self.right, y1=at, y2=at)
            self.canvas.text("ch-tick", self.left - 8, at + 4, words, "end")

    def _set_places(self) -> None:
        """Where each point stands: by its value on a line, in slots of equal width with bars and texts."""
        width = self.right - self.left
        self.slot = width / max(self.count, 1)
        if self.bars or self.chart.x.kind == "text":
            self.x = [self.left + (place + 0.5) * self.slot for place in range(self.count)]
            return
        numbers = [_number(point) for point in self.chart.points]
        scale = Scale(min(numbers, default=0), max(numbers, default=0), self.left + 4, self.right - 4)
        self.x = [scale.at(number) for number in numbers]

    def _ticks(self) -> None:
        points, room = self.chart.points[:: self.size], self.right - self.left
        if self.chart.x.kind == "time" and points:
            self._time_ticks([point for point in points if isinstance(point, datetime)], room)
            return
        step = step_of(self.chart)
        each = max(1, -(-self.count // max(1, int(room / 64))))
        for place in range(0, self.count, each):
            words = shortened(self.speech.point(points[place], step), max(self.slot * each / FONT, 4))
            self.canvas.text("ch-tick", self.x[place], self.bottom + 18, words, "middle")

    def _time_ticks(self, moments: list[datetime], room: float) -> None:
        wanted, own = max(2, int(room / 74)), step_of(self.chart)
        if len(moments) <= wanted:
            ticks, step = moments, own
        else:
            ticks, step = round_moments(moments[0], moments[-1], wanted, self.speech.zone)
        last = -1e9
        for number, moment in enumerate(ticks):
            at, words = self._at(moment, moments), self.speech.tick(moment, step, first=number == 0)
            half = width_of(words) * FONT / 2
            at_inside = min(max(at, half), self.canvas.layout.width - half)
            if at_inside - half > last + 6:
                self.canvas.text("ch-tick", at_inside, self.bottom + 18, words, "middle")
                last = at_inside + half

    def _at(self, moment: datetime, moments: list[datetime]) -> float:
        """Where a moment stands, between the points around it."""
        after = next((place for place, each in enumerate(moments) if each >= moment), len(moments) - 1)
        if moments[after] == moment or after == 0:
            return self.x[after]
        before = after - 1
        share = (moment - moments[before]) / (moments[after] - moments[before])
        return self.x[before] + share * (self.x[after] - self.x[before])

    def _line(self, place: int, series: Series) -> None:
        colour = colour_of(place) + (" faint" if series.faint else "")
        for run in _runs(series.values, _kept(series.values)):
            at = [(self.x[each], self.y.at(series.values[each] or 0)) for each in run]
            if len(at) == 1:
                self.canvas.add("circle", f"ch-dot {colour}", cx=at[0][0], cy=at[0][1], r=3.5)
                continue
            if self.chart.kind == "area" and not series.faint:
                zero = self.y.at(0)
                closed = f"{_path(at)}L{at[-1][0]:g} {zero:g}L{at[0][0]:g} {zero:g}Z"
                self.canvas.add("path", f"ch-area {colour}", d=closed)
            if self.chart.unfinished and run[-1] == self.count - 1 and not series.faint:
                self.canvas.add("path", f"ch-line {colour} open", d=_path(at[-2:]))
                at = at[:-1]
            if len(at) > 1:
                self.canvas.add("path", f"ch-line {colour}", d=_path(at))

    def _groups(self) -> None:
        width = self.slot * 0.78 / max(len(self.columns), 1)
        for place, column in enumerate(self.columns):
            classes = f"ch-bar {colour_of(place)}{' faint' if self.chart.series[place].faint else ''}"
            for number, value in enumerate(column):
                left = self.x[number] - self.slot * 0.39 + place * width
                self._bar(classes, left, width, 0, value or 0)

    def _stacks(self) -> None:
        for number in range(self.count):
            up = down = 0
            for place, column in enumerate(self.columns):
                value = column[number] or 0
                base = up if value >= 0 else down
                self._bar(f"ch-bar {colour_of(place)}", self.x[number] - self.slot * 0.39, self.slot * 0.78, base,
                          base + value)  # fmt: skip
                up, down = (up + value, down) if value >= 0 else (up, down + value)

    def _bar(self, classes: str, left: float, width: float, low: int, high: int) -> None:
        if low == high:
            return
        top, bottom = sorted((self.y.at(low), self.y.at(high)))
        self.canvas.add("rect", classes, x=left, y=top, width=max(width, 0.5), height=max(bottom - top, 0.5))

    def _hits(self) -> None:
        if self.count > HITS_MAX or self.slot < HIT_WIDTH_MIN:
            return
        names, axis = self.speech.points(self.chart)[:: self.size], self.chart.y
        for place in range(self.count):
            values = [f"{each.name}: {self.speech.number(column[place], axis)}"
                      for each, column in zip(self.chart.series, self.columns, strict=True)]  # fmt: skip
            begin = self.left if place == 0 else (self.x[place - 1] + self.x[place]) / 2
            end = self.right if place == self.count - 1 else (self.x[place] + self.x[place + 1]) / 2
            self.canvas.hit(begin, self.top, end - begin, self.bottom - self.top, [names[place], *values])


def _path(at: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if number else 'M'}{left:g} {top:g}" for number, (left, top) in enumerate(at))


def _number(point: object) -> float:
    if isinstance(point, datetime):
        return (point - EPOCH) / timedelta(seconds=1)
    return float(point) if isinstance(point, int) else 0.0


EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@lru_cache(maxsize=64)
def _kept(values: tuple[int | None, ...]) -> list[int]:
    """The same for all sizes of a drawing."""
    return largest_triangles(values, LINE_POINTS_MAX)


def _runs(values: Sequence[int | None], places: Sequence[int]) -> list[list[int]]:
    """The places that are drawn as one line each: where there is no value, a line breaks off."""
    runs: list[list[int]] = [[]]
    for place in places:
        if values[place] is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if run]
