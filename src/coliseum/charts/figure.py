"""A chart as a part of a page: drawings in three sizes, a legend in text, and behind it the table and the file.

A figure follows from the spec, the zone, the locale and the words alone, so equal ones are made once. They are made in
one thread beside the event loop: a large one keeps nobody waiting but those who wait for figures.
"""

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from datetime import tzinfo
from hashlib import blake2b
from typing import Final

import msgspec
from markupsafe import Markup

from coliseum.charts.canvas import LAYOUTS, colour_of, written
from coliseum.charts.chart import Chart
from coliseum.charts.drawing import described, draw
from coliseum.charts.lying import ROWS_MAX as DRAWN_ROWS_MAX
from coliseum.charts.plot import bin_size, is_thinned
from coliseum.charts.table import ROWS_MAX as TABLE_ROWS_MAX
from coliseum.charts.table import csv_link, table
from coliseum.charts.words import Speech, Words, cleaned

KEPT_BYTES_MAX: Final = 16 * 1_048_576
WORDS: Final = Words()


class Figures:
    """Makes figures, and keeps the latest ones up to a number of bytes. All methods belong to one event loop."""

    def __init__(self, kept_bytes_max: int = KEPT_BYTES_MAX) -> None:
        self._kept: OrderedDict[bytes, Markup] = OrderedDict()
        self._bytes = 0
        self._bytes_max = kept_bytes_max
        self._thread: ThreadPoolExecutor | None = None

    async def figure(self, chart: Chart, zone: tzinfo, locale: str = "en", words: Words = WORDS) -> Markup:
        """The chart as a ``<figure>``."""
        digest = digest_of(chart, zone, locale, words)
        if (kept := self._kept.get(digest)) is not None:
            self._kept.move_to_end(digest)
            return kept
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "figures")
        made = await asyncio.get_running_loop().run_in_executor(
            self._thread, figure_of, chart, Speech(zone, locale, words)
        )
        self._keep(digest, made)
        return made

    def _keep(self, digest: bytes, made: Markup) -> None:
        if digest in self._kept:
            return
        self._kept[digest] = made
        self._bytes += len(made)
        while self._bytes > self._bytes_max:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped)


def digest_of(chart: Chart, zone: tzinfo, locale: str, words: Words) -> bytes:
    """What two figures have in common that are equal."""
    return blake2b(msgspec.msgpack.encode([chart, str(zone), locale, words]), digest_size=16).digest()


def figure_of(chart: Chart, speech: Speech) -> Markup:
    """The chart as a ``<figure>``; pure."""
    if not chart.points or not chart.series:
        drawing = Markup('<p class="chart-nothing">{}</p>').format(speech.words.nothing)
        return Markup('<figure class="chart">{}{}</figure>').format(_caption(chart), drawing)
    label = described(chart, speech)
    drawings = "".join(written(draw(chart, layout, speech, label).root) for layout in LAYOUTS)
    return Markup(
        '<figure class="chart">{}<div class="chart-drawing">{}</div>{}'
        '<details class="chart-data"><summary>{}</summary>'
        '<div class="chart-scroll" tabindex="0" role="region" aria-label="{}">{}</div>{}{}</details></figure>'
    ).format(
        _caption(chart), Markup(drawings), _notes(_drawn(chart, speech)), speech.words.table,  # noqa: S704 - written by a library of XML
        cleaned(chart.title),
        table(chart, speech), _notes(_listed(chart, speech)), csv_link(chart, speech),
    )  # fmt: skip


def _caption(chart: Chart) -> Markup:
    legend = Markup("")
    if len(chart.series) > 1:
        rows = Markup("").join(
            Markup(
                '<li><svg class="chart-key" viewBox="0 0 22 10" aria-hidden="true">{}</svg> <bdi>{}</bdi></li>'
            ).format(_key(chart, place), cleaned(series.name))
            for place, series in enumerate(chart.series)
        )
        legend = Markup('<ul class="chart-legend">{}</ul>').format(rows)
    unit = Markup(' <span class="chart-unit">{}</span>').format(cleaned(chart.y.unit)) if chart.y.unit else ""
    return Markup('<figcaption><span class="chart-title"><bdi>{}</bdi></span>{}{}</figcaption>').format(
        cleaned(chart.title), unit, legend
    )


def _key(chart: Chart, place: int) -> Markup:
    """What a series looks like: a piece of its line, or of its bar."""
    classes = colour_of(place) + (" faint" if chart.series[place].faint else "")
    if chart.kind in ("line", "area"):
        return Markup('<path class="ch-line {}" d="M1 5H21"/>').format(classes)
    return Markup('<rect class="ch-bar {}" x="5" width="10" height="10" rx="3"/>').format(classes)


def _drawn(chart: Chart, speech: Speech) -> list[str]:
    """What the drawing leaves out, and what is to be known about it."""
    unfinished = [speech.words.unfinished] if chart.unfinished and not chart.lies else []
    return [*_left_out(chart, speech), *unfinished]


def _left_out(chart: Chart, speech: Speech) -> list[str]:
    words, points = speech.words, speech.count(len(chart.points))
    if chart.lies and len(chart.points) > DRAWN_ROWS_MAX:
        return [words.cut.format(shown=speech.count(DRAWN_ROWS_MAX), points=points)]
    if is_thinned(chart):
        return [words.thinned.format(points=points)]
    if (size := bin_size(chart)) > 1:
        return [words.binned.format(size=speech.count(size))]
    return []


def _listed(chart: Chart, speech: Speech) -> list[str]:
    """What the table leaves out."""
    if len(chart.points) <= TABLE_ROWS_MAX:
        return []
    shown, points = speech.count(TABLE_ROWS_MAX), speech.count(len(chart.points))
    return [speech.words.table_cut.format(shown=shown, points=points)]


def _notes(sentences: list[str]) -> Markup:
    return Markup("").join(Markup('<p class="chart-note">{}</p>').format(each) for each in sentences)
