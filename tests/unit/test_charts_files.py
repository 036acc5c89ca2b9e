"""Page, PDF, PNG and Vega-Lite come from one spec: what is drawn is the same, whoever draws it."""

from typing import Any

import pytest
import vl_convert

from coliseum.charts import Axis, Chart, Series, figure_of, vega_lite
from coliseum.charts.canvas import LAYOUTS
from coliseum.charts.export import pdf, png, svg
from coliseum.charts.paint import DARK, LIGHT
from support.charting import KINDS, drawings, drawn, hostile, hours, line, parsed, speech


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("kind", KINDS)
def test_the_file_is_the_drawing_of_the_page(kind: str, layout: Any) -> None:
    chart = line((3, 1, 4, 1, 5), kind)  # type: ignore[arg-type]
    page = next(root for root in drawings(figure_of(chart, speech())) if root.attrib["class"] == f"chart-{layout.name}")
    file = parsed(svg(chart, speech(), LIGHT, layout))
    geometry = ("d", "x", "y", "width", "height", "x1", "y1", "cx", "cy")
    shapes = [
        [
            {name: each.attrib[name] for name in geometry if name in each.attrib}
            for each in root.iter()
            if each.get("class")
        ]
        for root in (page, file)
    ]
    assert shapes[0][1:] == shapes[1][1:]  # the root of a file says its size


@pytest.mark.parametrize("kind", KINDS)
def test_every_shape_of_a_file_has_a_colour_of_its_own(kind: str) -> None:
    for theme in (LIGHT, DARK):
        root = parsed(svg(hostile(kind), speech(), theme))  # type: ignore[arg-type]
        for each in root.iter():
            if each.get("class", "").startswith("ch-"):
                assert "fill" in each.attrib or "stroke" in each.attrib


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_make_a_pdf_and_a_picture(kind: str) -> None:
    assert pdf(hostile(kind), speech()).startswith(b"%PDF-")  # type: ignore[arg-type]
    assert png(hostile(kind), speech(), DARK).startswith(b"\x89PNG\r\n")  # type: ignore[arg-type]


def test_another_number_is_another_pdf() -> None:
    assert svg(line((1, 2)), speech()) != svg(line((2, 1)), speech())
    assert png(line((1, 2)), speech()) != png(line((2, 1)), speech())


def marks(node: Any) -> list[Any]:
    """The rectangles of a scene graph of Vega that stand for values."""
    found = []
    if isinstance(node, dict):
        if node.get("marktype") == "rect" and "mark" in str(node.get("role", "")) and node.get("name") == "marks":
            found.extend(node["items"])
        for each in node.values():
            found.extend(marks(each))
    elif isinstance(node, list):
        for each in node:
            found.extend(marks(each))
    return found


def test_bars_are_as_high_as_vega_draws_them() -> None:
    values = (7, 0, 120, 33, 64)
    chart = Chart("bar", "Votes", Axis("Hour", "time"), Axis("Votes"), hours(5), (Series("Votes", values),))
    theirs = [bar["height"] for bar in marks(vl_convert.vegalite_to_scenegraph(vega_lite(chart)))]
    ours = [float(bar.attrib["height"]) for bar in drawn(parsed(svg(chart, speech())), "ch-bar")]
    assert [each / max(ours) for each in ours] == pytest.approx(
        [each / max(theirs) for each in theirs if each], abs=0.005
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("x", ["time", "text", "number"])
def test_vega_takes_every_spec(kind: Any, x: Any) -> None:
    points: Any = {"time": hours(3), "text": ("a", "b", "c"), "number": (1, 2, 3)}[x]
    series = (Series("one", (150, None, 3)), Series("two", (1, 2, 3), faint=True))
    chart = Chart(kind, "Money", Axis("X", x), Axis("Money", "number", 2, "EUR"), points, series)
    spec = vega_lite(chart)
    assert {row["value"] for row in spec["data"]["values"] if row["series"] == "one"} == {1.5, 0.03}
    assert "<svg" in vl_convert.vegalite_to_svg(spec)
