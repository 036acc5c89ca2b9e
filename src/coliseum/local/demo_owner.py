"""The demo tenant's owner, by whom a newcomer looks at its pages: a person of this machine, with a link to begin with.

Never made in production. Until a password has been chosen, every start prints another link; the ones before are dead.
"""

from typing import Final

from coliseum import db
from coliseum.accounts.links import make_link
from coliseum.accounts.members import add_member
from coliseum.accounts.people import PersonRow, create_person, find_person
from coliseum.accounts.secondfactor import Account
from coliseum.accounts.telling import tell
from coliseum.accounts.tenants import SQL, tenant_by_slug
from coliseum.clock import Clock, utc_now
from coliseum.local.demo_tenant import SLUG
from coliseum.trail.record import Deed, Trail

EMAIL: Final = "owner@demo.example"
NAME: Final = "Demo owner"
PATH: Final = "/welcome/"
"""Where a link's page is, on this machine alone."""


async def owner_link(url: str, secret_key: str, clock: Clock = utc_now) -> str | None:
    """The path of a page where the owner chooses a password and is logged in; None when that was done.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
    """
    database = await db.Database.open(url, accounts=1, capture=1)
    try:
        return await _owner_link(database, Trail(secret_key, clock), clock)
    finally:
        await database.close()


async def _owner_link(database: db.Database, trail: Trail, clock: Clock) -> str | None:
    now = clock()
    async with database.transaction("accounts") as connection:
        known = await db.rows(connection, Account, SQL["account_by_email"], EMAIL)
        if known and (known[0].password_hash is not None or known[0].disabled):
            return None
        owner = await find_person(connection, EMAIL) or await create_person(connection, EMAIL, NAME, now)
        secret = await make_link(connection, "reset_password", owner.person_id, EMAIL, now)
        action = "password.ask" if known else "person.create"
        await tell(connection, trail, Deed(actor="operator", action=action, target=owner.actor))
    await _join(database, trail, owner, clock)
    return PATH + secret


async def _join(database: db.Database, trail: Trail, owner: PersonRow, clock: Clock) -> None:
    tenant = await tenant_by_slug(database, SLUG)
    if tenant is None:
        return
    async with database.tenant(tenant.tenant_id, "accounts") as connection:
        if await add_member(connection, tenant.tenant_id, owner.person_id, "owner", clock()):
            deed = Deed(actor="operator", action="member.add", target=owner.actor, detail={"after": "owner"})
            await trail.record(connection, tenant.tenant_id, deed)
