"""What a tenant's plan allows: the one place where a limit of a plan is enforced, and where the answer is made.

A feature that the plan has not is refused with 402 ``plan_limit``, which names the limit and the smallest plan that
lifts it. Requests beyond the minute's number are refused with 429. The month's events are held at the pipeline's gate
(``coliseum.capture.quota``), by the number that ``included`` says.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from coliseum import db
from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.accounts.plans import PLANS, Plan, lifted_by, plan_of
from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import Declaration
from coliseum.capture.draft import Included
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused
from coliseum.metrics.registry import Kind
from coliseum.metrics.windows import Grain, Window
from coliseum.queries.ask import Filters, Subject
from coliseum.queries.positions import position_of
from coliseum.queries.question import AsOf, Question
from coliseum.queries.series import default_start
from coliseum.web.limits import Limiter, Rate, refused

Feature = Literal["live", "exports", "reportBranding"]
Counted = Literal["declaredBoards", "webhookEndpoints", "seats"]
RATE: Final = "coliseum_rate"
"""Under this name a request's state holds how its limit stood, for the headers of its answer."""
Headers = tuple[tuple[bytes, bytes], ...]


class Allowance:
    """The plans of one process's tenants. A tenant is as its key or log-in was last looked up: two seconds at most."""

    def __init__(self, database: db.Database, limiter: Limiter, clock: Clock, *, billing: bool) -> None:
        self._database = database
        self._limiter = limiter
        self._clock = clock
        self._billing = billing
        self._included = {name: _included(plan) for name, plan in PLANS.items()}

    def plan_of(self, tenant: Tenant) -> Plan:
        """The plan that holds for a tenant."""
        return plan_of(tenant, billing=self._billing)

    def included(self, tenant: Tenant) -> Included | None:
        """The events a month at which capture stops; None when it does not."""
        return self._included[tenant.plan] if self._billing else None

    async def count_request(self, tenant: Tenant) -> Rate | None:
        """Count one request of those that a plan includes a minute; None when there is no limit."""
        limit = self.plan_of(tenant).requests_per_minute
        if limit is None:
            return None
        return await self._limiter.hit("requests", str(tenant.tenant_id), limit)

    async def admit(self, scope: Any, tenant: Tenant) -> None:
        """Count a request; how the limit stands then is left in its state.

        Raises:
            RequestRefused: ``rate_limited``: it is one too many.
        """
        rate = await self.count_request(tenant)
        if rate is not None:
            scope["state"][RATE] = rate
            if not rate.allowed:
                raise one_too_many(rate)

    def check_feature(self, caller: Caller, feature: Feature) -> None:
        """Whether the plan has a feature.

        Raises:
            RequestRefused: ``plan_limit``.
        """
        self.check_feature_of(caller.tenant, feature)

    def check_feature_of(self, tenant: Tenant, feature: Feature) -> None:
        """As ``check_feature``, for whoever looks at what this tenant shows.

        Raises:
            RequestRefused: ``plan_limit``.
        """
        self._check(tenant, feature, f"the plan has no {WORDS[feature]}", lambda plan: _has(plan, feature))

    def check_count(self, tenant: Tenant, limit: Counted, there_are: int) -> None:
        """Whether there may be one more, beside those there are; asked while nobody else can add one.

        Raises:
            RequestRefused: ``plan_limit``.
        """
        most = _number(self.plan_of(tenant), limit)
        what = f"the plan has {most} {WORDS[limit]}, and there are {there_are}"
        self._check(tenant, limit, what, lambda plan: _more_than(_number(plan, limit), there_are))

    async def check_question(self, caller: Caller, question: Question) -> None:
        """Whether somebody may ask for a board: its windows, filters, age, and whether it names people.

        Raises:
            RequestRefused: ``plan_limit``, or what ``check_fans`` raises.
        """
        await self.check_asked(caller, question.subject, question.window, question.filters, question.as_of)

    async def check_asked(
        self, caller: Caller, subject: Subject, window: Window | None, filters: Filters, as_of: AsOf = None
    ) -> None:
        """As ``check_question``, of what a question is made of."""
        check_fans(caller, subject)
        tenant = caller.tenant
        if window is not None:
            self.check_window(tenant, window.name)
            if window.start is not None:
                self.check_moment(tenant, window.start, "window")
        for name in filters.given:
            self.check_filter(tenant, name)
        if isinstance(as_of, datetime):
            self.check_moment(tenant, as_of, "as_of")
        elif as_of is not None:
            await self._check_position(tenant, as_of)

    def check_window(self, tenant: Tenant, name: str) -> None:
        """Whether the plan has boards of this window.

        Raises:
            RequestRefused: ``plan_limit``.
        """
        self._check(
            tenant, "windows", f"the plan has no window {name}",
            lambda plan: plan.windows is None or name in plan.windows, "window",
        )  # fmt: skip

    def check_filter(self, tenant: Tenant, name: str) -> None:
        """Whether the plan has this filter.

        Raises:
            RequestRefused: ``plan_limit``.
        """
        self._check(
            tenant, "filters", f"the plan has no filter {name}",
            lambda plan: plan.filters is None or name in plan.filters, name,
        )  # fmt: skip

    def check_moment(self, tenant: Tenant, moment: datetime, field: str) -> None:
        """Whether the plan's history reaches back to a moment.

        Raises:
            RequestRefused: ``plan_limit``.
        """
        now = self._clock()
        days = self.plan_of(tenant).history_days
        self._check(
            tenant, "historyDays", f"the plan's history reaches back {days} days",
            lambda plan: _reaches(plan, moment, now), field,
        )  # fmt: skip

    def history_begins(self, tenant: Tenant) -> datetime | None:
        """From when on the plan's history reaches; None when it reaches back to the first entry."""
        days = self.plan_of(tenant).history_days
        return None if days is None else self._clock() - timedelta(days=days)

    def check_declaration(self, tenant: Tenant, declaration: Declaration) -> None:
        """Whether the plan has what a declared board asks for.

        Raises:
            RequestRefused: ``plan_limit``.
        """
        for window in declaration.windows:
            self.check_window(tenant, window)
        for name in ("city", "genre", "event"):
            if getattr(declaration.filters, name) is not None:
                self.check_filter(tenant, name)

    def series_start(
        self, tenant: Tenant, grain: Grain, since: datetime | None, until: datetime | None
    ) -> datetime | None:
        """Where a series begins: where it was asked to, or no earlier than the plan's history does.

        Raises:
            RequestRefused: ``plan_limit``.
        """
        begins = self.history_begins(tenant)
        if begins is None:
            return since
        if until is not None:
            self.check_moment(tenant, until, "to")
        if since is not None:
            self.check_moment(tenant, since, "from")
            return since
        return max(default_start(tenant, grain, until, self._clock()), begins)

    async def _check_position(self, tenant: Tenant, position: tuple[int, ...]) -> None:
        """Whether the plan's history reaches back to where the log was at this position."""
        edge = self.history_begins(tenant)
        if edge is None:
            return
        async with self._database.tenant(tenant.tenant_id, snapshot=True) as connection:
            then = await position_of(connection, tenant.tenant_id, edge)
        if any(given < reached for given, (_, reached) in zip(position, sorted(then.items()), strict=False)):
            self.check_moment(tenant, edge - timedelta(microseconds=1), "as_of")

    def _check(
        self, tenant: Tenant, limit: str, what: str, enough: Callable[[Plan], bool], field: str | None = None
    ) -> None:
        plan = self.plan_of(tenant)
        if enough(plan):
            return
        better = lifted_by(enough)
        lifts = f"; {PLANS[better].title} lifts that" if better is not None else ""
        raise RequestRefused(
            Refusal.PLAN_LIMIT, f"{plan.title}: {what} (limit {limit}){lifts}", field, limit=limit, plan=better
        )


WORDS: Final = {
    "live": "live boards", "exports": "exports", "reportBranding": "branding of reports",
    "declaredBoards": "declared boards", "webhookEndpoints": "webhook endpoints", "seats": "seats",
}  # fmt: skip


def check_fans(caller: Caller, subject: Subject) -> None:
    """Whether somebody may see numbers of single people, who are named by their user ids.

    Raises:
        RequestRefused: ``key_not_allowed`` or ``not_allowed``.
    """
    if subject.kind is Kind.FAN:
        caller.check(Permission.FANS_READ)


def one_too_many(rate: Rate) -> RequestRefused:
    """The refusal of a request beyond the minute's number."""
    better = lifted_by(lambda plan: plan.requests_per_minute is None or plan.requests_per_minute > rate.limit)
    message = f"the plan includes {rate.limit} requests a minute; the next minute begins in {rate.reset_s} s"
    return refused(rate, message, limit="requestsPerMinute", plan=better)


def rate_headers(rate: Rate) -> Headers:
    """How a limit stands: the fields of draft-ietf-httpapi-ratelimit-headers-10, and the three that came before."""
    return (
        (b"ratelimit-policy", b'"plan";q=%d;w=%d' % (rate.limit, rate.window_s)),
        (b"ratelimit", b'"plan";r=%d;t=%d' % (rate.remaining, rate.reset_s)),
        (b"ratelimit-limit", b"%d" % rate.limit),
        (b"ratelimit-remaining", b"%d" % rate.remaining),
        (b"ratelimit-reset", b"%d" % rate.reset_s),
    )


def _included(plan: Plan) -> Included | None:
    events = plan.events_per_month
    if events is None or plan.overage:
        return None
    return Included(events, lifted_by(lambda each: each.overage or _more_than(each.events_per_month, events)))


def _has(plan: Plan, feature: Feature) -> bool:
    return {"live": plan.live, "exports": plan.exports, "reportBranding": plan.report_branding}[feature]


def _number(plan: Plan, limit: Counted) -> int | None:
    numbers = {
        "declaredBoards": plan.declared_boards, "webhookEndpoints": plan.webhook_endpoints, "seats": plan.seats,
    }  # fmt: skip
    return numbers[limit]


def _more_than(most: int | None, there_are: int) -> bool:
    return most is None or most > there_are


def _reaches(plan: Plan, moment: datetime, now: datetime) -> bool:
    return plan.history_days is None or moment >= now - timedelta(days=plan.history_days)
