"""Charts on pages: in the words and the locale of who looks, and in the tenant's time zone."""

from functools import cache
from typing import Any, Final

from litestar import Request
from markupsafe import Markup

from coliseum.charts import Chart, Words, figure
from coliseum.web.ui.shell import Shell
from coliseum.web.ui.text import _, translations

SENTENCES: Final = {
    "table": _("Show the data"),
    "file": _("Download CSV"),
    "nothing": _("There is nothing in this period yet."),
    "thinned": _("Drawn from {points} points; the table and the file have them exactly."),
    "binned": _("Each bar is the sum of {size} points; the table and the file have them one by one."),
    "cut": _("The first {shown} of {points} are drawn."),
    "unfinished": _("The last point is not over yet."),
    "table_cut": _("The first {shown} of {points} rows; the file has them all."),
    "line": _("Line chart"),
    "area": _("Area chart"),
    "bar": _("Bar chart"),
    "stacked": _("Stacked bar chart"),
    "grouped": _("Grouped bar chart"),
    "funnel": _("Funnel"),
    "described": _("{name}: lowest {low} ({low_at}), highest {high} ({high_at})."),
}
"""What stands around a chart, by the names of ``Words``."""


async def figure_for(request: Request[Any, Any, Any], chart: Chart) -> Markup:
    """The chart as a ``<figure>`` for whoever has made this request: ``{{ figure }}`` in a template."""
    shell = Shell(request)
    return await figure(chart, shell.formats.zone, str(shell.locale), words_in(shell.language))


@cache
def words_in(language: str) -> Words:
    """The sentences around charts in a language there are words for."""
    told = translations(language).gettext
    return Words(**{name: told(sentence) for name, sentence in SENTENCES.items()})
