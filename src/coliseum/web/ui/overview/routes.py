"""The overview of a tenant, as a page and as what the open page takes from it when something has moved."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import METRICS, Metric
from coliseum.metrics.windows import CUSTOM, Grain, bucket_end, bucket_start
from coliseum.queries.ask import instant
from coliseum.queries.overview import Asked, Overview, overview
from coliseum.web.access import caller_in, needs
from coliseum.web.services import Services
from coliseum.web.ui.charting import figure_for
from coliseum.web.ui.overview.boards import boards_beside
from coliseum.web.ui.overview.views import PERIOD_TITLES, before_of, chart_of, groups_of, lines_of, span_told
from coliseum.web.ui.shell import Shell, fragment, page, wants_fragment
from coliseum.web.ui.text import _

CHOICES: Final = {metric.name: metric for metric in METRICS}
HOUR: Final = timedelta(hours=1)


@get("/t/{slug:str}", opt=needs(Permission.NUMBERS_READ))
async def get_overview(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    slug: FromPath[str],  # noqa: ARG001 - the guard has looked at it
    period: FromQuery[str] = "24h",
    metric: FromQuery[str] = "votes",
    currency: FromQuery[str | None] = None,
    since: Annotated[str | None, QueryParameter(name="from")] = None,
    until: Annotated[str | None, QueryParameter(name="to")] = None,
) -> Response[Any]:
    """Cards, a chart of the chosen metric, boards and the latest events; the first steps while nothing is logged."""
    caller = caller_in(request.scope)
    tenant = caller.tenant
    chosen, code = _chosen(tenant, metric, currency)
    asked = _asked(tenant, period, since, until, services.clock())
    found = await _read(services, tenant, asked)
    if found.stretch.name != "all":
        services.allowance.check_moment(tenant, found.stretch.since, "period")
    shell = Shell(request)
    if not found.fresh.logged:
        values = {"url_of_server": services.settings.public_url or str(request.base_url).rstrip("/"), "found": found}
        return _answer(request, "overview/day_one.html", values)
    query = _query(asked, found)
    figure = await figure_for(request, chart_of(shell, found, chosen, code))
    first, more = groups_of(shell, found, chosen, code, query)
    values = {
        "found": found, "first": first, "more": more, "figure": figure, "chosen": chosen, "query": query,
        "periods": PERIOD_TITLES, "boards": await boards_beside(services, caller, found.stretch, chosen, code),
        "lines": lines_of(shell, found), "from_day": _day(tenant, found.stretch.since),
        "to_day": _day(tenant, found.stretch.until - HOUR),
        "watched": msgspec.json.encode([[card.metric, card.currency] for card in first]).decode(),
        "before": before_of(found.stretch),
        "span": span_told(shell, found.stretch.since, found.stretch.until),
        "span_before": span_told(shell, found.stretch.before, found.stretch.before_until), "currency": code or None,
    }  # fmt: skip
    return _answer(request, "overview/index.html", values)


async def _read(services: Services, tenant: Tenant, asked: Asked) -> Overview:
    """Read once for all who ask at this moment."""

    async def read() -> bytes:
        return msgspec.json.encode(await overview(services.database, tenant, asked, services.clock()))

    body = await services.together.body(("overview", tenant.tenant_id, asked), read)
    return msgspec.json.decode(body, type=Overview)


def _chosen(tenant: Tenant, metric: str, currency: str | None) -> tuple[Metric, str]:
    """Whose chart is shown.

    Raises:
        QueryInvalid: there is no such metric, or a currency is none.
    """
    if metric not in CHOICES:
        raise QueryInvalid(f"metric is one of {', '.join(CHOICES)}.", "metric")
    chosen = CHOICES[metric]
    if not chosen.money:
        return chosen, ""
    code = currency or tenant.currency
    if not (len(code) == 3 and code.isascii() and code.isalpha() and code.islower()):
        raise QueryInvalid("A currency is three lower-case letters, such as eur.", "currency")
    return chosen, code


def _asked(tenant: Tenant, period: str, since: str | None, until: str | None, now: datetime) -> Asked:
    """The period; of a tenant's own days both ends are within it, and nothing after this hour is.

    Raises:
        QueryInvalid: its ends are none.
    """
    if period != CUSTOM:
        return Asked(period)
    if not since or not until:
        raise QueryInvalid("A period of your own has a beginning and an end.", "from")
    end = _edge(tenant, until, "to", after=True)
    return Asked(period, _edge(tenant, since, "from", after=False),
                 min(end, bucket_start(now, Grain.HOUR, tenant.zone) + HOUR))  # fmt: skip


def _edge(tenant: Tenant, text: str, field: str, *, after: bool) -> datetime:
    """The instant of a text; of a day where it begins, or ``after`` it."""
    try:
        day = date.fromisoformat(text)
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=tenant.zone)
        start = bucket_start(noon, Grain.DAY, tenant.zone)
        return bucket_end(start, Grain.DAY, tenant.zone) if after else start
    except (ValueError, OverflowError):
        return instant(text, field)


def _day(tenant: Tenant, moment: datetime) -> str:
    return moment.astimezone(tenant.zone).date().isoformat()


def _query(asked: Asked, found: Overview) -> dict[str, str]:
    """What the addresses of this page's other choices keep of it."""
    if asked.period != CUSTOM:
        return {"period": asked.period}
    ends = {"from": found.stretch.since, "to": found.stretch.until}
    return {"period": CUSTOM, **{name: end.strftime("%Y-%m-%dT%H:%M:%SZ") for name, end in ends.items()}}


def _answer(request: Request[Any, Any, Any], template: str, values: dict[str, Any]) -> Response[Any]:
    if wants_fragment(request):
        return fragment(request, template.replace(".html", "_now.html"), **values)
    return page(request, template, title=_("Overview"), **values)


HANDLERS = (get_overview,)
