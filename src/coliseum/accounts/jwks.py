"""The public keys of issuers of identities, fetched when they are needed and remembered for a while.

Each key is pinned to one algorithm by its own type, so that no token chooses how it is checked. How long keys are
believed: a set is fetched anew beside the requests that use it after ``REFRESH_AFTER``, and before they use it after
``REFRESH_BY``, so that a key that its issuer has withdrawn is gone within ten minutes. While the issuer cannot be
reached, what is known is believed for ``KNOWN_FOR``.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.util import base64_to_int

from coliseum.clock import Clock
from coliseum.errors import OutboundFailed, StoreUnavailable, TargetNotAllowed
from coliseum.outbound import Outbound
from coliseum.telemetry import Log, described

Algorithm = Literal["ES256", "RS256", "EdDSA", "HS256"]

REFRESH_AFTER: Final = timedelta(minutes=4)
REFRESH_BY: Final = timedelta(minutes=8)
RETRY_AFTER: Final = timedelta(seconds=30)
"""A set is asked for no sooner again, whether that failed or a key was not in it."""
KNOWN_FOR: Final = timedelta(hours=1)
FETCH_S_MAX: Final = 5.0
SET_BYTES_MAX: Final = 65_536
KEYS_MAX: Final = 50
SETS_MAX: Final = 1_000
KID_LENGTH_MAX: Final = 255
RSA_BITS: Final = range(2_048, 8_193)


class PinnedKey(msgspec.Struct, frozen=True):
    """A key, and the one algorithm that it may have signed with."""

    algorithm: Algorithm
    key: ECKey | RSAKey | OKPKey | OctKey


Keys = Mapping[str, PinnedKey]
NONE: Final[Keys] = MappingProxyType({})


class KeysUnusable(OutboundFailed):
    """What an issuer gave as its keys is no set of keys."""


class _Set(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


def read_keys(body: bytes) -> Keys:
    """The keys of a JWKS that sign with an algorithm of ours, by their ids; all others are passed over.

    Raises:
        KeysUnusable: it is no JWKS.
    """
    try:
        given = msgspec.json.decode(body, type=_Set).keys
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise KeysUnusable("protocol", "The issuer's key set is no JWKS.") from None
    found: dict[str, PinnedKey] = {}
    twice = set()
    for each in given[:KEYS_MAX]:
        kid, key = each.get("kid"), _pinned(each)
        if key is None or not isinstance(kid, str) or not 0 < len(kid) <= KID_LENGTH_MAX:
            continue
        if kid in found:
            twice.add(kid)
        found[kid] = key
    return MappingProxyType({kid: key for kid, key in found.items() if kid not in twice})


def _pinned(jwk: dict[str, Any]) -> PinnedKey | None:
    """The key, when it is a public one that may check signatures; never a secret one."""
    operations = jwk.get("key_ops", ["verify"])
    checks = jwk.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations
    if not checks or "d" in jwk or "k" in jwk:
        return None
    try:
        key = _imported({name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk})
    except (JoseError, ValueError, TypeError, KeyError, OverflowError):
        return None
    return key if key is not None and jwk.get("alg", key.algorithm) == key.algorithm else None


def _imported(jwk: dict[str, Any]) -> PinnedKey | None:
    match jwk.get("kty"), jwk.get("crv"):
        case "EC", "P-256":
            return PinnedKey("ES256", ECKey.import_key(jwk))
        case "OKP", "Ed25519":
            return PinnedKey("EdDSA", OKPKey.import_key(jwk))
        case "RSA", _ if base64_to_int(jwk["n"]).bit_length() in RSA_BITS:
            return PinnedKey("RS256", RSAKey.import_key(jwk))
    return None


class _Held:
    """What is known of one issuer's keys."""

    __slots__ = ("fetched_at", "fetching", "keys", "tried_at")

    def __init__(self) -> None:
        self.keys: Keys = NONE
        self.fetched_at: datetime | None = None
        self.tried_at: datetime | None = None
        self.fetching: asyncio.Task[None] | None = None


class KeySets:
    """The key sets that one process knows. All methods belong to one event loop."""

    def __init__(self, outbound: Outbound, clock: Clock) -> None:
        self._outbound = outbound
        self._clock = clock
        self._held: OrderedDict[str, _Held] = OrderedDict()

    async def key(self, url: str, kid: str) -> PinnedKey | None:
        """The key of this id in the set at ``url``; None when there is none.

        Raises:
            StoreUnavailable: that cannot be known now, because the set cannot be fetched.
        """
        held = self._of(url)
        age = self._age(held)
        if age is None or age >= REFRESH_BY or kid not in held.keys:
            if held.fetching is not None or self._may_try(held):
                # A task of its own, so that who gives up waiting takes nothing from the others.
                await asyncio.shield(self._fetching(url, held))
        elif age >= REFRESH_AFTER and self._may_try(held):
            self._fetching(url, held)
        age = self._age(held)
        if age is None or age >= KNOWN_FOR:
            raise StoreUnavailable("The issuer's keys cannot be fetched for now.")
        return held.keys.get(kid)

    async def fetch(self, url: str) -> Keys:
        """The set as it is now.

        Raises:
            TargetNotAllowed, OutboundFailed: it cannot be had.
        """
        reply = await self._outbound.send(
            "GET", url, {"accept": "application/json"}, b"", timeout_s=FETCH_S_MAX, bytes_max=SET_BYTES_MAX
        )
        if reply.status != 200 or not reply.whole:
            raise KeysUnusable("protocol", f"The issuer's key set was answered with {reply.status}, or is too large.")
        return read_keys(reply.body)

    def _of(self, url: str) -> _Held:
        held = self._held.get(url)
        if held is None:
            held = self._held[url] = _Held()
            if len(self._held) > SETS_MAX:
                self._held.popitem(last=False)
        self._held.move_to_end(url)
        return held

    def _age(self, held: _Held) -> timedelta | None:
        return None if held.fetched_at is None else self._clock() - held.fetched_at

    def _may_try(self, held: _Held) -> bool:
        return held.fetching is None and (held.tried_at is None or self._clock() - held.tried_at >= RETRY_AFTER)

    def _fetching(self, url: str, held: _Held) -> asyncio.Task[None]:
        """The fetch that is under way, or a new one."""
        if held.fetching is None:
            held.tried_at = self._clock()
            held.fetching = asyncio.create_task(self._fetch_into(url, held))
        return held.fetching

    async def _fetch_into(self, url: str, held: _Held) -> None:
        began = self._clock()
        try:
            held.keys = await self.fetch(url)
            held.fetched_at = began
        except (TargetNotAllowed, OutboundFailed) as error:
            Log().warning("key_set_failed", url=url, error=described(error))
        finally:
            held.fetching = None
