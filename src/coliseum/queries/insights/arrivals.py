"""When fans came to a show: their first scans by stretches of some minutes around its beginning."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.queries.ask import check_text
from coliseum.queries.insights.shows import SQL, percent, read_to

MINUTES = (1, 5, 15, 30, 60)
HOURS_AROUND = 12
"""Stretches are told apart so long before and after the beginning; what is beyond is told as two sums."""
EDGE = HOURS_AROUND * 60


class Stretch(msgspec.Struct, frozen=True):
    """Fans who came first in these minutes, all scans in them, and how many had come by their end, also in percent."""

    start: datetime
    arrivals: int
    visits: int
    cumulative: int
    share: float | None


class Arrivals(msgspec.Struct, frozen=True, rename="camel"):
    """``visits`` is the event's attendance: ``arrivals`` of different fans, and ``re_entries``.

    ``anchor``: when the show begins, when that is ``known`` and somebody came within 12 hours of it; the hour of the
    median arrival otherwise; None without a scan.
    ``earlier`` and ``later``: arrivals more than 12 hours from it. ``peak``: the minute in which most arrived, the
    first of equals, with their number as ``peak_arrivals``.
    """

    event: str
    minutes: int
    anchor: datetime | None
    known: bool
    arrivals: int
    visits: int
    re_entries: int
    earlier: int
    later: int
    peak: datetime | None
    peak_arrivals: int
    stretches: list[Stretch]
    position: list[int]


class _Minute(msgspec.Struct, frozen=True):
    anchor: datetime
    started: bool
    minute: int
    arrivals: int
    visits: int


async def arrivals(database: db.Database, tenant: Tenant, event: str, minutes: int) -> Arrivals:
    """The curve of one event.

    Raises:
        QueryInvalid: the stretches are of another length than there is.
    """
    check_text(event, "event")
    if minutes not in MINUTES:
        raise QueryInvalid(f"minutes is one of {', '.join(map(str, MINUTES))}.", "minutes")
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        found = await db.rows(connection, _Minute, SQL["arrivals"], tenant.tenant_id, event, tenant.time_zone, EDGE)
        position = await read_to(connection, tenant)
    return _curve(event, minutes, found, position)


def _curve(event: str, minutes: int, found: Sequence[_Minute], position: list[int]) -> Arrivals:
    came, visits = sum(row.arrivals for row in found), sum(row.visits for row in found)
    earlier = sum(row.arrivals for row in found if row.minute < -EDGE)
    later = sum(row.arrivals for row in found if row.minute >= EDGE)
    inside = [row for row in found if -EDGE <= row.minute < EDGE]
    anchor = found[0].anchor if found else None
    peak = max((row for row in inside if row.arrivals), key=lambda row: (row.arrivals, -row.minute), default=None)
    return Arrivals(
        event, minutes, anchor, bool(found and found[0].started), came, visits, visits - came, earlier, later,
        None if peak is None else peak.anchor + timedelta(minutes=peak.minute), peak.arrivals if peak else 0,
        _stretches(minutes, inside, earlier, came), position,
    )  # fmt: skip


def _stretches(minutes: int, inside: Sequence[_Minute], earlier: int, came: int) -> list[Stretch]:
    """All stretches from the first with a scan to the last, empty ones included."""
    sums: dict[int, tuple[int, int]] = {}
    for row in inside:
        nth = row.minute // minutes
        before = sums.get(nth, (0, 0))
        sums[nth] = before[0] + row.arrivals, before[1] + row.visits
    stretches, cumulative = [], earlier
    for nth in range(min(sums), max(sums) + 1) if sums else ():
        arrived, visits = sums.get(nth, (0, 0))
        cumulative += arrived
        start = inside[0].anchor + timedelta(minutes=nth * minutes)
        stretches.append(Stretch(start, arrived, visits, cumulative, percent(cumulative, came)))
    return stretches
