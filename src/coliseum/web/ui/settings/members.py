"""Members and invitations."""

from datetime import datetime
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency

from coliseum.accounts.callers import Caller
from coliseum.accounts.invitations import Invitation, list_invitations
from coliseum.accounts.members import RANK, list_members
from coliseum.accounts.permissions import Permission, Role
from coliseum.accounts.tenant_settings import read_settings
from coliseum.web.access import caller_in, needs
from coliseum.web.api.members import plan_in
from coliseum.web.services import Services
from coliseum.web.ui.settings.frame import settings_page
from coliseum.web.ui.shell import Asked, clock_of
from coliseum.web.ui.text import _

ROLES: Final[tuple[Role, ...]] = ("viewer", "analyst", "admin", "owner")
MAY: Final = {
    "owner": _("everything, owners and the plan included"),
    "admin": _("settings, keys, webhooks, and members below owner"),
    "analyst": _("read everything, fans and exports included; make boards"),
    "viewer": _("read numbers and boards"),
}


@get("/t/{slug:str}/settings/members", opt=needs(Permission.MEMBERS_READ))
async def get_members(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """Who may do what, who is invited, and how many seats there are."""
    caller, now = caller_in(request.scope), clock_of(request)()
    tenant = caller.tenant
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        members = await list_members(connection, tenant.tenant_id)
        invited = await list_invitations(connection, tenant.tenant_id)
        found = await read_settings(connection, tenant.tenant_id)
    waiting = [each for each in invited if _state(each, now) in ("open", "expired")]
    return settings_page(
        request, "members", "settings/members.html", title=_("Members"), members=members, found=found, may_say=MAY,
        waiting=[(each, _state(each, now)) for each in waiting],
        ended=[(each, _state(each, now)) for each in invited if each not in waiting][:100],
        grantable=grantable(caller), own=caller.person_id, rank=RANK, own_rank=RANK[caller.role or "viewer"],
        owners=sum(each.role == "owner" for each in members), plan=plan_in(services, tenant),
        taken=len(members) + sum(_state(each, now) == "open" for each in invited),
    )  # fmt: skip


def grantable(caller: Caller) -> list[Role]:
    """The roles that somebody may give to others."""
    if not caller.may(Permission.MEMBERS_MANAGE):
        return []
    return [role for role in ROLES if role != "owner" or caller.may(Permission.OWNERS_MANAGE)]


def _state(each: Invitation, now: datetime) -> str:
    if each.accepted_at is not None:
        return "accepted"
    if each.revoked_at is not None:
        return "withdrawn"
    return "open" if each.expires_at > now else "expired"


HANDLERS = (get_members,)
