"""How much a sum has counted in a window: for the tenant as a whole, or for one entity."""

from datetime import UTC, datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.metrics.registry import stored_name
from coliseum.metrics.windows import Window, spans
from coliseum.queries.ask import Subject
from coliseum.queries.names import number_of
from coliseum.queries.pages import read_position

SQL = db.statements("coliseum.queries")
BEGINNING: Final = datetime(1900, 1, 1, tzinfo=UTC)
END: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Around all that can be counted."""


class Total(msgspec.Struct, frozen=True, rename="camel"):
    """A sum over a window, and the next offset of each partition of the log up to which it counts."""

    metric: str
    unit: str
    currency: str | None
    window: str
    window_start: datetime | None
    window_end: datetime | None
    total: int
    position: list[int]


async def total_of(
    database: db.Database, tenant: Tenant, subject: Subject, entity_id: str | None, window: Window
) -> Total:
    """What a subject's metric, which must be a sum, has counted; one statement for each span of a window: 5 at most."""
    total = 0
    stored = stored_name(subject.metric, subject.currency or None)
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        entity = await number_of(connection, tenant.tenant_id, subject.kind, entity_id or "")
        for span in spans(window, tenant.zone) if entity is not None else ():
            edges = span.since or BEGINNING, span.until or END
            args = (tenant.tenant_id, stored, int(subject.kind), entity, int(span.grain), *edges)
            total += int(await connection.fetchval(SQL["total"], *args))
        position = await read_position(connection, tenant.tenant_id)
    return Total(
        subject.metric.name, subject.metric.unit, subject.currency or None, window.name, window.start, window.end,
        total, position,
    )  # fmt: skip
