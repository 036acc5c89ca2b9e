"""A tenant's thresholds: of which number it is told when it comes to which value."""

import re
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.hooks.endpoints import Strict
from coliseum.hooks.messages import SQL
from coliseum.metrics.registry import SCORE_MAX, Kind, kind_of, metric_named
from coliseum.metrics.windows import GRAINS, ROLLING_HOURS, WINDOWS, window_at

NAME: Final = re.compile(r"[a-z0-9-]{1,64}")
THRESHOLDS_MAX: Final = 100
ENTITY_ID_MAX: Final = 256


class Threshold(Strict, frozen=True, kw_only=True):
    """A threshold. Without ``entity``: of the tenant as a whole. Without ``currency``, money is in the tenant's."""

    metric: Annotated[str, Meta(max_length=64)]
    window: Annotated[str, Meta(max_length=16)]
    value: Annotated[int, Meta(ge=1, le=SCORE_MAX)]
    entity: Annotated[str, Meta(max_length=16)] = "tenant"
    id: Annotated[str, Meta(max_length=ENTITY_ID_MAX)] | None = None
    currency: Annotated[str, Meta(max_length=3)] | None = None


class StoredThreshold(msgspec.Struct, frozen=True, rename="camel"):
    """A threshold as it is kept."""

    name: str
    metric: str
    currency: str | None
    entity: str
    id: str | None
    window: str
    value: int
    created_by: str
    created_at: datetime

    @property
    def rule(self) -> Threshold:
        """What it says, as it would be put."""
        return Threshold(metric=self.metric, window=self.window, value=self.value, entity=self.entity, id=self.id,
                         currency=self.currency)  # fmt: skip


def check(threshold: Threshold, name: str, tenant: Tenant) -> Threshold:
    """The threshold with everything in it that may be left out.

    Raises:
        QueryInvalid: something in it is not possible.
    """
    if not NAME.fullmatch(name):
        raise QueryInvalid("A threshold's name has 1 to 64 of a-z, 0-9 and hyphens.", "name")
    metric = metric_named(threshold.metric)
    kind = Kind.TENANT if threshold.entity == "tenant" else kind_of(metric, threshold.entity)
    if kind is Kind.FAN:
        raise QueryInvalid("Messages are kept and name no single person: fans have no thresholds.", "entity")
    if (kind is Kind.TENANT) is not (threshold.id is None) or threshold.id == "" or "\x00" in (threshold.id or ""):
        raise QueryInvalid("id says of which entity; the tenant as a whole has none.", "id")
    if threshold.window not in WINDOWS or threshold.window in ROLLING_HOURS:
        allowed = ", ".join((*GRAINS, "year", "all"))
        raise QueryInvalid(f"window is one of {allowed}: a rolling one never begins anew.", "window")
    currency = threshold.currency
    if not metric.money and currency is not None:
        raise QueryInvalid(f"{metric.name} is no money and has no currency.", "currency")
    if metric.money:
        currency = currency or tenant.currency
        if not re.fullmatch(r"[a-z]{3}", currency):
            raise QueryInvalid("A currency is three lower-case letters, such as eur.", "currency")
    return msgspec.structs.replace(threshold, currency=currency)


async def list_thresholds(connection: db.Connection, tenant_id: int) -> list[StoredThreshold]:
    """A tenant's thresholds, by name."""
    return await db.rows(connection, StoredThreshold, SQL["list_thresholds"], tenant_id)


async def threshold_of(connection: db.Connection, tenant_id: int, name: str) -> StoredThreshold:
    """The threshold of that name.

    Raises:
        RequestRefused: ``not_found``.
    """
    found = [each for each in await list_thresholds(connection, tenant_id) if each.name == name]
    if not found:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such threshold of yours")
    return found[0]


async def put_threshold(
    connection: db.Connection, tenant: Tenant, name: str, threshold: Threshold, actor: str, now: datetime
) -> tuple[StoredThreshold, bool]:
    """Make a threshold, or put this in the place of the one of its name; and whether anything changed.

    One that is put looks at the window that holds ``now`` and those that follow; the same again changes nothing.

    Raises:
        QueryInvalid: as ``check``.
        RequestRefused: ``too_many``.
    """
    rule = check(threshold, name, tenant)
    await connection.execute(SQL["lock_endpoints"], tenant.tenant_id)
    present = {each.name: each for each in await list_thresholds(connection, tenant.tenant_id)}
    if name in present and present[name].rule == rule:
        return present[name], False
    if name not in present and len(present) >= THRESHOLDS_MAX:
        raise RequestRefused(Refusal.TOO_MANY, f"a tenant has at most {THRESHOLDS_MAX} thresholds")
    await connection.execute(SQL["delete_threshold"], tenant.tenant_id, name)
    await connection.execute(
        SQL["insert_threshold"], tenant.tenant_id, name, rule.metric, rule.currency or "", rule.entity, rule.id or "",
        rule.window, rule.value, window_at(rule.window, now, tenant.zone).start, actor, now,
    )  # fmt: skip
    return await threshold_of(connection, tenant.tenant_id, name), True


async def delete_threshold(connection: db.Connection, tenant_id: int, name: str) -> None:
    """Remove a threshold.

    Raises:
        RequestRefused: ``not_found``.
    """
    await threshold_of(connection, tenant_id, name)
    await connection.execute(SQL["delete_threshold"], tenant_id, name)
