"""Rules: told once a window that a number has come to a value."""

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
"""Windows of a rule that are looked at in one go, the oldest first, after a time in which nobody looked."""
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""What stands for the beginning of all time."""


class Rule(msgspec.Struct, frozen=True):
    """A rule as it is stored, and the windows from ``open_since`` on in which its value was come to."""

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


async def read_rules(connection: db.Connection, tenant_id: int) -> list[Rule]:
    """A tenant's rules, by name."""
    rules = await db.rows(connection, Rule, SQL["rules"], tenant_id)
    return [rule for rule in rules if rule.metric in BY_NAME]


async def tell_reached(
    connection: db.Connection, tenant: Tenant, rule: Rule, now: datetime, position: list[int]
) -> None:
    """Tell of each open window in which the rule's value was come to, and close those that are over."""
    number = await number_of(connection, tenant.tenant_id, KINDS[rule.entity], rule.entity_id)
    closed_until, closing = None, True
    for window in _open_windows(rule, tenant, now):
        if (window.start or EVER) not in rule.crossed:
            value = 0 if number is None else await _value(connection, tenant, rule, number, window)
            if value >= rule.value:
                await _tell(connection, tenant, rule, window, value, position, now)
        closing = closing and await _is_over(connection, tenant, window, now)
        closed_until = window.end if closing else closed_until
    if closed_until is not None:
        await connection.execute(SQL["close_windows"], tenant.tenant_id, rule.name, closed_until)


async def _is_over(connection: db.Connection, tenant: Tenant, window: Window, now: datetime) -> bool:
    """Whether everything was read that came until some minutes after the window's end: as for seasons."""
    if window.end is None or window.end + GRACE > now:
        return False
    return not await has_unread(connection, tenant.tenant_id, window.end + GRACE)


def _open_windows(rule: Rule, tenant: Tenant, now: datetime) -> Iterator[Window]:
    begins = rule.open_since
    if begins is None:
        yield Window("all", None, None)
        return
    for _ in range(WINDOWS_MAX):
        window = window_at(rule.window, begins, tenant.zone)
        if window.end is None or begins > now:
            return
        yield window
        begins = window.end


async def _value(connection: db.Connection, tenant: Tenant, rule: Rule, number: int, window: Window) -> int:
    """What the rollups say of one entity in one window."""
    metric, kind = rule.counted, KINDS[rule.entity]
    where = tenant.tenant_id, stored_name(metric, rule.currency or None), int(kind), number
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
    rule: Rule,
    window: Window,
    value: int,
    position: list[int],
    now: datetime,
) -> None:
    first = await connection.fetchval(SQL["cross"], tenant.tenant_id, rule.name, window.start or EVER, now)
    if first is None:
        return
    await put(connection, tenant.tenant_id, ThresholdReached(
        rule=rule.name, metric=rule.metric, unit=rule.counted.unit, currency=rule.currency or None, entity=rule.entity,
        id=rule.entity_id or None, window=rule.window, window_start=window.start, window_end=window.end,
        threshold=rule.value, value=value, position=position,
    ))  # fmt: skip
