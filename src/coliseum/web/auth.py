"""What vouches for a user or another backend: user tokens, signatures. No refusal says which part was wrong."""

import base64
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from coliseum.accounts.foreign import issuer_in
from coliseum.accounts.tenants import Tenant, tenant_by_slug
from coliseum.accounts.tokens import ISSUER
from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import derived_key
from coliseum.web.services import Services

TOKEN_MAX = 4_096
TOKEN_LEEWAY_S = 30
TOKEN_TTL_MAX_S = 86_400


def webhook_secret(secret_key: str, slug: str) -> str:
    """The tenant's secret for signed webhooks, in the form that Standard Webhooks libraries take."""
    return "whsec_" + base64.b64encode(derived_key(secret_key, "webhook", slug)).decode()


def make_user_token(services: Services, tenant: Tenant, user_id: str, ttl: timedelta) -> tuple[str, datetime]:
    """A token by which a browser may write as this user, and when it ends."""
    now = services.clock()
    ends = now + ttl
    claims: dict[str, object] = {
        "iss": ISSUER, "aud": tenant.slug, "sub": user_id, "iat": int(now.timestamp()),
        "exp": int(ends.timestamp()),
    }  # fmt: skip
    return jwt.encode({"alg": "HS256"}, claims, _user_key(services, tenant.slug)), ends


async def user_of(services: Services, tenant: Tenant, headers: Mapping[bytes, bytes]) -> str | None:
    """The user whom the ``Coliseum-User`` token vouches for, ours or one of an issuer that the tenant trusts.

    None without a token.

    Raises:
        RequestRefused: ``invalid_token``.
        StoreUnavailable: whether the token is good cannot be known now.
    """
    token = headers.get(b"coliseum-user")
    if token is None:
        return None
    if issuer_in(token) not in (ISSUER, None):
        return (await services.foreign.vouched(tenant.tenant_id, token)).subject
    claims = _claims(services, token, _user_key(services, tenant.slug), ISSUER, tenant.slug)
    return str(claims["sub"])


async def webhook_tenant(services: Services, slug: str, headers: Mapping[bytes, bytes], body: bytes) -> Tenant:
    """The tenant whose signature a webhook bears: Standard Webhooks headers, or a JWT as bearer.

    Raises:
        RequestRefused: ``bad_signature``, ``stale_signature`` or ``invalid_token``.
    """
    tenant = await tenant_by_slug(services.database, slug)
    # An unknown tenant is checked against a key that nobody has, so that it looks like a wrong signature.
    secret = webhook_secret(services.secret_key, slug if tenant else f"?{slug}")
    if headers.get(b"authorization", b"").startswith(b"Bearer "):
        key = OctKey.import_key(derived_key(services.secret_key, "webhook", slug if tenant else f"?{slug}"))
        _claims(services, headers[b"authorization"][7:], key, slug, "coliseum")
    else:
        _check_signature(services, secret, headers, body)
    if tenant is None:
        raise RequestRefused(Refusal.BAD_SIGNATURE, "the signature does not fit")
    return tenant


def _check_signature(services: Services, secret: str, headers: Mapping[bytes, bytes], body: bytes) -> None:
    names = (b"webhook-id", b"webhook-timestamp", b"webhook-signature")
    if not all(name in headers for name in names):
        raise RequestRefused(Refusal.BAD_SIGNATURE, "webhook-id, webhook-timestamp and webhook-signature are needed")
    text = {name.decode(): headers[name].decode("latin-1") for name in names}
    stamp = text["webhook-timestamp"]
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise RequestRefused(Refusal.BAD_SIGNATURE, "webhook-timestamp is a whole number of Unix seconds")
    if abs(services.clock().timestamp() - int(stamp)) > 300:
        raise RequestRefused(Refusal.STALE_SIGNATURE, "webhook-timestamp is more than five minutes off")
    # The library's own check of a header raises on malformed parts; its signing is what is taken from it.
    try:
        expected = (
            Webhook(secret).sign(text["webhook-id"], datetime.fromtimestamp(int(stamp), UTC), body.decode()).encode()
        )
    except (UnicodeDecodeError, WebhookVerificationError):
        raise RequestRefused(Refusal.BAD_SIGNATURE, "the body is not UTF-8 text") from None
    given = [part.encode("latin-1") for part in text["webhook-signature"].split(" ")[:16]]
    if not any([hmac.compare_digest(part, expected) for part in given]):  # noqa: C419 - all are compared
        raise RequestRefused(Refusal.BAD_SIGNATURE, "the signature does not fit")


def _claims(services: Services, token: bytes, key: OctKey, issuer: str, audience: str) -> dict[str, object]:
    try:
        if len(token) > TOKEN_MAX:
            raise ValueError("too long")
        claims = jwt.decode(token, key, algorithms=["HS256"]).claims
        jwt.JWTClaimsRegistry(
            now=int(services.clock().timestamp()),
            leeway=TOKEN_LEEWAY_S,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": issuer == ISSUER},
        ).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError):
        raise RequestRefused(Refusal.INVALID_TOKEN, "the token is malformed, expired or not for this") from None
    return claims


def _user_key(services: Services, slug: str) -> OctKey:
    return OctKey.import_key(derived_key(services.secret_key, "user-token", slug))
