"""Where things stand on an axis: round values, and round moments of a time zone. Pure."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

import msgspec

ROUND: Final = (1, 2, 5, 10)
HOURS: Final = (1, 2, 3, 6, 12)
DAYS: Final = (1, 2, 7, 14)
MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120)


class Scale(msgspec.Struct, frozen=True):
    """From values to a length: ``low`` stands at ``start``, ``high`` at ``end``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value stands, to a tenth."""
        share = (value - self.low) / (self.high - self.low) if self.high != self.low else 0.5
        return round(self.start + share * (self.end - self.start), 1)


def round_values(low: int, high: int, count: int, unit: int = 1) -> list[int]:
    """About so many round values from at or below ``low`` to at or above ``high``, zero among them.

    ``unit``: what 1 is in minor units; steps are whole units as soon as there is room for them.
    """
    low, high = min(low, 0), max(high, 0)
    if low == high:
        high = unit
    step = _round_step((high - low) / max(count, 1))
    if step < unit and high - low >= unit * count:
        step = unit
    values = [(low // step) * step]
    while values[-1] < high:
        values.append(values[-1] + step)
    return values


def _round_step(rough: float) -> int:
    power = 1
    while power * 10 <= rough:
        power *= 10
    return max(1, next(each * power for each in ROUND if each * power >= rough or each == ROUND[-1]))


def round_moments(first: datetime, last: datetime, count: int, zone: tzinfo) -> tuple[list[datetime], timedelta]:
    """About so many round moments of a zone between two, and how far they are from each other."""
    span = last - first
    for hours in HOURS:
        if span / timedelta(hours=hours) <= count:
            return _hours(first, last, hours, zone), timedelta(hours=hours)
    for days in DAYS:
        if span / timedelta(days=days) <= count:
            return _days(first, last, days, zone), timedelta(days=days)
    for months in MONTHS:
        if span / timedelta(days=30 * months) <= count or months == MONTHS[-1]:
            return _months(first, last, months, zone), timedelta(days=30 * months)
    raise AssertionError("the last step fits always")


def _hours(first: datetime, last: datetime, step: int, zone: tzinfo) -> list[datetime]:
    found: list[datetime] = []
    day = first.astimezone(zone).date()
    while (moment := _local(day, zone)) <= last:
        for hour in range(0, 24, step):
            moment = _local(day, zone, hour)
            if first <= moment <= last and (not found or moment > found[-1]):
                found.append(moment)
        day += timedelta(days=1)
    return found


def _days(first: datetime, last: datetime, step: int, zone: tzinfo) -> list[datetime]:
    day = first.astimezone(zone).date()
    if _local(day, zone) < first:
        day += timedelta(days=1)
    if step % 7 == 0:
        day += timedelta(days=-day.weekday() % 7)
    found = []
    while (moment := _local(day, zone)) <= last:
        found.append(moment)
        day += timedelta(days=step)
    return found


def _months(first: datetime, last: datetime, step: int, zone: tzinfo) -> list[datetime]:
    local = first.astimezone(zone)
    month = local.year * 12 + local.month - 1
    month += -month % step
    found = []
    while month // 12 <= last.astimezone(zone).year:
        moment = _local(date(month // 12, month % 12 + 1, 1), zone)
        if first <= moment <= last:
            found.append(moment)
        month += step
    return found


def _local(day: date, zone: tzinfo, hour: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)
