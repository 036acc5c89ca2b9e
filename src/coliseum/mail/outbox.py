"""The outbox: mail that waits to be sent. It commits with the deed that it tells of, or is never there.

Bodies have links that work, so they are sealed under a key that is not in the database.
"""

import base64
import re
from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum import db
from coliseum.clock import Clock
from coliseum.errors import ColiseumError
from coliseum.sealing import Seal, SealBroken

SQL = db.statements("coliseum.mail")
RECIPIENT: Final = re.compile(r"[!-~]+@[!-~]+")
"""One address and nothing else: no blank, no line break, nothing beyond ASCII."""
SUBJECT_MAX: Final = 200
KEPT_FOR: Final = timedelta(days=7)
"""No link works longer; what could not be sent until then is removed."""


class MailInvalid(ColiseumError):
    """This would be no mail, or more than one."""


class Mail(msgspec.Struct, frozen=True):
    """A mail that waits. ``attempts``: how often it was tried to send it, this one among them."""

    mail_id: int
    recipient: str
    subject: str
    body: str
    created_at: datetime
    attempts: int
    last_error: str | None


class Mailer:
    """Puts mail into the outbox, and takes it out again to send it."""

    def __init__(self, secret_key: str, clock: Clock) -> None:
        self._seal = Seal(secret_key, "mail")
        self._clock = clock

    async def put(self, connection: db.Connection, recipient: str, subject: str, body: str) -> None:
        """Put a mail of plain text into the outbox, within the caller's transaction (right ``accounts``).

        Raises:
            MailInvalid: recipient or subject would be more than one line.
        """
        check_lines(recipient, subject)
        sealed = base64.b64encode(self._seal.close(body.encode(), recipient)).decode()
        await connection.execute(SQL["put_mail"], recipient, subject, sealed, self._clock())

    async def take(self, connection: db.Connection, patience: timedelta) -> Mail | None:
        """The oldest mail that is due. Nobody else takes it before ``patience`` is over."""
        now = self._clock()
        found = await db.rows(connection, Mail, SQL["take_mail"], now, now + patience)
        return self._opened(found[0]) if found else None

    async def sent(self, connection: db.Connection, mail_id: int) -> None:
        """Forget a mail that was sent, or never will be."""
        await connection.execute(SQL["drop_mail"], mail_id)

    async def put_off(self, connection: db.Connection, mail_id: int, until: datetime, error: str) -> None:
        """Try again then."""
        await connection.execute(SQL["put_off_mail"], mail_id, until, error[:500])

    async def drop_old(self, connection: db.Connection) -> int:
        """Remove what has waited for too long; returns how many."""
        dropped = await connection.execute(SQL["drop_old_mail"], self._clock() - KEPT_FOR)
        return int(dropped.removeprefix("DELETE "))

    async def waiting(self, connection: db.Connection) -> list[Mail]:
        """The newest hundred mails that wait."""
        found = await db.rows(connection, Mail, SQL["waiting_mail"])
        return [self._opened(each) for each in found]

    def _opened(self, mail: Mail) -> Mail:
        try:
            body = self._seal.open(base64.b64decode(mail.body), mail.recipient).decode()
        except SealBroken:
            body = ""  # another secret key: then it cannot be sent
        return msgspec.structs.replace(mail, body=body)


def check_lines(recipient: str, subject: str) -> None:
    """Whether these are one line each, so that no header can follow.

    Raises:
        MailInvalid: they are not.
    """
    if not RECIPIENT.fullmatch(recipient):
        raise MailInvalid("The recipient of a mail is one address.")
    if not subject or len(subject) > SUBJECT_MAX or not subject.isprintable():
        raise MailInvalid(f"The subject of a mail is one line of at most {SUBJECT_MAX} characters.")
