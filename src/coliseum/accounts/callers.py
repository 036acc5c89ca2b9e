"""Who is calling, once that is known: a key or a person, for one tenant."""

from typing import Literal, NoReturn

import msgspec

from coliseum.accounts.permissions import Permission, Role
from coliseum.accounts.tenants import Tenant
from coliseum.errors import Refusal, RequestRefused


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
    origins: tuple[str, ...] = ()
    """Where a browser key's pages may be; anywhere when there are none."""
    addresses: tuple[str, ...] = ()
    """Networks that a server key may be used from; any when there are none."""
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
