"""People: each is one e-mail address, in one way of writing it, and belongs to no tenant."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from coliseum import db
from coliseum.accounts.tenants import SQL
from coliseum.errors import Refusal, RequestRefused

EMAIL_MAX: Final = 254
LOCAL_MAX: Final = 64
NAME_MAX: Final = 100
ATOM: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
EMAIL: Final = re.compile(rf"(?P<local>{ATOM}(?:\.{ATOM})*)@{LABEL}(?:\.{LABEL})+")
LINKED: Final = re.compile(r"://|www\.", re.IGNORECASE)

Email = Annotated[str, Meta(max_length=2 * EMAIL_MAX, description="An e-mail address.")]
Name = Annotated[str, Meta(min_length=1, max_length=NAME_MAX)]


class PersonRow(msgspec.Struct, frozen=True):
    """A person, without anything that is secret."""

    person_id: int
    email: str
    name: str
    created_at: datetime
    email_verified_at: datetime | None
    disabled_at: datetime | None

    @property
    def actor(self) -> str:
        """Their name in the audit trail."""
        return f"person:{self.person_id}"


def normal_email(text: str) -> str:
    """An e-mail address as it is kept: NFC, without blanks around it, in small letters.

    It is an address as most are: no quotes, no comments, a domain with a dot, letters of ASCII (a domain of others
    has a form that begins with ``xn--``).

    Raises:
        RequestRefused: ``invalid_payload``.
    """
    email = unicodedata.normalize("NFC", text).strip().lower()
    found = EMAIL.fullmatch(email) if len(email) <= EMAIL_MAX else None
    if found is None or len(found["local"]) > LOCAL_MAX:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "this is no e-mail address that mail can be sent to", "email")
    return email


def clean_name(text: str, field: str = "name") -> str:
    """A name as it is kept. It will stand in mails, so it carries no address that could be opened there.

    Raises:
        RequestRefused: ``invalid_payload``.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not name or len(name) > NAME_MAX or not name.isprintable() or LINKED.search(name):
        raise RequestRefused(
            Refusal.INVALID_PAYLOAD, f"a name has 1 to {NAME_MAX} printable characters, and no web address", field
        )
    return name


async def find_person(connection: db.Connection, email: str) -> PersonRow | None:
    """The person of a normal e-mail address."""
    found = await db.rows(connection, PersonRow, SQL["person_by_email"], email)
    return found[0] if found else None


async def hold_person(connection: db.Connection, person_id: int) -> PersonRow | None:
    """The person of that number, whom nobody else changes until this transaction ends."""
    found = await db.rows(connection, PersonRow, SQL["hold_person"], person_id)
    return found[0] if found else None


async def create_person(
    connection: db.Connection,
    email: str,
    name: str,
    now: datetime,
    *,
    password_hash: str | None = None,
    verified: bool = True,
) -> PersonRow:
    """Make a person of a normal e-mail address.

    Raises:
        RequestRefused: ``already_exists``.
    """
    made = await db.rows(
        connection, PersonRow, SQL["create_person"], email, name, password_hash, now, now if verified else None
    )
    if not made:
        raise RequestRefused(Refusal.ALREADY_EXISTS, "there is somebody with this e-mail address already", "email")
    return made[0]


async def rename_person(connection: db.Connection, person_id: int, name: str) -> None:
    """Call a person by another name, which is clean."""
    await connection.execute(SQL["rename_person"], person_id, name)


async def give_password(
    connection: db.Connection, person_id: int, password_hash: str, now: datetime, reason: str
) -> None:
    """Give somebody who has shown that the e-mail address is theirs a new password; all their log-ins end."""
    await connection.execute(SQL["give_password"], person_id, password_hash, now)
    await end_sessions(connection, person_id, now, reason)


async def end_sessions(connection: db.Connection, person_id: int, now: datetime, reason: str) -> None:
    """End all log-ins of a person."""
    await connection.execute(SQL["end_all_sessions"], person_id, now, reason)


async def disable_person(connection: db.Connection, email: str, now: datetime) -> PersonRow | None:
    """End a person's log-ins and let them make no more; None when there is no such person."""
    found = await db.rows(connection, PersonRow, SQL["disable_person"], email, now)
    if not found:
        return None
    await end_sessions(connection, found[0].person_id, now, "disabled")
    return found[0]


async def list_people(connection: db.Connection) -> list[PersonRow]:
    """All people, by e-mail address."""
    return await db.rows(connection, PersonRow, SQL["list_people"])
