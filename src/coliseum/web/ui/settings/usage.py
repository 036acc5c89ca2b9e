"""The plan, what was used of it, and the entries behind a day's number."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from coliseum.accounts.permissions import Permission
from coliseum.accounts.plans import ORDER, PLANS
from coliseum.accounts.usage import month_after, month_of
from coliseum.billing.plans import prices_of
from coliseum.queries.ask import check_text
from coliseum.queries.usage import DayUsage, day_named, explain_usage, month_named, used
from coliseum.web.access import caller_in, needs
from coliseum.web.api.usage import LimitUse, limits_of
from coliseum.web.services import Services
from coliseum.web.ui.settings.frame import settings_page
from coliseum.web.ui.shell import Asked, clock_of
from coliseum.web.ui.text import _

ENTRIES: Final = 50
LIMITS: Final = {
    "eventsPerMonth": _("Events a month"), "requestsPerMinute": _("Reads a minute"),
    "historyDays": _("Days of history"), "windows": _("Windows"), "filters": _("Filters"),
    "live": _("Live by WebSocket"), "exports": _("Exports"), "declaredBoards": _("Own boards"),
    "webhookEndpoints": _("Webhook endpoints"), "seats": _("Seats"),
    "reportBranding": _("Shared pages in your own name"), "keys": _("Keys that work"),
}  # fmt: skip


@get("/t/{slug:str}/settings/usage", opt=needs(Permission.USAGE_READ))
async def get_usage(
    request: Asked, services: NamedDependency[Services], month: FromQuery[str | None] = None
) -> Response[Any]:
    """Every limit and what is used of it; the month by days; the plans there are, and how one is bought."""
    caller, now = caller_in(request.scope), clock_of(request)()
    start = month_named(month, now)
    found = await used(services.database, caller.tenant, start)
    plan, standing = services.allowance.plan_of(caller.tenant), await services.billing.desk.standing(caller.tenant)
    priced = set(prices_of(services.settings).values()) if standing.billed else set()
    return settings_page(
        request, "usage", "settings/usage.html", title=_("Plan and usage"), found=found, plan=plan, standing=standing,
        limits=_in_order(limits_of(plan, found.used, found.counts)), words=LIMITS,
        plans=[PLANS[name] for name in ORDER],
        priced=priced, start=start, days=by_day(found.days, start), projected=projected(found.used, start, now),
        before=f"{start - timedelta(days=1):%Y-%m}",
        after=f"{month_after(start):%Y-%m}" if month_after(start) <= month_of(now) else None,
    )  # fmt: skip


@get("/t/{slug:str}/settings/usage/explain", opt=needs(Permission.USAGE_READ))
async def get_usage_explanation(
    request: Asked,
    services: NamedDependency[Services],
    day: FromQuery[str] = "",
    category: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[Any]:
    """The entries that a day's number is the sum of."""
    found = await explain_usage(
        services.database, caller_in(request.scope).tenant, day_named(day),
        None if category is None else check_text(category, "category"),
        None if source is None else check_text(source, "source"), limit=ENTRIES, cursor=cursor,
    )  # fmt: skip
    return settings_page(
        request, "usage", "settings/usage_explained.html", title=_("What was counted"), found=found,
        is_first=cursor is None,
    )  # fmt: skip


def _in_order(limits: list[LimitUse]) -> list[LimitUse]:
    places = {name: place for place, name in enumerate(LIMITS)}
    return sorted(limits, key=lambda each: places[each.name])


def by_day(days: list[DayUsage], start: datetime) -> list[tuple[datetime, int, list[DayUsage]]]:
    """Every day of the month, with its sum and what it is made of."""
    sums = Counter[Any]()
    for each in days:
        sums[each.day] += each.entries
    count = (month_after(start) - start).days
    moments = [start + timedelta(days=number) for number in range(count)]
    return [
        (moment, sums[moment.date()], [each for each in days if each.day == moment.date()]) for moment in moments
    ]  # fmt: skip


def projected(count: int, start: datetime, now: datetime) -> int | None:
    """What the month comes to if it goes on as until now; None for months that are over, and too early."""
    end, passed = month_after(start), now.astimezone(UTC) - start
    if not timedelta(hours=12) <= passed < end - start:
        return None
    return int(count * ((end - start) / passed))


HANDLERS = (get_usage, get_usage_explanation)
