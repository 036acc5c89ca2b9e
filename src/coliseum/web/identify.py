"""Who is calling: a key, or a person who has logged in. Refusals never say which part of a secret was wrong."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from coliseum.accounts.bounds import check_bounds
from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.services import Services

KEY_MAX = 256
SHARED_WITH = "coliseum_shared_with"
"""In a request's scope: the headers by which a page may read the answer, when the key is bound to origins."""


async def caller_for(services: Services, scope: Any, permission: Permission) -> Caller:
    """The caller of a request that needs this permission.

    Raises:
        RequestRefused: nobody known is calling, or they may not do this.
    """
    caller = await caller_of(services, scope)
    caller.check(permission)
    return caller


async def caller_of(services: Services, scope: Any) -> Caller:
    """The caller behind ``Authorization: Bearer <key>``, or Basic with the key as user name.

    Raises:
        RequestRefused: ``missing_key`` or ``unknown_key``, or the key is bound to other addresses or origins.
    """
    headers = dict(scope["headers"])
    key = key_in(headers)
    if key is None:
        raise RequestRefused(Refusal.MISSING_KEY, "send a key: Authorization: Bearer <key>")
    caller = await services.keys.caller(key) if len(key) <= KEY_MAX else None
    if caller is None:
        raise RequestRefused(Refusal.UNKNOWN_KEY, "this key does not exist or was revoked")
    if caller.addresses or caller.origins:
        _check_bounds(services, caller, scope, headers)
    services.last_used.note(caller)
    return caller


def _check_bounds(services: Services, caller: Caller, scope: Any, headers: Mapping[bytes, bytes]) -> None:
    """Whether a key may be used from where it is; says in the scope which pages may read the answer."""
    origin = headers.get(b"origin")
    if caller.origins:
        scope[SHARED_WITH] = ()
    check_bounds(caller, services.addresses.of(scope), origin)
    if caller.origins and origin is not None:
        scope[SHARED_WITH] = ((b"access-control-allow-origin", origin), (b"vary", b"origin"))


def key_in(headers: Mapping[bytes, bytes]) -> str | None:
    """The key that a request bears, whether it exists or not."""
    scheme, _, rest = headers.get(b"authorization", b"").partition(b" ")
    rest = rest.strip()
    if scheme.lower() == b"bearer" and rest:
        return rest.decode("latin-1")
    if scheme.lower() == b"basic":
        try:
            user, _, _ = base64.b64decode(rest, validate=True).partition(b":")
        except (binascii.Error, ValueError):
            return None
        return user.decode("latin-1") or None
    return None
