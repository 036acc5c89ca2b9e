"""From the spec to a drawing: which kind, which size, and with a legend of its own when it is to be a file."""

from coliseum.charts.canvas import FONT, Canvas, Layout, colour_of
from coliseum.charts.chart import Chart
from coliseum.charts.lying import Lying
from coliseum.charts.plot import Plot
from coliseum.charts.words import Speech, cleaned, shortened, step_of, width_of

HEADING = 30
LEGEND_ROW = 20


def draw(chart: Chart, layout: Layout, speech: Speech, label: str = "") -> Canvas:
    """The chart in one size; with heading and legend when the layout says so. ``label``: what it is in a sentence."""
    legend = _legend(chart, layout) if layout.legend else []
    top = HEADING + len(legend) * LEGEND_ROW if layout.legend else 0
    kind = Lying if chart.lies else Plot
    canvas = kind(chart, layout, speech, label or described(chart, speech), top).draw()
    if layout.legend:
        canvas.text("ch-heading", 8, 22, shortened(cleaned(chart.title), layout.width / 16 - 2))
        for number, row in enumerate(legend):
            for left, place, name in row:
                y = HEADING + number * LEGEND_ROW
                canvas.add("rect", f"ch-swatch {colour_of(place)}", x=left, y=y + 3, width=12, height=12, rx=3)
                canvas.text("ch-name", left + 18, y + 13, name)
    return canvas


def described(chart: Chart, speech: Speech) -> str:
    """The chart in a sentence or two, for who does not see it."""
    words, step = speech.words, step_of(chart)
    said = [f"{getattr(words, chart.kind)}: {cleaned(chart.title)}."]
    for series in chart.series[:6]:
        there = [(value, -place) for place, value in enumerate(series.values) if value is not None]
        if there:
            (low, low_at), (high, high_at) = min(there, key=lambda each: (each[0], -each[1])), max(there)
            at = [speech.point(chart.points[-place], step) for place in (low_at, high_at)]
            said.append(words.described.format(
                name=cleaned(series.name), low=speech.number(low, chart.y), low_at=at[0],
                high=speech.number(high, chart.y), high_at=at[1],
            ))  # fmt: skip
    return " ".join(said)


def _legend(chart: Chart, layout: Layout) -> list[list[tuple[float, int, str]]]:
    """Rows of (left edge, place of the series, its name); none when there is but one series."""
    if len(chart.series) < 2:
        return []
    rows: list[list[tuple[float, int, str]]] = [[]]
    left = 8.0
    for place, series in enumerate(chart.series):
        name = shortened(cleaned(series.name), 20)
        width = 18 + width_of(name) * FONT + 18
        if rows[-1] and left + width > layout.width:
            rows.append([])
            left = 8.0
        rows[-1].append((left, place, name))
        left += width
    return rows
