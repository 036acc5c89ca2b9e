"""Logging in, and everything that people do with their own log-ins. What is done here stands in the audit trail.

A log-in is checked in this order, and says no more than is needed: are there too many tries; do e-mail and password
fit; is a second factor needed; does its code fit. An unknown e-mail takes the same steps as a wrong password.
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Final

from coliseum import db
from coliseum.accounts.attempts import Attempt, LoggedIn, PasswordShown
from coliseum.accounts.callers import Person
from coliseum.accounts.passwords import Passwords, check_new
from coliseum.accounts.secondfactor import Account, SecondFactors, wrong_code
from coliseum.accounts.sessions import EndReason, Sessions, begin_session, end_sessions
from coliseum.accounts.telling import tell, tenants_of
from coliseum.accounts.tenants import SQL
from coliseum.accounts.tokens import Tokens
from coliseum.accounts.tries import Tries
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import random_secret, secret_digest
from coliseum.trail.record import SYSTEM, Deed, Trail

EMAIL_MAX: Final = 254


class Logins:
    """Lets people in, and out."""

    def __init__(
        self,
        database: db.Database,
        trail: Trail,
        passwords: Passwords,
        factors: SecondFactors,
        sessions: Sessions,
        tokens: Tokens,
        tries: Tries,
        clock: Clock,
    ) -> None:
        self.passwords = passwords
        self.factors = factors
        self.sessions = sessions
        self.tokens = tokens
        self.tries = tries
        self._database = database
        self._trail = trail
        self._clock = clock

    async def log_in(self, attempt: Attempt) -> LoggedIn:
        """Begin a session.

        Raises:
            RequestRefused: ``wrong_credentials``, ``second_factor_needed``, ``rate_limited``.
            StoreUnavailable: tries cannot be counted.
        """
        account = await self._with_password(attempt)
        if account.has_totp:
            await self._check_code(attempt, account)
        return await self._passed(attempt, account)

    async def log_in_by_steps(self, attempt: Attempt) -> LoggedIn | PasswordShown:
        """As ``log_in`` without a code; who needs one is not refused, but may ``show_code`` next."""
        account = await self._with_password(attempt)
        if account.has_totp:
            return PasswordShown(account.person_id, account.password_changed_at)
        return await self._passed(attempt, account)

    async def show_code(self, shown: PasswordShown, attempt: Attempt) -> LoggedIn:
        """The second step; ``attempt`` has a code, and neither e-mail nor password.

        Raises:
            RequestRefused: ``login_needed``: password or second factor is another since the first step; ``log_in``.
            StoreUnavailable: tries cannot be counted.
        """
        account = await self._by_number(shown.person_id)
        same = account is not None and account.password_changed_at == shown.password_changed_at
        if account is None or not same or account.disabled or not account.has_totp:
            raise RequestRefused(Refusal.LOGIN_NEEDED, "begin again with e-mail and password")
        await self._check_code(attempt, account)
        return await self._passed(attempt, account)

    async def confirm(self, person: Person, password: str, code: str | None, address: str) -> str | None:
        """The password was given again: the session counts as just begun. Returns the secret of its new cookie.

        Raises:
            RequestRefused: ``wrong_credentials``, ``rate_limited``, ``login_needed``.
            StoreUnavailable: tries cannot be counted.
        """
        account = await self.check_password(person, password, address)
        if code is not None:
            await self.check_code(account, code, person, address)
        now = self._clock()
        secret = random_secret() if person.kind == "cookie" else None
        async with self._database.transaction("accounts") as connection:
            done = await connection.fetch(
                SQL["confirm_session"], person.session_id, now, None if code is None else now,
                None if secret is None else secret_digest(secret),
            )  # fmt: skip
            if not done:
                raise RequestRefused(Refusal.LOGIN_NEEDED, "this session has ended; log in again")
            await self.told(connection, person, "session.confirm", address, {"code": code is not None})
        self.sessions.forget()
        return secret

    async def change_password(self, person: Person, current: str, new: str, address: str) -> None:
        """Set another password; all other sessions end.

        Raises:
            RequestRefused: ``weak_password``, and as ``confirm``.
        """
        account = await self.check_password(person, current, address)
        check_new(new, account.email)
        hashed, now = await self.passwords.hash(new), self._clock()
        async with self._database.transaction("accounts") as connection:
            await set_password(connection, person.person_id, hashed, now)
            await end_sessions(connection, person.person_id, "password_changed", now, but=person.session_id)
            await self.told(connection, person, "password.change", address)
        self.sessions.forget()

    async def end(
        self, person: Person, reason: EndReason, address: str, *, only: int | None = None, but: int | None = None
    ) -> list[int]:
        """End sessions of theirs: all, ``only`` one, or all ``but`` one; returns which."""
        async with self._database.transaction("accounts") as connection:
            ended = await end_sessions(connection, person.person_id, reason, self._clock(), only=only, but=but)
            if ended:
                await self.told(connection, person, "session.end", address, {"sessions": ended, "reason": reason})
        self.sessions.forget()
        return ended

    async def check_password(self, person: Person, password: str, address: str) -> Account:
        """The account of somebody whose password this is.

        Raises:
            RequestRefused: ``wrong_credentials``, ``rate_limited``.
            StoreUnavailable: tries cannot be counted.
        """
        account = await self.account(person)
        known_as = _account_name(account.email)
        await self.tries.password(known_as, address)
        if not await self.passwords.verify(account.password_hash, password):
            async with self._database.tenant(SYSTEM, "accounts") as connection:
                await self._trail.record(
                    connection, SYSTEM, _wrong(person.actor, "session.confirm", address, "password")
                )
            raise RequestRefused(Refusal.WRONG_CREDENTIALS, "the password is wrong")
        await self.tries.passed(known_as)
        return account

    async def check_code(self, account: Account, code: str, person: Person, address: str) -> None:
        """Whether a code of their second factor is right; it is used by that.

        Raises:
            RequestRefused: ``wrong_credentials``, ``rate_limited``.
            StoreUnavailable: tries cannot be counted.
        """
        await self.count_code(account, address)
        if not (account.has_totp and await self.factors.check(account, code)):
            async with self._database.tenant(SYSTEM, "accounts") as connection:
                await self._trail.record(connection, SYSTEM, _wrong(person.actor, "session.confirm", address, "code"))
            raise wrong_code()
        await self.count_no_codes(account)

    async def count_code(self, account: Account, address: str) -> None:
        """Count a try of a code before it is looked at; raises as ``check_code``."""
        await self.tries.code(_account_name(account.email), address)

    async def count_no_codes(self, account: Account) -> None:
        """A right code was given: tries are counted anew."""
        await self.tries.code_passed(_account_name(account.email))

    async def account(self, person: Person) -> Account:
        """What is stored of somebody who is logged in."""
        found = await self._by_number(person.person_id)
        if found is None:
            raise RequestRefused(Refusal.LOGIN_NEEDED, "log in again")
        return found

    async def told(
        self, connection: db.Connection, person: Person, action: str, address: str,
        detail: Mapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        """Tell the system's chain and those of their tenants; last in its transaction."""
        deed = Deed(
            actor=person.actor, action=action, target=f"session:{person.session_id}", address=address,
            detail=detail or {},
        )  # fmt: skip
        tenant_ids = [each.tenant.tenant_id for each in person.memberships]
        await tell(connection, self._trail, deed, tenant_ids)

    async def _by_email(self, email: str) -> Account | None:
        async with self._database.transaction("accounts") as connection:
            found = await db.rows(connection, Account, SQL["account_by_email"], email)
        return found[0] if found else None

    async def _by_number(self, person_id: int) -> Account | None:
        async with self._database.transaction("accounts") as connection:
            found = await db.rows(connection, Account, SQL["account_by_id"], person_id)
        return found[0] if found else None

    async def _with_password(self, attempt: Attempt) -> Account:
        self.passwords.check_room()
        email = normalised(attempt.email)
        await self.tries.password(_account_name(email), attempt.address)
        account = await self._by_email(email)
        stored = None if account is None or account.disabled else account.password_hash
        fits = await self.passwords.verify(stored, attempt.password)
        if account is None or stored is None or not fits:
            await self._refuse(attempt, account, "password")
            raise RequestRefused(Refusal.WRONG_CREDENTIALS, "e-mail or password is wrong")
        return account

    async def _passed(self, attempt: Attempt, account: Account) -> LoggedIn:
        await self.tries.passed(_account_name(account.email))
        outdated = attempt.password and account.password_hash and self.passwords.is_outdated(account.password_hash)
        return await self._begin(attempt, account, await self.passwords.hash(attempt.password) if outdated else None)

    async def _check_code(self, attempt: Attempt, account: Account) -> None:
        known_as = _account_name(account.email)
        if attempt.code is None:
            await self._refuse(attempt, account, "code needed")
            raise RequestRefused(Refusal.SECOND_FACTOR_NEEDED, "send the code of the second factor, too", "code")
        await self.tries.code(known_as, attempt.address)
        if not await self.factors.check(account, attempt.code):
            await self._refuse(attempt, account, "code")
            raise wrong_code()
        await self.tries.code_passed(known_as)

    async def _begin(self, attempt: Attempt, account: Account, rehashed: str | None) -> LoggedIn:
        person_id, now = account.person_id, self._clock()
        tenant_ids = await tenants_of(self._database, person_id)
        secret = random_secret() if attempt.kind == "cookie" else None
        async with self._database.transaction("accounts") as connection:
            held = await connection.fetch(SQL["hold_account"], person_id, account.password_changed_at, account.has_totp)
            if not held:  # what was checked a moment ago is another password, or another way of logging in, by now
                raise RequestRefused(Refusal.WRONG_CREDENTIALS, "e-mail or password is wrong")
            if rehashed is not None:
                await connection.execute(SQL["rehash_password"], person_id, rehashed, account.password_hash)
            if attempt.replaces is not None:
                old = attempt.replaces
                await end_sessions(connection, old.person_id, "replaced", now, only=old.session_id)
            session_id = await begin_session(
                connection, person_id, attempt.kind, secret, now=now, expires_at=now + self.sessions.lifetimes.total,
                second_factor=account.has_totp, address=attempt.address, agent=attempt.agent,
            )  # fmt: skip
            tokens = await self.tokens.begin(connection, session_id, person_id) if secret is None else None
            detail: dict[str, object] = {"kind": attempt.kind, "secondFactor": account.has_totp}
            if attempt.replaces is not None:
                detail["replaces"] = attempt.replaces.session_id
            deed = Deed(
                actor=account.owner, action="session.begin", target=f"session:{session_id}", address=attempt.address,
                detail=detail,
            )  # fmt: skip
            await tell(connection, self._trail, deed, tenant_ids)
        if attempt.replaces is not None:
            self.sessions.forget()
        return LoggedIn(person_id, session_id, secret, tokens)

    async def _refuse(self, attempt: Attempt, account: Account | None, what: str) -> None:
        actor = "anonymous" if account is None else account.owner
        async with self._database.tenant(SYSTEM, "accounts") as connection:
            await self._trail.record(connection, SYSTEM, _wrong(actor, "session.begin", attempt.address, what))


async def set_password(connection: db.Connection, person_id: int, hashed: str, now: object) -> None:
    """Another password counts from now on, and links that would set one do not any more."""
    await connection.execute(SQL["set_password"], person_id, hashed, now)


def normalised(email: str) -> str:
    """An e-mail address in the one form in which it is stored and compared."""
    return unicodedata.normalize("NFC", email.strip()).lower()[: EMAIL_MAX + 1]


def _account_name(email: str) -> str:
    """How tries of an account are counted: not under its address."""
    return hashlib.sha256(email.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _wrong(actor: str, action: str, address: str, what: str) -> Deed:
    return Deed(actor=actor, action=action, outcome="refused", address=address, detail={"wrong": what})
