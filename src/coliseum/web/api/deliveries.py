"""The routes of what was sent to webhook endpoints, and of the thresholds of which tenants are told."""

from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.hooks.deliveries import Delivery, DeliveryPage, list_deliveries, redeliver
from coliseum.hooks.thresholds import (
    StoredThreshold,
    Threshold,
    delete_threshold,
    list_thresholds,
    put_threshold,
    threshold_of,
)
from coliseum.web.access import caller_in, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.deeds import record_deed
from coliseum.web.api.parameters import Cursor
from coliseum.web.api.webhooks import BODY_BYTES_MAX
from coliseum.web.services import Services

DeliveryId = Annotated[int, PathParameter(description="The delivery's number.")]
ThresholdName = Annotated[str, PathParameter(description="The threshold's name: 1 to 64 of a-z, 0-9 and hyphens.")]


class ThresholdList(msgspec.Struct, frozen=True):
    """A tenant's thresholds, by name."""

    thresholds: list[StoredThreshold]


@get("/api/webhooks/deliveries", opt=needs(Permission.WEBHOOKS_MANAGE), summary="What was sent to webhook endpoints")
async def get_deliveries(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    endpoint: Annotated[int | None, QueryParameter(description="Only of the endpoint of this number.")] = None,
    in_state: Annotated[
        str | None, QueryParameter(name="state", description="pending, delivered, failed or abandoned.")
    ] = None,
    limit: Annotated[int, QueryParameter(description="Deliveries a page, 1 to 200.")] = 50,
    cursor: Cursor = None,
) -> DeliveryPage:
    """The newest first, for 30 days. Of a receiver's answer: its status and how long it took, nothing of its text."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        return await list_deliveries(
            connection, tenant.tenant_id, endpoint_id=endpoint, state=in_state, limit=limit, cursor=cursor
        )


@post(
    "/api/webhooks/deliveries/{delivery_id:int}/redeliver",
    opt=needs(Permission.WEBHOOKS_MANAGE),
    summary="Send a message to its endpoint again",
    status_code=202,
)
async def post_redelivery(
    request: Request[Any, Any, Any], services: NamedDependency[Services], delivery_id: DeliveryId
) -> Delivery:
    """202: it is due now, under the same `webhook-id`, and its tries are counted anew."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        found = await redeliver(connection, tenant.tenant_id, delivery_id, services.clock())
        target = f"webhook:{found.endpoint_id}"
        await record_deed(services, request, connection, "webhook.redeliver", target, {"delivery": delivery_id})
    return found


@get("/api/webhooks/thresholds", opt=needs(Permission.WEBHOOKS_MANAGE), summary="All thresholds")
async def get_thresholds(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> ThresholdList:
    """By name."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        return ThresholdList(await list_thresholds(connection, tenant.tenant_id))


@get("/api/webhooks/thresholds/{name:str}", opt=needs(Permission.WEBHOOKS_MANAGE), summary="A threshold")
async def get_threshold(
    request: Request[Any, Any, Any], services: NamedDependency[Services], name: ThresholdName
) -> StoredThreshold:
    """As in the list."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        return await threshold_of(connection, tenant.tenant_id, name)


@put(
    "/api/webhooks/thresholds/{name:str}",
    opt=needs(Permission.WEBHOOKS_MANAGE),
    summary="Set a threshold, or replace it",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
)
async def put_threshold_of(
    request: Request[Any, Any, Any], services: NamedDependency[Services], name: ThresholdName, data: JSONBody[Threshold]
) -> StoredThreshold:
    """`threshold.reached` is told once a window in which the number comes to `value`, from the present window on.

    The same again changes nothing; another under the same name begins anew.
    """
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        actor = caller_in(request.scope).actor
        stored, changed = await put_threshold(connection, tenant, name, data, actor, services.clock())
        if changed:
            detail = {"metric": stored.metric, "window": stored.window, "value": stored.value}
            await record_deed(services, request, connection, "threshold.put", f"threshold:{name}", detail)
    return stored


@delete("/api/webhooks/thresholds/{name:str}", opt=needs(Permission.WEBHOOKS_MANAGE), summary="Remove a threshold")
async def remove_threshold(
    request: Request[Any, Any, Any], services: NamedDependency[Services], name: ThresholdName
) -> None:
    """204 when it is removed, 404 when there is none."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        await delete_threshold(connection, tenant.tenant_id, name)
        await record_deed(services, request, connection, "threshold.remove", f"threshold:{name}")


HANDLERS = (
    get_deliveries, post_redelivery, get_thresholds, get_threshold, put_threshold_of, remove_threshold,
)  # fmt: skip
