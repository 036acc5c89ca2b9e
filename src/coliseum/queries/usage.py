"""What a tenant has used: the month's entries by day, and the entries behind a day's number."""

import base64
import binascii
from datetime import UTC, date, datetime, timedelta

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.accounts.usage import month_after, month_of, used_in_month
from coliseum.errors import QueryInvalid
from coliseum.hooks.endpoints import list_endpoints

SQL = db.statements("coliseum.queries")
LIMIT_MAX = 1_000
NUMBER_END = 2**63


class DayUsage(msgspec.Struct, frozen=True):
    """Entries that were received on one UTC day, of one category of events, by one way in."""

    day: date
    category: str
    source: str
    entries: int


class Counts(msgspec.Struct, frozen=True, rename="camel"):
    """How many there are of what plans limit by number."""

    seats: int
    keys: int
    declared_boards: int
    webhook_endpoints: int = 0


class Used(msgspec.Struct, frozen=True):
    """A month: all entries of it, those that are counted by days, how many wait to be, and how far that has read."""

    used: int
    counted: int
    waiting: int
    days: list[DayUsage]
    position: list[int]
    counts: Counts


class UsedEntry(msgspec.Struct, frozen=True, rename={"created_at": "receivedAt"}):
    """An entry of the log that counts."""

    partition: int
    offset: int
    id: str
    type: str
    source: str
    created_at: datetime


class UsageExplanation(msgspec.Struct, frozen=True, rename="camel"):
    """A day's number, and a page of the entries that it is the sum of, in the order of the log."""

    day: date
    category: str | None
    source: str | None
    count: int
    position: list[int]
    entries: list[UsedEntry]
    next_cursor: str | None


async def used(database: db.Database, tenant: Tenant, month: datetime) -> Used:
    """What was used of the month that begins at this instant, in one snapshot; and what there is of the rest."""
    last = (month_after(month) - timedelta(days=1)).date()
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        total = await used_in_month(connection, tenant.tenant_id, month)
        days = await db.rows(connection, DayUsage, SQL["usage_days"], tenant.tenant_id, month.date(), last)
        position = await _position(connection, tenant.tenant_id)
        counts = (await db.rows(connection, Counts, SQL["usage_counts"], tenant.tenant_id))[0]
    async with database.tenant(tenant.tenant_id, "accounts") as connection:
        endpoints = await list_endpoints(connection, tenant.tenant_id)
    counts = msgspec.structs.replace(counts, webhook_endpoints=len(endpoints))
    counted = sum(day.entries for day in days)
    return Used(total, counted, total - counted, days, position, counts)


async def explain_usage(
    database: db.Database,
    tenant: Tenant,
    day: date,
    category: str | None,
    source: str | None,
    *,
    limit: int,
    cursor: str | None,
) -> UsageExplanation:
    """The entries that were received on a day, as far as they are counted.

    Raises:
        QueryInvalid: limit or cursor are none.
    """
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    where = (tenant.tenant_id, day, category, source)
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        count = await connection.fetchval(SQL["usage_count"], *where)
        entries = await db.rows(
            connection,
            UsedEntry,
            SQL["usage_entries"],
            *where,
            begin,
            begin + timedelta(days=1),
            *_after(cursor),
            limit,
        )
        position = await _position(connection, tenant.tenant_id)
    last = entries[-1] if len(entries) == limit else None
    return UsageExplanation(
        day, category, source, int(count), position, entries, None if last is None else _cursor(last)
    )


def month_named(text: str | None, now: datetime) -> datetime:
    """The first instant of a month such as ``2026-05``; of the present one without a name.

    Raises:
        QueryInvalid: it is none.
    """
    if text is None:
        return month_of(now)
    if len(text) != len("2026-05"):
        raise QueryInvalid("month is a month such as 2026-05.", "month")
    return month_of(datetime.combine(day_named(f"{text}-01", "month"), datetime.min.time(), UTC))


def day_named(text: str, field: str = "day") -> date:
    """A day such as ``2026-05-01``.

    Raises:
        QueryInvalid: it is none.
    """
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise QueryInvalid(f"{field} is a UTC day such as 2026-05-01, or a month such as 2026-05.", field) from None
    if not date(1900, 1, 1) <= day <= date(9000, 1, 1):
        raise QueryInvalid(f"{field} is too near the ends of the calendar.", field)
    return day


async def _position(connection: db.Connection, tenant_id: int) -> list[int]:
    found = await connection.fetch(SQL["usage_position"], tenant_id)
    return [record["offset"] for record in found]


def _cursor(entry: UsedEntry) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([entry.partition, entry.offset])).decode().rstrip("=")


def _after(cursor: str | None) -> tuple[int, int]:
    if cursor is None:
        return -1, -1
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        partition, offset = msgspec.json.decode(packed, type=tuple[int, int])
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor") from None
    if not (0 <= partition < 2**15 and 0 <= offset < NUMBER_END):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor")
    return partition, offset
