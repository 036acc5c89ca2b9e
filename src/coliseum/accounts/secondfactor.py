"""Second factors: setting one up, checking its codes, each once, and removing it."""

from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts import totp
from coliseum.accounts.passwords import Passwords
from coliseum.accounts.tenants import SQL
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused
from coliseum.sealing import Seal


class Account(msgspec.Struct, frozen=True):
    """What is stored of a person that log-ins depend on."""

    person_id: int
    email: str
    password_hash: str | None
    password_changed_at: datetime | None
    totp_secret: bytes | None
    has_totp: bool
    disabled: bool

    @property
    def owner(self) -> str:
        """For whom their secrets are sealed."""
        return f"person:{self.person_id}"


class TotpSecret(msgspec.Struct, frozen=True, rename="camel"):
    """What is set up in an authenticator application: typed, or as a picture of the URI."""

    secret: str
    uri: str


class RecoveryCodes(msgspec.Struct, frozen=True, rename="camel"):
    """Codes for who has lost the device that makes the others: each works once. They are shown this once."""

    recovery_codes: list[str]


class _Code(msgspec.Struct, frozen=True):
    number: int
    code_hash: str


class SecondFactors:
    """Seeds are sealed under a key that is not in the database; recovery codes are hashed as passwords are."""

    def __init__(self, database: db.Database, seal: Seal, passwords: Passwords, clock: Clock, grace_s: int) -> None:
        self._database = database
        self._seal = seal
        self._passwords = passwords
        self._grace_s = grace_s
        self._clock = clock

    async def check(self, account: Account, code: str) -> bool:
        """Whether this is a code of theirs, which is used by that: of many who show it at once, one is let in."""
        recovery = totp.recovery_code_in(code)
        if recovery is not None:
            return await self._use_recovery_code(account, *recovery)
        if account.totp_secret is None:
            return False
        counter = totp.counter_of(
            self._seal.open(account.totp_secret, account.owner), code, self._clock(), self._grace_s
        )
        if counter is None:
            return False
        async with self._database.transaction("accounts") as connection:
            return bool(await connection.fetch(SQL["use_totp_counter"], account.person_id, counter))

    async def begin(self, connection: db.Connection, account: Account) -> TotpSecret:
        """A new seed, which counts from when a code of it was shown.

        Raises:
            RequestRefused: ``already_exists``: there is one that counts.
        """
        seed = totp.new_seed()
        sealed = self._seal.close(seed, account.owner)
        if not await connection.fetch(SQL["begin_totp"], account.person_id, sealed):
            raise RequestRefused(Refusal.ALREADY_EXISTS, "there is a second factor; remove it first")
        return TotpSecret(totp.shown_seed(seed), totp.uri(seed, account.email))

    def counter(self, account: Account, code: str) -> int:
        """The step of which this is the code.

        Raises:
            RequestRefused: ``wrong_credentials``.
        """
        seed = None if account.totp_secret is None else self._seal.open(account.totp_secret, account.owner)
        counter = None if seed is None else totp.counter_of(seed, code, self._clock(), self._grace_s)
        if counter is None:
            raise wrong_code()
        return counter

    async def new_codes(self) -> tuple[list[str], list[str]]:
        """Recovery codes and their hashes; nothing is stored yet."""
        codes = totp.new_recovery_codes()
        return codes, [await self._passwords.hash(code) for code in codes]

    async def _use_recovery_code(self, account: Account, number: int, code: str) -> bool:
        async with self._database.transaction("accounts") as connection:
            found = await db.rows(connection, _Code, SQL["recovery_code"], account.person_id, number)
        stored = found[0].code_hash if found and account.has_totp else None
        if not await self._passwords.verify(stored, code):
            return False
        async with self._database.transaction("accounts") as connection:
            used = await connection.fetch(
                SQL["use_recovery_code"], account.person_id, number, stored, self._clock()
            )  # fmt: skip
        return bool(used)


async def store_codes(connection: db.Connection, person_id: int, hashes: list[str]) -> None:
    """These recovery codes work from now on, and no others."""
    await connection.execute(SQL["drop_recovery_codes"], person_id)
    await connection.execute(SQL["add_recovery_codes"], person_id, hashes)


async def confirm_totp(connection: db.Connection, account: Account, counter: int, now: datetime) -> None:
    """The seed counts from now on.

    Raises:
        RequestRefused: ``wrong_credentials``: the code was used, or the seed is another one meanwhile.
    """
    if not await connection.fetch(SQL["confirm_totp"], account.person_id, now, counter, account.totp_secret):
        raise wrong_code()


async def remove_totp(connection: db.Connection, person_id: int) -> bool:
    """A second factor counts no more, and its recovery codes are gone; False when there was none that counted."""
    return bool(await connection.fetch(SQL["remove_totp"], person_id))


def wrong_code() -> RequestRefused:
    """The one answer to every wrong code."""
    return RequestRefused(Refusal.WRONG_CREDENTIALS, "this code is wrong, too old, or was used")
