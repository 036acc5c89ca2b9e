"""Every mail that is sent to people: its subject and its text. Links in them carry a secret as a part of their path."""

from typing import Final, NamedTuple

from coliseum.accounts.permissions import Role

FOOT: Final = "\n\nThis is an automatic mail of Coliseum. Nobody reads answers to it.\n"


class Letter(NamedTuple):
    """What a mail says."""

    subject: str
    body: str


class Letters:
    """Writes mails with links to the server at ``public_url``."""

    def __init__(self, public_url: str) -> None:
        self._url = public_url.rstrip("/")

    def link(self, kind: str, secret: str) -> str:
        """The address of a link's page."""
        return f"{self._url}/{kind}/{secret}"

    def invitation(self, tenant: str, role: Role, secret: str) -> Letter:
        """To somebody who is invited."""
        return _letter(
            f"Invitation to {_line(tenant)}",
            f'You are invited to work with "{_line(tenant)}" in Coliseum, as {role}.',
            f"Look at the invitation, and accept it if you want to:\n\n{self.link('invitations', secret)}",
            "The link works once, for seven days. If you do not expect this, do nothing.",
        )

    def reset(self, secret: str) -> Letter:
        """To somebody who has forgotten their password."""
        return _letter(
            "A new password",
            "Somebody, probably you, asked for a new password for this e-mail address.",
            f"Choose it here:\n\n{self.link('reset', secret)}",
            "The link works once, for an hour. If it was not you, do nothing: your password stays as it is.",
        )

    def welcome(self, secret: str) -> Letter:
        """To somebody whom the operator has made."""
        return _letter(
            "Your account",
            "An account was made for you in Coliseum.",
            f"Choose its password here:\n\n{self.link('reset', secret)}",
            "The link works once, for an hour; after that, ask for a new password.",
        )

    def verification(self, secret: str) -> Letter:
        """To somebody who is to show that this address is theirs."""
        return _letter(
            "Your e-mail address",
            "Somebody, probably you, wants to use this e-mail address in Coliseum.",
            f"If it was you, confirm it here:\n\n{self.link('verify', secret)}",
            "The link works once, for a day. If it was not you, do nothing.",
        )

    def sign_up(self, secret: str) -> Letter:
        """To somebody who wants an account."""
        return _letter(
            "Your account",
            "Somebody, probably you, wants an account in Coliseum with this e-mail address.",
            f"If it was you, begin it here:\n\n{self.link('signup', secret)}",
            "The link works once, for a day. If it was not you, do nothing: there will be no account.",
        )

    def signed_up_before(self) -> Letter:
        """To somebody who wants an account and has one."""
        return _letter(
            "You have an account",
            "Somebody, probably you, wants an account in Coliseum with this e-mail address. There is one already.",
            f"Log in with it, or ask for a new password, at {self._url}",
            "If it was not you, do nothing: nothing has changed.",
        )

    def password_changed(self) -> Letter:
        """To somebody whose password was reset."""
        return _letter(
            "Your password was changed",
            "Your password in Coliseum was changed with a link that was sent to this address. All log-ins have ended.",
            f"If it was not you, somebody else can read your mail: secure it first, then ask for a new password at "
            f"{self._url}",
        )

    def second_factor_removed(self) -> Letter:
        """To somebody whose second factor the operator has removed."""
        return _letter(
            "Your second factor was removed",
            "Whoever runs this system has removed your second factor and its recovery codes in Coliseum. All log-ins "
            "have ended; your password is as it was.",
            f"Log in and set up a new one at {self._url}/account/second-factor",
            "If you did not ask for that, choose another password and tell whoever runs this system.",
        )

    def address_wanted(self, new: str) -> Letter:
        """To the old address of somebody who wants another."""
        return _letter(
            "Your e-mail address is about to change",
            f"Somebody, probably you, wants to use {new} in place of this address in Coliseum. It changes when that is "
            "confirmed there.",
            f"If it was not you, somebody else has your password: choose another one at {self._url}",
        )

    def address_changed(self, new: str) -> Letter:
        """To the old address of somebody who has another now."""
        return _letter(
            "Your e-mail address was changed",
            f"In Coliseum your e-mail address is {new} from now on, in place of this one.",
            "If it was not you, ask whoever runs this system for help.",
        )


def _line(name: str) -> str:
    """A name that the operator may have given, in one line."""
    return "".join(each if each.isprintable() else " " for each in name[:100])


def _letter(subject: str, *parts: str) -> Letter:
    return Letter(subject, "\n\n".join(parts) + FOOT)
