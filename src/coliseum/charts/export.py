"""The same drawing as a file: SVG in the colours of a theme, PDF and PNG of that. Only here is vl-convert called."""

from typing import Final

import vl_convert

from coliseum.charts.canvas import FILE, Layout
from coliseum.charts.chart import Chart
from coliseum.charts.drawing import draw
from coliseum.charts.paint import LIGHT, Theme, painted
from coliseum.charts.words import Speech

PNG_SCALE: Final = 2.0


def svg(chart: Chart, speech: Speech, theme: Theme = LIGHT, layout: Layout = FILE) -> bytes:
    """The chart as a file of its own, with heading and legend."""
    return painted(draw(chart, layout, speech).root, theme)


def pdf(chart: Chart, speech: Speech, theme: Theme = LIGHT, layout: Layout = FILE) -> bytes:
    """The chart as one page of PDF, as large as the chart."""
    return bytes(vl_convert.svg_to_pdf(svg(chart, speech, theme, layout).decode()))


def png(chart: Chart, speech: Speech, theme: Theme = LIGHT, layout: Layout = FILE) -> bytes:
    """The chart as a picture, twice as many pixels wide as the layout says."""
    return bytes(vl_convert.svg_to_png(svg(chart, speech, theme, layout).decode(), scale=PNG_SCALE))
