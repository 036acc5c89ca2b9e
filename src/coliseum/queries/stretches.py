"""Which stretch of time an overview looks at, what it is compared with, and in which buckets it is drawn. Pure.

A stretch begins and ends where hours do, so that every number of it is a sum of whole hours, and is explained by a
window of its own. It is compared with the stretch before it that has as many hours behind its beginning: today until
now with yesterday until then, the last 24 hours with the 24 before them.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.windows import (
    CUSTOM,
    ROLLING_HOURS,
    Grain,
    Span,
    Window,
    bucket_end,
    bucket_start,
    pieces,
    range_of,
    window_at,
)

PERIODS: Final = ("24h", "day", "7d", "28d", "month", "year", "all")
HOUR: Final = timedelta(hours=1)
BINS: Final = {"28d": 24}
"""Hours a bucket, where a stretch begins in the middle of a day: so all of its buckets are of one length."""
DAYS_BY_HOUR_MAX: Final = 8
DAYS_BY_DAY_MAX: Final = 120
BUCKETS_MAX: Final = 2_500


class Stretch(msgspec.Struct, frozen=True):
    """``before``: where what it is compared with begins; None when there is nothing. ``bin_hours``: 0 for a grain's."""

    window: Window
    since: datetime
    until: datetime
    before: datetime | None
    before_until: datetime | None
    grain: Grain
    bin_hours: int = 0

    @property
    def name(self) -> str:
        """The window's name."""
        return self.window.name


def stretch_of(
    tenant: Tenant, name: str, since: datetime | None, until: datetime | None, now: datetime, first: datetime | None
) -> Stretch:
    """The stretch of a period's name, or from one hour to another; ``first``: when the oldest entry's month begins.

    Raises:
        QueryInvalid: there is no such period, or it is none.
    """
    zone, end = tenant.zone, bucket_start(now, Grain.HOUR, tenant.zone) + HOUR
    if name == CUSTOM:
        if since is None or until is None:
            raise QueryInvalid("A period of your own has a beginning and an end.", "from")
        window = range_of(since, until, zone)
        return _compared(window, since, until, since - (until - since), _grain_for(until - since))
    if name not in PERIODS:
        raise QueryInvalid(f"period is one of {', '.join(PERIODS)}, or custom.", "period")
    window = window_at(name, now, zone)
    if window.start is None:
        begin = min(first or end - HOUR, end - HOUR)
        return Stretch(window, bucket_start(begin, Grain.MONTH, zone), end, None, None, Grain.MONTH)
    if name in ROLLING_HOURS:
        grain, length = Grain.HOUR, end - window.start
        return _compared(window, window.start, end, window.start - length, grain, BINS.get(name, 0))
    before = window_at(name, window.start - timedelta(microseconds=1), zone).start
    grain = {"day": Grain.HOUR, "month": Grain.DAY, "year": Grain.MONTH}[name]
    return _compared(window, window.start, end, before, grain)


def buckets_of(begin: datetime, end: datetime, stretch: Stretch, tenant: Tenant) -> list[datetime]:
    """Where the buckets between two hours begin; the first one with ``begin``, even in the middle of a day."""
    starts, at = [begin], begin
    while True:
        if stretch.bin_hours:
            at += stretch.bin_hours * HOUR
        else:
            at = bucket_end(bucket_start(at, stretch.grain, tenant.zone), stretch.grain, tenant.zone)
        if at >= end:
            return starts
        starts.append(at)
        if len(starts) > BUCKETS_MAX:
            raise QueryInvalid("That is too long to be drawn.", "from")


def spans_of(stretch: Stretch, tenant: Tenant) -> list[Span]:
    """The stretch, and before it what it is compared with, in whole buckets that are not longer than those drawn."""
    coarsest = Grain.HOUR if stretch.bin_hours else stretch.grain
    found = [] if stretch.before is None or stretch.before_until is None else [(stretch.before, stretch.before_until)]
    return [each for begin, end in (*found, (stretch.since, stretch.until))
            for each in pieces(begin, end, tenant.zone, coarsest)]  # fmt: skip


def _compared(
    window: Window, since: datetime, until: datetime, before: datetime | None, grain: Grain, bin_hours: int = 0
) -> Stretch:
    """With as many hours of the stretch before as have passed of this one, as far as that has as many."""
    before_until = None if before is None else min(before + (until - since), since)
    return Stretch(window, since, until, before, before_until, grain, bin_hours)


def _grain_for(length: timedelta) -> Grain:
    if length <= timedelta(days=DAYS_BY_HOUR_MAX):
        return Grain.HOUR
    return Grain.DAY if length <= timedelta(days=DAYS_BY_DAY_MAX) else Grain.MONTH
