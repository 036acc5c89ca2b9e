"""Recording in the audit trail what a caller has done, within the transaction in which it was done."""

from collections.abc import Mapping
from typing import Any

from litestar import Request

from coliseum import db
from coliseum.trail.record import Deed
from coliseum.web.access import caller_in
from coliseum.web.services import Services


async def record_deed(
    services: Services,
    request: Request[Any, Any, Any],
    connection: db.Connection,
    action: str,
    target: str,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add what the request's caller did to the trail of their tenant; the last thing in its transaction."""
    caller = caller_in(request.scope)
    deed = Deed(
        actor=caller.actor, action=action, target=target, address=services.addresses.of(request.scope),
        detail=detail or {},
    )  # fmt: skip
    await services.trail.record(connection, caller.tenant.tenant_id, deed)
