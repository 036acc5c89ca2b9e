"""The mail server that mail is given to: the one place that speaks SMTP."""

import ipaddress
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec

from coliseum.mail.outbox import Mail, check_lines
from coliseum.settings import SettingInvalid

TIMEOUT_S: Final = 30.0
PORTS: Final = {"smtp": 587, "smtps": 465}
FINAL: Final = 500
"""Answers of a mail server from here on are final; those below say that it is worth trying again."""


class Refused(Exception):
    """The mail server will never take this mail."""


class Later(Exception):
    """The mail server did not take this mail now."""


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is given to, and who it is from.

    Without ``smtps`` the connection is turned into one with TLS before anything is said (STARTTLS), and mail is not
    given to a server that cannot; only one on this machine may do without. Certificates are checked.
    """

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None
    sender: str

    @property
    def local(self) -> bool:
        """Whether it is on this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    async def send(self, mail: Mail) -> None:
        """Give it a mail.

        Raises:
            Refused: it will never take it.
            Later: it is away, or asks to come back.
        """
        message = message_of(mail, self.sender)
        try:
            await aiosmtplib.send(
                message,
                sender=self.sender,
                recipients=[mail.recipient],
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password,
                use_tls=self.tls,
                start_tls=None if self.tls or self.local else True,
                tls_context=ssl.create_default_context(),
                timeout=TIMEOUT_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [each.code for each in error.recipients]
            kind = Refused if all(code >= FINAL for code in codes) else Later
            raise kind(f"the recipient is refused: {codes}") from None
        except aiosmtplib.SMTPDataError as error:
            kind = Refused if error.code >= FINAL else Later
            raise kind(f"the mail is refused: {error.code}") from None
        except aiosmtplib.SMTPResponseException as error:  # of us, and not of the mail: a setting can be mended
            raise Later(f"the mail server answers {error.code}") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Later(type(error).__name__) from None


def mail_server(url: str | None, sender: str) -> MailServer | None:
    """The server that ``SMTP_URL`` and ``COLISEUM_MAIL_FROM`` describe; None when there is none.

    Raises:
        SettingInvalid: the URL is none, or it is not said who mail is from.
    """
    if url is None:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise SettingInvalid("SMTP_URL must have a port from 1 to 65535.") from None
    if not parts.hostname:
        raise SettingInvalid("SMTP_URL must name a host.")
    if not sender:
        raise SettingInvalid("COLISEUM_MAIL_FROM must be set together with SMTP_URL.")
    try:
        Address(addr_spec=sender)
    except (ValueError, MessageError):
        raise SettingInvalid("COLISEUM_MAIL_FROM must be an e-mail address.") from None
    return MailServer(
        host=parts.hostname,
        port=port,
        tls=parts.scheme == "smtps",
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        sender=sender,
    )


def message_of(mail: Mail, sender: str) -> EmailMessage:
    """The message: plain text in UTF-8, and no more headers than are needed.

    Raises:
        MailInvalid: recipient or subject is no single line.
    """
    check_lines(mail.recipient, mail.subject)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Coliseum", addr_spec=sender)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message
