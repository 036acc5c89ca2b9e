"""Charts whose bars lie: one row a point, its name above its bars. Names have all the room there is."""

from typing import Final

from coliseum.charts.canvas import FONT, Canvas, Layout, colour_of
from coliseum.charts.chart import Chart
from coliseum.charts.scales import Scale
from coliseum.charts.words import DAY, Speech, cleaned, shortened, width_of

ROWS_MAX: Final = 50
BAR: Final = 12
NAME: Final = 18
GAP: Final = 12


class Lying:
    """One drawing of such a chart."""

    def __init__(self, chart: Chart, layout: Layout, speech: Speech, label: str, top: float = 0) -> None:
        self.chart, self.speech = chart, speech
        self.rows = min(len(chart.points), ROWS_MAX)
        self.bars = 1 if chart.kind in ("stacked", "funnel") else max(len(chart.series), 1)
        self.row = NAME + self.bars * (BAR + 2) + GAP
        self.top = top + 4
        self.canvas = Canvas(layout, self.top + self.rows * self.row, label)
        self.columns = [each.values[: self.rows] for each in chart.series]
        low, high = self._extent()
        self.x = Scale(low, max(high, low + 1), 2, layout.width - 2)

    def draw(self) -> Canvas:
        """The drawing."""
        for number in range(self.rows):
            self._row(number, self.top + number * self.row)
        return self.canvas

    def _extent(self) -> tuple[int, int]:
        rows = list(zip(*self.columns, strict=True))
        if self.chart.kind == "stacked":
            return (min((sum(min(each or 0, 0) for each in row) for row in rows), default=0),
                    max((sum(max(each or 0, 0) for each in row) for row in rows), default=0))  # fmt: skip
        values = [value or 0 for row in rows for value in row]
        return min([0, *values]), max([0, *values])

    def _row(self, number: int, top: float) -> None:
        width, chart = self.canvas.layout.width, self.chart
        name = cleaned(self.speech.point(chart.points[number], DAY))
        value = self._said(number)
        room = width / FONT - width_of(value) - 1
        self.canvas.text("ch-name", 2, top + FONT, shortened(name, room))
        self.canvas.text("ch-value", width - 2, top + FONT, value, "end")
        below = top + NAME
        if chart.kind == "funnel":
            self._funnel(number, below)
        elif chart.kind == "stacked":
            self._stack(number, below)
        else:
            for place, column in enumerate(self.columns):
                faint = " faint" if chart.series[place].faint else ""
                self._bar(colour_of(place) + faint, below + place * (BAR + 2), 0, column[number] or 0)
        values = [f"{each.name}: {self.speech.number(column[number], chart.y)}"
                  for each, column in zip(chart.series, self.columns, strict=True)]  # fmt: skip
        self.canvas.hit(0, top, width, self.row - GAP / 2, [name, *values])

    def _said(self, number: int) -> str:
        """What stands at the end of a row: the value, when there is one; of a funnel, its part of the first step."""
        values = [column[number] for column in self.columns]
        if len(values) != 1:
            return (
                ""
                if self.chart.kind != "stacked"
                else self.speech.number(sum(each or 0 for each in values), self.chart.y)
            )
        said = self.speech.number(values[0], self.chart.y)
        if self.chart.kind != "funnel" or number == 0:
            return said
        return f"{said} · {self.speech.percent(values[0] or 0, self.columns[0][0] or 0)}"

    def _funnel(self, number: int, top: float) -> None:
        """A bar in the middle of a track that is as wide as the first step."""
        full = self.x.end - self.x.start
        self.canvas.add("rect", "ch-track", x=self.x.start, y=top, width=full, height=BAR, rx=3)
        for column in self.columns[:1]:
            value = max(column[number] or 0, 0)
            width = full * value / max(self.x.high, 1)
            if width:
                left = self.x.start + (full - width) / 2
                self.canvas.add("rect", "ch-bar s1", x=left, y=top, width=width, height=BAR, rx=3)

    def _stack(self, number: int, top: float) -> None:
        up = down = 0
        for place, column in enumerate(self.columns):
            value = column[number] or 0
            base = up if value >= 0 else down
            self._bar(colour_of(place), top, base, base + value)
            up, down = (up + value, down) if value >= 0 else (up, down + value)

    def _bar(self, colour: str, top: float, low: int, high: int) -> None:
        if low == high:
            return
        left, right = sorted((self.x.at(low), self.x.at(high)))
        self.canvas.add("rect", f"ch-bar {colour}", x=left, y=top, width=max(right - left, 1), height=BAR, rx=2)
