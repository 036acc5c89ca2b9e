"""The periods that a breakdown is asked for, in the tenant's zone: which it is, and which one it is compared with."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.windows import CUSTOM, GRAINS, YEAR, Grain, Window, bucket_start, range_of, window_at
from coliseum.queries.ask import instant, window_of

Compare = Literal["previous", "year"]
COMPARES: Final[tuple[Compare, ...]] = get_args(Compare)
INSTANT: Final = timedelta(microseconds=1)
WEEKS_OF_YEAR: Final = timedelta(weeks=52)
DATE_LENGTH: Final = len("2026-01-01")
LEAP_DAY: Final = (2, 29)


def period_of(tenant: Tenant, given: Mapping[str, str], now: datetime) -> Window:
    """The period: of ``window``, around ``at`` or now; or from ``from`` to ``to``, or up to and with the day ``last``.

    A date is a day of the tenant's zone.

    Raises:
        QueryInvalid: one of these is wrong, or they do not go together.
    """
    since, until, last = (_moment(tenant.zone, given, name) for name in ("from", "to", "last"))
    if last is not None:
        if until is not None:
            raise QueryInvalid("to is where it ends, and last the last day of it: only one of them.", "last")
        if len(given["last"]) != DATE_LENGTH:
            raise QueryInvalid("last is a day such as 2026-05-31.", "last")
        until = midnight(last.astimezone(tenant.zone).date() + timedelta(days=1), tenant.zone)
    if since is None and until is None:
        at = _moment(tenant.zone, given, "at")
        return window_of(tenant, given.get("window", "28d"), None, now if at is None else at)
    if since is None or until is None:
        raise QueryInvalid("from goes together with to, or with last.", "to" if until is None else "from")
    if "at" in given or "window" in given:
        raise QueryInvalid("from and to are a period of their own: leave window and at out.", "window")
    return range_of(since, until, tenant.zone)


def compared_with(window: Window, compare: Compare, zone: ZoneInfo) -> Window:
    """The period that one is compared with: the one directly before it, or the same one of the year before.

    A day, a month and a year are compared with the whole one before, however long; a week's year before are 52 weeks.
    A range of whole days is compared with as many days, any other with as many hours.

    Raises:
        QueryInvalid: all time has none, or it is out of the calendar.
    """
    if window.start is None or window.end is None:
        raise QueryInvalid("All time has no period before; choose another window.", "compare")
    try:
        if compare == "previous":
            return _before(window, window.start, window.end, zone)
        return _year_before(window, window.start, window.end, zone)
    except (OverflowError, ValueError):
        raise QueryInvalid("The period before this one is out of the calendar.", "compare") from None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day."""
    # At noon every zone has the day's date; where midnight was skipped, the day begins later.
    return bucket_start(datetime(day.year, day.month, day.day, 12, tzinfo=zone), Grain.DAY, zone)


def _before(window: Window, start: datetime, end: datetime, zone: ZoneInfo) -> Window:
    if window.name in GRAINS or window.name == YEAR:
        return window_at(window.name, start - INSTANT, zone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    if midnight(first, zone) == start and midnight(last, zone) == end:
        return Window(CUSTOM, midnight(first - (last - first), zone), start)
    return Window(CUSTOM, bucket_start(start - (end - start), Grain.HOUR, zone), start)


def _year_before(window: Window, start: datetime, end: datetime, zone: ZoneInfo) -> Window:
    if window.name == Grain.WEEK.label:
        first = start.astimezone(zone).date() - WEEKS_OF_YEAR
        return window_at(window.name, midnight(first, zone), zone)
    if window.name in GRAINS or window.name == YEAR:
        return window_at(window.name, _last_year(start, zone), zone)
    return Window(CUSTOM, _last_year(start, zone), _last_year(end, zone))


def _last_year(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same hour of the same date a year before; of a leap day, the day before."""
    local = moment.astimezone(zone)
    if midnight(local.date(), zone) == moment:
        return midnight(_date_before(local.date()), zone)
    day = _date_before(local.date())
    there = datetime(day.year, day.month, day.day, local.hour, local.minute, tzinfo=zone, fold=local.fold)
    # An hour that the clocks skipped then is the one after.
    return bucket_start(there.astimezone(UTC), Grain.HOUR, zone)


def _date_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == LEAP_DAY else day.day)


def _moment(zone: ZoneInfo, given: Mapping[str, str], name: str) -> datetime | None:
    text = given.get(name)
    if text is None:
        return None
    moment = instant(text, name)
    return midnight(moment.date(), zone) if len(text) == DATE_LENGTH else moment
