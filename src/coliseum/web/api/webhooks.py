"""The routes of outgoing webhooks: where a tenant wants to be told of what."""

from datetime import timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from coliseum.accounts.permissions import Permission
from coliseum.accounts.tenants import Tenant
from coliseum.boards.declared import board_named
from coliseum.errors import QueryInvalid
from coliseum.hooks.endpoints import (
    OVERLAP_HOURS_MAX,
    BoardWatch,
    Endpoint,
    EndpointChange,
    EndpointWish,
    NewSecret,
    Strict,
    change_endpoint,
    count_endpoints,
    delete_endpoint,
    endpoint_of,
    list_endpoints,
    make_endpoint,
    ping,
    rotate_secret,
)
from coliseum.metrics.registry import KINDS, Kind
from coliseum.web.access import caller_in, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.deeds import record_deed
from coliseum.web.services import Services

BODY_BYTES_MAX: Final = 65_536
NEVER_KEPT: Final = {"cache-control": "no-store"}
EndpointId = Annotated[int, PathParameter(description="The endpoint's number.")]


class EndpointList(msgspec.Struct, frozen=True):
    """A tenant's endpoints, in the order in which they were made."""

    endpoints: list[Endpoint]


class SecretRotation(Strict, frozen=True):
    """For how many hours messages are signed with the old secret, too: 0 to 168; a day when left out."""

    overlap_hours: Annotated[int, msgspec.Meta(ge=0, le=OVERLAP_HOURS_MAX)] = 24


class Tested(msgspec.Struct, frozen=True, rename="camel"):
    """A test message that is on its way."""

    message_id: str


@get("/api/webhooks/endpoints", opt=needs(Permission.WEBHOOKS_MANAGE), summary="All webhook endpoints")
async def get_endpoints(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> EndpointList:
    """Where messages are sent, of which topics, and whether an endpoint fails or was disabled. Never a secret."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        return EndpointList(await list_endpoints(connection, tenant.tenant_id))


@post(
    "/api/webhooks/endpoints",
    opt=needs(Permission.WEBHOOKS_MANAGE),
    summary="Make a webhook endpoint",
    status_code=201,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_endpoint(
    request: Request[Any, Any, Any], services: NamedDependency[Services], data: JSONBody[EndpointWish]
) -> Response[NewSecret]:
    """`secret` is shown this once. The address must be https on the public internet; see [WEBHOOKS.md](WEBHOOKS.md)."""
    tenant = asking_tenant(request)
    await services.outbound.check(data.url)
    await _check_boards(services, tenant, data.boards)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        there_are = await count_endpoints(connection, tenant.tenant_id)
        services.allowance.check_count(tenant, "webhookEndpoints", there_are)
        actor = caller_in(request.scope).actor
        made = await make_endpoint(connection, tenant.tenant_id, data, services.hook_secrets, actor, services.clock())
        await record_deed(
            services, request, connection, "webhook.create", _target(made.endpoint.id), _told(made.endpoint)
        )
    return Response(made, headers=NEVER_KEPT)


@get(
    "/api/webhooks/endpoints/{endpoint_id:int}",
    opt=needs(Permission.WEBHOOKS_MANAGE),
    summary="A webhook endpoint",
)
async def get_endpoint(
    request: Request[Any, Any, Any], services: NamedDependency[Services], endpoint_id: EndpointId
) -> Endpoint:
    """As in the list."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        return await endpoint_of(connection, tenant.tenant_id, endpoint_id)


@patch(
    "/api/webhooks/endpoints/{endpoint_id:int}",
    opt=needs(Permission.WEBHOOKS_MANAGE),
    summary="Change, disable or enable a webhook endpoint",
    request_max_body_size=BODY_BYTES_MAX,
)
async def patch_endpoint(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    endpoint_id: EndpointId,
    data: JSONBody[EndpointChange],
) -> Endpoint:
    """What is left out stays. Disabling abandons what is on its way; enabling forgets that the endpoint has failed."""
    tenant = asking_tenant(request)
    if isinstance(data.url, str):
        await services.outbound.check(data.url)
    if isinstance(data.boards, list):
        await _check_boards(services, tenant, data.boards)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        changed = await change_endpoint(connection, tenant.tenant_id, endpoint_id, data, services.clock())
        await record_deed(services, request, connection, "webhook.change", _target(endpoint_id), _told(changed))
    return changed


@delete(
    "/api/webhooks/endpoints/{endpoint_id:int}",
    opt=needs(Permission.WEBHOOKS_MANAGE),
    summary="Remove a webhook endpoint",
)
async def remove_endpoint(
    request: Request[Any, Any, Any], services: NamedDependency[Services], endpoint_id: EndpointId
) -> None:
    """204. Its deliveries are removed with it; one that is being sent may still arrive."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        gone = await delete_endpoint(connection, tenant.tenant_id, endpoint_id)
        await record_deed(services, request, connection, "webhook.remove", _target(endpoint_id), _told(gone))


@post(
    "/api/webhooks/endpoints/{endpoint_id:int}/rotate",
    opt=needs(Permission.WEBHOOKS_MANAGE),
    summary="Give a webhook endpoint another secret",
    status_code=201,
    request_max_body_size=BODY_BYTES_MAX,
)
async def rotate_endpoint(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    endpoint_id: EndpointId,
    data: JSONBody[SecretRotation | None] = None,
) -> Response[NewSecret]:
    """Until the overlap ends, `webhook-signature` has a signature by each of the two secrets, with a space between."""
    tenant = asking_tenant(request)
    hours = (data or SecretRotation()).overlap_hours
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        made = await rotate_secret(
            connection, tenant.tenant_id, endpoint_id, services.hook_secrets, services.clock(), timedelta(hours=hours)
        )
        await record_deed(
            services, request, connection, "webhook.rotate", _target(endpoint_id), {"overlapHours": hours}
        )
    return Response(made, headers=NEVER_KEPT)


@post(
    "/api/webhooks/endpoints/{endpoint_id:int}/test",
    opt=needs(Permission.WEBHOOKS_MANAGE),
    summary="Send a test message to a webhook endpoint",
    status_code=202,
)
async def test_endpoint(
    request: Request[Any, Any, Any], services: NamedDependency[Services], endpoint_id: EndpointId
) -> Tested:
    """202: a `test.ping` is on its way; what comes of it stands among the deliveries."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        message_id = await ping(connection, tenant.tenant_id, endpoint_id)
        await record_deed(services, request, connection, "webhook.test", _target(endpoint_id))
    return Tested(message_id)


async def _check_boards(services: Services, tenant: Tenant, watches: list[BoardWatch]) -> None:
    """Whether there are such boards, in these windows, and not of single people."""
    async with services.database.tenant(tenant.tenant_id) as connection:
        for watch in watches:
            board = await board_named(connection, tenant, watch.board)
            if board is None:
                raise QueryInvalid(f"There is no board {watch.board!r}.", "boards")
            declaration = board.declaration
            if watch.window is not None and watch.window not in declaration.windows:
                raise QueryInvalid(f"{watch.board} has the windows {', '.join(declaration.windows)}.", "boards")
            if KINDS[declaration.entity] is Kind.FAN:
                raise QueryInvalid(
                    "Messages are kept and name no single person: boards of fans are not told.", "boards"
                )


def _target(endpoint_id: int) -> str:
    return f"webhook:{endpoint_id}"


def _told(endpoint: Endpoint) -> dict[str, object]:
    """What the trail keeps of an endpoint: not its address, which may hold a secret, nor what a person wrote."""
    return {"topics": endpoint.topics, "disabled": endpoint.disabled_at is not None}


HANDLERS = (
    get_endpoints, post_endpoint, get_endpoint, patch_endpoint, remove_endpoint, rotate_endpoint, test_endpoint,
)  # fmt: skip
