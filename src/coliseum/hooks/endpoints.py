"""Endpoints: where a tenant wants to be told, of what, and under which secret."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from coliseum import db
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.hooks.messages import SQL, put
from coliseum.hooks.signing import Secrets
from coliseum.hooks.topics import Ping, Topic

LEADERS_MAX: Final = 10
BOARDS_MAX: Final = 20
OVERLAP_HOURS_MAX: Final = 168
NUMBER_MAX: Final = 2**63 - 1
Url = Annotated[str, Meta(min_length=8, max_length=2_048)]
Description = Annotated[str, Meta(max_length=200)]
Topics = Annotated[list[Topic], Meta(min_length=1, max_length=20)]
Reason = Literal["asked", "gone", "failing"]


class Strict(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A body whose fields are camel case, and no other is taken."""


class BoardWatch(Strict, frozen=True):
    """A board of whose first members an endpoint is told. ``window``: the board's first one when it is left out."""

    board: Annotated[str, Meta(min_length=1, max_length=64)]
    window: str | None = None
    top: Annotated[int, Meta(ge=1, le=LEADERS_MAX)] = 1


Boards = Annotated[list[BoardWatch], Meta(max_length=BOARDS_MAX)]


class EndpointWish(Strict, frozen=True):
    """What an endpoint is to be. Without ``boards``, the tenant's own declared boards are meant."""

    url: Url
    topics: Topics
    description: Description = ""
    boards: Boards = []


class EndpointChange(Strict, frozen=True):
    """What is to be changed of an endpoint; what is left out stays."""

    url: Url | UnsetType = UNSET
    topics: Topics | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    boards: Boards | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


class Endpoint(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """An endpoint as it is now. ``disabledReason``: it was asked for, or it is gone (410), or has failed for days."""

    id: int
    url: str
    topics: list[str]
    description: str
    boards: list[BoardWatch]
    created_by: str
    created_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_reason: Reason | None
    previous_secret_until: datetime | None


class NewSecret(msgspec.Struct, frozen=True, rename="camel"):
    """An endpoint with its secret in clear: the only moment at which it can be read."""

    endpoint: Endpoint
    secret: str


class _Row(msgspec.Struct, frozen=True):
    endpoint_id: int
    url: str
    description: str
    topics: list[str]
    boards: list[dict[str, Any]]
    created_by: str
    created_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_reason: Reason | None
    previous_until: datetime | None

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(
            id=self.endpoint_id, url=self.url, topics=self.topics, description=self.description,
            boards=msgspec.convert(self.boards, list[BoardWatch]), created_by=self.created_by,
            created_at=self.created_at, failing_since=self.failing_since, disabled_at=self.disabled_at,
            disabled_reason=self.disabled_reason, previous_secret_until=self.previous_until,
        )  # fmt: skip


async def list_endpoints(connection: db.Connection, tenant_id: int) -> list[Endpoint]:
    """All endpoints of a tenant, in the order in which they were made."""
    return [row.endpoint for row in await db.rows(connection, _Row, SQL["list_endpoints"], tenant_id)]


async def endpoint_of(connection: db.Connection, tenant_id: int, endpoint_id: int) -> Endpoint:
    """One endpoint, which nobody else changes until this transaction ends.

    Raises:
        RequestRefused: ``not_found``.
    """
    known = 0 < endpoint_id <= NUMBER_MAX
    found = await db.rows(connection, _Row, SQL["lock_endpoint"], tenant_id, endpoint_id) if known else []
    if not found:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such webhook endpoint of yours")
    return found[0].endpoint


async def count_endpoints(connection: db.Connection, tenant_id: int) -> int:
    """How many there are; nobody else adds one until this transaction ends."""
    await connection.execute(SQL["lock_endpoints"], tenant_id)
    return int(await connection.fetchval(SQL["count_endpoints"], tenant_id))


async def make_endpoint(
    connection: db.Connection, tenant_id: int, wish: EndpointWish, secrets: Secrets, actor: str, now: datetime
) -> NewSecret:
    """Make an endpoint. Whether it may be called and whether there may be one more was asked before."""
    endpoint_id = await connection.fetchval(SQL["next_endpoint_id"])
    secret, sealed = secrets.new(tenant_id, endpoint_id)
    await connection.execute(
        SQL["insert_endpoint"], tenant_id, endpoint_id, wish.url, wish.description, _once(wish.topics), wish.boards,
        sealed, actor, now,
    )  # fmt: skip
    return NewSecret(await endpoint_of(connection, tenant_id, endpoint_id), secret)


async def change_endpoint(
    connection: db.Connection, tenant_id: int, endpoint_id: int, change: EndpointChange, now: datetime
) -> Endpoint:
    """Change what is given. Enabling begins anew; disabling abandons what is still on its way.

    Raises:
        RequestRefused: ``not_found``.
    """
    before = await endpoint_of(connection, tenant_id, endpoint_id)
    topics = before.topics if change.topics is UNSET else _once(change.topics)
    disabled_at, reason, failing_since = before.disabled_at, before.disabled_reason, before.failing_since
    if change.disabled is False or change.url is not UNSET:
        failing_since = None
    if change.disabled is False:
        disabled_at, reason = None, None
    elif change.disabled is True and disabled_at is None:
        disabled_at, reason = now, "asked"
        await connection.execute(SQL["abandon_deliveries"], tenant_id, endpoint_id, now)
    await connection.execute(
        SQL["update_endpoint"], tenant_id, endpoint_id, _or(change.url, before.url),
        _or(change.description, before.description), topics, _or(change.boards, before.boards), failing_since,
        disabled_at, reason,
    )  # fmt: skip
    return await endpoint_of(connection, tenant_id, endpoint_id)


async def delete_endpoint(connection: db.Connection, tenant_id: int, endpoint_id: int) -> Endpoint:
    """Remove an endpoint and all that was on its way to it; returns it as it was.

    Raises:
        RequestRefused: ``not_found``.
    """
    before = await endpoint_of(connection, tenant_id, endpoint_id)
    await connection.execute(SQL["delete_endpoint"], tenant_id, endpoint_id)
    return before


async def rotate_secret(
    connection: db.Connection, tenant_id: int, endpoint_id: int, secrets: Secrets, now: datetime, overlap: timedelta
) -> NewSecret:
    """Give an endpoint another secret; until the overlap ends, messages are signed with both.

    Raises:
        RequestRefused: ``not_found``.
    """
    await endpoint_of(connection, tenant_id, endpoint_id)
    secret, sealed = secrets.new(tenant_id, endpoint_id)
    until = now + overlap if overlap else None
    await connection.execute(SQL["rotate_secret"], tenant_id, endpoint_id, sealed, until)
    return NewSecret(await endpoint_of(connection, tenant_id, endpoint_id), secret)


async def ping(connection: db.Connection, tenant_id: int, endpoint_id: int) -> str:
    """Put a test message for one endpoint; returns its id.

    Raises:
        RequestRefused: ``not_found``.
        QueryInvalid: the endpoint is disabled.
    """
    endpoint = await endpoint_of(connection, tenant_id, endpoint_id)
    if endpoint.disabled_at is not None:
        raise QueryInvalid("The endpoint is disabled: enable it first.", "disabled")
    message_id = await put(connection, tenant_id, Ping(endpoint_id), [endpoint_id])
    assert message_id is not None  # noqa: S101 - the endpoint is locked and enabled
    return message_id


def _once(topics: list[Topic]) -> list[str]:
    return [*dict.fromkeys(topics)]


def _or(given: Any, before: Any) -> Any:
    return before if given is UNSET else given
