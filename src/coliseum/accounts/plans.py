"""Plans as data: what a tenant has bought, limit by limit. ``None`` is no limit.

Where a limit is enforced and how it is answered is decided in one other place, ``coliseum.web.allowance``.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from coliseum.accounts.tenants import Tenant

PlanName = Literal["basic", "pro", "enterprise"]


class Plan(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a plan includes."""

    name: PlanName
    title: str
    events_per_month: int | None
    overage: bool
    """Events beyond the month's number are taken and billed; without it they are refused."""
    requests_per_minute: int | None
    """Of all that read; capture is limited by its events."""
    history_days: int | None
    windows: frozenset[str] | None
    filters: frozenset[str] | None
    live: bool
    exports: bool
    declared_boards: int | None
    webhook_endpoints: int
    seats: int | None
    report_branding: bool
    """Pages behind public links bear the tenant's name alone; without it our name, and a mark on each panel."""


PLANS: Final[Mapping[PlanName, Plan]] = MappingProxyType({
    "basic": Plan(
        name="basic", title="Basic", events_per_month=100_000, overage=False, requests_per_minute=60,
        history_days=90, windows=frozenset({"day", "week", "month", "all"}), filters=frozenset({"event"}),
        live=False, exports=False, declared_boards=3, webhook_endpoints=1, seats=3, report_branding=False,
    ),
    "pro": Plan(
        name="pro", title="Pro", events_per_month=5_000_000, overage=True, requests_per_minute=1_200,
        history_days=730, windows=None, filters=None,
        live=False, exports=True, declared_boards=50, webhook_endpoints=10, seats=20, report_branding=True,
    ),
    "enterprise": Plan(
        name="enterprise", title="Enterprise", events_per_month=None, overage=False, requests_per_minute=None,
        history_days=None, windows=None, filters=None,
        live=True, exports=True, declared_boards=None, webhook_endpoints=100, seats=None, report_branding=True,
    ),
})  # fmt: skip
ORDER: Final[tuple[PlanName, ...]] = ("basic", "pro", "enterprise")
"""From the smallest on: the plan that lifts a limit is the first of them that does."""


def plan_of(tenant: "Tenant", *, billing: bool) -> Plan:
    """The plan that holds for a tenant: where nothing is billed, all have the largest."""
    return PLANS[tenant.plan if billing else ORDER[-1]]


def lifted_by(enough: Callable[[Plan], bool]) -> PlanName | None:
    """The smallest plan that is enough; None when none is."""
    return next((name for name in ORDER if enough(PLANS[name])), None)
