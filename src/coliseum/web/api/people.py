"""The route by which a person is forgotten."""

from typing import Any, Final

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from coliseum.accounts.permissions import Permission
from coliseum.privacy.forget import Asking, Forgotten, Wish, forget
from coliseum.web.access import caller_in, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.services import Services

BODY_BYTES_MAX: Final = 4_096
NEVER_KEPT: Final = {"cache-control": "no-store"}


@post(
    "/api/people/forget",
    opt=needs(Permission.PEOPLE_FORGET),
    summary="Forget a person",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_forget(
    request: Request[Any, Any, Any], services: NamedDependency[Services], data: JSONBody[Wish]
) -> Response[Forgotten]:
    """Nothing here can undo it. Every total stays; whose they were, nothing says any more.

    The answer is the same whether or not anybody of that id was known, and whether or not they were forgotten before:
    a certificate of its own each time. Later events of that id are refused as `person_forgotten`. See
    [PRIVACY.md](PRIVACY.md).
    """
    tenant, caller = asking_tenant(request), caller_in(request.scope)
    asking = Asking(caller.actor, services.addresses.of(request.scope))
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        done = await forget(
            connection, services.trail, services.suppression, tenant.tenant_id, data.user_id, asking, services.clock()
        )
    return Response(done, headers=NEVER_KEPT)


HANDLERS = (post_forget,)
