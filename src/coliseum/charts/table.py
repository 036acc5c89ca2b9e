"""The numbers behind a chart: as a table of a page, and as a file that no spreadsheet takes for a formula."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from markupsafe import Markup, escape

from coliseum.charts.chart import Axis, Chart, Point, Series
from coliseum.charts.words import Speech, cleaned

ROWS_MAX: Final = 500
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet calculate with a text instead of showing it."""


def table(chart: Chart, speech: Speech) -> Markup:
    """The first rows, each value with all its decimals in the viewer's locale."""
    heads = [_titled(chart.x), *[_titled(Axis(each.name, unit=chart.y.unit)) for each in chart.series]]
    head = Markup("").join(Markup('<th scope="col"><bdi>{}</bdi></th>').format(each) for each in heads)
    names = speech.points(chart, ROWS_MAX)
    rows = Markup("".join(_row(chart, speech, number, name) for number, name in enumerate(names)))  # noqa: S704 - escaped
    caption = Markup('<caption class="unseen">{}</caption>').format(cleaned(chart.title))
    return Markup('<table class="chart-table">{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(
        caption, head, rows
    )


def _row(chart: Chart, speech: Speech, number: int, name: str) -> str:
    """A row of the table; each text in it is escaped here."""
    values = "".join([f"<td>{_value(chart, speech, each, number)}</td>" for each in chart.series])
    return f'<tr><th scope="row"><bdi>{escape(name)}</bdi></th>{values}</tr>'


def _value(chart: Chart, speech: Speech, series: Series, number: int) -> Markup:
    """A number, which leads to what it is the sum of when that is known."""
    value = series.values[number]
    words = escape(speech.number(value, chart.y))
    if not series.leads or value is None:
        return words
    return Markup('<a href="{}" data-told="{}">{}</a>').format(series.leads[number], value, words)


def _titled(axis: Axis) -> str:
    return f"{cleaned(axis.title)} ({cleaned(axis.unit)})" if axis.unit else cleaned(axis.title)


def csv_of(chart: Chart, speech: Speech) -> str:
    """All rows: moments in RFC 3339 with the zone's offset, values as plain decimals, texts never as formulas."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(
        [_cell(_titled(chart.x)), *[_cell(_titled(Axis(each.name, unit=chart.y.unit))) for each in chart.series]]
    )
    for number, point in enumerate(chart.points):
        values = [_plain(each.values[number], chart.y.decimals) for each in chart.series]
        writer.writerow([_point(point, speech), *values])
    return file.getvalue()


def csv_link(chart: Chart, speech: Speech) -> Markup:
    """A link whose address is the file itself: what is downloaded is what is shown, and nobody is asked again."""
    name = "".join(each if each.isalnum() and each.isascii() else "-" for each in chart.title.lower())[:60].strip("-")
    address = "data:text/csv;charset=utf-8," + quote("\ufeff" + csv_of(chart, speech), safe="")
    return Markup('<a class="chart-file" download="{}.csv" href="{}">{}</a>').format(
        name or "chart", address, speech.words.file
    )


def _point(point: Point, speech: Speech) -> str:
    if isinstance(point, datetime):
        return point.astimezone(speech.zone).isoformat()
    return str(point) if isinstance(point, int) else _cell(point)


def _plain(value: int | None, decimals: int) -> str:
    return "" if value is None else f"{Decimal(value).scaleb(-decimals):f}"


def _cell(text: str) -> str:
    """A text that a spreadsheet shows as it is."""
    text = cleaned(text)
    return "'" + text if text.startswith(FORMULA) else text
