"""What people do with their second factor, for the routes and for the pages alike. All of it stands in the trail."""

from coliseum.accounts.callers import Person
from coliseum.accounts.secondfactor import RecoveryCodes, TotpSecret, confirm_totp, remove_totp, store_codes
from coliseum.accounts.sessions import end_sessions
from coliseum.accounts.tenants import SQL
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.services import Services


async def begin_factor(services: Services, person: Person, address: str) -> TotpSecret:
    """A secret that counts once a code of it was shown; until then another beginning takes its place.

    Raises:
        RequestRefused: ``password_needed``, ``already_exists``.
    """
    person.check_recent(services.clock())
    account = await services.logins.account(person)
    async with services.database.transaction("accounts") as connection:
        secret = await services.logins.factors.begin(connection, account)
        await services.logins.told(connection, person, "totp.begin", address)
    return secret


async def confirm_factor(services: Services, person: Person, code: str, address: str) -> RecoveryCodes:
    """From now on a log-in needs a code; the session counts as one that has shown it.

    Raises:
        RequestRefused: ``password_needed``, ``already_exists``, ``wrong_credentials``, ``rate_limited``.
    """
    person.check_recent(services.clock())
    logins, now = services.logins, services.clock()
    account = await logins.account(person)
    if account.has_totp or account.totp_secret is None:
        raise RequestRefused(Refusal.ALREADY_EXISTS, "no second factor is being set up")
    await logins.count_code(account, address)
    counter = logins.factors.counter(account, code)
    codes, hashes = await logins.factors.new_codes()
    async with services.database.transaction("accounts") as connection:
        await confirm_totp(connection, account, counter, now)
        await store_codes(connection, person.person_id, hashes)
        await connection.execute(SQL["confirm_session"], person.session_id, None, now, None)
        await logins.told(connection, person, "totp.confirm", address)
    await logins.count_no_codes(account)
    logins.sessions.forget()
    return RecoveryCodes(codes)


async def remove_factor(services: Services, person: Person, address: str) -> None:
    """The recovery codes go with it, and all other sessions end.

    Raises:
        RequestRefused: ``password_needed``, ``second_factor_needed``, ``not_found``.
    """
    person.check_recent(services.clock())
    _check_shown(person)
    logins = services.logins
    async with services.database.transaction("accounts") as connection:
        if not await remove_totp(connection, person.person_id):
            raise RequestRefused(Refusal.NOT_FOUND, "there is no second factor")
        now = services.clock()
        await end_sessions(connection, person.person_id, "second_factor_removed", now, but=person.session_id)
        await connection.execute(SQL["drop_second_factor"], person.session_id)
        await logins.told(connection, person, "totp.remove", address)
    logins.sessions.forget()


async def renew_codes(services: Services, person: Person, address: str) -> RecoveryCodes:
    """Ten recovery codes; those of before do not work any more.

    Raises:
        RequestRefused: as ``remove_factor``.
    """
    person.check_recent(services.clock())
    _check_shown(person)
    codes, hashes = await services.logins.factors.new_codes()
    async with services.database.transaction("accounts") as connection:
        await store_codes(connection, person.person_id, hashes)
        await services.logins.told(connection, person, "totp.codes", address)
    return RecoveryCodes(codes)


def _check_shown(person: Person) -> None:
    if not person.has_second_factor:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no second factor")
    if not person.second_factor:
        raise RequestRefused(
            Refusal.SECOND_FACTOR_NEEDED, "this session has shown none: POST /api/auth/confirm with a code"
        )
