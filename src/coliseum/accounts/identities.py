"""Who a person is for issuers of identities: what makes one of their tokens as good as a log-in."""

from datetime import datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import SQL
from coliseum.errors import Refusal, RequestRefused

IDENTITIES_MAX: Final = 20


class Identity(msgspec.Struct, frozen=True, rename="camel"):
    """A person, as an issuer calls them."""

    issuer: str
    foreign_subject: str = msgspec.field(name="subject")
    person_id: int
    created_at: datetime


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


async def person_of_identity(database: db.Database, issuer: str, subject: str) -> int | None:
    """The person whom an issuer calls so; None when nobody has linked that, or the account is disabled."""
    async with database.connection("capture") as connection:
        found = await connection.fetchval(SQL["person_by_identity"], issuer, subject)
    return None if found is None else int(found)
