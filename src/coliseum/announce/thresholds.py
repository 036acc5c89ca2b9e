"""Thresholds: told once a window that a number has come to a value."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.seasons import GRACE
from coliseum.hooks.messages import put
from coliseum.hooks.topics import ThresholdReached
from coliseum.metrics.registry import BY_NAME, KINDS, Kind, Metric, Unique, stored_name
from coliseum.metrics.windows import Window, spans, window_at
from coliseum.projections.seasons import has_unread
from coliseum.queries.names import number_of

SQL = db.statements("coliseum.announce")
WINDOWS_MAX: Final = 50
"""Windows of a threshold that are looked at in one go, the oldest first, after a time in which nobody looked."""
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""What stands for the beginning of all time."""


class Crossable(msgspec.Struct, frozen=True):
    """A threshold as it is stored, and the windows from ``open_since`` on in which its value was come to."""

    name: str
    metric: str
    currency: str
    entity: str
    entity_id: str
    window: str
    value: int
    open_since: datetime | None
    crossed: list[datetime]

    @property
    def counted(self) -> Metric | Unique:
        """The registry's line for its metric."""
        return BY_NAME[self.metric]


async def read_thresholds(connection: db.Connection, tenant_id: int) -> list[Crossable]:
    """A tenant's thresholds, by name."""
    found = await db.rows(connection, Crossable, SQL["thresholds"], tenant_id)
    return [threshold for threshold in found if threshold.metric in BY_NAME]


async def tell_reached(
    connection: db.Connection, tenant: Tenant, threshold: Crossable, now: datetime, position: list[int]
) -> None:
    """Tell of each open window in which the threshold's value was come to, and close those that are over."""
    number = await number_of(connection, tenant.tenant_id, KINDS[threshold.entity], threshold.entity_id)
    closed_until, closing = None, True
    for window in _open_windows(threshold, tenant, now):
        if (window.start or EVER) not in threshold.crossed:
            value = 0 if number is None else await _value(connection, tenant, threshold, number, window)
            if value >= threshold.value:
                await _tell(connection, tenant, threshold, window, value, position, now)
        closing = closing and await _is_over(connection, tenant, window, now)
        closed_until = window.end if closing else closed_until
    if closed_until is not None:
        await connection.execute(SQL["close_windows"], tenant.tenant_id, threshold.name, closed_until)


async def _is_over(connection: db.Connection, tenant: Tenant, window: Window, now: datetime) -> bool:
    """Whether everything was read that came until some minutes after the window's end: as for seasons."""
    if window.end is None or window.end + GRACE > now:
        return False
    return not await has_unread(connection, tenant.tenant_id, window.end + GRACE)


def _open_windows(threshold: Crossable, tenant: Tenant, now: datetime) -> Iterator[Window]:
    begins = threshold.open_since
    if begins is None:
        yield Window("all", None, None)
        return
    for _ in range(WINDOWS_MAX):
        window = window_at(threshold.window, begins, tenant.zone)
        if window.end is None or begins > now:
            return
        yield window
        begins = window.end


async def _value(connection: db.Connection, tenant: Tenant, threshold: Crossable, number: int, window: Window) -> int:
    """What the rollups say of one entity in one window."""
    metric, kind = threshold.counted, KINDS[threshold.entity]
    where = tenant.tenant_id, stored_name(metric, threshold.currency or None), int(kind), number
    if isinstance(metric, Unique):
        return int(await connection.fetchval(SQL["value_uniques"], *where, window.start, window.end))
    parts = spans(window, tenant.zone)
    return int(
        await connection.fetchval(
            SQL["value_sum"], *where, [int(part.grain) for part in parts], [part.since for part in parts],
            [part.until for part in parts], metric.bill and kind is Kind.ARTIST,
        )
    )  # fmt: skip


async def _tell(
    connection: db.Connection,
    tenant: Tenant,
    threshold: Crossable,
    window: Window,
    value: int,
    position: list[int],
    now: datetime,
) -> None:
    first = await connection.fetchval(SQL["cross"], tenant.tenant_id, threshold.name, window.start or EVER, now)
    if first is None:
        return
    data = ThresholdReached(
        name=threshold.name, metric=threshold.metric, unit=threshold.counted.unit, currency=threshold.currency or None,
        entity=threshold.entity, id=threshold.entity_id or None, window=threshold.window, window_start=window.start,
        window_end=window.end, threshold=threshold.value, value=value, position=position,
    )  # fmt: skip
    await put(connection, tenant.tenant_id, data)
