"""What a tenant looks at first: its sums of a stretch of time beside those before, how fresh they are, what came last.

All of it is read in one snapshot. The numbers are those of ``/api/metrics`` for the same hours: sums over the same
rows, by another statement.
"""

from datetime import datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.metrics.registry import METRICS, stored_name
from coliseum.queries.status import LogLine
from coliseum.queries.stretches import Stretch, buckets_of, spans_of, stretch_of

SQL = db.statements("coliseum.queries")
FIRST: Final = ("attendance", "money_spent", "money_earned", "votes", "plays", "follows")
"""What everybody asks for first; the others stand behind them."""
LINES: Final = 8
CURRENCIES_MAX: Final = 12


class Sum(msgspec.Struct, frozen=True):
    """One metric in one currency: what it came to, bucket by bucket, and before; None where nothing is compared."""

    metric: str
    currency: str
    value: int
    previous: int | None
    values: list[int]
    previous_values: list[int]


class Fresh(msgspec.Struct, frozen=True):
    """How far counting has come when this was read."""

    logged: int
    waiting: int
    counted_at: datetime | None
    waiting_since: datetime | None


class Happening(msgspec.Struct, frozen=True):
    """An entry that came lately, and what it is about by name."""

    entry: LogLine
    names: list[tuple[str, str, str]]
    """Kind, id and name of its artist, event and track."""


class Overview(msgspec.Struct, frozen=True):
    """One reading."""

    read_at: datetime
    stretch: Stretch
    buckets: list[datetime]
    sums: list[Sum]
    fresh: Fresh
    lines: list[Happening]
    position: list[int]

    def of(self, metric: str, currency: str) -> Sum:
        """The sum of a metric; of money, in this currency."""
        found = next((each for each in self.sums if (each.metric, each.currency) == (metric, currency)), None)
        return found or Sum(
            metric, currency, 0, None if self.stretch.before is None else 0, [0] * len(self.buckets), []
        )


class Asked(msgspec.Struct, frozen=True):
    """A period by its name, or ``custom`` with its ends."""

    period: str
    since: datetime | None = None
    until: datetime | None = None


class _Known(msgspec.Struct, frozen=True):
    money: list[str] | None
    first: datetime | None


class _Value(msgspec.Struct, frozen=True):
    metric: str
    slot: int
    value: int


class _Called(msgspec.Struct, frozen=True):
    kind: str
    id: str
    name: str


async def overview(database: db.Database, tenant: Tenant, asked: Asked, now: datetime) -> Overview:
    """Read it.

    Raises:
        QueryInvalid: there is no such period.
    """
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        (known,) = await db.rows(connection, _Known, SQL["overview_known"], tenant.tenant_id)
        stretch = stretch_of(tenant, asked.period, asked.since, asked.until, now, known.first)
        (fresh,) = await db.rows(connection, Fresh, SQL["overview_fresh"], tenant.tenant_id)
        buckets, sums = await _sums(connection, tenant, stretch, known.money or [])
        lines = await _lines(connection, tenant)
        position = [row["offset"] for row in await connection.fetch(SQL["position"], tenant.tenant_id)]
    return Overview(now, stretch, buckets, sums, fresh, lines, position)


async def _sums(
    connection: db.Connection, tenant: Tenant, stretch: Stretch, money: list[str]
) -> tuple[list[datetime], list[Sum]]:
    wanted = _wanted(tenant, money)
    before: list[datetime] = []
    if stretch.before is not None and stretch.before_until is not None:
        before = buckets_of(stretch.before, stretch.before_until, stretch, tenant)
    buckets = buckets_of(stretch.since, stretch.until, stretch, tenant)
    spans = spans_of(stretch, tenant)
    found = await db.rows(
        connection, _Value, SQL["overview_values"], tenant.tenant_id, list(wanted), [int(each.grain) for each in spans],
        [each.since for each in spans], [each.until for each in spans], [*before, *buckets],
    )  # fmt: skip
    values = {(row.metric, row.slot): row.value for row in found}
    sums = []
    for stored, (metric, currency) in wanted.items():
        here = [values.get((stored, len(before) + slot), 0) for slot in range(len(buckets))]
        there = [values.get((stored, slot), 0) for slot in range(len(before))]
        sums.append(Sum(metric, currency, sum(here), sum(there) if before else None, here, there))
    return buckets, sums


def _wanted(tenant: Tenant, money: list[str]) -> dict[str, tuple[str, str]]:
    """Metric and currency by the name under which they are stored; money in each currency in which there was any."""
    currencies = sorted({stored.partition(":")[2] for stored in money} - {tenant.currency})[: CURRENCIES_MAX - 1]
    found = {}
    for metric in sorted(METRICS, key=lambda each: FIRST.index(each.name) if each.name in FIRST else len(FIRST)):
        for currency in (tenant.currency, *currencies) if metric.money else ("",):
            found[stored_name(metric, currency or None)] = (metric.name, currency)
    return found


async def _lines(connection: db.Connection, tenant: Tenant) -> list[Happening]:
    entries = await db.rows(connection, LogLine, SQL["recent_entries"], tenant.tenant_id, LINES)
    ids = {
        "artist": [each.artist_id for each in entries if each.artist_id],
        "event": [each.event_id for each in entries if each.event_id],
        "track": [each.track_id for each in entries if each.track_id],
    }
    found = await db.rows(connection, _Called, SQL["called"], tenant.tenant_id, *ids.values())
    names = {(row.kind, row.id): row.name for row in found}
    return [
        Happening(entry, [
            (kind, entity_id, names.get((kind, entity_id), entity_id))
            for kind, entity_id in (("track", entry.track_id), ("artist", entry.artist_id), ("event", entry.event_id))
            if entity_id
        ])
        for entry in entries
    ]  # fmt: skip
