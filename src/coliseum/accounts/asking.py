"""What people ask for by an e-mail address that may or may not be known: whoever asks is told nothing of that."""

from datetime import datetime
from typing import Protocol

from coliseum import db
from coliseum.accounts.callers import Person
from coliseum.accounts.letters import Letter, Letters
from coliseum.accounts.links import SignUp, ask_for_account, make_link
from coliseum.accounts.people import find_person
from coliseum.accounts.telling import tell
from coliseum.errors import Refusal, RequestRefused
from coliseum.trail.record import Deed, Trail


class Posting(Protocol):
    """Puts letters into the outbox."""

    letters: Letters

    async def put(self, connection: db.Connection, recipient: str, letter: Letter) -> None:
        """Put a letter there, within the caller's transaction."""


async def ask_for_reset(
    database: db.Database, trail: Trail, post: Posting, email: str, address: str, now: datetime
) -> None:
    """Send a link for a new password to this address, if somebody has it."""
    async with database.transaction("accounts") as connection:
        person = await find_person(connection, email)
        if person is None or person.disabled_at is not None:
            return
        secret = await make_link(connection, "reset_password", person.person_id, email, now)
        await post.put(connection, email, post.letters.reset(secret))
        deed = Deed(actor="anonymous", action="password.ask", target=person.actor, address=address)
        await tell(connection, trail, deed)


async def ask_to_sign_up(
    database: db.Database, trail: Trail, post: Posting, wish: SignUp, address: str, now: datetime
) -> None:
    """Send a link to begin an account; whoever has one already is told so by mail, and nothing changes."""
    async with database.transaction("accounts") as connection:
        person = await find_person(connection, wish.email)
        if person is not None and person.email_verified_at is not None:
            await post.put(connection, wish.email, post.letters.signed_up_before())
            target = person.actor
        elif person is not None:
            return  # made in another way, and to be verified in that
        else:
            secret = await ask_for_account(connection, wish, now)
            await post.put(connection, wish.email, post.letters.sign_up(secret))
            target = ""
        await tell(connection, trail, Deed(actor="anonymous", action="account.ask", target=target, address=address))


async def ask_to_verify(
    connection: db.Connection, trail: Trail, post: Posting, person: Person, email: str, address: str, now: datetime
) -> None:
    """Send a link to an address that is to be somebody's; their present one is told of another.

    Whether somebody else has the address is not said: then the link does not work.

    Raises:
        RequestRefused: ``already_exists``: it is theirs, and verified.
    """
    changes = email != person.email
    if not changes and person.email_verified:
        raise RequestRefused(Refusal.ALREADY_EXISTS, "this is your e-mail address, and it is verified", "email")
    secret = await make_link(connection, "verify_email", person.person_id, email, now)
    await post.put(connection, email, post.letters.verification(secret))
    if changes:
        await post.put(connection, person.email, post.letters.address_wanted(email))
    deed = Deed(
        actor=person.actor, action="email.ask", target=person.actor, address=address, detail={"another": changes}
    )
    await tell(connection, trail, deed, [each.tenant.tenant_id for each in person.memberships])
