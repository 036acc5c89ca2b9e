"""The routes of members and invitations: who may do what for a tenant, and who is to."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from coliseum.accounts import invitations
from coliseum.accounts.callers import Caller
from coliseum.accounts.invitations import Invitation
from coliseum.accounts.members import Doer, Member, change_role, list_members, remove_member
from coliseum.accounts.people import Email, normal_email
from coliseum.accounts.permissions import Permission, Role
from coliseum.accounts.plans import Plan, plan_of
from coliseum.accounts.tenants import Tenant
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.access import caller_in, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.deeds import record_deed
from coliseum.web.services import Services

BODY_BYTES_MAX: Final = 16_384
DAY_S: Final = 86_400
MAILS_OF_TENANT: Final = 200
MAILS_TO_ADDRESS: Final = 10
"""Invitations that are sent in a day: of one tenant, and to one address by all tenants."""
ID_MAX: Final = 2**63 - 1
NEVER_KEPT: Final = {"cache-control": "no-store"}
Asked = Request[Any, Any, Any]
PersonId = Annotated[int, PathParameter(description="The member's number.")]
InvitationId = Annotated[int, PathParameter(description="The invitation's number.")]


class RoleWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The role that a member is to have."""

    role: Role


class InvitationWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to be invited, and as what."""

    email: Email
    role: Role


@get("/api/members", opt=needs(Permission.MEMBERS_READ), summary="The tenant's members")
async def get_members(request: Asked, services: NamedDependency[Services]) -> Response[list[Member]]:
    """By e-mail address."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        return Response(await list_members(connection, tenant.tenant_id), headers=NEVER_KEPT)


@patch(
    "/api/members/{person_id:int}",
    opt=needs(Permission.MEMBERS_MANAGE),
    summary="Give a member another role",
    request_max_body_size=BODY_BYTES_MAX,
)
async def patch_member(
    request: Asked, services: NamedDependency[Services], person_id: PersonId, data: JSONBody[RoleWish]
) -> RoleWish:
    """Nobody raises anybody above their own role, and only an owner makes or unmakes owners, of whom one stays.

    It counts everywhere within two seconds.
    """
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        doer = doer_of(caller_in(request.scope))
        before, after = await change_role(connection, tenant.tenant_id, doer, _known(person_id, "member"), data.role)
        detail = {"before": before, "after": after}
        await record_deed(services, request, connection, "member.change", f"person:{person_id}", detail)
    services.logins.sessions.forget()
    return data


@delete("/api/members/{person_id:int}", opt=needs(Permission.MEMBERS_MANAGE), summary="Remove a member")
async def delete_member(request: Asked, services: NamedDependency[Services], person_id: PersonId) -> None:
    """Who may change a member may remove them. Their account stays; whoever wants to leave uses `/api/tenants`."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        doer = doer_of(caller_in(request.scope))
        before = await remove_member(connection, tenant.tenant_id, doer, _known(person_id, "member"))
        await record_deed(services, request, connection, "member.remove", f"person:{person_id}", {"before": before})
    services.logins.sessions.forget()


@get("/api/invitations", opt=needs(Permission.MEMBERS_READ), summary="The tenant's invitations")
async def get_invitations(request: Asked, services: NamedDependency[Services]) -> Response[list[Invitation]]:
    """The newest first, also those that were accepted or withdrawn or are too old; at most 1,000."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        found = await invitations.list_invitations(connection, tenant.tenant_id)
    return Response(found, headers=NEVER_KEPT)


@post(
    "/api/invitations",
    opt=needs(Permission.MEMBERS_MANAGE),
    summary="Invite somebody by mail",
    status_code=201,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_invitation(
    request: Asked, services: NamedDependency[Services], data: JSONBody[InvitationWish]
) -> Invitation:
    """The link in the mail works once, for seven days, for this address alone. An open invitation takes a seat."""
    tenant, email = asking_tenant(request), normal_email(data.email)
    await _count_mails(services, tenant, email)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        doer, plan = doer_of(caller_in(request.scope)), plan_in(services, tenant)
        made, secret = await invitations.invite(
            connection, tenant.tenant_id, doer, plan, email, data.role, services.clock()
        )
        letter = services.post.letters.invitation(tenant.name, data.role, secret)
        await services.post.put(connection, email, letter)
        await record_deed(services, request, connection, "invitation.create", _target(made), {"role": made.role})
    return made


@post(
    "/api/invitations/{invitation_id:int}/resend",
    opt=needs(Permission.MEMBERS_MANAGE),
    summary="Send an invitation again",
    status_code=200,
)
async def resend(request: Asked, services: NamedDependency[Services], invitation_id: InvitationId) -> Invitation:
    """With a new link, for seven days from now; the old link is dead."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        doer, plan = doer_of(caller_in(request.scope)), plan_in(services, tenant)
        number = _known(invitation_id, "invitation")
        made, secret = await invitations.send_again(connection, tenant.tenant_id, doer, plan, number, services.clock())
        await _count_mails(services, tenant, made.email)
        letter = services.post.letters.invitation(tenant.name, made.role, secret)
        await services.post.put(connection, made.email, letter)
        await record_deed(services, request, connection, "invitation.resend", _target(made))
    return made


@delete("/api/invitations/{invitation_id:int}", opt=needs(Permission.MEMBERS_MANAGE), summary="Withdraw an invitation")
async def delete_invitation(request: Asked, services: NamedDependency[Services], invitation_id: InvitationId) -> None:
    """Its link is dead. 404 when it was accepted or withdrawn before."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        doer, number = doer_of(caller_in(request.scope)), _known(invitation_id, "invitation")
        await invitations.revoke(connection, tenant.tenant_id, doer, number, services.clock())
        await record_deed(services, request, connection, "invitation.revoke", f"invitation:{number}")


def doer_of(caller: Caller) -> Doer:
    """Who changes members: a person, since no key may.

    Raises:
        RequestRefused: ``not_allowed``.
    """
    if caller.person_id is None:
        raise RequestRefused(Refusal.NOT_ALLOWED, "members are managed by people")
    return Doer(caller.person_id)


def plan_in(services: Services, tenant: Tenant) -> Plan:
    """The plan that holds for a tenant in this system."""
    return plan_of(tenant, billing=services.settings.stripe_secret_key is not None)


async def _count_mails(services: Services, tenant: Tenant, email: str) -> None:
    await services.limiter.check("invitations", str(tenant.tenant_id), MAILS_OF_TENANT, DAY_S)
    await services.limiter.check("invited", email, MAILS_TO_ADDRESS, DAY_S)


def _known(number: int, what: str) -> int:
    if not 0 < number <= ID_MAX:
        raise RequestRefused(Refusal.NOT_FOUND, f"there is no such {what} of yours")
    return number


def _target(invitation: Invitation) -> str:
    return f"invitation:{invitation.invitation_id}"


HANDLERS = (
    get_members, patch_member, delete_member, get_invitations, post_invitation, resend, delete_invitation,
)  # fmt: skip
