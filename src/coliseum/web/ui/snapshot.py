"""One moment of the page: counters, boards and the newest entries, read through the same queries as the API."""

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.metrics.windows import Grain, Window, bucket_start, window_at
from coliseum.queries.ask import Filters, Subject, subject_of
from coliseum.queries.leaderboards import BoardRow, leaderboard
from coliseum.queries.series import Series, series
from coliseum.queries.status import consumers, recent_entries
from coliseum.web.services import Services
from coliseum.web.ui.lines import Directory, Line
from coliseum.web.ui.numbers import Pace, bars, decimals_of, pace, unit_of
from coliseum.web.ui.text import _

WINDOWS: Final = {"day": _("Today"), "week": _("This week"), "all": _("All time")}
COUNTERS: Final = {"votes": _("Votes"), "attendance": _("Attendance"), "plays": _("Plays"), "money_spent": _("Spent")}
EVENTS: Final = _("Events logged")
BOARDS: Final = (
    ("votes", "artist", _("Artists by votes")),
    ("plays", "track", _("Tracks by plays")),
    ("attendance", "event", _("Events by attendance")),
    ("money_spent", "artist", _("Artists by money spent")),
)
ROWS: Final = 8
LINES: Final = 40
BARS: Final = 24
FIRST_MONTH: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""Before the oldest event that can be logged."""
PICTURES: Final = ("https://", "data:image/")
"""What an untrusted picture's address may begin with; anything else is not shown."""


class Counter(msgspec.Struct, frozen=True):
    """A sum of the window, what stands below it, and its last 24 hours as a path.

    ``beside``: how fast events come in, or the sum of ``today`` or ``yesterday``.
    """

    key: str
    label: str
    currency: str
    value: int
    decimals: int
    day: str
    beside: int | Pace
    href: str | None = None
    bars: str = ""


class Row(msgspec.Struct, frozen=True):
    """A row of a board; ``share``: percent of the leader's score; ``href``: the entries behind the score."""

    rank: int
    id: str
    name: str
    picture: str | None
    score: int
    share: int
    href: str


class BoardView(msgspec.Struct, frozen=True):
    """The head of a board. ``unit``: what its metric counts, or a currency's code."""

    key: str
    title: str
    unit: str
    decimals: int
    members: int
    rows: list[Row]


class Snapshot(msgspec.Struct, frozen=True):
    """A moment of the page, told to nobody yet. ``position``: the next offset of each partition of the log.

    ``settled``: the numbers stand at that position; otherwise the processor is still reading.
    """

    window: str
    position: list[int]
    settled: bool
    at: datetime
    counters: list[Counter]
    boards: list[BoardView]
    lines: list[Line]

    @property
    def said(self) -> tuple[object, ...]:
        """All that a viewer can see but the time of reading."""
        return self.position, self.settled, self.counters, self.boards


class Marks(msgspec.Struct, frozen=True):
    """Where the log and the rollups stand; when these and the hour are the same, so is the page."""

    heads: tuple[int, ...]
    read: tuple[int, ...]
    hour: datetime


async def marks_of(services: Services, tenant: Tenant) -> Marks:
    """Where the tenant's log and rollups stand now."""
    rows = [row for row in await consumers(services.database, tenant) if row.consumer == "coliseum"]
    hour = bucket_start(services.clock(), Grain.HOUR, tenant.zone)
    return Marks(tuple(row.head for row in rows), tuple(row.offset for row in rows), hour)


class Reader:
    """Reads one moment; what the windows have in common is read once."""

    def __init__(self, services: Services, tenant: Tenant, directory: Directory) -> None:
        self._services = services
        self._tenant = tenant
        self._directory = directory
        self._now = services.clock()

    async def read(self, windows: list[str]) -> dict[str, Snapshot]:
        """The snapshots of these windows."""
        services, tenant = self._services, self._tenant
        marks = await marks_of(services, tenant)
        entries = await recent_entries(services.database, tenant, LINES)
        await self._directory.refresh(services, tenant, entries)
        hours = {metric: await self._hours(self._subject(metric)) for metric in COUNTERS}
        found = {}
        for name in windows:
            window = window_at(name, self._now, tenant.zone)
            arriving = pace([entry.created_at for entry in entries], self._now)
            events = Counter("events", EVENTS, "", sum(marks.heads), 0, "", arriving)
            counters = [events, *[await self._counter(metric, hours[metric], window) for metric in COUNTERS]]
            boards = [await self._board(metric, kind, title, window) for metric, kind, title in BOARDS]
            found[name] = Snapshot(
                name,
                list(marks.heads),
                marks.heads == marks.read and all(position == list(marks.heads) for _, position in boards),
                self._now,
                counters,
                [view for view, _ in boards],
                [self._directory.line(entry) for entry in entries],
            )
        return found

    async def _hours(self, subject: Subject) -> Series:
        """By hour, from the beginning of yesterday or 24 hours ago, whichever was first."""
        today = bucket_start(self._now, Grain.DAY, self._tenant.zone)
        yesterday = bucket_start(today - timedelta(hours=1), Grain.DAY, self._tenant.zone)
        return await self._series(subject, Grain.HOUR, min(yesterday, self._now - timedelta(hours=BARS)))

    async def _counter(self, metric: str, hours: Series, window: Window) -> Counter:
        subject = self._subject(metric)
        decimals = decimals_of(subject.metric, subject.currency)
        today = bucket_start(self._now, Grain.DAY, self._tenant.zone)
        yesterday = bucket_start(today - timedelta(hours=1), Grain.DAY, self._tenant.zone)
        of_today = sum(point.value for point in hours.points if point.start >= today)
        before = sum(point.value for point in hours.points if yesterday <= point.start < today)
        if window.name == "day":
            value, day, beside = of_today, "yesterday", before
        else:
            grain, since = (Grain.WEEK, window.start) if window.start else (Grain.MONTH, FIRST_MONTH)
            value = (await self._series(subject, grain, since)).total
            day, beside = "today", of_today
        drawn = bars([point.value for point in hours.points[-BARS:]])
        href = explain_href(subject, None, window)
        return Counter(metric, COUNTERS[metric], subject.currency, value, decimals, day, beside, href, drawn)

    async def _board(self, metric: str, kind: str, title: str, window: Window) -> tuple[BoardView, list[int]]:
        subject = subject_of(self._tenant, metric, kind, None)
        page = await leaderboard(
            self._services.database, self._services.store, self._tenant, subject, window, Filters(),
            limit=ROWS, cursor=None, now=self._now, names=self._services.boards.reads.names,
        )  # fmt: skip
        self._directory.learn(kind, page.rows)
        leader = max(page.rows[0].score, 1) if page.rows else 1
        rows = [self._row(row, leader, explain_href(subject, row.id, window)) for row in page.rows]
        unit, decimals = unit_of(subject.metric, subject.currency), decimals_of(subject.metric, subject.currency)
        return BoardView(f"{metric}-{kind}", title, unit, decimals, page.members, rows), page.position

    def _row(self, row: BoardRow, leader: int, href: str) -> Row:
        share = max(0, row.score) * 100 // leader
        return Row(row.rank, row.id, row.name or "", safe_picture(row.picture), row.score, share, href)

    async def _series(self, subject: Subject, grain: Grain, since: datetime) -> Series:
        return await series(self._services.database, self._tenant, subject, None, grain, since, None, self._now)

    def _subject(self, metric: str) -> Subject:
        return subject_of(self._tenant, metric, None, None)


def explain_href(subject: Subject, entity_id: str | None, window: Window) -> str:
    """The address of the page that shows the entries behind a number."""
    query = {"metric": subject.metric.name, "entity": subject.kind.label, "id": entity_id, "window": window.name,
             "at": window.start and window.start.strftime("%Y-%m-%dT%H:%M:%SZ"),
             "currency": subject.currency or None}  # fmt: skip
    return "/explain?" + urlencode({name: value for name, value in query.items() if value is not None})


def safe_picture(address: str | None) -> str | None:
    """The address of a picture, when it is one that a page may show."""
    return address if address is not None and address.lower().startswith(PICTURES) else None
