"""The routes by which people say who they are for issuers of identities that their tenants trust."""

from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from coliseum.accounts.foreign import TOKEN_BYTES_MAX
from coliseum.accounts.identities import Identity, link, list_identities, unlink
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.access import for_people, person_in
from coliseum.web.api.auth import Asked, own_session
from coliseum.web.csrf import check_json
from coliseum.web.services import Services

BODY_BYTES_MAX = 2 * TOKEN_BYTES_MAX


class IdentityWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token of the issuer, which shows who somebody is there, and the tenant of theirs that trusts it."""

    tenant: Annotated[str, msgspec.Meta(max_length=40)]
    token: Annotated[str, msgspec.Meta(max_length=TOKEN_BYTES_MAX)]


class IdentityList(msgspec.Struct, frozen=True):
    """Who somebody is for issuers."""

    identities: list[Identity]


@get("/api/auth/identities", opt=for_people(), summary="Who you are for issuers of identities")
async def get_identities(request: Asked, services: NamedDependency[Services]) -> IdentityList:
    """Each is as good as a log-in, for tenants that trust its issuer."""
    async with services.database.transaction("accounts") as connection:
        return IdentityList(await list_identities(connection, person_in(request.scope).person_id))


@post(
    "/api/auth/identities",
    opt=for_people(),
    summary="Link a foreign identity to your account",
    status_code=201,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_identity(
    request: Asked, services: NamedDependency[Services], data: JSONBody[IdentityWish]
) -> Response[IdentityList]:
    """From then on the issuer's tokens stand for you, for tenants that trust it. 200 when it was linked before.

    `password_needed`: give the password again first.
    """
    check_json(dict(request.scope["headers"]))
    person = person_in(request.scope)
    own_session(person)
    person.check_recent(services.clock())
    tenant_id = person.member_of(data.tenant).tenant.tenant_id
    token = data.token.encode("utf-8", "replace")
    vouched = await services.foreign.vouched(tenant_id, token, as_member=True)
    async with services.database.transaction("accounts") as connection:
        new = await link(connection, person.person_id, vouched.issuer, vouched.subject)
        mine = await list_identities(connection, person.person_id)
        if new:
            await _told(services, request, connection, "identity.link", vouched.issuer)
    return Response(IdentityList(mine), status_code=201 if new else 200)


@delete("/api/auth/identities", opt=for_people(), summary="Take a foreign identity away from your account")
async def delete_identity(
    request: Asked,
    services: NamedDependency[Services],
    issuer: Annotated[str, QueryParameter(description="The issuer's name.", max_length=255)],
    subject: Annotated[str, QueryParameter(description="Who you are for it.", max_length=255)],
) -> None:
    """204, and within two seconds the issuer's tokens stand for you no more; 404 when it was not linked."""
    person = person_in(request.scope)
    own_session(person)
    async with services.database.transaction("accounts") as connection:
        gone = "\0" not in issuer + subject and await unlink(connection, person.person_id, issuer, subject)
        if not gone:
            raise RequestRefused(Refusal.NOT_FOUND, "this identity is not linked to your account")
        await _told(services, request, connection, "identity.unlink", issuer)


async def _told(services: Services, request: Asked, connection: Any, action: str, issuer: str) -> None:
    """Add it to the trail: with whom, and not as whom."""
    address = services.addresses.of(request.scope)
    await services.logins.told(connection, person_in(request.scope), action, address, {"issuer": issuer})


HANDLERS = (get_identities, post_identity, delete_identity)
