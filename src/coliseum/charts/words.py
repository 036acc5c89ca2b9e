"""Numbers and moments in the words of a locale, and the sentences around a chart."""

import unicodedata
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from statistics import median

import msgspec
from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton, format_time
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from coliseum.charts.chart import Axis, Chart, Point

DAY = timedelta(days=1)


class Words(msgspec.Struct, frozen=True):
    """The sentences around a chart; a page gives them in its own language."""

    table: str = "Show the data"
    file: str = "Download CSV"
    nothing: str = "There is nothing in this period yet."
    thinned: str = "Drawn from {points} points; the table and the file have them exactly."
    binned: str = "Each bar is the sum of {size} points; the table and the file have them one by one."
    cut: str = "The first {shown} of {points} are drawn."
    unfinished: str = "The last point is not over yet."
    table_cut: str = "The first {shown} of {points} rows; the file has them all."
    line: str = "Line chart"
    area: str = "Area chart"
    bar: str = "Bar chart"
    stacked: str = "Stacked bar chart"
    grouped: str = "Grouped bar chart"
    funnel: str = "Funnel"
    described: str = "{name}: lowest {low} ({low_at}), highest {high} ({high_at})."


class Speech:
    """How one viewer reads: a locale, a time zone, and words. ``rough`` numbers are for axes: ``12K``."""

    def __init__(self, zone: tzinfo, locale: str = "en", words: Words | None = None) -> None:
        self.zone = zone
        self.locale = locale_named(locale)
        self.words = words or Words()

    def number(self, value: int | None, axis: Axis) -> str:
        """A value in figures, with all its decimals."""
        return "\u2013" if value is None else _number(value, axis.decimals, self.locale)

    def rough(self, value: int, axis: Axis) -> str:
        """A round value of an axis, as short as can be."""
        exact = Decimal(value).scaleb(-axis.decimals)
        if abs(exact) < 1_000:
            return format_decimal(exact.normalize() if exact else Decimal(0), locale=self.locale)
        return format_compact_decimal(exact, fraction_digits=1, locale=self.locale)

    def percent(self, part: int, whole: int) -> str:
        """A part of a whole, with one decimal; a dash when there is no whole."""
        return format_percent(part / whole, format="#,##0.#%", locale=self.locale) if whole > 0 else "\u2013"

    def count(self, value: int) -> str:
        """How many of something."""
        return format_decimal(value, locale=self.locale)

    def points(self, chart: Chart, end: int | None = None) -> list[str]:
        """What each point is called, in full, up to the one at ``end``."""
        step = step_of(chart)
        return [self.point(point, step) for point in chart.points[:end]]

    def point(self, point: Point, step: timedelta) -> str:
        """What a point is called, in full; ``step``: how far points are from each other."""
        if isinstance(point, datetime):
            return _moment(point, step, self.zone, self.locale)
        return self.count(point) if isinstance(point, int) else cleaned(point)

    def tick(self, moment: datetime, step: timedelta, *, first: bool) -> str:
        """What stands below a tick of the time axis; the day or year where a new one begins."""
        local = moment.astimezone(self.zone)
        if step < DAY:
            new = local.hour == 0 and local.minute == 0
            return self._skeleton("MMMd", moment) if new else _time(moment, self.zone, self.locale)
        if step < 28 * DAY:
            return self._skeleton("MMMd", moment)
        if step > 300 * DAY:
            return self._skeleton("y", moment)
        return self._skeleton("yMMM" if first or local.month == 1 else "MMM", moment)

    def _skeleton(self, skeleton: str, moment: datetime) -> str:
        return format_skeleton(skeleton, moment, tzinfo=self.zone, locale=self.locale)


@lru_cache(maxsize=16_384)
def _moment(moment: datetime, step: timedelta, zone: tzinfo, locale: Locale) -> str:
    """A moment in full; when a chart moves on, nearly all its moments are those of before."""
    if step < DAY - timedelta(hours=2):
        return f"{format_skeleton('yMMMd', moment, tzinfo=zone, locale=locale)}, {_time(moment, zone, locale)}"
    return format_skeleton("yMMM" if step >= 28 * DAY else "yMMMEd", moment, tzinfo=zone, locale=locale)


def _time(moment: datetime, zone: tzinfo, locale: Locale) -> str:
    return format_time(moment, "short", tzinfo=zone, locale=locale)


@lru_cache(maxsize=16_384)
def _number(value: int, decimals: int, locale: Locale) -> str:
    return format_decimal(Decimal(value).scaleb(-decimals), format=_pattern(decimals), locale=locale)


@lru_cache(maxsize=256)
def locale_named(name: str) -> Locale:
    """The locale of that name (``de``, ``pt-BR``); English when there is none."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def step_of(chart: Chart) -> timedelta:
    """How far the points of a time axis are from each other; a day when there are too few to tell."""
    moments = [point for point in chart.points[:50] if isinstance(point, datetime)]
    steps = [(after - before).total_seconds() for before, after in pairwise(moments)]
    return timedelta(seconds=median(steps)) if steps else DAY


@lru_cache(maxsize=4_096)
def cleaned(text: str) -> str:
    """A text without what XML cannot hold or what would turn its neighbours around."""
    return "".join(each for each in text if _holds(each))


def _holds(character: str) -> bool:
    code = ord(character)
    if code < 0x20 or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF, 0x7F):
        return False
    return not (0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069)


def shortened(text: str, ems: float) -> str:
    """A text that is about as wide as so many ems at most, cut before whole characters."""
    width = 0.0
    for place, character in enumerate(text):
        if unicodedata.combining(character):
            continue
        width += 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.56
        if width > ems - 0.8 and len(text) > place + 1:
            return text[:place].rstrip() + "…"
    return text


def width_of(text: str) -> float:
    """About how wide a text is, in ems."""
    return sum(
        1.0 if unicodedata.east_asian_width(each) in "WF" else 0.56 for each in text if not unicodedata.combining(each)
    )


@lru_cache(maxsize=16)
def _pattern(decimals: int) -> str:
    return "#,##0." + "0" * decimals if decimals else "#,##0"
