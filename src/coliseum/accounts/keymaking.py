"""Making, changing, rotating and revoking keys. A key's secret exists in clear once: in the answer that made it.

Nobody makes a key, or gets hold of one, that may more than they themselves: not in what it may do, not in where it may
be used, and not in how long it lives.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from coliseum import db
from coliseum.accounts.bounds import check_allowed, networks_of, origins_of, within
from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission, Scope, permissions_of
from coliseum.accounts.tenant_settings import read_settings
from coliseum.accounts.tenants import SQL, Tenant
from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import random_secret, secret_digest

LIVE_KEYS_MAX: Final = 100
OVERLAP_S_MAX: Final = 7 * 86_400
SHOWN_OF_SECRET: Final = 3

KeyKind = Literal["server", "browser"]
NAME_MAX: Final = 100
KeyName = Annotated[str, Meta(max_length=NAME_MAX)]


class Key(msgspec.Struct, frozen=True, rename="camel"):
    """A key as it can be looked at: never its secret, nor the digest of it."""

    key_id: int = msgspec.field(name="id")
    prefix: str
    """How the key begins, so that it can be told from others."""
    name: str
    kind: KeyKind
    scopes: list[Scope]
    origins: list[str]
    addresses: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    replaces: int | None
    """The key that this one was made in place of."""


class NewKey(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A key just made: the only moment at which it can be read."""

    secret: str
    key: Key


class KeyWish(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A key that is to be made. ``addresses`` are for server keys, ``origins`` for browser keys."""

    kind: KeyKind = "server"
    name: KeyName = ""
    scopes: list[Scope] = msgspec.field(default_factory=lambda: ["write"])
    origins: list[str] = []
    addresses: list[str] = []
    expires_at: datetime | None = None


class KeyChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What of a key is to be changed; what is left out stays. ``null`` takes an expiry away."""

    name: KeyName | UnsetType = UNSET
    origins: list[str] | UnsetType = UNSET
    addresses: list[str] | UnsetType = UNSET
    expires_at: datetime | UnsetType | None = UNSET


class Maker(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes or changes keys, and what they themselves may: a new key may no more."""

    actor: str
    permissions: frozenset[Permission]
    addresses: tuple[str, ...] = ()
    expires_at: datetime | None = None

    def check(self, kind: KeyKind, scopes: Iterable[str], addresses: list[str], expires_at: datetime | None) -> None:
        """Whether they may have such a key made.

        Raises:
            RequestRefused: ``not_allowed``.
        """
        beyond = permissions_of(scopes) - self.permissions
        if beyond:
            raise RequestRefused(Refusal.NOT_ALLOWED, f"the key may {min(beyond)}, and you may not", "scopes")
        if kind == "server" and not within(addresses, self.addresses):
            raise RequestRefused(Refusal.NOT_ALLOWED, "your own key is bound to fewer addresses", "addresses")
        if self.expires_at is not None and (expires_at is None or expires_at > self.expires_at):
            raise RequestRefused(Refusal.NOT_ALLOWED, "your own key expires before that", "expiresAt")


def operator(actor: str = "operator") -> Maker:
    """Who works at the command line, or the system itself: they may everything."""
    return Maker(actor=actor, permissions=frozenset(Permission))


def maker_of(caller: Caller) -> Maker:
    """What a caller may give to a key."""
    return Maker(
        actor=caller.actor,
        permissions=caller.permissions,
        addresses=caller.addresses,
        expires_at=caller.expires_at,
    )


async def list_keys(connection: db.Connection, tenant: Tenant) -> list[Key]:
    """All keys of a tenant, also those that were revoked, in the order in which they were made."""
    return await db.rows(connection, Key, SQL["list_keys"], tenant.tenant_id)


async def make_key(
    connection: db.Connection, tenant: Tenant, wish: KeyWish, maker: Maker, now: datetime, replaces: int | None = None
) -> NewKey:
    """Make a key.

    Raises:
        RequestRefused: ``invalid_payload``, ``not_allowed``, ``origin_not_allowed`` or ``too_many``.
    """
    wish = _checked(wish, now)
    maker.check(wish.kind, wish.scopes, wish.addresses, wish.expires_at)
    await connection.execute(SQL["lock_tenant"], tenant.tenant_id)  # so that two who count do not both find room
    if replaces is None:  # a key in place of another has its origins: where it works is for the tenant's list to say
        check_allowed(wish.origins, await _allowed_origins(connection, tenant))
    if await connection.fetchval(SQL["count_live_keys"], tenant.tenant_id, now) >= LIVE_KEYS_MAX:
        raise RequestRefused(Refusal.TOO_MANY, f"there are {LIVE_KEYS_MAX} keys that work; revoke one first")
    begin = f"cs_{wish.kind}_{tenant.slug}_"
    secret = begin + random_secret()
    made = await db.rows(
        connection, Key, SQL["add_key"], tenant.tenant_id, wish.kind, secret_digest(secret),
        secret[: len(begin) + SHOWN_OF_SECRET], wish.name, wish.scopes, wish.origins, wish.addresses, now, maker.actor,
        wish.expires_at, replaces,
    )  # fmt: skip
    return NewKey(secret=secret, key=made[0])


async def rotate_key(
    connection: db.Connection, tenant: Tenant, key_id: int, maker: Maker, now: datetime, overlap: timedelta
) -> NewKey:
    """Make a key with the same rights in place of one, which works on for ``overlap`` and no longer.

    Raises:
        RequestRefused: ``not_found``, ``invalid_payload``, ``not_allowed``, ``too_many``, or ``already_exists``: there
            is a key in its place, which works.
    """
    if not 0 <= overlap.total_seconds() <= OVERLAP_S_MAX:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, f"0 to {OVERLAP_S_MAX} seconds", "overlapSeconds")
    old = await _working(connection, tenant, key_id, now)
    successor = await connection.fetchval(SQL["find_successor"], tenant.tenant_id, key_id, now)
    if successor is not None:
        raise RequestRefused(Refusal.ALREADY_EXISTS, f"key {successor} stands in its place; rotate or revoke that one")
    wish = KeyWish(
        kind=old.kind, name=old.name, scopes=old.scopes, origins=old.origins, addresses=old.addresses,
        expires_at=old.expires_at,
    )  # fmt: skip
    made = await make_key(connection, tenant, wish, maker, now, replaces=key_id)
    ends = now + overlap
    if old.expires_at is None or ends < old.expires_at:
        await db.rows(
            connection, Key, SQL["change_key"], tenant.tenant_id, key_id, old.name, old.origins, old.addresses, ends
        )
    return made


async def change_key(
    connection: db.Connection, tenant: Tenant, key_id: int, change: KeyChange, maker: Maker, now: datetime
) -> Key:
    """Change a key's name, where it may be used, or when it expires.

    Raises:
        RequestRefused: ``not_found``, ``invalid_payload``, ``not_allowed`` or ``origin_not_allowed``.
    """
    old = await _working(connection, tenant, key_id, now)
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
    wish = _checked(
        KeyWish(
            kind=old.kind,
            scopes=old.scopes,
            **{each: given.get(each, getattr(old, each)) for each in ("name", "origins", "addresses", "expires_at")},
        ),
        now,
    )
    maker.check(wish.kind, wish.scopes, wish.addresses, wish.expires_at)
    if "origins" in given:
        await connection.execute(SQL["lock_tenant"], tenant.tenant_id)  # so that the list does not change meanwhile
        check_allowed(wish.origins, await _allowed_origins(connection, tenant))
    changed = await db.rows(
        connection, Key, SQL["change_key"], tenant.tenant_id, key_id, wish.name, wish.origins, wish.addresses,
        wish.expires_at,
    )  # fmt: skip
    return changed[0]


async def revoke_key(connection: db.Connection, tenant: Tenant, key_id: int, now: datetime) -> bool:
    """End a key for ever; False when it was revoked before. Whoever manages keys may revoke every one.

    Raises:
        RequestRefused: ``not_found``.
    """
    key = await _lock(connection, tenant.tenant_id, key_id)
    if key is None:
        raise _unknown()
    if key.revoked_at is not None:
        return False
    await connection.execute(SQL["revoke_key"], tenant.tenant_id, key_id, now)
    return True


async def _allowed_origins(connection: db.Connection, tenant: Tenant) -> list[str]:
    """Of the tenant as it is now, which may be another than what the caller's key was looked up with."""
    return (await read_settings(connection, tenant.tenant_id)).allowed_origins


async def _working(connection: db.Connection, tenant: Tenant, key_id: int, now: datetime) -> Key:
    """A key that works; locked until the transaction ends."""
    key = await _lock(connection, tenant.tenant_id, key_id)
    if key is None or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise _unknown()
    return key


async def _lock(connection: db.Connection, tenant_id: int, key_id: int) -> Key | None:
    found = await db.rows(connection, Key, SQL["lock_key"], tenant_id, key_id)
    return found[0] if found else None


def _unknown() -> RequestRefused:
    return RequestRefused(Refusal.NOT_FOUND, "there is no such key of yours that works")


def _checked(wish: KeyWish, now: datetime) -> KeyWish:
    """The wish as it is kept."""
    if wish.kind == "browser" and (wish.addresses or set(wish.scopes) != {"write"}):
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "a browser key has the scope write, and no addresses", "scopes")
    if wish.kind == "server" and wish.origins:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "origins are for browser keys", "origins")
    if not wish.scopes:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "a key has at least one of write, read, admin", "scopes")
    if "\x00" in wish.name:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "a name has no null characters", "name")
    if wish.expires_at is not None and (wish.expires_at.tzinfo is None or wish.expires_at <= now):
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "a time to come, with its zone", "expiresAt")
    return msgspec.structs.replace(
        wish,
        scopes=sorted(set(wish.scopes)),
        origins=origins_of(wish.origins),
        addresses=networks_of(wish.addresses),
    )
