"""Deliveries as a tenant sees them: what was sent where, what came of it, and sending it again."""

import base64
import binascii
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

from coliseum import db
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.hooks.endpoints import NUMBER_MAX, endpoint_of
from coliseum.hooks.messages import SQL

LIMIT_MAX: Final = 200
State = Literal["pending", "delivered", "failed", "abandoned"]
STATES: Final[tuple[State, ...]] = get_args(State)


class Delivery(msgspec.Struct, frozen=True, rename="camel"):
    """One message on its way to one endpoint. Of the receiver's answer, its status and how long it took.

    ``failure``: why the last try has failed; ``nextAttemptAt``: when the next one is due.
    """

    id: int
    message_id: str
    topic: str
    endpoint_id: int
    state: State
    attempt: int
    next_attempt_at: datetime | None
    created_at: datetime
    attempted_at: datetime | None
    ended_at: datetime | None
    status: int | None
    failure: str | None
    duration_ms: int | None


class DeliveryPage(msgspec.Struct, frozen=True, rename="camel"):
    """Deliveries, the newest first."""

    deliveries: list[Delivery]
    next_cursor: str | None


async def list_deliveries(
    connection: db.Connection,
    tenant_id: int,
    *,
    endpoint_id: int | None = None,
    state: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> DeliveryPage:
    """A page of a tenant's deliveries.

    Raises:
        QueryInvalid: the limit, the state or the cursor is none.
    """
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    if state is not None and state not in STATES:
        raise QueryInvalid(f"state is one of {', '.join(STATES)}.", "state")
    if endpoint_id is not None and not 0 < endpoint_id <= NUMBER_MAX:
        return DeliveryPage([], None)
    found = await db.rows(
        connection, Delivery, SQL["list_deliveries"], tenant_id, endpoint_id, state, _before(cursor), limit + 1
    )
    more = len(found) > limit
    return DeliveryPage(found[:limit], _cursor(found[limit - 1].id) if more else None)


async def redeliver(connection: db.Connection, tenant_id: int, delivery_id: int, now: datetime) -> Delivery:
    """Send a message to an endpoint again, from the beginning of the schedule and under the same id.

    Raises:
        RequestRefused: ``not_found``; messages are kept for 30 days.
        QueryInvalid: the endpoint is disabled.
    """
    known = 0 < delivery_id <= NUMBER_MAX
    found = await db.rows(connection, Delivery, SQL["one_delivery"], tenant_id, delivery_id) if known else []
    if not found:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such delivery of yours, or it is no longer kept")
    endpoint = await endpoint_of(connection, tenant_id, found[0].endpoint_id)
    if endpoint.disabled_at is not None:
        raise QueryInvalid("The endpoint is disabled: enable it first.", "disabled")
    await connection.execute(SQL["redeliver"], tenant_id, delivery_id, now)
    return (await db.rows(connection, Delivery, SQL["one_delivery"], tenant_id, delivery_id))[0]


def _cursor(delivery_id: int) -> str:
    return base64.urlsafe_b64encode(str(delivery_id).encode()).decode().rstrip("=")


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    if not (text.isascii() and text.isdigit() and int(text) <= NUMBER_MAX):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor")
    return int(text)
