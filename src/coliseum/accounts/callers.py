"""Who is calling, once that is known: a key or a person, for one tenant."""

from datetime import datetime, timedelta
from typing import Final, Literal, NoReturn

import msgspec

from coliseum.accounts.permissions import ROLES, Permission, Role
from coliseum.accounts.tenants import Tenant
from coliseum.errors import Refusal, RequestRefused

RECENT: Final = timedelta(minutes=10)
"""What is sensitive needs a password that was given no longer ago."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who is calling, for which tenant, and what for it they may do.

    ``kind``: a secret key (server), a public one (browser), or a member who has logged in (person). ``actor`` names
    them in the audit trail: ``key:12``, ``person:5``.
    """

    tenant: Tenant
    kind: Literal["server", "browser", "person"]
    permissions: frozenset[Permission]
    actor: str
    key_id: int | None = None
    origins: tuple[str, ...] | None = None
    """Where a browser key's pages may be; None: anywhere. They may have nowhere left to be."""
    addresses: tuple[str, ...] = ()
    """Networks that a server key may be used from; any when there are none."""
    expires_at: datetime | None = None
    """When the key ends by itself."""
    person_id: int | None = None
    role: Role | None = None
    session_id: int | None = None

    def may(self, permission: Permission) -> bool:
        """Whether they may do this."""
        return permission in self.permissions

    def check(self, permission: Permission) -> None:
        """Whether they may do this.

        Raises:
            RequestRefused: ``key_not_allowed`` or ``not_allowed``.
        """
        if self.may(permission):
            return
        try:
            self._refuse(permission)
        except RequestRefused as error:
            error.by = self
            raise

    def _refuse(self, permission: Permission) -> NoReturn:
        if self.kind == "person":
            raise RequestRefused(Refusal.NOT_ALLOWED, f"{permission} is nothing that a {self.role} may do")
        if self.kind == "browser":
            raise RequestRefused(Refusal.KEY_NOT_ALLOWED, "this needs a server key; a browser key only sends events")
        raise RequestRefused(Refusal.KEY_NOT_ALLOWED, f"this key has no scope with {permission}")


class Membership(msgspec.Struct, frozen=True):
    """What somebody is for one tenant."""

    tenant: Tenant
    role: Role
    second_factor_required: bool = False
    """Whether owners and admins of this tenant need a second factor."""
    suspended: bool = False


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has logged in: here (cookie, token), or with an issuer that a tenant trusts (foreign)."""

    person_id: int
    session_id: int | None
    kind: Literal["cookie", "token", "foreign"]
    second_factor: bool
    """Whether this log-in showed a second factor."""
    authenticated_at: datetime
    """When the password was given last."""
    memberships: tuple[Membership, ...] = ()
    email: str = ""
    name: str = ""
    email_verified: bool = False
    has_second_factor: bool = False

    @property
    def actor(self) -> str:
        """Their name in the audit trail."""
        return f"person:{self.person_id}"

    def check_recent(self, now: datetime) -> None:
        """Whether the password was given lately enough for what is sensitive.

        Raises:
            RequestRefused: ``password_needed``.
        """
        if not timedelta() <= now - self.authenticated_at < RECENT:
            raise RequestRefused(Refusal.PASSWORD_NEEDED, "this needs the password again: POST /api/auth/confirm")

    def member_of(self, slug: str | None) -> Caller:
        """The caller that they are for one tenant: the named one, or without a name the only one.

        Raises:
            RequestRefused: ``tenant_needed``, ``not_allowed``, or what the tenant itself stands in the way of.
        """
        if slug is None:
            if len(self.memberships) != 1:
                raise RequestRefused(Refusal.TENANT_NEEDED, "say for which tenant: Coliseum-Tenant: <its short name>")
            return self._caller(self.memberships[0])
        for membership in self.memberships:
            if membership.tenant.slug == slug:
                return self._caller(membership)
        raise RequestRefused(Refusal.NOT_ALLOWED, "you are no member of a tenant of this name")

    def caller_for(self, tenant_id: int) -> Caller | None:
        """The caller that they are for this tenant; None when they may not be one."""
        for membership in self.memberships:
            if membership.tenant.tenant_id == tenant_id:
                try:
                    return self._caller(membership)
                except RequestRefused:
                    return None
        return None

    def _caller(self, membership: Membership) -> Caller:
        if membership.suspended:
            raise RequestRefused(Refusal.TENANT_SUSPENDED, "this tenant is suspended")
        if membership.second_factor_required and membership.role in ("owner", "admin") and not self.second_factor:
            raise RequestRefused(
                Refusal.SECOND_FACTOR_MISSING, f"an {membership.role} of this tenant logs in with a second factor"
            )
        return Caller(
            tenant=membership.tenant,
            kind="person",
            permissions=ROLES[membership.role],
            actor=self.actor,
            person_id=self.person_id,
            role=membership.role,
            session_id=self.session_id,
        )
