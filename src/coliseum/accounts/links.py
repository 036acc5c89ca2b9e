"""One-time links that are sent by mail: to choose a password, to verify an e-mail address, to begin an account.

A link's secret has 256 random bits, and only its SHA-256 is stored. Looking at a link changes nothing; using it is one
statement, so that of many at the same moment one succeeds. Whatever is wrong with a link, the answer is the same.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from coliseum import db
from coliseum.accounts.people import PersonRow, create_person, find_person, give_password, hold_person
from coliseum.accounts.tenants import SQL
from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import random_secret, secret_digest

Purpose = Literal["verify_email", "reset_password"]
RESET_FOR: Final = timedelta(hours=1)
VERIFY_FOR: Final = timedelta(hours=24)
SIGN_UP_FOR: Final = timedelta(hours=24)
SECRET_MAX: Final = 100
"""No secret of ours is as long; what is longer is not looked up."""


class Link(msgspec.Struct, frozen=True):
    """Whom a link is for. ``email``: where it was sent."""

    person_id: int
    email: str


class SignUp(msgspec.Struct, frozen=True):
    """What somebody has sent who wants an account."""

    email: str
    name: str
    password_hash: str


class Verified(msgspec.Struct, frozen=True):
    """Whose address was verified, and the one that they had before if it is another."""

    person: PersonRow
    before: str | None


def link_invalid() -> RequestRefused:
    """The one answer to a link that is wrong, used, withdrawn or too old."""
    return RequestRefused(Refusal.LINK_INVALID, "this link does not work: it is wrong, used, withdrawn or too old")


def digest_of(secret: str) -> bytes:
    """What is stored of a secret.

    Raises:
        RequestRefused: ``link_invalid``.
    """
    if len(secret) > SECRET_MAX or not secret.isascii():
        raise link_invalid()
    return secret_digest(secret)


async def make_link(connection: db.Connection, purpose: Purpose, person_id: int, email: str, now: datetime) -> str:
    """Make a link for a person and return its secret; those made before for the same purpose are dead."""
    secret = random_secret()
    lasts = RESET_FOR if purpose == "reset_password" else VERIFY_FOR
    await connection.execute(SQL["revoke_links"], person_id, purpose, now)
    await connection.execute(SQL["make_link"], secret_digest(secret), purpose, person_id, email, now, now + lasts)
    return secret


async def look_at(connection: db.Connection, purpose: Purpose, secret: str, now: datetime) -> Link:
    """Whom a link is for, if it works at this moment.

    Raises:
        RequestRefused: ``link_invalid``.
    """
    found = await db.rows(connection, Link, SQL["look_at_link"], digest_of(secret), purpose, now)
    if not found:
        raise link_invalid()
    return found[0]


async def reset_password(connection: db.Connection, secret: str, password_hash: str, now: datetime) -> PersonRow:
    """Use a link for a new password: all log-ins of its person end, and a second factor stays.

    Raises:
        RequestRefused: ``link_invalid``.
    """
    person = await _use(connection, "reset_password", secret, now)
    await give_password(connection, person.person_id, password_hash, now, "password_reset")
    return person


async def verify_email(connection: db.Connection, secret: str, now: datetime) -> Verified:
    """Use a link that verifies an address: the person's own, or the one that is to take its place.

    When it takes its place, links that were sent to the address before are dead.

    Raises:
        RequestRefused: ``link_invalid``, also when somebody else has the new address by now.
    """
    found = await db.rows(connection, Link, SQL["use_link"], digest_of(secret), "verify_email", now)
    before = await hold_person(connection, found[0].person_id) if found else None
    if before is None or before.disabled_at is not None:
        raise link_invalid()
    email = found[0].email
    if email != before.email and await find_person(connection, email) is not None:
        raise link_invalid()
    try:
        await connection.execute(SQL["set_email"], before.person_id, email, now)
    except db.UniqueViolation:
        raise link_invalid() from None
    if email == before.email:
        return Verified(before, None)
    for purpose in ("verify_email", "reset_password"):
        await connection.execute(SQL["revoke_links"], before.person_id, purpose, now)
    return Verified(before, before.email)


async def ask_for_account(connection: db.Connection, wish: SignUp, now: datetime) -> str:
    """Keep what somebody has sent until its link is used, and return the link's secret. There is no person yet."""
    secret = random_secret()
    await connection.execute(SQL["forget_signups"], now)
    await connection.execute(
        SQL["make_signup"], secret_digest(secret), wish.email, wish.name, wish.password_hash, now, now + SIGN_UP_FOR
    )
    return secret


async def look_at_sign_up(connection: db.Connection, secret: str, now: datetime) -> SignUp:
    """What a link to begin an account is about.

    Raises:
        RequestRefused: ``link_invalid``.
    """
    found = await db.rows(connection, SignUp, SQL["look_at_signup"], digest_of(secret), now)
    if not found:
        raise link_invalid()
    return found[0]


async def begin_account(connection: db.Connection, secret: str, now: datetime) -> PersonRow:
    """Use a link to begin an account. Everything else that was sent for the address is forgotten.

    Raises:
        RequestRefused: ``link_invalid``, also when there is somebody with this address by now.
    """
    found = await db.rows(connection, SignUp, SQL["use_signup"], digest_of(secret), now)
    if not found:
        raise link_invalid()
    wish = found[0]
    await connection.execute(SQL["forget_signups_of"], wish.email)
    try:
        return await create_person(connection, wish.email, wish.name, now, password_hash=wish.password_hash)
    except RequestRefused:
        raise link_invalid() from None


async def _use(connection: db.Connection, purpose: Purpose, secret: str, now: datetime) -> PersonRow:
    """Use a link that is good only as long as its person has the address that it was sent to."""
    found = await db.rows(connection, Link, SQL["use_link"], digest_of(secret), purpose, now)
    person = await hold_person(connection, found[0].person_id) if found else None
    if person is None or person.disabled_at is not None or person.email != found[0].email:
        raise link_invalid()
    return person
