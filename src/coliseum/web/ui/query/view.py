"""An answer as a page shows it: a chart, a table whose numbers lead to their explanations, and words for the period."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from markupsafe import Markup

from coliseum.charts import figure
from coliseum.dashboards.panels import ChartName, Panel
from coliseum.metrics.registry import Unique, metric_named
from coliseum.metrics.windows import GRAINS, bucket_end
from coliseum.queries.breakdown import Breakdown, Line, Stretch
from coliseum.queries.breakdown_asked import LIMIT_MAX, PLACES, Asked
from coliseum.web.ui.charting import words_in
from coliseum.web.ui.formats import Formats
from coliseum.web.ui.query.drawing import chosen, drawn, fitting, name_of, others_of, rest_of
from coliseum.web.ui.query.words import CUSTOM, SPLITS, WINDOWS, Say, title_of
from coliseum.web.ui.text import translations

BUCKETS_MAX: Final = 400
"""So many rows of buckets stand on a page; the file has them all."""
HOUR: Final = timedelta(hours=1)
SHORT: Final = timedelta(days=2)
DASH: Final = "\N{EN DASH}"
Explain = Callable[..., str]
Link = Callable[[str, str], str | None]


class Ways(msgspec.Struct, frozen=True):
    """Where things of a page lead; a public page's lead nowhere."""

    explain: Explain | None = None
    link: Link | None = None
    query: Callable[..., str] | None = None


class Cell(msgspec.Struct, frozen=True):
    """A number in words, and where it is explained."""

    told: str
    href: str | None = None


class Row(msgspec.Struct, frozen=True):
    """A row of the table: a part, or a bucket. ``share``: of the total; ``change``: against the period before."""

    name: str
    now: Cell
    before: Cell | None = None
    share: float | None = None
    change: float | None = None
    href: str | None = None
    kind: str = "part"
    width: int = 0
    """Of a hundred: how long a bar would be."""


class View(msgspec.Struct, frozen=True):
    """All of it. ``drawing``: the chart, if it is one; ``charts``: those that could be chosen."""

    title: str
    chart: ChartName
    charts: list[ChartName]
    drawing: Markup | None
    total: Row
    rows: list[Row]
    buckets: list[Row]
    more_buckets: int
    period: str
    dates: str
    days: str
    """As ``dates``, without times where it is longer than two days."""
    compared: str | None
    running: bool
    """Whether the period is not over, and so smaller than the whole one that it is compared with."""
    position: str
    read_at: str
    split: str
    split_words: str
    grain: str | None
    additive: bool
    question: dict[str, str]
    empty: bool


class Teller:
    """Tells the answers of one look at a page."""

    def __init__(self, formats: Formats, language: str, ways: Ways, now: datetime) -> None:
        self._formats = formats
        self._say: Say = translations(language).gettext
        self._words = words_in(language)
        self._ways = ways
        self._now = now

    async def view(self, asked: Asked, found: Breakdown, panel: Panel) -> View:
        """An answer as it is shown for a panel."""
        title = panel.title.strip() or title_of(asked, self._say)
        chart = chosen(found, panel.chart)
        spec = drawn(found, chart, title, self._now, self._say)
        drawing = (
            None if spec is None else await figure(spec, self._formats.zone, str(self._formats.locale), self._words)
        )
        buckets = self._buckets(asked, found)
        total = self._row("", found.total, asked, found, {}, "total")
        return View(
            title, chart, fitting(found), drawing, total, self._parts(asked, found), buckets[:BUCKETS_MAX],
            max(0, len(buckets) - BUCKETS_MAX), self._say(WINDOWS.get(found.window, CUSTOM)), self._dates(found.period),
            self._dates(found.period, exact=False),
            None if found.compared is None else self._dates(found.compared),
            found.compared is not None and not self._is_over(found.period.until),
            ".".join(map(str, found.position)), self._formats.datetime(self._now), found.split, SPLITS[found.split],
            found.grain, found.additive, dict(panel.question),
            not (found.total.value or found.total.before or found.parts),
        )  # fmt: skip

    def _parts(self, asked: Asked, found: Breakdown) -> list[Row]:
        if found.split == "none":
            return []
        most = max([part.value for part in found.parts] + [1])
        rows = []
        for part in found.parts:
            where = {found.split: part.id} if found.split in PLACES else {"entity": found.split, "id": part.id}
            href = self._ways.link(found.split, part.id) if self._ways.link and part.name else None
            name = name_of(found, part.name, self._say)
            row = self._row(name, part, asked, found, where if part.name else None, "part")
            rows.append(msgspec.structs.replace(row, href=href, width=max(0, round(100 * part.value / most))))
        if found.others.value or found.members > len(found.parts):
            row = self._row(others_of(found, len(found.parts), self._say), found.others, asked, found, None, "others")
            href = (
                self._ways.query(limit=LIMIT_MAX) if self._ways.query is not None and asked.limit < LIMIT_MAX else None
            )
            rows.append(msgspec.structs.replace(row, now=Cell(row.now.told, href)))
        if found.rest.value or found.rest.before:
            rows.append(self._row(rest_of(found, self._say), found.rest, asked, found, None, "rest"))
        return rows

    def _row(
        self, name: str, line: Line, asked: Asked, found: Breakdown, where: Mapping[str, str] | None, kind: str
    ) -> Row:
        """``where``: what narrows the explanation down to this line; None when it has none."""
        share = line.value / found.total.value if found.total.value > 0 and kind != "total" else None
        change = None
        if line.before is not None and line.before > 0 and self._is_over(found.period.until):
            change = (line.value - line.before) / line.before
        before = None
        if line.before is not None and found.compared is not None:
            before = self._cell(line.before, asked, where, found.compared.since, found.compared.until)
        now = self._cell(line.value, asked, where, found.period.since, found.period.until)
        return Row(name, now, before, share, change, None, kind)

    def _cell(
        self, value: int, asked: Asked, where: Mapping[str, str] | None, since: datetime | None, until: datetime | None
    ) -> Cell:
        subject = asked.subject
        told = self._formats.figure(value, subject.metric, subject.currency)
        if self._ways.explain is None or where is None:
            return Cell(told)
        query: dict[str, Any] = {**asked.filters.given, **where, "currency": subject.currency or None}
        if since is not None and until is not None:
            query |= {"from": _instant(since), "to": _instant(until)}
        return Cell(told, self._ways.explain(subject.metric.name, **query))

    def _buckets(self, asked: Asked, found: Breakdown) -> list[Row]:
        """The total in each bucket that has begun."""
        if found.grain is None:
            return []
        metric, grain = metric_named(found.metric), GRAINS[found.grain]
        back = metric.rolling_days if isinstance(metric, Unique) else None
        most = max([*found.total.values, 1])
        rows = []
        for place, start in enumerate(found.period.buckets):
            if start > self._now:
                break
            end = bucket_end(start, grain, asked.tenant.zone)
            since = start if back is None else end - timedelta(days=back)
            if back is None:
                since, end = max(since, found.period.since or since), min(end, found.period.until or end)
            now = self._cell(found.total.values[place], asked, {}, since, end)
            before = found.total.before_values
            told = self._formats.figure(before[place], metric, found.currency or "") if place < len(before) else None
            change = None
            if place < len(before) and before[place] > 0 and self._is_over(end):
                change = (found.total.values[place] - before[place]) / before[place]
            rows.append(Row(self._bucket(start, found.grain), now, None if told is None else Cell(told), None, change,
                            width=max(0, round(100 * found.total.values[place] / most))))  # fmt: skip
        return rows

    def _is_over(self, until: datetime | None) -> bool:
        """Whether a period can be measured by another one: as good as all of it has been."""
        return until is None or until <= self._now + HOUR

    def _bucket(self, start: datetime, grain: str) -> str:
        return self._formats.datetime(start, "short") if grain == "hour" else self._formats.date(start)

    def _dates(self, period: Stretch, *, exact: bool = True) -> str:
        """From which day to which; with times where it does not begin or end with a day."""
        if period.since is None or period.until is None:
            return ""
        zone = self._formats.zone
        last = period.until - timedelta(microseconds=1)
        whole = all((each.astimezone(zone).hour, each.astimezone(zone).minute) == (0, 0)
                    for each in (period.since, period.until))  # fmt: skip
        if not whole and (exact or period.until - period.since <= SHORT):
            first, end = (
                f"{self._formats.date(each)}, {self._formats.time(each)}" for each in (period.since, period.until)
            )
            return f"{first} {DASH} {end}"
        first_day, last_day = self._formats.date(period.since), self._formats.date(last)
        return first_day if first_day == last_day else f"{first_day} {DASH} {last_day}"


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
