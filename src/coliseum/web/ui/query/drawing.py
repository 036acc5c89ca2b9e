"""Which chart fits an answer, and the chart itself. A viewer may choose another one among those that can be drawn."""

from datetime import datetime
from typing import Final

from coliseum.charts import Axis, Chart, Series
from coliseum.charts.chart import Kind
from coliseum.dashboards.panels import ChartName
from coliseum.metrics.registry import metric_named
from coliseum.queries.breakdown import Breakdown, Line
from coliseum.web.ui.counting import UNITS
from coliseum.web.ui.numbers import decimals_of, unit_of
from coliseum.web.ui.query.words import BEFORE, NAMELESS, OTHERS, SHARED, SPLITS, TOTAL, UNASSIGNED, WINDOWS, Say

LINES_MAX: Final = 6
"""More lines than this nobody tells apart: what is beyond them goes with the others."""
DRAWN: Final[dict[ChartName, Kind]] = {
    "line": "line", "area": "area", "stacked": "stacked", "bar": "bar", "grouped": "grouped",
}  # fmt: skip


def fitting(found: Breakdown) -> list[ChartName]:
    """The charts that an answer can be drawn as, the one that fits best first.

    Over time a line shows how a total moves; parts of a whole are stacked, so that the whole can be seen, where they
    add up, and otherwise are lines. Without time, parts are bars in order, two of each beside another period in which
    something was counted; one number is a figure.
    """
    split, over_time = found.split != "none", found.grain is not None
    compared = bool(found.total.before) or any(part.before for part in found.parts)
    if not over_time:
        if not split or not found.parts:
            return ["figure", "table"]
        return ["grouped", "bar", "table", "figure"] if compared else ["bar", "table", "figure"]
    if not split:
        best: list[ChartName] = ["line", "bar"] if compared else ["line", "area", "bar"]
        return [*best, "table", "figure"]
    if found.additive and _never_negative(found):
        return ["stacked", "area", "line", "table", "figure"]
    return ["line", "table", "figure"]


def chosen(found: Breakdown, wanted: ChartName) -> ChartName:
    """The chart that is wanted, if it can be drawn; else the one that fits."""
    there_are = fitting(found)
    return wanted if wanted in there_are else there_are[0]


def drawn(found: Breakdown, kind: ChartName, title: str, now: datetime, say: Say) -> Chart | None:
    """The chart of an answer; None when it is no drawing, or there is nothing to draw."""
    if kind not in DRAWN or not (found.total.value or found.total.before or any(found.total.values)):
        return None
    metric = metric_named(found.metric)
    currency = found.currency or ""
    unit = unit_of(metric, currency)
    y = Axis(say(TOTAL), "number", decimals_of(metric, currency), say(UNITS[unit]) if unit in UNITS else unit)
    if found.grain is None:
        return _by_part(found, kind, title, y, say)
    return _over_time(found, kind, title, y, now, say)


def name_of(found: Breakdown, name: str | None, say: Say) -> str:
    """A part's name; a fan who was forgotten has none."""
    return name or (say(NAMELESS) if found.split == "fan" else "?")


def others_of(found: Breakdown, shown: int, say: Say) -> str:
    """What all parts beyond those shown are called."""
    return say(OTHERS).format(number=found.members - shown)


def rest_of(found: Breakdown, say: Say) -> str:
    """What is neither a part nor of the others."""
    return say(UNASSIGNED).format(split=say(SPLITS[found.split])) if found.additive else say(SHARED)


def _by_part(found: Breakdown, kind: ChartName, title: str, y: Axis, say: Say) -> Chart:
    names = [name_of(found, part.name, say) for part in found.parts]
    lines: list[Line] = list(found.parts)
    if found.others.value:
        names, lines = [*names, others_of(found, len(found.parts), say)], [*lines, found.others]
    if found.additive and found.rest.value:
        names, lines = [*names, rest_of(found, say)], [*lines, found.rest]
    series = [Series(say(WINDOWS.get(found.window, TOTAL)), tuple(line.value for line in lines))]
    if kind == "grouped":
        series.append(Series(say(BEFORE), tuple(line.before or 0 for line in lines), faint=True))
    x = Axis(say(SPLITS[found.split]), "text")
    return Chart(DRAWN[kind], title, x, y, tuple(names), tuple(series))


def _over_time(found: Breakdown, kind: ChartName, title: str, y: Axis, now: datetime, say: Say) -> Chart:
    """Up to now: what has not begun yet is no zero."""
    buckets = [bucket for bucket in found.period.buckets if bucket <= now] or found.period.buckets[:1]
    count = len(buckets)

    def cut(values: list[int]) -> tuple[int | None, ...]:
        return tuple([*values, *[None] * count][:count])

    if found.split == "none":
        series = [Series(y.title, cut(found.total.values))]
        if found.total.before and kind == "line":
            series.append(Series(say(BEFORE), cut(found.total.before_values), faint=True))
    else:
        series = [Series(name, cut(values)) for name, values in _lines(found, say)]
    return Chart(DRAWN[kind], title, Axis(say(TOTAL), "time"), y, tuple(buckets), tuple(series))


def _lines(found: Breakdown, say: Say) -> list[tuple[str, list[int]]]:
    """The parts over time, as many as can be told apart, and with those that add up what is left of the whole."""
    room = LINES_MAX if not found.additive else LINES_MAX - 1
    shown = found.parts if len(found.parts) <= room else found.parts[:room]
    lines = [(name_of(found, part.name, say), part.values) for part in shown]
    if not found.additive:
        return lines
    left = [part.values for part in found.parts[len(shown) :]]
    if found.others.value or any(found.others.values) or left:
        together = [sum(column) for column in zip(found.others.values, *left, strict=True)]
        lines.append((others_of(found, len(shown), say), together))
    if any(found.rest.values):
        lines.append((rest_of(found, say), found.rest.values))
    return lines


def _never_negative(found: Breakdown) -> bool:
    return all(value >= 0 for line in (*found.parts, found.others, found.rest) for value in line.values)
