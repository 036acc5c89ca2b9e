"""What the templates of the overview show of a reading. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from babel.dates import format_skeleton
from markupsafe import Markup

from coliseum.charts import Axis, Chart, Series, spark
from coliseum.metrics.registry import BY_NAME, Metric
from coliseum.metrics.windows import CUSTOM, ROLLING_HOURS, Grain
from coliseum.queries.overview import FIRST, Happening, Overview, Sum
from coliseum.queries.stretches import Stretch
from coliseum.web.ui.counting import UNITS, definition_of, title_of
from coliseum.web.ui.lines import WORDS
from coliseum.web.ui.numbers import decimals_of, unit_of
from coliseum.web.ui.shell import Shell
from coliseum.web.ui.text import _, translations

PERIOD_TITLES: Final = {
    "24h": _("24 hours"), "day": _("Today"), "7d": _("7 days"), "28d": _("28 days"), "month": _("This month"),
    "year": _("This year"),
    "all": _("All time"),
}  # fmt: skip
BEFORE: Final = {
    "24h": _("the 24 hours before"), "day": _("yesterday until this hour"), "7d": _("the 7 days before"),
    "28d": _("the 28 days before"),
    "month": _("last month until this hour of it"), "year": _("last year until this hour of it"),
    CUSTOM: _("as many hours before"),
}  # fmt: skip
BY: Final = {Grain.HOUR: _("{} by hour"), Grain.DAY: _("{} by day"), Grain.MONTH: _("{} by month")}
BY_BINS: Final = _("{} by 24 hours")
AXES: Final = {Grain.HOUR: _("Hour"), Grain.DAY: _("Day"), Grain.MONTH: _("Month")}


class Card(msgspec.Struct, frozen=True):
    """A number of the stretch: what it is, what it was, where it leads."""

    metric: str
    currency: str
    tag: str
    """The currency, where there is more than one."""
    title: str
    definition: str
    types: str
    value: int
    previous: int | None
    share: float | None
    href: str
    previous_href: str | None
    shows: str
    chosen: bool
    spark: Markup

    @property
    def key(self) -> str:
        """Which card it is, whatever it shows."""
        return f"{self.metric}-{self.currency}" if self.currency else self.metric

    @property
    def delta(self) -> int:
        """How much more it is than before."""
        return self.value - (self.previous or 0)


def groups_of(
    shell: Shell, found: Overview, chosen: Metric, currency: str, query: Mapping[str, str]
) -> tuple[list[Card], list[Card]]:
    """The cards that everybody asks for first, and the others. Of money one a currency, never two in one."""
    several = len({each.currency for each in found.sums if each.currency}) > 1
    cards = [_card(shell, found, each, query, several=several,
                   chosen=(each.metric, each.currency) == (chosen.name, currency))
             for each in found.sums]  # fmt: skip
    return [card for card in cards if card.metric in FIRST], [card for card in cards if card.metric not in FIRST]


def _card(shell: Shell, found: Overview, each: Sum, query: Mapping[str, str], *, several: bool, chosen: bool) -> Card:
    metric, stretch, told = BY_NAME[each.metric], found.stretch, translations(shell.language).gettext
    code = each.currency or None
    before = explained(stretch.before, stretch.before_until) if stretch.before and stretch.before_until else None
    share = (each.value - each.previous) / each.previous if each.previous and each.previous > 0 else None
    return Card(
        metric=each.metric,
        currency=each.currency,
        tag=each.currency.upper() if several else "",
        title=told(title_of(metric)),
        definition=told(definition_of(metric)),
        types=", ".join(metric.types) if isinstance(metric, Metric) else "",
        value=each.value,
        previous=each.previous,
        share=share,
        href=shell.explain(each.metric, currency=code, **window_of(stretch)),
        previous_href=None if before is None else shell.explain(each.metric, currency=code, **before),
        shows=shell.url("", **{**query, "metric": each.metric, "currency": code}),
        chosen=chosen,
        spark=spark(each.values),
    )


def window_of(stretch: Stretch) -> dict[str, str]:
    """How an explanation and a board are asked for this stretch."""
    if stretch.name == CUSTOM:
        return explained(stretch.since, stretch.until)
    if stretch.name == "all" or stretch.name in ROLLING_HOURS:
        return {"window": stretch.name}
    return {"window": stretch.name, "at": _said(stretch.since)}


def explained(since: datetime, until: datetime) -> dict[str, str]:
    """How an explanation from one hour to another is asked for."""
    return {"from": _said(since), "to": _said(until)}


def chart_of(shell: Shell, found: Overview, metric: Metric, currency: str) -> Chart:
    """The chosen metric over the stretch, with what came before as a faint line."""
    told, stretch, unit = translations(shell.language).gettext, found.stretch, unit_of(metric, currency)
    each, title = found.of(metric.name, currency), told(title_of(metric))
    series = [Series(title, tuple(each.values))]
    if stretch.before is not None:
        behind = [*each.previous_values, *[None] * len(each.values)][: len(each.values)]
        series.append(Series(told(BEFORE[stretch.name]), tuple(behind), faint=True))
    by = BY_BINS if stretch.bin_hours else BY[stretch.grain]
    return Chart(
        "area",
        told(by).format(title),
        Axis(told(AXES[stretch.grain]), "time"),
        Axis(title, "number", decimals_of(metric, currency), unit if currency else told(UNITS[unit])),
        tuple(found.buckets),
        tuple(series),
        unfinished=stretch.since <= found.read_at < stretch.until,
    )


class Line(msgspec.Struct, frozen=True):
    """An event that came lately, in words."""

    key: str
    what: str
    about: list[tuple[str, str | None]]
    at: datetime


def lines_of(shell: Shell, found: Overview) -> list[Line]:
    """The latest events, newest first; they name no person."""
    return [_line(shell, each) for each in found.lines]


def _line(shell: Shell, happening: Happening) -> Line:
    entry = happening.entry
    about = [(name, shell.link(kind, entity_id)) for kind, entity_id, name in happening.names[:2]]
    if entry.city and len(about) < 2:
        about.append((entry.city, shell.link("city", entry.city)))
    told = translations(shell.language).gettext
    what = told(WORDS[entry.event_type]) if entry.event_type in WORDS else entry.event_type
    return Line(f"{entry.partition}.{entry.offset}", what, about, entry.created_at)


def before_of(stretch: Stretch) -> str | None:
    """What the stretch is compared with, in words to be translated."""
    return None if stretch.before is None else BEFORE[stretch.name]


def span_told(shell: Shell, since: datetime | None, until: datetime | None) -> str:
    """From when until when, in the viewer's words: a day is said once."""
    if since is None or until is None:
        return ""
    zone, locale = shell.formats.zone, shell.locale
    year = {moment.astimezone(zone).year for moment in (since, until, shell.now)}
    days = [format_skeleton("MMMd" if len(year) == 1 else "yMMMd", each, tzinfo=zone, locale=locale)
            for each in (since, until)]  # fmt: skip
    times = [shell.formats.time(each) for each in (since, until)]
    end = times[1] if days[0] == days[1] else f"{days[1]}, {times[1]}"
    return f"{days[0]}, {times[0]} \u2013 {end}"


def _said(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
