"""Where hours, days, weeks (ISO, Monday) and months begin, in a tenant's time zone. All instants are UTC.

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
WINDOWS = (*GRAINS, "all")


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


def window_at(name: str, instant: datetime, zone: zoneinfo.ZoneInfo) -> Window:
    """The window of that name that holds an instant.

    Raises:
        QueryInvalid: there is no window of that name.
    """
    if name == "all":
        return Window("all", None, None)
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


def _utc(local: datetime) -> datetime:
    """The instant of a local time; one that a clock change skipped is the moment after the gap, as PostgreSQL says."""
    return local.astimezone(UTC)
