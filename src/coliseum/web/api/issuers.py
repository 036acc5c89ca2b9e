"""The routes of issuers of identities that a tenant trusts: Supabase Auth, or any issuer of OpenID Connect."""

import re
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, delete, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from coliseum.accounts.issuers import (
    SECRET_LENGTH_MIN,
    Issuer,
    IssuerKind,
    Trusted,
    distrust,
    list_issuers,
    trust,
)
from coliseum.accounts.jwks import FETCH_S_MAX, SET_BYTES_MAX, Algorithm
from coliseum.accounts.permissions import Permission
from coliseum.errors import Refusal, RequestRefused
from coliseum.outbound import Outbound
from coliseum.web.access import needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.deeds import record_deed
from coliseum.web.services import Services

BODY_BYTES_MAX: Final = 16_384
DISCOVERY: Final = "/.well-known/openid-configuration"
ALGORITHMS: Final[list[Algorithm]] = ["ES256", "RS256", "EdDSA"]
PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*")
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class IssuerView(msgspec.Struct, frozen=True, rename="camel"):
    """An issuer that is trusted. Of a shared secret it is said that there is one: `algorithms` has `HS256`."""

    issuer: str
    kind: IssuerKind
    audience: str
    jwks_url: str | None
    algorithms: list[Algorithm]
    created_at: datetime


class IssuerList(msgspec.Struct, frozen=True):
    """All issuers that a tenant trusts."""

    issuers: list[IssuerView]


class IssuerWish(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """An issuer to trust: `supabaseUrl` alone, or `issuer` with `audience`.

    `hs256Secret` is for an issuer without public keys, and excludes `jwksUrl`.
    """

    supabase_url: Text | None = None
    issuer: Annotated[str, msgspec.Meta(min_length=8, max_length=255)] | None = None
    audience: Text | None = None
    jwks_url: Text | None = None
    algorithms: list[Algorithm] | None = None
    hs256_secret: Annotated[str, msgspec.Meta(min_length=SECRET_LENGTH_MIN, max_length=1_024)] | None = None


class _Discovered(msgspec.Struct, frozen=True):
    issuer: str
    jwks_uri: str


@get("/api/issuers", opt=needs(Permission.SETTINGS_READ), summary="The issuers of identities that are trusted")
async def get_issuers(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> IssuerList:
    """Their tokens vouch for users beside a browser key, and for members beside `Coliseum-Tenant`."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        return IssuerList([_view(each) for each in await list_issuers(connection, tenant)])


@put(
    "/api/issuers",
    opt=needs(Permission.SETTINGS_MANAGE),
    summary="Trust an issuer of identities, or change how",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
)
async def put_issuer(
    request: Request[Any, Any, Any], services: NamedDependency[Services], data: JSONBody[IssuerWish]
) -> IssuerView:
    """Its keys are fetched once to see that there are some. See [IDENTITY.md](IDENTITY.md)."""
    tenant = asking_tenant(request)
    trusted = await _trusted(services.outbound, data)
    if trusted.jwks_url is not None:
        keys = await services.foreign.key_sets.fetch(trusted.jwks_url)
        if not {key.algorithm for key in keys.values()} & set(trusted.algorithms):
            raise _wrong("the issuer has no key of these algorithms in its key set", "algorithms")
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        view = _view(await trust(connection, tenant, trusted, services.foreign.seal))
        detail = {"kind": view.kind, "audience": view.audience, "jwksUrl": view.jwks_url, "algorithms": view.algorithms}
        await record_deed(services, request, connection, "issuer.trust", view.issuer, detail)
    return view


@delete("/api/issuers", opt=needs(Permission.SETTINGS_MANAGE), summary="Trust an issuer no more")
async def delete_issuer(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    issuer: Annotated[str, QueryParameter(description="Its name, exactly.", max_length=255)],
) -> None:
    """204, and within two seconds its tokens are worth nothing; 404 when it was not trusted."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        if "\0" in issuer or not await distrust(connection, tenant, issuer):
            raise RequestRefused(Refusal.NOT_FOUND, "this issuer is not trusted", "issuer")
        await record_deed(services, request, connection, "issuer.distrust", issuer)


async def _trusted(outbound: Outbound, wish: IssuerWish) -> Trusted:
    """What is to be kept of a wish.

    Raises:
        RequestRefused: ``invalid_payload``.
        TargetNotAllowed, OutboundFailed: an address may not be called, or the issuer's own description cannot be had.
    """
    kind: IssuerKind = "oidc"
    if wish.supabase_url is not None:
        if wish.issuer or wish.jwks_url:
            raise _wrong("with supabaseUrl, issuer and jwksUrl follow from it", "supabaseUrl")
        issuer, kind = f"{wish.supabase_url.rstrip('/')}/auth/v1", "supabase"
    elif wish.issuer is not None and wish.audience is not None:
        issuer = wish.issuer
    else:
        raise _wrong("supabaseUrl, or issuer with audience, is needed", "issuer")
    outbound.target(issuer)
    if any(each in issuer for each in "?#\0"):
        raise _wrong("an issuer has no query and no fragment", "issuer")
    audience = wish.audience or "authenticated"
    if wish.hs256_secret is not None:
        if wish.jwks_url is not None or wish.algorithms not in (None, ["HS256"]):
            raise _wrong("an issuer signs with a shared secret or with keys of its own, never with both", "hs256Secret")
        return Trusted(issuer=issuer, kind=kind, audience=audience, jwks_url=None, algorithms=["HS256"],
                       hs256_key=wish.hs256_secret)  # fmt: skip
    algorithms = ALGORITHMS if wish.algorithms is None else list(dict.fromkeys(wish.algorithms))
    if not algorithms or "HS256" in algorithms:
        raise _wrong("algorithms are some of ES256, RS256, EdDSA; HS256 comes with hs256Secret", "algorithms")
    if kind == "supabase":
        url = f"{issuer}/.well-known/jwks.json"
    elif wish.jwks_url is not None:
        url = _beneath(issuer, wish.jwks_url)
    else:
        url = await _discovered(outbound, issuer)
    return Trusted(issuer=issuer, kind=kind, audience=audience, jwks_url=url, algorithms=algorithms)


def _beneath(issuer: str, url: str) -> str:
    """The address of the keys, which must be the issuer's own.

    Whoever could name other keys could write tokens for every person of that issuer.
    """
    begin = issuer.rstrip("/") + "/"
    rest = url.removeprefix(begin)
    plain = PLAIN_PATH.fullmatch(rest) is not None and not {".", ".."} & set(rest.split("/"))
    if not url.startswith(begin) or not plain:
        raise _wrong("jwksUrl is beneath the issuer; leave it out, and the issuer is asked", "jwksUrl")
    return url


async def _discovered(outbound: Outbound, issuer: str) -> str:
    """Where the issuer itself says its keys are (OpenID Connect Discovery 1.0, section 4)."""
    reply = await outbound.send(
        "GET", issuer.rstrip("/") + DISCOVERY, {"accept": "application/json"}, b"",
        timeout_s=FETCH_S_MAX, bytes_max=SET_BYTES_MAX,
    )  # fmt: skip
    try:
        if reply.status != 200 or not reply.whole:
            raise _wrong(f"the issuer describes itself with status {reply.status}, or at too great length", "issuer")
        found = msgspec.json.decode(reply.body, type=_Discovered)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _wrong("the issuer's description of itself is none of OpenID Connect", "issuer") from None
    if found.issuer != issuer:
        raise _wrong(f"the issuer calls itself {found.issuer[:200]!r}", "issuer")
    outbound.target(found.jwks_uri)
    return found.jwks_uri


def _view(issuer: Issuer) -> IssuerView:
    return IssuerView(
        issuer.issuer, issuer.kind, issuer.audience, issuer.jwks_url, issuer.algorithms, issuer.created_at
    )  # fmt: skip


def _wrong(message: str, field: str) -> RequestRefused:
    return RequestRefused(Refusal.INVALID_PAYLOAD, message, field)


HANDLERS = (get_issuers, put_issuer, delete_issuer)
