"""How far fans went around a show: viewed, interested, bought, attended, followed."""

from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.queries.ask import check_text
from coliseum.queries.explain import LIMIT_MAX, Entry, cursor_of, place_after
from coliseum.queries.insights.shows import SQL, STEPS, percent, read_to


class Step(msgspec.Struct, frozen=True, rename="camel"):
    """One step. ``reached``: fans who took it after all steps before, in their order; the funnel is made of these.

    ``fans``: who took it at all; ``elsewhere``: those of them who did not come by the steps before. ``of_previous`` and
    ``of_first``: percent of ``reached``; ``dropped``: who reached the step before and not this one. ``entries``: of the
    log that say so.
    """

    step: str
    fans: int
    reached: int
    elsewhere: int
    dropped: int
    of_previous: float | None
    of_first: float | None
    entries: int


class Funnel(msgspec.Struct, frozen=True):
    """The five steps of an event in their order."""

    event: str
    steps: list[Step]
    position: list[int]


class Acts(msgspec.Struct, frozen=True, rename="camel"):
    """Entries of the log about an event: how many, what they add up to, of how many fans; and a page of them."""

    event: str
    step: str
    count: int
    value: int
    fans: int
    entries: list[Entry]
    next_cursor: str | None
    position: list[int]


class _Step(msgspec.Struct, frozen=True):
    step: int
    fans: int
    entries: int
    reached: int


class _Totals(msgspec.Struct, frozen=True):
    count: int
    value: int
    fans: int


async def funnel(database: db.Database, tenant: Tenant, event: str) -> Funnel:
    """The funnel of one event, exactly, from its entries."""
    check_text(event, "event")
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        found = await db.rows(connection, _Step, SQL["funnel"], tenant.tenant_id, event)
        position = await read_to(connection, tenant)
    return Funnel(event, [_step(found, nth) for nth in range(len(found))], position)


def _step(found: list[_Step], nth: int) -> Step:
    row, first = found[nth], found[0]
    before = found[nth - 1] if nth else row
    return Step(
        list(STEPS)[nth], row.fans, row.reached, row.fans - row.reached, before.reached - row.reached,
        percent(row.reached, before.reached), percent(row.reached, first.reached), row.entries,
    )  # fmt: skip


async def acts(
    database: db.Database,
    tenant: Tenant,
    event: str,
    step: str,
    *,
    tier: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    again: bool = False,
    currency: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Acts:
    """The entries behind a step, behind a tier of it (``''``: that say none), or behind a stretch of time.

    ``again``: only what a fan did there once more. ``currency``: orders in it, whose amounts are what is added up.

    Raises:
        QueryInvalid: there is no such step, or limit or cursor are none.
    """
    check_text(event, "event")
    if step not in STEPS:
        raise QueryInvalid(f"step is one of {', '.join(STEPS)}.", "step")
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    for name, text in (("tier", tier), ("currency", currency)):
        if text:
            check_text(text, name)
    after = place_after(cursor)
    which = (tenant.tenant_id, event, list(STEPS[step]), tier, since, until)
    bill = step == "followed"
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        [totals] = await db.rows(connection, _Totals, SQL["acts_totals"], *which, bill, again, currency)
        entries = await db.rows(connection, Entry, SQL["acts"], *which, *after, limit, bill, again, currency)
        position = await read_to(connection, tenant)
    following = cursor_of(entries[-1]) if len(entries) == limit else None
    return Acts(event, step, totals.count, totals.value, totals.fans, entries, following, position)
