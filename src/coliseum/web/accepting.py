"""Using the links that were sent by mail, for the routes and for the pages alike. Each use is in the audit trail."""

from collections.abc import Mapping
from typing import Final

from coliseum.accounts import invitations, links
from coliseum.accounts.callers import Person
from coliseum.accounts.invitations import NewAccount, Offer
from coliseum.accounts.passwords import check_new
from coliseum.accounts.people import PersonRow, clean_name
from coliseum.accounts.plans import plan_of
from coliseum.accounts.telling import tell
from coliseum.accounts.telling import tenants_of as tenant_numbers_of
from coliseum.accounts.tenants import Tenant
from coliseum.db import Connection
from coliseum.errors import Refusal, RequestRefused
from coliseum.trail.record import Deed
from coliseum.web.services import Services

USES_A_MINUTE: Final = 120
"""Tries to use a link from one address. Nobody guesses a secret of 256 bits; this is for the work that a try makes."""


async def count_use(services: Services, address: str) -> None:
    """Count a try to use a link.

    Raises:
        RequestRefused: ``rate_limited``.
    """
    await services.limiter.check("links", address, USES_A_MINUTE)


async def choose_password(services: Services, secret: str, password: str, address: str) -> None:
    """Use a link for a new password.

    Raises:
        RequestRefused: ``link_invalid``, ``weak_password``, ``rate_limited``.
    """
    async with services.database.transaction("accounts") as connection:
        link = await links.look_at(connection, "reset_password", secret, services.clock())
    check_new(password, link.email)
    hashed = await services.logins.passwords.hash(password)
    tenant_ids = await tenant_numbers_of(services.database, link.person_id)
    async with services.database.transaction("accounts") as connection:
        person = await links.reset_password(connection, secret, hashed, services.clock())
        await services.post.put(connection, person.email, services.post.letters.password_changed())
        await _tell(services, connection, person, "password.reset", address, tenant_ids)
    services.logins.sessions.forget()


async def verify_email(services: Services, secret: str, address: str) -> None:
    """Use a link that verifies an address.

    Raises:
        RequestRefused: ``link_invalid``.
    """
    async with services.database.transaction("accounts") as connection:
        link = await links.look_at(connection, "verify_email", secret, services.clock())
    tenant_ids = await tenant_numbers_of(services.database, link.person_id)
    async with services.database.transaction("accounts") as connection:
        done = await links.verify_email(connection, secret, services.clock())
        if done.before is not None:
            await services.post.put(connection, done.before, services.post.letters.address_changed(link.email))
        action = "email.verify" if done.before is None else "email.change"
        await _tell(services, connection, done.person, action, address, tenant_ids)
    services.logins.sessions.forget()


async def begin_account(services: Services, secret: str, address: str) -> None:
    """Use a link to begin an account.

    Raises:
        RequestRefused: ``link_invalid``.
    """
    async with services.database.transaction("accounts") as connection:
        person = await links.begin_account(connection, secret, services.clock())
        await _tell(services, connection, person, "account.create", address, [])


async def accept_invitation(
    services: Services, secret: str, asking: Person | None, name: str | None, password: str | None, address: str
) -> tuple[Offer, int]:
    """Use an invitation; returns what was offered and the number of who has accepted.

    Raises:
        RequestRefused: ``link_invalid``, ``login_needed``, ``not_allowed``, ``invalid_payload``, ``weak_password``,
            ``plan_limit``.
    """
    async with services.database.connection("capture") as connection:
        offer = await invitations.look_at_offer(connection, secret, services.clock())
    new = await _new_account(services, offer, asking, name, password)
    tenant = Tenant(offer.tenant_id, offer.slug, offer.tenant_name, "UTC", "eur", 1, offer.plan)
    plan = plan_of(tenant, billing=services.settings.stripe_secret_key is not None)
    async with services.database.tenant(offer.tenant_id, "accounts") as connection:
        person, made = await invitations.accept(connection, offer, secret, plan, services.clock(), new=new)
        detail = {"role": offer.role, "invitation": offer.invitation_id, "new": made}
        await _tell(services, connection, person, "invitation.accept", address, [offer.tenant_id], detail)
    services.logins.sessions.forget()
    return offer, person.person_id


async def _new_account(
    services: Services, offer: Offer, asking: Person | None, name: str | None, password: str | None
) -> NewAccount | None:
    """What somebody without an account begins with; None for who has logged in with the right address."""
    if asking is not None and asking.email != offer.email:
        raise RequestRefused(Refusal.NOT_ALLOWED, "the invitation is for another e-mail address than yours")
    if offer.person_id is not None and offer.person_verified:
        if asking is None:
            raise RequestRefused(Refusal.LOGIN_NEEDED, "there is an account with this e-mail address: log in first")
        return None
    if name is None or password is None:
        raise RequestRefused(
            Refusal.INVALID_PAYLOAD, "choose a name and a password", "name" if name is None else "password"
        )
    check_new(password, offer.email)
    return NewAccount(clean_name(name), await services.logins.passwords.hash(password))


async def _tell(
    services: Services,
    connection: Connection,
    person: PersonRow,
    action: str,
    address: str,
    tenant_ids: list[int],
    detail: Mapping[str, object] | None = None,
) -> None:
    deed = Deed(actor=person.actor, action=action, target=person.actor, address=address, detail=detail or {})
    await tell(connection, services.trail, deed, tenant_ids)
