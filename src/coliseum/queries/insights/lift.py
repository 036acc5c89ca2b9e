"""What a show did for its artists: a metric by day, before the day of the show against after it."""

import itertools
import statistics
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind, Metric, stored_name
from coliseum.metrics.windows import Grain, bucket_end, bucket_start
from coliseum.queries.ask import Subject, check_text
from coliseum.queries.hourly import check_number
from coliseum.queries.insights.shows import HUNDREDTHS, SHOWS_MAX, SQL, Billed, Show, billed, read_to, show_of, shows_of
from coliseum.queries.names import numbers_of

DAYS_MAX = 28
DAYS = 7
ENOUGH_DAYS = 3
"""So many whole days must have passed since the day of the show."""
ENOUGH_COUNTED = 30
"""So much must have been counted before and after together."""
ENOUGH_SHOWS = 3
"""Of so many shows a median says something."""
MOMENT = timedelta(microseconds=1)

Support = Literal["enough", "too_few_days", "too_few_counted", "nothing_before"]


class Side(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """Whole days, and what was counted in them."""

    since: datetime
    until: datetime
    days: int
    total: int


class Day(msgspec.Struct, frozen=True):
    """One day: how many days from that of the show, where it begins, what was counted; ``whole``: it is over."""

    nth: int
    start: datetime
    value: int
    whole: bool


class Lift(msgspec.Struct, frozen=True, rename="camel"):
    """One artist around one show.

    ``percent``: how much more was counted a day after than before; None when ``support`` says why it would say nothing.
    """

    artist: Billed
    event: str
    event_name: str
    starts_at: datetime
    before: Side
    day: Side
    after: Side
    percent: float | None
    support: Support
    by_day: list[Day]


class Lifts(msgspec.Struct, frozen=True, rename="camel"):
    """A row for each artist of a show's bill, or for each show of an artist, newest first.

    ``median``: of an artist's shows with enough support, ``median_of`` of them; None below ``ENOUGH_SHOWS``.
    ``left_out``: shows of which nobody has said when they begin, or which are older than the plan's history.
    """

    metric: str
    unit: str
    currency: str | None
    days: int
    time_zone: str
    rows: list[Lift]
    median: float | None
    median_of: int
    left_out: int
    position: list[int]


class _Counted(msgspec.Struct, frozen=True):
    nth: int
    day: datetime
    value: int


Pair = tuple[Billed, Show]


async def lift(
    database: db.Database,
    tenant: Tenant,
    subject: Subject,
    *,
    event: str | None,
    artist: str | None,
    days: int,
    now: datetime,
    history_begins: datetime | None = None,
) -> Lifts:
    """A sum of artists around one show (``event``), or of one ``artist`` around each show that has begun.

    Raises:
        QueryInvalid: not exactly one of both is given, or the metric is no sum.
    """
    if (event is None) == (artist is None):
        raise QueryInvalid("Say of which event, or of which artist.", "event")
    if not isinstance(subject.metric, Metric):
        raise QueryInvalid(f"{subject.metric.name} of several days do not add up; ask for a sum.", "metric")
    check_number(days, "days", 1, DAYS_MAX)
    check_text(event or artist or "", "event" if artist is None else "artist")
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        pairs = await _pairs(connection, tenant, event, artist, now)
        frames = [
            (pair, frame)
            for pair in pairs
            if (frame := _frame(tenant, pair[1], days)) and (history_begins is None or frame[0] >= history_begins)
        ]
        counted = await _counted(connection, tenant, subject, frames)
        position = await read_to(connection, tenant)
    rows = [_lift(pair, frame, counted[nth], now) for nth, (pair, frame) in enumerate(frames)]
    percents = [row.percent for row in rows if row.percent is not None]
    enough = artist is not None and len(percents) >= ENOUGH_SHOWS
    median = round(statistics.median(percents), HUNDREDTHS) if enough else None
    return Lifts(
        subject.metric.name, subject.metric.unit, subject.currency or None, days, tenant.time_zone, rows, median,
        len(percents), len(pairs) - len(frames), position,
    )  # fmt: skip


async def _pairs(
    connection: db.Connection, tenant: Tenant, event: str | None, artist: str | None, now: datetime
) -> list[Pair]:
    if event is not None:
        show = await show_of(connection, tenant, event)
        return [(each, show) for each in await billed(connection, tenant, show.artist_ids[:SHOWS_MAX])]
    shows = await shows_of(connection, tenant, artist or "", now)
    [known] = await billed(connection, tenant, [artist or ""])
    return [(known, show) for show in shows]


def _frame(tenant: Tenant, show: Show, days: int) -> list[datetime]:
    """Where the days around a show begin, and where the last one ends; none when nobody has said when it begins."""
    if show.starts_at is None:
        return []
    zone = tenant.zone
    edges = [bucket_start(show.starts_at, Grain.DAY, zone)]
    for _ in range(days):
        edges.insert(0, bucket_start(edges[0] - MOMENT, Grain.DAY, zone))
    for _ in range(days + 1):
        edges.append(bucket_end(edges[-1], Grain.DAY, zone))
    return edges


async def _counted(
    connection: db.Connection, tenant: Tenant, subject: Subject, frames: Sequence[tuple[Pair, list[datetime]]]
) -> list[dict[datetime, int]]:
    """By day, for each frame."""
    numbers = await numbers_of(connection, tenant.tenant_id, Kind.ARTIST, {pair[0].id for pair, _ in frames})
    metric = subject.metric
    found = await db.rows(
        connection, _Counted, SQL["lift"], tenant.tenant_id, stored_name(metric, subject.currency or None),
        isinstance(metric, Metric) and metric.bill, tenant.time_zone,
        [numbers.get(pair[0].id, 0) for pair, _ in frames],
        [frame[0] for _, frame in frames], [frame[-1] for _, frame in frames],
    )  # fmt: skip
    counted: list[dict[datetime, int]] = [{} for _ in frames]
    for row in found:
        counted[row.nth - 1][row.day] = row.value
    return counted


def _lift(pair: Pair, frame: list[datetime], counted: dict[datetime, int], now: datetime) -> Lift:
    artist, show = pair
    half = len(frame) // 2 - 1
    by_day = [
        Day(nth - half, start, counted.get(start, 0), end <= now)
        for nth, (start, end) in enumerate(itertools.pairwise(frame))
    ]
    before, day = _side(by_day[:half], frame[0], frame[half]), _side([by_day[half]], frame[half], frame[half + 1])
    passed = [each for each in by_day[half + 1 :] if each.whole]
    after = _side(passed, frame[half + 1], frame[half + 1 + len(passed)])
    support = _support(before, after)
    gained = after.total * before.days - before.total * after.days
    percent = round(100 * gained / (before.total * after.days), HUNDREDTHS) if support == "enough" else None
    assert show.starts_at is not None  # noqa: S101 - there is no frame without it
    return Lift(artist, show.id, show.name, show.starts_at, before, day, after, percent, support, by_day)


def _side(days: Sequence[Day], since: datetime, until: datetime) -> Side:
    return Side(since, until, len(days), sum(day.value for day in days))


def _support(before: Side, after: Side) -> Support:
    if after.days < min(ENOUGH_DAYS, before.days):
        return "too_few_days"
    if before.total + after.total < ENOUGH_COUNTED:
        return "too_few_counted"
    return "enough" if before.total > 0 else "nothing_before"
