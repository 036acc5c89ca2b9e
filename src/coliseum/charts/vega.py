"""The same spec in Vega-Lite, for who takes a chart elsewhere: notebooks, editors, other pages. Pure."""

from datetime import datetime
from typing import Any, Final

from coliseum.charts.chart import Chart, Point

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"
MARKS: Final = {
    "line": {"type": "line", "point": False}, "area": {"type": "area", "line": True, "opacity": 0.2},
    "bar": {"type": "bar"}, "stacked": {"type": "bar"}, "grouped": {"type": "bar"}, "funnel": {"type": "bar"},
}  # fmt: skip
TYPES: Final = {"time": "temporal", "text": "nominal", "number": "quantitative"}


def vega_lite(chart: Chart) -> dict[str, Any]:
    """The chart as a Vega-Lite spec; values in whole units, so that 1234 cents are 12.34."""
    rows = [
        {
            "x": _point(point),
            "series": series.name,
            "value": value / 10**chart.y.decimals if chart.y.decimals else value,
        }
        for series in chart.series
        for point, value in zip(chart.points, series.values, strict=True)
        if value is not None
    ]
    unit = f" ({chart.y.unit})" if chart.y.unit else ""
    x = {"field": "x", "type": TYPES[chart.x.kind], "title": chart.x.title, "sort": None}
    y: dict[str, Any] = {"field": "value", "type": "quantitative", "title": chart.y.title + unit}
    y["stack"] = "zero" if chart.kind == "stacked" else "center" if chart.kind == "funnel" else None
    if chart.x.kind != "text" and chart.kind not in ("line", "area"):
        x["type"] = "ordinal"
    encoding: dict[str, Any] = {"y": x, "x": y} if chart.lies else {"x": x, "y": y}
    encoding["color"] = {"field": "series", "type": "nominal", "title": None, "sort": None}
    if chart.kind in ("bar", "grouped"):
        encoding["yOffset" if chart.lies else "xOffset"] = {"field": "series", "sort": None}
    return {
        "$schema": SCHEMA, "title": chart.title, "width": 640, "height": 260, "data": {"values": rows},
        "mark": MARKS[chart.kind], "encoding": encoding,
    }  # fmt: skip


def _point(point: Point) -> str | int:
    return point.isoformat() if isinstance(point, datetime) else point
