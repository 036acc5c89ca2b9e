"""The routes of keys: a tenant's own, which its members and its keys with the scope admin make and end."""

from datetime import timedelta
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from coliseum.accounts.keymaking import (
    OVERLAP_S_MAX,
    Key,
    KeyChange,
    KeyWish,
    NewKey,
    change_key,
    list_keys,
    make_key,
    maker_of,
    revoke_key,
    rotate_key,
)
from coliseum.accounts.permissions import Permission
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.access import caller_in, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.deeds import record_deed
from coliseum.web.services import Services

BODY_BYTES_MAX: Final = 65_536
ID_MAX: Final = 2**63 - 1
NEVER_KEPT: Final = {"cache-control": "no-store"}
Id = Annotated[int, PathParameter(description="The key's number.")]


class KeyList(msgspec.Struct, frozen=True):
    """A tenant's keys, in the order in which they were made."""

    keys: list[Key]


class Rotation(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """How long the old key works beside the new one: 0 s to 7 days; a day when left out."""

    overlap_seconds: Annotated[int, msgspec.Meta(ge=0, le=OVERLAP_S_MAX)] = 86_400


@get("/api/keys", opt=needs(Permission.KEYS_MANAGE), summary="All keys, also those that were revoked")
async def get_keys(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> KeyList:
    """What each may, where it may be used and when it was: never its secret, of which only a digest is stored.

    `lastUsedAt` is at most a minute late.
    """
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        return KeyList(await list_keys(connection, tenant))


@post(
    "/api/keys",
    opt=needs(Permission.KEYS_MANAGE),
    summary="Make a key",
    status_code=201,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_key(
    request: Request[Any, Any, Any], services: NamedDependency[Services], data: JSONBody[KeyWish]
) -> Response[NewKey]:
    """`secret` is the key itself, shown this once. See [KEYS.md](KEYS.md) for what may be wished."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        made = await make_key(connection, tenant, data, maker_of(caller_in(request.scope)), services.clock())
        await record_deed(services, request, connection, "key.create", _target(made.key), _told(made.key))
    return Response(made, headers=NEVER_KEPT)


@post(
    "/api/keys/{key_id:int}/rotate",
    opt=needs(Permission.KEYS_MANAGE),
    summary="Make a key in place of another",
    status_code=201,
    request_max_body_size=BODY_BYTES_MAX,
)
async def rotate(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    key_id: Id,
    data: JSONBody[Rotation | None] = None,
) -> Response[NewKey]:
    """A new key with the same rights; the old one ends after the overlap, or when it would have ended anyway."""
    tenant = asking_tenant(request)
    overlap_s = (data or Rotation()).overlap_seconds
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        maker = maker_of(caller_in(request.scope))
        made = await rotate_key(
            connection, tenant, _known(key_id), maker, services.clock(), timedelta(seconds=overlap_s)
        )
        detail = {"new": made.key.key_id, "overlapSeconds": overlap_s}
        await record_deed(services, request, connection, "key.rotate", f"key:{key_id}", detail)
    return Response(made, headers=NEVER_KEPT)


@patch(
    "/api/keys/{key_id:int}",
    opt=needs(Permission.KEYS_MANAGE),
    summary="Change a key's name, where it may be used, or when it expires",
    request_max_body_size=BODY_BYTES_MAX,
)
async def patch_key(
    request: Request[Any, Any, Any], services: NamedDependency[Services], key_id: Id, data: JSONBody[KeyChange]
) -> Key:
    """What is left out stays. What a key may do never changes: make another."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        maker = maker_of(caller_in(request.scope))
        key = await change_key(connection, tenant, _known(key_id), data, maker, services.clock())
        await record_deed(services, request, connection, "key.change", _target(key), _told(key))
    return key


@delete("/api/keys/{key_id:int}", opt=needs(Permission.KEYS_MANAGE), summary="Revoke a key")
async def delete_key(request: Request[Any, Any, Any], services: NamedDependency[Services], key_id: Id) -> None:
    """204, also when it was revoked before. Within two seconds it works nowhere, and what it has opened is closed."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        if await revoke_key(connection, tenant, _known(key_id), services.clock()):
            await record_deed(services, request, connection, "key.revoke", f"key:{key_id}")


def _known(key_id: int) -> int:
    if not 0 < key_id <= ID_MAX:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such key of yours")
    return key_id


def _target(key: Key) -> str:
    return f"key:{key.key_id}"


def _told(key: Key) -> dict[str, object]:
    """What the trail keeps of a key: what it may and where, and nothing that a person has written."""
    return {
        "kind": key.kind, "scopes": key.scopes, "origins": key.origins, "addresses": key.addresses,
        "expiresAt": None if key.expires_at is None else key.expires_at.isoformat(),
    }  # fmt: skip


HANDLERS = (get_keys, post_key, rotate, patch_key, delete_key)
