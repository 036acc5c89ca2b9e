"""Tokens of other issuers of identities: what one is worth to a tenant that trusts its issuer.

Nothing in a token decides how the token is checked. The tenant's own settings say which issuers there are; an issuer's
key set says, key by key, with which one algorithm that key signs; headers that would bring keys or addresses of keys
along are refused. Who somebody is allowed to be is never taken from a token: it says who they are, and no more.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from coliseum import db
from coliseum.accounts.issuers import PURPOSE, Issuer, Issuers, owner_of
from coliseum.accounts.jwks import KeySets, PinnedKey
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused
from coliseum.outbound import Outbound
from coliseum.sealing import Seal, SealBroken

TOKEN_BYTES_MAX: Final = 16_384
LEEWAY: Final = timedelta(seconds=60)
SUBJECT_LENGTH_MAX: Final = 128
"""A user id is no longer either."""
LATEST: Final = 4_102_444_800
"""The year 2100, in Unix seconds: a moment after it is no moment."""
FORBIDDEN_HEADERS: Final = frozenset({"crit", "b64", "jku", "jwk", "x5u", "x5c", "zip", "enc"})
"""What would bring a key along, or make the token mean something else: we understand no extension."""
TYPES: Final = frozenset({"", "jwt", "at+jwt"})
NOBODY: Final = frozenset({"anon", "service_role", "supabase_admin"})
"""Roles that Supabase gives to keys and not to people."""
SECOND_FACTORS: Final = frozenset({"otp", "webauthn", "hwk", "swk", "fpt", "face", "totp"})

UNREADABLE: Final = (msgspec.DecodeError, ValueError, RecursionError)


class Vouched(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says, once it is known to be its issuer's."""

    issuer: str
    subject: str
    second_factor: bool
    authenticated_at: datetime | None
    """When the person showed who they are, if the token says so: it may have been renewed since."""
    expires_at: datetime


class _Header(msgspec.Struct, frozen=True):
    alg: str
    kid: str | None = None
    typ: str = ""


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    sub: str
    aud: str | list[str]
    exp: int
    iat: int
    nbf: int = 0
    role: Any = None
    is_anonymous: Any = False
    aal: Any = None
    amr: Any = None
    auth_time: Any = None


class _Issuer(msgspec.Struct, frozen=True):
    iss: Any = None


class _Pinned(JWSRegistry):
    """Knows one algorithm, which is the key's and not the token's."""

    def __init__(self, algorithm: str) -> None:
        super().__init__(algorithms=[algorithm], strict_check_header=False)
        self._only = algorithm

    def get_alg(self, name: str) -> Any:
        if name != self._only:
            raise _invalid()
        return self.algorithms[name]


def issuer_in(token: bytes) -> str | None:
    """Which issuer a token says it is of, whether that is true or not; None when it says none."""
    if len(token) > TOKEN_BYTES_MAX:
        return None
    try:
        found = msgspec.json.decode(_part(token, 1), type=_Issuer).iss
    except UNREADABLE:
        return None
    return found if isinstance(found, str) else None


class Foreign:
    """Checks tokens of the issuers that tenants trust."""

    def __init__(self, database: db.Database, outbound: Outbound, secret_key: str, clock: Clock) -> None:
        self.key_sets = KeySets(outbound, clock)
        self.seal = Seal(secret_key, PURPOSE)
        self._issuers = Issuers(database, clock)
        self._clock = clock

    async def vouched(self, tenant_id: int, token: bytes, *, as_member: bool = False) -> Vouched:
        """Who the bearer of a token is, for one tenant; as its user, or as one of its members.

        Raises:
            RequestRefused: ``invalid_token``, whatever was wrong.
            StoreUnavailable: the issuer's keys cannot be fetched now.
        """
        if len(token) > TOKEN_BYTES_MAX:
            raise _invalid()
        named = issuer_in(token)
        issuer = None if named is None else await self._issuers.named(tenant_id, named)
        if issuer is None or (as_member and not issuer.vouches_for_members):
            raise _invalid()
        header = _header(token)
        key = await self._key(tenant_id, issuer, header)
        if key is None or key.algorithm not in issuer.algorithms or header.alg != key.algorithm:
            raise _invalid()
        return said(checked(token, key), issuer, self._clock())

    async def _key(self, tenant_id: int, issuer: Issuer, header: _Header) -> PinnedKey | None:
        if issuer.hs256_key is not None:
            try:
                secret = self.seal.open(issuer.hs256_key, owner_of(tenant_id, issuer.issuer))
            except SealBroken:
                return None
            return PinnedKey("HS256", OctKey.import_key(secret))
        if issuer.jwks_url is None or header.kid is None:
            return None
        return await self.key_sets.key(issuer.jwks_url, header.kid)


def _header(token: bytes) -> _Header:
    """The header, when it has what we understand and nothing that would have to be understood."""
    try:
        raw = _part(token, 0)
        names = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        header = msgspec.json.decode(raw, type=_Header)
    except UNREADABLE:
        raise _invalid() from None
    if FORBIDDEN_HEADERS & names.keys() or header.typ.lower() not in TYPES:
        raise _invalid()
    return header


def checked(token: bytes, key: PinnedKey) -> bytes:
    """The payload of a token that was signed with this key.

    Raises:
        RequestRefused: ``invalid_token``.
    """
    try:
        signed = jws.deserialize_compact(token, key.key, registry=_Pinned(key.algorithm))
    except (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise _invalid() from None
    return signed.payload


def said(payload: bytes, issuer: Issuer, now: datetime) -> Vouched:
    """What a payload says, when it is for us, of now, and about a person.

    Raises:
        RequestRefused: ``invalid_token``.
    """
    try:
        claims = msgspec.json.decode(payload, type=_Claims)
    except UNREADABLE:
        raise _invalid() from None
    audiences = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    at, leeway = int(now.timestamp()), int(LEEWAY.total_seconds())
    timely = at - leeway < claims.exp <= LATEST and 0 < claims.iat <= at + leeway and 0 <= claims.nbf <= at + leeway
    for_us = claims.iss == issuer.issuer and issuer.audience in audiences
    if not timely or not for_us or not _is_a_person(claims, issuer):
        raise _invalid()
    return Vouched(
        issuer=claims.iss,
        subject=claims.sub,
        second_factor=_second_factor(claims, issuer),
        authenticated_at=_authenticated_at(claims),
        expires_at=datetime.fromtimestamp(claims.exp, UTC),
    )


def _is_a_person(claims: _Claims, issuer: Issuer) -> bool:
    # A user id that begins so stands for a device, which nobody vouches for.
    named = 0 < len(claims.sub) <= SUBJECT_LENGTH_MAX and "\0" not in claims.sub and not claims.sub.startswith("anon:")
    if issuer.kind == "supabase" and claims.role != "authenticated":
        return False
    somebody = not (isinstance(claims.role, str) and claims.role in NOBODY)
    return named and somebody and claims.is_anonymous in (False, None)


def _second_factor(claims: _Claims, issuer: Issuer) -> bool:
    """Whether the person showed two things. Of Supabase only ``aal`` says so: its ``otp`` is a code sent by mail."""
    if claims.aal == "aal2":
        return True
    if issuer.kind == "supabase" or not isinstance(claims.amr, list):
        return False
    methods = {each for each in claims.amr if isinstance(each, str)}
    return "mfa" in methods or (len(methods) > 1 and bool(methods & SECOND_FACTORS))


def _authenticated_at(claims: _Claims) -> datetime | None:
    stamps = [claims.auth_time]
    if isinstance(claims.amr, list):
        stamps += [
            each.get("timestamp")
            for each in claims.amr
            if isinstance(each, dict) and each.get("method") != "token_refresh"
        ]
    whole = [each for each in stamps if type(each) is int and 0 < each <= LATEST]
    return datetime.fromtimestamp(max(whole), UTC) if whole else None


def _part(token: bytes, number: int) -> bytes:
    """One part of a token, decoded.

    Raises:
        ValueError: it is no base64url, or the token has not three parts.
    """
    parts = token.split(b".")
    if len(parts) != 3:
        raise ValueError("not three parts")
    return urlsafe_b64decode(parts[number])


def _invalid() -> RequestRefused:
    return RequestRefused(Refusal.INVALID_TOKEN, "the token is malformed, expired or not for this")
