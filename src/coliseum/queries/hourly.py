"""What trending and breaking have in common: members compared by what they counted hour by hour, as of one hour."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import METRICS, Kind, Metric, stored_name
from coliseum.metrics.windows import Grain, bucket_start
from coliseum.queries.ask import Filters, Subject, instant
from coliseum.queries.decay import HOUR, hour_instant, hour_number

SQL = db.statements("coliseum.queries")
LIMIT_MAX = 1_000
AT_MIN = datetime(1900, 1, 1, tzinfo=UTC)
"""How far back events may reach."""
INSTANT = timedelta(microseconds=1)


class Asked(msgspec.Struct, frozen=True):
    """Which members are compared, and as of which hour (where it begins, in the tenant's zone)."""

    tenant: Tenant
    subject: Subject
    filters: Filters
    hour: datetime
    limit: int

    @property
    def number(self) -> int:
        """The hour's number."""
        return hour_number(self.hour)

    @property
    def end(self) -> datetime:
        """Where the hour ends."""
        return self.hour + HOUR

    @property
    def narrowed(self) -> dict[str, str]:
        """The filters that are set, by name."""
        given = (("city", self.filters.city), ("genre", self.filters.genre), ("event", self.filters.event))
        return {name: value for name, value in given if value is not None}

    def start(self, number: int) -> datetime:
        """Where the hour of a number begins in the tenant's zone."""
        return bucket_start(hour_instant(number + 1) - INSTANT, Grain.HOUR, self.tenant.zone)

    def facts(self, first_hour: int) -> tuple[Any, ...]:
        """What ``coliseum_board_hours`` takes, from the hour of that number up to and with this one."""
        metric, kind = self.subject.metric, self.subject.kind
        bill = isinstance(metric, Metric) and metric.bill and kind is Kind.ARTIST
        return (
            self.tenant.tenant_id, stored_name(metric, self.subject.currency or None), int(kind),
            hour_instant(first_hour), self.hour + INSTANT, bill,
            self.filters.city, self.filters.genre, self.filters.event,
        )  # fmt: skip


def asked_of(tenant: Tenant, subject: Subject, filters: Filters, at: str | None, now: datetime, limit: int) -> Asked:
    """What is asked.

    Raises:
        QueryInvalid: the metric cannot be added up hour by hour, it is asked of the tenant as a whole, ``at`` is no
            instant that has been, or the limit is none.
    """
    if not isinstance(subject.metric, Metric):
        sums = ", ".join(metric.name for metric in METRICS)
        raise QueryInvalid(f"{subject.metric.name} of several hours do not add up; there are {sums}.", "metric")
    if subject.kind is Kind.TENANT:
        kinds = ", ".join(subject.metric.boards)
        raise QueryInvalid(f"The tenant as a whole is no member; {subject.metric.name} has {kinds}.", "entity")
    check_number(limit, "limit", 1, LIMIT_MAX)
    moment = now if at is None else instant(at, "at")
    if not AT_MIN <= moment <= now:
        raise QueryInvalid(f"at is from {_text(AT_MIN)} to now, {_text(now)}.", "at")
    return Asked(tenant, subject, filters, bucket_start(moment, Grain.HOUR, tenant.zone), limit)


def check_number(value: int, name: str, least: int, most: int) -> int:
    """A whole number of a query.

    Raises:
        QueryInvalid: it is out of its bounds, which are said.
    """
    if not least <= value <= most:
        raise QueryInvalid(f"{name} is from {least} to {most}.", name)
    return value


@asynccontextmanager
async def reading(database: db.Database, asked: Asked) -> AsyncIterator[db.Connection]:
    """A snapshot of the tenant's numbers in which statements over many hours are planned as they should be."""
    async with database.tenant(asked.tenant.tenant_id, snapshot=True) as connection:
        await connection.execute(SQL["plan_hours"])
        yield connection


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
