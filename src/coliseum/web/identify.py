"""Who is calling: a key, or a person who has logged in. Refusals never say which part of a secret was wrong."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from coliseum.accounts.bounds import check_bounds
from coliseum.accounts.callers import Caller, Person
from coliseum.accounts.foreign import issuer_in
from coliseum.accounts.permissions import Permission
from coliseum.accounts.tokens import ISSUER, looks_like_token
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.csrf import SAFE, check_change, csrf_token
from coliseum.web.services import Services

KEY_MAX = 256
COOKIE = b"__Host-coliseum"
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
    """The caller behind a key (``Authorization: Bearer <key>``, or Basic with the key as user name), or a member.

    Raises:
        RequestRefused: ``missing_key`` or ``unknown_key``, or the key is bound to other addresses or origins; or as
            ``person_of``, or the person is no member of the tenant that ``Coliseum-Tenant`` names.
    """
    headers = dict(scope["headers"])
    key = key_in(headers)
    if key is None and cookie_in(scope) is None:
        raise RequestRefused(Refusal.MISSING_KEY, "send a key: Authorization: Bearer <key>")
    if key is None or looks_like_token(key):
        slug = headers.get(b"coliseum-tenant")
        named = None if slug is None else slug.decode("latin-1")
        foreign = key is not None and is_foreign(key)
        person = await _foreign_person(services, key or "", named) if foreign else await person_of(services, scope)
        return person.member_of(named)
    caller = await services.keys.caller(key) if len(key) <= KEY_MAX else None
    if caller is None:
        raise RequestRefused(Refusal.UNKNOWN_KEY, "this key does not exist or was revoked")
    if caller.addresses or caller.origins is not None:
        _check_bounds(services, caller, scope, headers)
    services.last_used.note(caller)
    return caller


async def person_of(services: Services, scope: Any) -> Person:
    """Who has logged in: by the cookie, or by ``Authorization: Bearer <access token>``, which goes before it.

    Raises:
        RequestRefused: ``login_needed``; or ``cross_site``, when a cookie came with a request of a foreign page.
    """
    token = key_in(dict(scope["headers"]))
    if token is not None:
        session_id = services.logins.tokens.session_in(token) if looks_like_token(token) else None
        person = None if session_id is None else await services.logins.sessions.by_token(session_id)
        if person is None or person.kind != "token":
            raise RequestRefused(Refusal.LOGIN_NEEDED, "this access token is none, or its session has ended")
        return person
    secret = cookie_in(scope)
    person = None if secret is None else await services.logins.sessions.by_cookie(secret)
    if person is None or person.session_id is None:
        raise RequestRefused(Refusal.LOGIN_NEEDED, "log in: POST /api/auth/login")
    if scope["method"] not in SAFE:
        check_change(scope, services.settings.public_url, csrf_token(services.secret_key, person.session_id))
    return person


async def asking_person(services: Services, scope: Any) -> Person | None:
    """Who has logged in, for a route that is also for those who have not.

    Raises:
        RequestRefused: ``cross_site``, as ``person_of``.
    """
    if cookie_in(scope) is None and key_in(dict(scope["headers"])) is None:
        return None
    try:
        return await person_of(services, scope)
    except RequestRefused as error:
        if error.code is Refusal.LOGIN_NEEDED:
            return None
        raise


async def _foreign_person(services: Services, token: str, slug: str | None) -> Person:
    """Who the bearer of another issuer's token is, for a tenant that trusts the issuer.

    Raises:
        RequestRefused: ``tenant_needed``, ``invalid_token``, or ``not_allowed``: nobody has linked that identity.
    """
    if slug is None:
        raise RequestRefused(Refusal.TENANT_NEEDED, "say for which tenant: Coliseum-Tenant: <its short name>")
    tenant = await services.identities.tenant(slug)
    # An unknown tenant trusts nobody, so that it looks like one that does not trust this issuer.
    tenant_id = 0 if tenant is None else tenant.tenant_id
    vouched = await services.foreign.vouched(tenant_id, token.encode("latin-1", "replace"), as_member=True)
    person = await services.identities.person(vouched)
    if person is None:
        raise RequestRefused(
            Refusal.NOT_ALLOWED, "no account is linked to this identity: POST /api/auth/identities, logged in"
        )
    return person


def is_foreign(token: str) -> bool:
    """Whether a token says that it is another issuer's."""
    return issuer_in(token.encode("latin-1", "replace")) not in (None, ISSUER)


def cookie_in(scope: Any) -> str | None:
    """The secret of the log-in cookie; None without one, and when there are several, of which one is not ours."""
    found = [
        value.strip().decode("latin-1")
        for name, header in scope["headers"]
        if name == b"cookie"
        for key, _, value in (pair.partition(b"=") for pair in header.split(b";"))
        if key.strip() == COOKIE
    ]
    return found[0] if len(found) == 1 else None


def _check_bounds(services: Services, caller: Caller, scope: Any, headers: Mapping[bytes, bytes]) -> None:
    """Whether a key may be used from where it is; says in the scope which pages may read the answer."""
    origin = headers.get(b"origin")
    if caller.origins is not None:
        scope[SHARED_WITH] = ()
    check_bounds(caller, services.addresses.of(scope), origin)
    if caller.origins is not None and origin is not None:
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
