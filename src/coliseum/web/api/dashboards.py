"""The routes of dashboards: questions that a tenant keeps to look at together."""

from typing import Annotated, Any, Final

from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from coliseum.accounts.permissions import Permission
from coliseum.dashboards.panels import Panels, checked
from coliseum.dashboards.store import (
    Dashboard,
    Summary,
    change_dashboard,
    dashboard_of,
    list_dashboards,
    make_dashboard,
    remove_dashboard,
)
from coliseum.web.access import caller_in, needs
from coliseum.web.api.breakdowns import check_breakdown
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.declared import matched
from coliseum.web.api.deeds import record_deed
from coliseum.web.services import Services

BODY_BYTES_MAX: Final = 131_072
DashboardId = Annotated[int, PathParameter(description="The dashboard's number.")]


@get("/api/dashboards", opt=needs(Permission.NUMBERS_READ), summary="All dashboards")
async def get_dashboards(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> list[Summary]:
    """By name, at most 200."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id) as connection:
        return await list_dashboards(connection, tenant.tenant_id)


@post(
    "/api/dashboards",
    opt=needs(Permission.BOARDS_MANAGE),
    summary="Make a dashboard",
    status_code=201,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_dashboard(
    request: Request[Any, Any, Any], services: NamedDependency[Services], data: JSONBody[Panels]
) -> Response[Dashboard]:
    """Panels are questions in the words of `/api/query`, each with a title, a chart and a size; at most 24."""
    tenant = asking_tenant(request)
    _check(services, request, data)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        actor = caller_in(request.scope).actor
        made = await make_dashboard(connection, tenant.tenant_id, data, actor, services.clock())
        await record_deed(services, request, connection, "dashboard.create", _target(made.id), _told(made))
    return _answer(made, 201)


@get("/api/dashboards/{dashboard_id:int}", opt=needs(Permission.NUMBERS_READ), summary="A dashboard")
async def get_dashboard(
    request: Request[Any, Any, Any], services: NamedDependency[Services], dashboard_id: DashboardId
) -> Response[Dashboard]:
    """Its panels in the order in which they are shown. The revision is also the ETag."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id) as connection:
        return _answer(await dashboard_of(connection, tenant.tenant_id, dashboard_id))


@put(
    "/api/dashboards/{dashboard_id:int}",
    opt=needs(Permission.BOARDS_MANAGE),
    summary="Change a dashboard",
    request_max_body_size=BODY_BYTES_MAX,
)
async def put_dashboard(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    dashboard_id: DashboardId,
    data: JSONBody[Panels],
) -> Response[Dashboard]:
    """It is replaced as a whole, in this order of panels; public links show it as it is then.

    With `If-Match` only the revision that it names is replaced; otherwise the answer is `changed_meanwhile`.
    """
    tenant = asking_tenant(request)
    _check(services, request, data)
    match = matched(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        changed = await change_dashboard(connection, tenant.tenant_id, dashboard_id, data, match, services.clock())
        await record_deed(services, request, connection, "dashboard.change", _target(dashboard_id), _told(changed))
    return _answer(changed)


@delete("/api/dashboards/{dashboard_id:int}", opt=needs(Permission.BOARDS_MANAGE), summary="Remove a dashboard")
async def delete_dashboard(
    request: Request[Any, Any, Any], services: NamedDependency[Services], dashboard_id: DashboardId
) -> None:
    """204. The public links to it end with it. `If-Match` as above."""
    tenant = asking_tenant(request)
    match = matched(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        await remove_dashboard(connection, tenant.tenant_id, dashboard_id, match)
        await record_deed(services, request, connection, "dashboard.remove", _target(dashboard_id))


def _check(services: Services, request: Request[Any, Any, Any], wish: Panels) -> None:
    """Whether each panel can be asked by a tenant of this plan; whoever looks is asked again then."""
    tenant = caller_in(request.scope).tenant
    for asked in checked(tenant, wish, services.clock()):
        check_breakdown(services.allowance, tenant, asked)


def _answer(dashboard: Dashboard, status: int = 200) -> Response[Dashboard]:
    return Response(dashboard, status_code=status, headers={"etag": f'"{dashboard.revision}"'})


def _target(dashboard_id: int) -> str:
    return f"dashboard:{dashboard_id}"


def _told(dashboard: Dashboard) -> dict[str, object]:
    """What the trail keeps of a dashboard: not what people wrote."""
    return {"panels": len(dashboard.panels), "revision": dashboard.revision}


HANDLERS = (get_dashboards, post_dashboard, get_dashboard, put_dashboard, delete_dashboard)
