"""Time series of a metric: one point a bucket, zeros included, with the total and the period before."""

from datetime import datetime, timedelta

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind, Metric, Unique, stored_name
from coliseum.metrics.windows import Grain, bucket_end, bucket_start
from coliseum.queries.ask import Subject, check_text
from coliseum.queries.names import number_of

SQL = db.statements("coliseum.queries")
POINTS_MAX = 2_000
POINTS_DEFAULT = {Grain.HOUR: 24, Grain.DAY: 28, Grain.WEEK: 12, Grain.MONTH: 12}


class Point(msgspec.Struct, frozen=True):
    """The value of one bucket, by where it begins."""

    start: datetime
    value: int


class Period(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """A total over a stretch of time: ``from`` included, ``to`` excluded."""

    since: datetime
    until: datetime
    total: int


class Series(msgspec.Struct, frozen=True, rename={"time_zone": "timeZone", "since": "from", "until": "to"}):
    """The answer: points in order, their total (for unique fans: different fans over the whole period)."""

    metric: str
    unit: str
    currency: str | None
    entity: str
    id: str | None
    grain: str
    time_zone: str
    since: datetime
    until: datetime
    points: list[Point]
    total: int
    previous: Period
    position: list[int]


class _BucketRow(msgspec.Struct, frozen=True):
    bucket: datetime
    value: int


async def series(
    database: db.Database,
    tenant: Tenant,
    subject: Subject,
    entity_id: str | None,
    grain: Grain,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
) -> Series:
    """A metric of one entity (or of the tenant as a whole) by buckets of the tenant's time zone.

    Raises:
        QueryInvalid: the period is empty or has too many buckets.
    """
    buckets = _buckets(tenant, grain, since, until, now)
    first, end = buckets[0], bucket_end(buckets[-1], grain, tenant.zone)
    try:
        before = first
        for _ in buckets:
            before = bucket_start(before - timedelta(microseconds=1), grain, tenant.zone)
    except OverflowError:
        raise QueryInvalid("The period before this one is out of the calendar.", "from") from None
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        reader = _Reader(connection, tenant, subject, grain)
        await reader.find(entity_id)
        values = await reader.values(buckets, end)
        total = await reader.total(first, end, list(values.values()))
        previous = await reader.total(before, first, None)
        position = [row["offset"] for row in await connection.fetch(SQL["position"], tenant.tenant_id)]
    points = [Point(bucket, values.get(bucket, 0)) for bucket in buckets]
    return Series(
        subject.metric.name,
        subject.metric.unit,
        subject.currency or None,
        subject.kind.label,
        entity_id,
        grain.label,
        tenant.time_zone,
        first,
        end,
        points,
        total,
        Period(before, first, previous),
        position,
    )


class _Reader:
    """Reads one subject's sums in one snapshot."""

    def __init__(self, connection: db.Connection, tenant: Tenant, subject: Subject, grain: Grain) -> None:
        self._connection = connection
        self._tenant = tenant
        self._subject = subject
        self._grain = grain
        self._entity: int | None = None

    async def find(self, entity_id: str | None) -> None:
        """Look the entity's number up."""
        kind = self._subject.kind
        if kind is not Kind.TENANT and entity_id is None:
            raise QueryInvalid("id says of which entity; leave entity out for the tenant as a whole.", "id")
        if entity_id is not None:
            check_text(entity_id, "id")
        self._entity = await number_of(self._connection, self._tenant.tenant_id, kind, entity_id or "")

    async def values(self, buckets: list[datetime], end: datetime) -> dict[datetime, int]:
        """The value of each bucket that has one."""
        if self._entity is None:
            return {}
        metric = self._subject.metric
        if isinstance(metric, Metric):
            return await self._totals(buckets[0], end)
        if metric.rolling_days is None:
            return await self._by_bucket("series_uniques", self._grain.label, buckets[0], end, self._tenant.time_zone)
        ends = [bucket_end(bucket, self._grain, self._tenant.zone) for bucket in buckets]
        return await self._by_bucket("series_rolling", buckets, ends, metric.rolling_days)

    async def total(self, since: datetime, until: datetime, values: list[int] | None) -> int:
        """The total of a period, which begins and ends with buckets; ``values``: its points, when they are known."""
        if self._entity is None:
            return 0
        if isinstance(self._subject.metric, Unique):
            found = await self._connection.fetchval(SQL["period_uniques"], *self._where, since, until)
            return int(found)
        if values is not None:
            return sum(values)
        return sum((await self._totals(since, until)).values())

    async def _totals(self, since: datetime, until: datetime) -> dict[datetime, int]:
        return await self._by_bucket(
            "series_totals", int(self._grain), since, until, self._bill, self._tenant.time_zone, self._grain.label
        )

    async def _by_bucket(self, name: str, *more: object) -> dict[datetime, int]:
        found = await db.rows(self._connection, _BucketRow, SQL[name], *self._where, *more)
        return {row.bucket: row.value for row in found}

    @property
    def _where(self) -> tuple[int, str, int, int]:
        stored = stored_name(self._subject.metric, self._subject.currency or None)
        return self._tenant.tenant_id, stored, int(self._subject.kind), self._entity or 0

    @property
    def _bill(self) -> bool:
        metric = self._subject.metric
        return isinstance(metric, Metric) and metric.bill and self._subject.kind is Kind.ARTIST


def default_start(tenant: Tenant, grain: Grain, until: datetime | None, now: datetime) -> datetime:
    """Where a series begins that does not say where."""
    return _buckets(tenant, grain, None, until, now)[0]


def _buckets(
    tenant: Tenant, grain: Grain, since: datetime | None, until: datetime | None, now: datetime
) -> list[datetime]:
    """Where the buckets of a period begin: those that hold ``since`` up to the one before ``until``."""
    zone = tenant.zone
    last = bucket_start(until - timedelta(microseconds=1) if until else now, grain, zone)
    if since is None:
        start = last
        for _ in range(POINTS_DEFAULT[grain] - 1):
            start = bucket_start(start - timedelta(microseconds=1), grain, zone)
    else:
        start = bucket_start(since, grain, zone)
    if start > last:
        raise QueryInvalid("The period is empty: from must be before to.", "from")
    buckets = []
    while start <= last:
        buckets.append(start)
        if len(buckets) > POINTS_MAX:
            raise QueryInvalid(f"The period has more than {POINTS_MAX} buckets; use a coarser grain.", "grain")
        start = bucket_end(start, grain, zone)
    return buckets
