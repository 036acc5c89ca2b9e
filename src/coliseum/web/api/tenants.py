"""The routes of tenants: a person's own, and what is set for one."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from msgspec import UNSET

from coliseum.accounts.callers import Person
from coliseum.accounts.members import Doer, remove_member
from coliseum.accounts.permissions import Permission
from coliseum.accounts.telling import tell
from coliseum.accounts.tenant_settings import (
    NewTenantWish,
    OwnTenant,
    TenantChange,
    TenantSettings,
    change_settings,
    found_tenant,
    read_settings,
    tenants_of,
)
from coliseum.errors import Refusal, RequestRefused
from coliseum.trail.record import Deed
from coliseum.web.access import caller_in, for_people, needs, person_in
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.declared import matched
from coliseum.web.api.deeds import record_deed
from coliseum.web.services import Services

BODY_BYTES_MAX: Final = 65_536
NEVER_KEPT: Final = {"cache-control": "no-store"}
HOUR_S: Final = 3_600
TENANTS_AN_HOUR: Final = 10
Asked = Request[Any, Any, Any]
Slug = Annotated[str, PathParameter(description="The tenant's short name.")]


@get("/api/tenants", opt=for_people(), summary="The tenants of whoever asks")
async def get_tenants(request: Asked, services: NamedDependency[Services]) -> Response[list[OwnTenant]]:
    """By their short names, each with the role there."""
    found = await tenants_of(services.database, person_in(request.scope).person_id)
    return Response(found, headers=NEVER_KEPT)


@post(
    "/api/tenants",
    opt=for_people(),
    summary="Make a tenant",
    status_code=201,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_tenant(
    request: Asked, services: NamedDependency[Services], data: JSONBody[NewTenantWish]
) -> Response[TenantSettings]:
    """Whoever makes it is its owner, and has verified their e-mail address. It has no keys yet: `POST /api/keys`.

    A person owns at most 10.
    """
    made = await make_own_tenant(services, person_in(request.scope), data, services.addresses.of(request.scope))
    return _answer(made)


@post("/api/tenants/{slug:str}/leave", opt=for_people(), summary="Leave a tenant", status_code=204)
async def leave(request: Asked, services: NamedDependency[Services], slug: Slug) -> None:
    """Whoever asks is no member any more. The last owner stays until somebody else is one."""
    await leave_tenant(services, person_in(request.scope), slug, services.addresses.of(request.scope))


async def leave_tenant(services: Services, person: Person, slug: str, address: str) -> None:
    """End somebody's own membership, for the route and for the page.

    Raises:
        RequestRefused: ``not_found``, ``last_owner``.
    """
    tenant = next((each.tenant for each in person.memberships if each.tenant.slug == slug), None)
    if tenant is None:
        raise RequestRefused(Refusal.NOT_FOUND, "you are no member of a tenant of this name")
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        before = await remove_member(connection, tenant.tenant_id, Doer(person.person_id), person.person_id)
        deed = Deed(
            actor=person.actor, action="member.leave", target=person.actor, detail={"before": before}, address=address
        )  # fmt: skip
        await services.trail.record(connection, tenant.tenant_id, deed)
    services.logins.sessions.forget()


@get("/api/tenant", opt=needs(Permission.SETTINGS_READ), summary="What is set for the tenant")
async def get_tenant(request: Asked, services: NamedDependency[Services]) -> Response[TenantSettings]:
    """The revision is also the ETag."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        return _answer(await read_settings(connection, tenant.tenant_id), 200)


@patch(
    "/api/tenant",
    opt=needs(Permission.SETTINGS_MANAGE),
    summary="Change what is set for the tenant",
    request_max_body_size=BODY_BYTES_MAX,
)
async def patch_tenant(
    request: Asked, services: NamedDependency[Services], data: JSONBody[TenantChange]
) -> Response[TenantSettings]:
    """What is left out stays. See [ACCOUNTS.md](ACCOUNTS.md#settings-of-a-tenant) for what each means.

    Time zone and currency change only while the log is empty; `secondFactorRequired` is for owners who have one. With
    `If-Match` only the revision that it names is changed; otherwise the answer is `changed_meanwhile`.
    """
    tenant, match = asking_tenant(request), matched(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        if data.second_factor_required is not UNSET:
            await _check_second_factor(request, services, wanted=data.second_factor_required)
        after, changed = await change_settings(connection, tenant.tenant_id, data, match)
        if changed:
            await record_deed(services, request, connection, "tenant.change", f"tenant:{tenant.tenant_id}", changed)
    if changed:
        services.logins.sessions.forget()
    return _answer(after, 200)


async def make_own_tenant(services: Services, person: Person, wish: NewTenantWish, address: str) -> TenantSettings:
    """Make a tenant whose owner this person is, for the route and for the page.

    Raises:
        RequestRefused: ``not_allowed``, ``too_many``, ``already_exists``, ``invalid_payload``, ``rate_limited``.
    """
    await services.limiter.check("tenants", str(person.person_id), TENANTS_AN_HOUR, HOUR_S)
    async with services.database.transaction("accounts") as connection:
        tenant = await found_tenant(services.database, connection, person.person_id, wish, services.clock())
        made = await read_settings(connection, tenant.tenant_id)
        deed = Deed(
            actor=person.actor, action="tenant.create", target=f"tenant:{tenant.tenant_id}", address=address,
            detail={"slug": tenant.slug},
        )  # fmt: skip
        await tell(connection, services.trail, deed, [tenant.tenant_id])
    services.logins.sessions.forget()
    return made


async def _check_second_factor(request: Asked, services: Services, *, wanted: bool) -> None:
    """Whether somebody may say who needs a second factor: an owner, who does not lock themselves out by it."""
    caller = caller_in(request.scope)
    caller.check(Permission.OWNERS_MANAGE)
    if wanted and caller.session_id is not None:
        person = await services.logins.sessions.still(caller.session_id)
        if person is None or not person.second_factor:
            raise RequestRefused(Refusal.SECOND_FACTOR_MISSING, "log in with a second factor first")


def _answer(found: TenantSettings, status: int = 201) -> Response[TenantSettings]:
    return Response(found, status_code=status, headers={**NEVER_KEPT, "etag": f'"{found.revision}"'})


HANDLERS = (get_tenants, post_tenant, leave, get_tenant, patch_tenant)
