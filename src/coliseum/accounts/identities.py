"""Who a person is for issuers of identities: what makes one of their tokens as good as a log-in."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from coliseum import db
from coliseum.accounts.callers import Membership, Person
from coliseum.accounts.foreign import Vouched
from coliseum.accounts.remembered import Remembered
from coliseum.accounts.tenants import SQL, Tenant, tenant_by_slug
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused

IDENTITIES_MAX: Final = 20
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When somebody showed who they are, of whom that is not known."""


class Identity(msgspec.Struct, frozen=True, rename="camel"):
    """A person, as an issuer calls them."""

    issuer: str
    foreign_subject: str = msgspec.field(name="subject")
    person_id: int
    created_at: datetime


class _Row(msgspec.Struct, frozen=True):
    """A person joined with what they are for tenants."""

    person_id: int
    email: str
    name: str
    email_verified: bool
    has_second_factor: bool
    memberships: list[dict[str, Any]]


async def link(connection: db.Connection, person_id: int, issuer: str, subject: str) -> bool:
    """From now on, who this issuer calls so is this person; False when that was so before.

    Raises:
        RequestRefused: ``already_exists`` when it is somebody else, ``too_many``.
    """
    await connection.execute(SQL["lock_person"], person_id)
    mine = await list_identities(connection, person_id)
    if any((each.issuer, each.foreign_subject) == (issuer, subject) for each in mine):
        return False
    if len(mine) >= IDENTITIES_MAX:
        raise RequestRefused(Refusal.TOO_MANY, f"a person has at most {IDENTITIES_MAX} foreign identities")
    if not await connection.fetchval(SQL["link_identity"], issuer, subject, person_id):
        raise RequestRefused(Refusal.ALREADY_EXISTS, "this identity is linked to another account")
    return True


async def unlink(connection: db.Connection, person_id: int, issuer: str, subject: str) -> bool:
    """Take an identity away; False when it was not this person's."""
    return bool(await connection.fetchval(SQL["unlink_identity"], issuer, subject, person_id))


async def list_identities(connection: db.Connection, person_id: int) -> list[Identity]:
    """Who a person is for issuers."""
    return await db.rows(connection, Identity, SQL["list_identities"], person_id)


class Identities:
    """Finds out whose identity it is, and remembers it for two seconds. Owned by one process."""

    def __init__(self, database: db.Database, clock: Clock) -> None:
        self._database = database
        self._known = Remembered[tuple[str, str], _Row](self._look_up, clock)
        self._tenants = Remembered[str, Tenant](self._tenant, clock)

    async def tenant(self, slug: str) -> Tenant | None:
        """The tenant of that slug, if there is one."""
        return await self._tenants.get(slug)

    async def person(self, vouched: Vouched) -> Person | None:
        """The person whom an issuer vouches for; None when nobody has linked that, or the account is disabled.

        Who they are, and whether they showed a second factor, the token says; what they are for tenants, our tables.
        """
        row = await self._known.get((vouched.issuer, vouched.subject))
        if row is None:
            return None
        return Person(
            person_id=row.person_id,
            session_id=None,
            kind="foreign",
            second_factor=vouched.second_factor,
            authenticated_at=vouched.authenticated_at or LONG_AGO,
            memberships=tuple(_membership(each) for each in row.memberships),
            email=row.email,
            name=row.name,
            email_verified=row.email_verified,
            has_second_factor=row.has_second_factor,
        )

    async def _look_up(self, identity: tuple[str, str]) -> _Row | None:
        async with self._database.connection("capture") as connection:
            found = await db.rows(connection, _Row, SQL["person_by_identity"], *identity)
        return found[0] if found else None

    async def _tenant(self, slug: str) -> Tenant | None:
        return await tenant_by_slug(self._database, slug)


def _membership(found: dict[str, Any]) -> Membership:
    tenant = msgspec.convert({name: found[name] for name in Tenant.__struct_fields__}, Tenant)
    return Membership(tenant, found["role"], found["second_factor_required"], found["suspended"])
