"""How the system stands for one tenant: how far each consumer has come, what was refused, what was parked."""

from datetime import date, datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant

SQL = db.statements("coliseum.queries")


class ConsumerStatus(msgspec.Struct, frozen=True, rename="camel"):
    """One consumer of one partition: next offset to read, and how many entries are waiting."""

    consumer: str
    partition: int
    offset: int
    head: int
    lag: int
    dead_letters: int


class Warned(msgspec.Struct, frozen=True, rename="camel"):
    """How often something was refused or dropped on one day, with the last example."""

    day: date
    code: str
    event_type: str
    count: int
    last_message: str
    last_at: datetime


class LogLine(msgspec.Struct, frozen=True, rename="camel"):
    """An entry as the stream of arriving events shows it; it names no person."""

    partition: int
    offset: int
    id: str
    event_type: str
    artist_id: str | None
    event_id: str | None
    track_id: str | None
    city: str | None
    currency: str | None
    value: int
    occurred_at: datetime
    created_at: datetime


class WarningGroup(msgspec.Struct, frozen=True, rename="camel"):
    """How often something was refused or dropped for one reason, since which day, and the last example."""

    code: str
    count: int
    first_day: date
    last_at: datetime
    event_types: list[str]
    example: str
    example_type: str


class ParkedEntry(msgspec.Struct, frozen=True, rename="camel"):
    """An entry that a consumer could not digest; ``error``: null for a caller who may not read about fans.

    ``asked_at``: since when it waits to be tried again; null: nobody has asked, or it was tried since.
    """

    consumer: str
    partition: int
    offset: int
    id: str
    event_type: str
    error: str | None
    attempts: int
    first_at: datetime
    last_at: datetime
    asked_at: datetime | None


async def consumers(database: db.Database, tenant: Tenant) -> list[ConsumerStatus]:
    """Every consumer and partition."""
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        return await db.rows(connection, ConsumerStatus, SQL["consumers"], tenant.tenant_id)


async def warnings(database: db.Database, tenant: Tenant, days: int) -> list[Warned]:
    """What was refused or dropped in the last days, newest first."""
    async with database.tenant(tenant.tenant_id) as connection:
        return await db.rows(connection, Warned, SQL["warnings"], tenant.tenant_id, days)


async def recent_entries(database: db.Database, tenant: Tenant, limit: int) -> list[LogLine]:
    """The newest entries of the log, newest first."""
    async with database.tenant(tenant.tenant_id) as connection:
        return await db.rows(connection, LogLine, SQL["recent_entries"], tenant.tenant_id, limit)


async def warning_groups(database: db.Database, tenant: Tenant, days: int) -> list[WarningGroup]:
    """What was refused or dropped in the last days, by reason, the latest first."""
    async with database.tenant(tenant.tenant_id) as connection:
        return await db.rows(connection, WarningGroup, SQL["warning_groups"], tenant.tenant_id, days)


async def parked_entries(
    database: db.Database, tenant: Tenant, *, consumer: str | None, limit: int, fans: bool
) -> list[ParkedEntry]:
    """A tenant's dead letters, the latest first; what is wrong may quote the entry, and so is only for ``fans``."""
    async with database.tenant(tenant.tenant_id) as connection:
        found = await db.rows(connection, ParkedEntry, SQL["dead_letters"], tenant.tenant_id, consumer, limit)
    return found if fans else [msgspec.structs.replace(each, error=None) for each in found]
