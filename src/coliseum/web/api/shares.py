"""The routes of public links: who manages boards makes and ends them. Looking at one needs none of these."""

from datetime import timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from coliseum.accounts.permissions import Permission
from coliseum.accounts.tenants import Tenant
from coliseum.dashboards.panels import Panel, Panels, Strict, checked, names_people
from coliseum.dashboards.shares import NewShare, Share, list_shares, make_share, revoke_share
from coliseum.dashboards.store import dashboard_of
from coliseum.errors import QueryInvalid
from coliseum.web.access import caller_in, needs
from coliseum.web.api.breakdowns import check_breakdown
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.deeds import record_deed
from coliseum.web.services import Services

BODY_BYTES_MAX: Final = 65_536
DAYS_MAX: Final = 3_650
NEVER_KEPT: Final = {"cache-control": "no-store"}
ShareId = Annotated[int, PathParameter(description="The link's number.")]


class ShareWish(Strict, frozen=True):
    """What a link shows, a dashboard or one panel, and after how many days it ends by itself; never when left out."""

    dashboard_id: int | None = None
    panel: Panel | None = None
    expires_in_days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX)] | None = None


@get("/api/shares", opt=needs(Permission.BOARDS_MANAGE), summary="All public links")
async def get_shares(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> list[Share]:
    """Those that open something first, then those that were revoked or have expired; at most 1,000. Never a secret."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id) as connection:
        return await list_shares(connection, tenant.tenant_id, services.clock())


@post(
    "/api/shares",
    opt=needs(Permission.BOARDS_MANAGE),
    summary="Make a public link",
    status_code=201,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_share(
    request: Request[Any, Any, Any], services: NamedDependency[Services], data: JSONBody[ShareWish]
) -> Response[NewShare]:
    """`path` is shown this once; whoever has it needs no account. What names single people is never public."""
    tenant = asking_tenant(request)
    if (data.dashboard_id is None) == (data.panel is None):
        raise QueryInvalid("A link shows a dashboard (dashboardId) or one panel (panel).", "dashboardId")
    now = services.clock()
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        shown = data.panel or await dashboard_of(connection, tenant.tenant_id, data.dashboard_id or 0)
        _check(services, tenant, [shown] if isinstance(shown, Panel) else shown.panels)
        until = None if data.expires_in_days is None else now + timedelta(days=data.expires_in_days)
        made = await make_share(connection, tenant, shown, until, caller_in(request.scope).actor, now)
        await record_deed(services, request, connection, "share.create", _target(made.share.id), _told(made.share))
    return Response(made, headers=NEVER_KEPT)


@delete("/api/shares/{share_id:int}", opt=needs(Permission.BOARDS_MANAGE), summary="Revoke a public link")
async def delete_share(request: Request[Any, Any, Any], services: NamedDependency[Services], share_id: ShareId) -> None:
    """204: it opens nothing from now on. 404 when it was revoked before."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        share = await revoke_share(connection, tenant.tenant_id, share_id, services.clock())
        await record_deed(services, request, connection, "share.revoke", _target(share_id), _told(share))


def _check(services: Services, tenant: Tenant, panels: list[Panel]) -> None:
    for asked in checked(tenant, Panels("link", panels), services.clock()):
        check_breakdown(services.allowance, tenant, asked)
        if names_people(asked):
            raise QueryInvalid("A panel split by fan names single people: it is never public.", "split")


def _target(share_id: int) -> str:
    return f"share:{share_id}"


def _told(share: Share) -> dict[str, object]:
    """What the trail keeps of a link: what it shows, and until when; nothing that opens it."""
    until = None if share.expires_at is None else share.expires_at.isoformat()
    return {"dashboard": share.dashboard_id, "expiresAt": until}


HANDLERS = (get_shares, post_share, delete_share)
