"""``/t/{slug}/dashboards``: those that the tenant keeps, and each with its panels."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from coliseum.accounts.permissions import Permission
from coliseum.accounts.tenants import Tenant
from coliseum.dashboards.panels import Panel, asked_of
from coliseum.dashboards.shares import Share, list_shares
from coliseum.dashboards.store import dashboard_of, list_dashboards
from coliseum.errors import QueryInvalid
from coliseum.web.access import caller_in, needs
from coliseum.web.services import Services
from coliseum.web.ui.query.panels import shown_to
from coliseum.web.ui.query.view import Teller, Ways
from coliseum.web.ui.query.words import CHARTS, SIZES, Say, title_of
from coliseum.web.ui.shell import Asked, Shell, fragment, page, wants_fragment
from coliseum.web.ui.text import Name, _, translations


@get("/t/{slug:str}/dashboards", opt=needs(Permission.NUMBERS_READ))
async def get_dashboards_page(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """All dashboards, and the public links there are, for who may end them."""
    caller = caller_in(request.scope)
    tenant_id, now = caller.tenant.tenant_id, services.clock()
    shares: list[Share] = []
    async with services.database.tenant(tenant_id) as connection:
        found = await list_dashboards(connection, tenant_id)
        if caller.may(Permission.BOARDS_MANAGE):
            shares = [each for each in await list_shares(connection, tenant_id, now) if is_open(each, services)]
    names = {each.id: each.name for each in found}
    say = translations(Shell(request).language).gettext
    listed = [(each, _shown_as(services, caller.tenant, each, names, say)) for each in shares]
    return page(request, "query/dashboards.html", title=_("Dashboards"), dashboards=found, shares=listed)


@get("/t/{slug:str}/dashboards/{dashboard_id:int}", opt=needs(Permission.NUMBERS_READ))
async def get_dashboard_page(
    request: Asked, services: NamedDependency[Services], dashboard_id: FromPath[int]
) -> Response[Any]:
    """One dashboard; as a part of a page, its panels alone."""
    caller, shell = caller_in(request.scope), Shell(request)
    tenant_id, now = caller.tenant.tenant_id, services.clock()
    shares: list[Share] = []
    async with services.database.tenant(tenant_id) as connection:
        dashboard = await dashboard_of(connection, tenant_id, dashboard_id)
        if caller.may(Permission.BOARDS_MANAGE):
            shares = [each for each in await list_shares(connection, tenant_id, now)
                      if each.dashboard_id == dashboard.id and is_open(each, services)]  # fmt: skip

    def teller(panel: Panel) -> Teller:
        def query(**changed: object) -> str:
            return shell.url("query", **{**panel.question, "chart": panel.chart, **changed})

        return Teller(shell.formats, shell.language, Ways(shell.explain, shell.link, query), now)

    panels = await shown_to(services, caller, dashboard.panels, teller)
    values: dict[str, Any] = {
        "dashboard": dashboard, "panels": panels, "shares": shares, "charts": CHARTS, "sizes": SIZES,
        "read_at": now, "wire": msgspec.json.encode(dashboard.panels).decode(),
    }  # fmt: skip
    if wants_fragment(request):
        return fragment(request, "query/panels.html", **values)
    return page(request, "query/dashboard.html", title=Name(dashboard.name), **values)


def is_open(share: Share, services: Services) -> bool:
    """Whether a link opens something now."""
    return share.revoked_at is None and (share.expires_at is None or share.expires_at > services.clock())


def _shown_as(services: Services, tenant: Tenant, share: Share, names: dict[int, str], say: Say) -> str:
    """What a link shows, in words."""
    if share.panel is None:
        return names.get(share.dashboard_id or 0, "")
    if share.panel.title:
        return share.panel.title
    try:
        return title_of(asked_of(tenant, share.panel, services.clock()), say)
    except QueryInvalid:
        return share.panel.question.get("metric", "")


HANDLERS = (get_dashboards_page, get_dashboard_page)
