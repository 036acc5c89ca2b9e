"""Charts: one spec for page, table, file, PDF and Vega-Lite. Knows nothing of metrics, tenants or stores.

``Chart`` says what is shown. ``figure`` makes a part of a page of it: drawings without a style of their own, which the
page's style sheet colours, with the very numbers as a table and as a file behind them. ``export`` makes files of the
same drawing, and ``vega_lite`` the same spec for other tools. Why it is drawn here and not by Vega in the web process
stands in decision 48.
"""

from datetime import tzinfo

from markupsafe import Markup

from coliseum.charts.chart import Axis, Chart, ChartInvalid, Series
from coliseum.charts.figure import WORDS, Figures, figure_of
from coliseum.charts.spark import spark
from coliseum.charts.vega import vega_lite
from coliseum.charts.words import Speech, Words

_FIGURES = Figures()


async def figure(chart: Chart, zone: tzinfo, locale: str = "en", words: Words = WORDS) -> Markup:
    """The chart as a ``<figure>``, made once for all who want the same in this process."""
    return await _FIGURES.figure(chart, zone, locale, words)


__all__ = [
    "Axis", "Chart", "ChartInvalid", "Figures", "Series", "Speech", "Words", "figure", "figure_of", "spark",
    "vega_lite",
]  # fmt: skip
