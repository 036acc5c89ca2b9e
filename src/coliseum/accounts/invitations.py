"""Invitations: a link by mail with which somebody becomes a member, once.

A link's secret has 256 random bits, only its SHA-256 is stored, and it is bound to the e-mail address that it was sent
to. The link shows that whoever has it reads that address's mail.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.links import digest_of, link_invalid
from coliseum.accounts.members import Doer, add_member, check_rank, check_seats, lock_members, role_of
from coliseum.accounts.people import PersonRow, create_person, find_person, give_password, hold_person, rename_person
from coliseum.accounts.permissions import Role
from coliseum.accounts.plans import Plan, PlanName
from coliseum.accounts.tenants import SQL
from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import random_secret, secret_digest

LASTS: Final = timedelta(days=7)
OPEN_MAX: Final = 100


class Invitation(msgspec.Struct, frozen=True, rename="camel"):
    """An invitation, as members see it: never its secret."""

    invitation_id: int = msgspec.field(name="id")
    email: str
    role: Role
    invited_by: str
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


class Offer(msgspec.Struct, frozen=True):
    """What a working link offers, and whom."""

    tenant_id: int
    slug: str
    tenant_name: str
    plan: PlanName
    invitation_id: int
    email: str
    role: Role
    person_id: int | None
    """Of who has this address already."""
    person_verified: bool
    person_disabled: bool


class NewAccount(msgspec.Struct, frozen=True):
    """What a person who is new gives when they accept."""

    name: str
    password_hash: str


async def list_invitations(connection: db.Connection, tenant_id: int) -> list[Invitation]:
    """A tenant's invitations, the newest first."""
    return await db.rows(connection, Invitation, SQL["list_invitations"], tenant_id)


async def invite(
    connection: db.Connection, tenant_id: int, doer: Doer, plan: Plan, email: str, role: Role, now: datetime
) -> tuple[Invitation, str]:
    """Make an invitation; returns it and its secret. The connection's tenant is set.

    Raises:
        RequestRefused: ``not_allowed``, ``already_exists``, ``too_many``, ``plan_limit``.
    """
    own = await lock_members(connection, tenant_id, doer)
    check_rank(own, role)
    person = await find_person(connection, email)
    if person is not None and await role_of(connection, tenant_id, person.person_id) is not None:
        raise RequestRefused(Refusal.ALREADY_EXISTS, "they are a member already", "email")
    waiting = [each for each in await list_invitations(connection, tenant_id) if _is_open(each, now)]
    if any(each.email == email for each in waiting):
        raise RequestRefused(Refusal.ALREADY_EXISTS, "they are invited already: send that invitation again", "email")
    if len(waiting) >= OPEN_MAX:
        raise RequestRefused(Refusal.TOO_MANY, f"a tenant has at most {OPEN_MAX} open invitations")
    await check_seats(connection, tenant_id, plan, now)
    secret = random_secret()
    by = "operator" if doer.person_id is None else f"person:{doer.person_id}"
    made = await db.rows(
        connection, Invitation, SQL["make_invitation"], tenant_id, email, role, secret_digest(secret), by, now,
        now + LASTS,
    )  # fmt: skip
    return made[0], secret


async def send_again(
    connection: db.Connection, tenant_id: int, doer: Doer, plan: Plan, invitation_id: int, now: datetime
) -> tuple[Invitation, str]:
    """Give an invitation a new link, good for seven days from now; the old link is dead.

    Raises:
        RequestRefused: ``not_found``, ``not_allowed``, ``plan_limit``.
    """
    before = await _held(connection, tenant_id, doer, invitation_id)
    if before.expires_at <= now:  # then it holds no seat any more
        await check_seats(connection, tenant_id, plan, now)
    secret = random_secret()
    made = await db.rows(
        connection, Invitation, SQL["renew_invitation"], tenant_id, invitation_id, secret_digest(secret), now + LASTS
    )
    return made[0], secret


async def revoke(connection: db.Connection, tenant_id: int, doer: Doer, invitation_id: int, now: datetime) -> None:
    """Withdraw an invitation: its link is dead.

    Raises:
        RequestRefused: ``not_found``, ``not_allowed``.
    """
    await _held(connection, tenant_id, doer, invitation_id)
    await connection.execute(SQL["revoke_invitation"], tenant_id, invitation_id, now)


async def look_at_offer(connection: db.Connection, secret: str, now: datetime) -> Offer:
    """What a link offers; with the rights that find out who is calling, since no tenant is known yet.

    Raises:
        RequestRefused: ``link_invalid``.
    """
    found = await db.rows(connection, Offer, SQL["look_at_offer"], digest_of(secret), now)
    if not found or found[0].person_disabled:
        raise link_invalid()
    return found[0]


async def accept(
    connection: db.Connection, offer: Offer, secret: str, plan: Plan, now: datetime, *, new: NewAccount | None
) -> tuple[PersonRow, bool]:
    """Use a link: the person becomes a member; returns them, and whether they are new. The tenant is set.

    ``new`` is given for somebody who has no account, or one whose address was never verified: nobody knows who made
    that one, so its password and its log-ins end here.

    Raises:
        RequestRefused: ``link_invalid``, ``plan_limit``.
    """
    await connection.execute(SQL["lock_tenant"], offer.tenant_id)
    used = await connection.execute(SQL["use_invitation"], offer.tenant_id, digest_of(secret), now)
    if used != "UPDATE 1":
        raise link_invalid()
    await check_seats(connection, offer.tenant_id, plan, now)
    person, made = await _person_of(connection, offer, new, now)
    await add_member(connection, offer.tenant_id, person.person_id, offer.role, now)
    return person, made


async def _person_of(
    connection: db.Connection, offer: Offer, new: NewAccount | None, now: datetime
) -> tuple[PersonRow, bool]:
    known = await find_person(connection, offer.email)
    person = None if known is None else await hold_person(connection, known.person_id)
    if person is None:
        if new is None:
            raise link_invalid()
        made = await create_person(connection, offer.email, new.name, now, password_hash=new.password_hash)
        return made, True
    if person.disabled_at is not None or person.email != offer.email:
        raise link_invalid()
    if new is not None:
        if person.email_verified_at is not None:  # somebody was quicker, by another link
            raise link_invalid()
        await give_password(connection, person.person_id, new.password_hash, now, "password_reset")
        await rename_person(connection, person.person_id, new.name)
    return person, False


async def _held(connection: db.Connection, tenant_id: int, doer: Doer, invitation_id: int) -> Invitation:
    """An invitation that was neither accepted nor withdrawn, which nobody else changes now."""
    own = await lock_members(connection, tenant_id, doer)
    found = await db.rows(connection, Invitation, SQL["waiting_invitation"], tenant_id, invitation_id)
    if not found:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such invitation of yours that waits")
    check_rank(own, found[0].role)
    return found[0]


def _is_open(each: Invitation, now: datetime) -> bool:
    return each.accepted_at is None and each.revoked_at is None and each.expires_at > now
