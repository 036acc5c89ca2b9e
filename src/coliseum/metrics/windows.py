"""Where hours, days, weeks (ISO, Monday), months and years begin, in a tenant's time zone. All instants are UTC.

The same rule as ``coliseum_bucket`` in PostgreSQL, which fills the rollups: an hour is cut by the zone's offset at that
instant; a day, week or month begins at the local midnight, at the first one when clocks are set back to it.
"""

import zoneinfo
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import lru_cache

import msgspec

from coliseum.errors import QueryInvalid


class Grain(IntEnum):
    """The lengths of bucket that rollups keep; the value is what the table stores."""

    HOUR = 0
    DAY = 1
    WEEK = 2
    MONTH = 3

    @property
    def label(self) -> str:
        """The name used on the wire and by PostgreSQL."""
        return self.name.lower()


GRAINS = {grain.label: grain for grain in Grain}
ROLLING_HOURS = {"24h": 24, "7d": 168, "28d": 672, "90d": 2_160}
"""The windows that end with the present hour, and how many hours they hold, this one included."""
YEAR = "year"
WINDOWS = (*GRAINS, YEAR, "all", *ROLLING_HOURS)
CUSTOM = "custom"
"""The name of a window from one hour to another that a caller chose."""
RANGE_MAX = timedelta(days=366 * 200)


class Window(msgspec.Struct, frozen=True):
    """A stretch of time: start included, end excluded; both None for all time."""

    name: str
    start: datetime | None
    end: datetime | None


@lru_cache(maxsize=100_000)
def bucket_start(instant: datetime, grain: Grain, zone: zoneinfo.ZoneInfo) -> datetime:
    """The beginning, in UTC, of the bucket that holds an instant."""
    local = instant.astimezone(zone)
    if grain is Grain.HOUR:
        whole = local.replace(minute=0, second=0, microsecond=0)
        return (instant - (local - whole)).astimezone(UTC)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if grain is Grain.WEEK:
        midnight -= timedelta(days=midnight.weekday())
    elif grain is Grain.MONTH:
        midnight = midnight.replace(day=1)
    return _utc(midnight)


@lru_cache(maxsize=10_000)
def bucket_end(start: datetime, grain: Grain, zone: zoneinfo.ZoneInfo) -> datetime:
    """The beginning of the bucket after the one that begins at ``start``."""
    if grain is Grain.HOUR:
        return start + timedelta(hours=1)
    local = start.astimezone(zone)
    days = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 31}[grain]
    following = (local + timedelta(days=days)).replace(hour=0, minute=0, fold=0)
    return _utc(following.replace(day=1) if grain is Grain.MONTH else following)


class Span(msgspec.Struct, frozen=True):
    """A part of a window that consists of whole buckets of one grain; None: without end on that side."""

    grain: Grain
    since: datetime | None
    until: datetime | None


@lru_cache(maxsize=10_000)
def window_end(name: str, start: datetime | None, zone: zoneinfo.ZoneInfo) -> datetime | None:
    """Where the window of that name ends that begins at ``start``; None for all time."""
    if start is None:
        return None
    if name in ROLLING_HOURS:
        end = start + timedelta(hours=ROLLING_HOURS[name])
        whole = bucket_start(end, Grain.HOUR, zone)
        return end if whole == end else bucket_end(whole, Grain.HOUR, zone)
    if name == YEAR:
        return _new_year(start.astimezone(zone).year + 1, zone)
    return bucket_end(start, GRAINS[name], zone)


@lru_cache(maxsize=10_000)
def spans(window: Window, zone: zoneinfo.ZoneInfo) -> tuple[Span, ...]:
    """The window in as few buckets as can be: months, and at its edges days and hours."""
    if window.start is None or window.end is None:
        return (Span(Grain.MONTH, None, None),)
    if window.name in GRAINS:
        return (Span(GRAINS[window.name], window.start, window.end),)
    return tuple(_split(window.start, window.end, Grain.MONTH, zone))


def buckets_of(window: Window, grain: Grain, zone: zoneinfo.ZoneInfo, most: int) -> list[datetime]:
    """Where the buckets begin that a window has a part in, of a window that begins and ends.

    Raises:
        QueryInvalid: there are more than ``most``.
    """
    if window.start is None or window.end is None:
        return []
    buckets = [bucket_start(window.start, grain, zone)]
    while (following := bucket_end(buckets[-1], grain, zone)) < window.end:
        buckets.append(following)
        if len(buckets) > most:
            raise QueryInvalid(f"The period has more than {most} buckets; use a coarser grain.", "grain")
    return buckets


def pieces(start: datetime, end: datetime, zone: zoneinfo.ZoneInfo, coarsest: Grain) -> tuple[Span, ...]:
    """What lies between two hours in as few whole buckets as can be, of which none is longer than ``coarsest``."""
    return tuple(_split(start, end, coarsest, zone))


def _split(start: datetime, end: datetime, grain: Grain, zone: zoneinfo.ZoneInfo) -> list[Span]:
    """The whole buckets of a grain between two hours, and what is left on both sides in finer ones."""
    if grain is Grain.HOUR:
        return [Span(grain, start, end)] if start < end else []
    finer = Grain.DAY if grain is Grain.MONTH else Grain.HOUR
    first, last = bucket_start(start, grain, zone), bucket_start(end, grain, zone)
    if first < start:
        first = bucket_end(first, grain, zone)
    if first >= last:
        return _split(start, end, finer, zone)
    return [*_split(start, first, finer, zone), Span(grain, first, last), *_split(last, end, finer, zone)]


def range_of(start: datetime, end: datetime, zone: zoneinfo.ZoneInfo) -> Window:
    """The window from one hour to another.

    Raises:
        QueryInvalid: an instant is within an hour of the tenant's zone, or the end is not after the start.
    """
    for name, instant in (("from", start), ("to", end)):
        if bucket_start(instant, Grain.HOUR, zone) != instant:
            raise QueryInvalid(f"{name} is where an hour begins in {zone.key}: numbers are kept by the hour.", name)
    if not timedelta() < end - start <= RANGE_MAX:
        raise QueryInvalid(f"to is after from, and at most {RANGE_MAX.days // 366} years.", "to")
    return Window(CUSTOM, start, end)


def window_at(name: str, instant: datetime, zone: zoneinfo.ZoneInfo) -> Window:
    """The window of that name that holds an instant.

    Raises:
        QueryInvalid: there is no window of that name.
    """
    if name == "all":
        return Window("all", None, None)
    if name in ROLLING_HOURS:
        end = bucket_end(bucket_start(instant, Grain.HOUR, zone), Grain.HOUR, zone)
        # Where clocks were changed by half an hour meanwhile, the window begins with the whole hour.
        begin = bucket_start(end - timedelta(hours=ROLLING_HOURS[name]), Grain.HOUR, zone)
        return Window(name, begin, end)
    if name == YEAR:
        year = instant.astimezone(zone).year
        return Window(name, _new_year(year, zone), _new_year(year + 1, zone))
    if name not in GRAINS:
        raise QueryInvalid(f"There is no window {name!r}; there are {', '.join(WINDOWS)}.", "window")
    start = bucket_start(instant, GRAINS[name], zone)
    return Window(name, start, bucket_end(start, GRAINS[name], zone))


def grain_named(name: str) -> Grain:
    """The grain of that name.

    Raises:
        QueryInvalid: there is none.
    """
    if name not in GRAINS:
        raise QueryInvalid(f"There is no grain {name!r}; there are {', '.join(GRAINS)}.", "grain")
    return GRAINS[name]


def _new_year(year: int, zone: zoneinfo.ZoneInfo) -> datetime:
    return _utc(datetime(year, 1, 1, tzinfo=zone))


def _utc(local: datetime) -> datetime:
    """The instant of a local time; one that a clock change skipped is the moment after the gap, as PostgreSQL says."""
    return local.astimezone(UTC)
