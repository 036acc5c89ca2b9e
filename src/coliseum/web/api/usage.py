"""The routes of plans, and of what a tenant has used of its own."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.accounts.plans import ORDER, PLANS, Plan
from coliseum.accounts.usage import month_after
from coliseum.queries.ask import check_text
from coliseum.queries.usage import Counts, DayUsage, UsageExplanation, day_named, explain_usage, month_named, used
from coliseum.web.access import for_anybody, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import Cursor, Limit
from coliseum.web.services import Services


class LimitUse(msgspec.Struct, frozen=True):
    """One limit of the plan, what it is (null: none), and how much of it is used (null: that is not counted)."""

    name: str
    limit: int | bool | list[str] | None
    used: int | None


class Usage(msgspec.Struct, frozen=True, rename="camel"):
    """A month's events, and the plan with every limit.

    ``used`` is ``counted``, which the days add up to, and ``waiting``: entries behind ``position``, in the log already.
    """

    plan: str
    title: str
    month: str
    month_start: datetime
    month_end: datetime
    used: int
    counted: int
    waiting: int
    limit: int | None
    overage: bool
    days: list[DayUsage]
    position: list[int]
    limits: list[LimitUse]


@get("/api/plans", opt=for_anybody(), summary="The plans there are")
async def get_plans() -> list[Plan]:
    """From the smallest on, limit by limit; null is no limit. See PLANS.md."""
    return [PLANS[name] for name in ORDER]


@get("/api/usage", opt=needs(Permission.USAGE_READ), summary="What was used of a month, and the plan")
async def get_usage(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    month: Annotated[
        str | None, QueryParameter(description="A UTC month such as 2026-05; the present one when left out.")
    ] = None,
) -> Usage:
    """Entries by UTC day of receipt, event category and source, and every limit of the plan with what is used of it."""
    tenant = asking_tenant(request)
    start = month_named(month, services.clock())
    found = await used(services.database, tenant, start)
    plan = services.allowance.plan_of(tenant)
    return Usage(
        plan.name,
        plan.title,
        f"{start:%Y-%m}",
        start,
        month_after(start),
        found.used,
        found.counted,
        found.waiting,
        plan.events_per_month,
        plan.overage,
        found.days,
        found.position,
        limits_of(plan, found.used, found.counts),
    )


@get("/api/usage/explain", opt=needs(Permission.USAGE_READ), summary="The entries that a day's usage is the sum of")
async def get_usage_explanation(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    day: Annotated[str, QueryParameter(description="A UTC day such as 2026-05-01.")],
    category: Annotated[str | None, QueryParameter(description="Only of this category, such as player.")] = None,
    source: Annotated[str | None, QueryParameter(description="Only by this way in, such as api.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> UsageExplanation:
    """The entries that were received on that day, as far as they are counted, in the order of the log."""
    return await explain_usage(
        services.database,
        asking_tenant(request),
        day_named(day),
        None if category is None else check_text(category, "category"),
        None if source is None else check_text(source, "source"),
        limit=limit,
        cursor=cursor,
    )


def limits_of(plan: Plan, events: int, counts: Counts) -> list[LimitUse]:
    """Every limit of a plan, with what is used where that is a number; keys are counted, and no plan limits them."""
    counted = {**msgspec.to_builtins(counts), "eventsPerMonth": events}
    said = {name: value for name, value in msgspec.to_builtins(plan, order="sorted").items() if name not in NOT_LIMITS}
    return [LimitUse(name, value, counted.get(name)) for name, value in {**said, "keys": None}.items()]


NOT_LIMITS = frozenset({"name", "title", "overage"})
HANDLERS = (get_plans, get_usage, get_usage_explanation)
