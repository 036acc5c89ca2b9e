"""From a number to the entries that it is the sum of."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind, Metric, Unique, stored_name
from coliseum.metrics.windows import Window
from coliseum.queries.ask import Filters, Subject, check_text
from coliseum.queries.breakdown_asked import carrier_of, targets
from coliseum.queries.names import number_of
from coliseum.queries.positions import plan_log, position_of
from coliseum.queries.question import AsOf

SQL = db.statements("coliseum.queries")
LIMIT_MAX = 1_000


class Entry(msgspec.Struct, frozen=True, rename={"occurred_at": "occurredAt", "created_at": "receivedAt"}):
    """An entry of the log that counts, and what it adds."""

    partition: int
    offset: int
    id: str
    type: str
    occurred_at: datetime
    created_at: datetime
    value: int


class Explanation(msgspec.Struct, frozen=True, rename="camel"):
    """The number, how many entries it comes from, and a page of them in the order of the log.

    For a count of unique fans, ``value`` is the number of fans and the entries are those that made them count.
    """

    metric: str
    unit: str
    currency: str | None
    entity: str
    id: str | None
    window: str
    window_start: datetime | None
    window_end: datetime | None
    filters: dict[str, str]
    value: int
    count: int
    position: list[int]
    entries: list[Entry]
    next_cursor: str | None


async def explain(
    database: db.Database,
    tenant: Tenant,
    subject: Subject,
    entity_id: str | None,
    window: Window,
    filters: Filters,
    *,
    limit: int,
    cursor: str | None,
    as_of: AsOf = None,
) -> Explanation:
    """The entries behind a number of the rollups or of a board, up to where the rollups have read or ``as_of`` says.

    Bills and filters are those of the catalogue as the log had it there.

    Raises:
        QueryInvalid: limit, cursor or id are none, or ``as_of`` is ahead of what was read.
    """
    _check(subject, entity_id, filters, limit)
    after = place_after(cursor)
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        position = await position_of(connection, tenant.tenant_id, as_of)
        await plan_log(connection)
        where = await _where(connection, tenant, subject, entity_id, window, filters, position)
        totals = await connection.fetchrow(SQL["explain_totals"], *where)
        entries = await db.rows(connection, Entry, SQL["explain_entries"], *where, *after, limit)
    assert totals is not None  # noqa: S101 - an aggregate without groups always has one row
    unique = isinstance(subject.metric, Unique)
    last = entries[-1] if len(entries) == limit else None
    return Explanation(
        subject.metric.name,
        subject.metric.unit,
        subject.currency or None,
        subject.kind.label,
        entity_id,
        window.name,
        window.start,
        window.end,
        filters.given,
        totals["fans"] if unique else totals["value"],
        totals["count"],
        [position[partition] for partition in sorted(position)],
        entries,
        None if last is None else cursor_of(last),
    )


def _check(subject: Subject, entity_id: str | None, filters: Filters, limit: int) -> None:
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    if subject.kind is not Kind.TENANT and entity_id is None:
        raise QueryInvalid("id says of which entity; leave entity out for the tenant as a whole.", "id")
    if entity_id is not None:
        check_text(entity_id, "id")
    if subject.kind is Kind.TENANT and filters.given and targets(subject.metric):
        name = subject.metric.name
        raise QueryInvalid(f"{name} has no filters here: it counts for things of any kind.", next(iter(filters.given)))


async def _where(
    connection: db.Connection,
    tenant: Tenant,
    subject: Subject,
    entity_id: str | None,
    window: Window,
    filters: Filters,
    position: Mapping[int, int],
) -> tuple[object, ...]:
    """The parameters that both statements share (see ``explain_totals.sql``)."""
    metric = subject.metric
    entity: str | None = entity_id or ""
    kind = subject.kind
    if kind is Kind.TENANT and filters.given and isinstance(metric, Metric):
        # The tenant's own numbers cannot be narrowed down: those of a kind that every entry counts for can.
        kind, entity = carrier_of(metric), None
    if subject.kind is Kind.FAN:
        number = await number_of(connection, tenant.tenant_id, Kind.FAN, entity_id or "")
        entity = "" if number is None else str(number)
    return (
        tenant.tenant_id, stored_name(metric, subject.currency or None), int(kind), window.start, window.end,
        isinstance(metric, Metric) and metric.bill and subject.kind is Kind.ARTIST,
        isinstance(metric, Unique), filters.city, filters.genre, filters.event,
        list(position), list(position.values()), entity,
    )  # fmt: skip


def cursor_of(entry: Entry) -> str:
    """What goes on behind this entry."""
    return base64.urlsafe_b64encode(msgspec.json.encode([entry.partition, entry.offset])).decode().rstrip("=")


def place_after(cursor: str | None) -> tuple[int, int]:
    """The place that a page comes after.

    Raises:
        QueryInvalid: the cursor is none.
    """
    if cursor is None:
        return -1, -1
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        partition, offset = msgspec.json.decode(packed, type=tuple[int, int])
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor") from None
    if not (0 <= partition < 2**15 and 0 <= offset < 2**63):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor")
    return partition, offset
