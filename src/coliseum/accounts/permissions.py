"""What somebody may do for a tenant: permissions, and the roles and key scopes that are sets of them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

Role = Literal["owner", "admin", "analyst", "viewer"]
Scope = Literal["write", "read", "admin"]


class Permission(StrEnum):
    """One kind of thing that can be done for a tenant. A route asks for exactly one."""

    EVENTS_WRITE = "events.write"
    """Send events of any type for any user, and make tokens by which users send their own."""
    NUMBERS_READ = "numbers.read"
    """Read metrics, boards, trends, explanations and what arrives; watch them live."""
    FANS_READ = "fans.read"
    """Read what is about one person: statements and profiles."""
    EXPORTS_READ = "exports.read"
    """Take whole boards away as a file."""
    BOARDS_MANAGE = "boards.manage"
    KEYS_MANAGE = "keys.manage"
    WEBHOOKS_MANAGE = "webhooks.manage"
    SETTINGS_READ = "settings.read"
    SETTINGS_MANAGE = "settings.manage"
    USAGE_READ = "usage.read"
    """See the plan, its limits, and how much of them is used."""
    MEMBERS_READ = "members.read"
    MEMBERS_MANAGE = "members.manage"
    """Invite, change and remove members below owner; owners need ``owners.manage`` too."""
    OWNERS_MANAGE = "owners.manage"
    BILLING_MANAGE = "billing.manage"
    AUDIT_READ = "audit.read"
    PEOPLE_FORGET = "people.forget"
    """Have a person of the platform forgotten, which nothing can undo."""


VIEWER: Final = frozenset({Permission.NUMBERS_READ})
ANALYST: Final = VIEWER | {
    Permission.FANS_READ, Permission.EXPORTS_READ, Permission.BOARDS_MANAGE, Permission.SETTINGS_READ,
    Permission.USAGE_READ, Permission.MEMBERS_READ,
}  # fmt: skip
ADMIN: Final = ANALYST | {
    Permission.EVENTS_WRITE, Permission.KEYS_MANAGE, Permission.WEBHOOKS_MANAGE, Permission.SETTINGS_MANAGE,
    Permission.MEMBERS_MANAGE, Permission.PEOPLE_FORGET,
}  # fmt: skip
OWNER: Final = frozenset(Permission)

ROLES: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {"owner": OWNER, "admin": ADMIN, "analyst": ANALYST, "viewer": VIEWER}
)
SCOPES: Final[Mapping[Scope, frozenset[Permission]]] = MappingProxyType({
    "write": frozenset({Permission.EVENTS_WRITE}),
    "read": frozenset({
        Permission.NUMBERS_READ, Permission.FANS_READ, Permission.EXPORTS_READ, Permission.USAGE_READ,
        Permission.SETTINGS_READ,
    }),
    "admin": frozenset({
        Permission.BOARDS_MANAGE, Permission.KEYS_MANAGE, Permission.WEBHOOKS_MANAGE, Permission.SETTINGS_READ,
        Permission.SETTINGS_MANAGE, Permission.MEMBERS_READ, Permission.USAGE_READ, Permission.PEOPLE_FORGET,
    }),
})  # fmt: skip
"""No key reads the audit trail, manages members or pays: those are for people."""


def permissions_of(scopes: Iterable[str]) -> frozenset[Permission]:
    """What a key with these scopes may do; an unknown scope gives nothing."""
    given = set(scopes)
    return frozenset(permission for scope, held in SCOPES.items() if scope in given for permission in held)
