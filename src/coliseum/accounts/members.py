"""Members: people who may do something for a tenant, each with one role.

Whatever changes who is a member is done while the tenant's row is locked, and who does it is looked up again then: of
two owners who remove each other at the same moment one is no owner any more when their turn comes.
"""

from datetime import datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.permissions import ROLES, Permission, Role
from coliseum.accounts.plans import PLANS, Plan, lifted_by
from coliseum.accounts.tenants import SQL
from coliseum.errors import Refusal, RequestRefused

RANK: Final[dict[str, int]] = {"viewer": 0, "analyst": 1, "admin": 2, "owner": 3}


class Member(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody of a tenant, as its other members see them."""

    person_id: int = msgspec.field(name="id")
    email: str
    name: str
    role: Role
    joined_at: datetime
    second_factor: bool
    """Whether they have one."""


class Doer(msgspec.Struct, frozen=True):
    """Who changes members. ``person_id`` is None for the operator, who may do everything."""

    person_id: int | None


class _Standing(msgspec.Struct, frozen=True):
    role: Role


class _Count(msgspec.Struct, frozen=True):
    count: int


async def list_members(connection: db.Connection, tenant_id: int) -> list[Member]:
    """A tenant's members, by e-mail address."""
    return await db.rows(connection, Member, SQL["list_members"], tenant_id)


async def role_of(connection: db.Connection, tenant_id: int, person_id: int) -> Role | None:
    """What somebody is for a tenant."""
    found = await db.rows(connection, _Standing, SQL["role_of"], tenant_id, person_id)
    return found[0].role if found else None


async def lock_members(connection: db.Connection, tenant_id: int, doer: Doer) -> Role:
    """Nobody else changes the tenant's members until this transaction ends; returns the role of who does.

    Raises:
        RequestRefused: ``not_allowed``: they are no member any more.
    """
    await connection.execute(SQL["lock_tenant"], tenant_id)
    if doer.person_id is None:
        return "owner"
    role = await role_of(connection, tenant_id, doer.person_id)
    if role is None:
        raise RequestRefused(Refusal.NOT_ALLOWED, "you are no member of this tenant any more")
    return role


async def add_member(connection: db.Connection, tenant_id: int, person_id: int, role: Role, now: datetime) -> bool:
    """Make somebody a member; False when they are one already, whose role stays."""
    return await connection.execute(SQL["add_member"], tenant_id, person_id, role, now) == "INSERT 0 1"


async def change_role(
    connection: db.Connection, tenant_id: int, doer: Doer, person_id: int, role: Role
) -> tuple[Role, Role]:
    """Give a member another role; returns the one before and the new one.

    Raises:
        RequestRefused: ``not_found``, ``not_allowed``, ``last_owner``.
    """
    own = await lock_members(connection, tenant_id, doer)
    before = await _role_of_member(connection, tenant_id, person_id)
    check_rank(own, before, role)
    if before == "owner" and role != "owner":
        await _check_owners(connection, tenant_id, person_id)
    await connection.execute(SQL["change_role"], tenant_id, person_id, role)
    return before, role


async def remove_member(connection: db.Connection, tenant_id: int, doer: Doer, person_id: int) -> Role:
    """End somebody's membership; returns the role that they had. Anybody may leave.

    Raises:
        RequestRefused: ``not_found``, ``not_allowed``, ``last_owner``.
    """
    own = await lock_members(connection, tenant_id, doer)
    before = await _role_of_member(connection, tenant_id, person_id)
    if person_id != doer.person_id:
        check_rank(own, before)
    if before == "owner":
        await _check_owners(connection, tenant_id, person_id)
    await connection.execute(SQL["remove_member"], tenant_id, person_id)
    return before


def check_rank(own: Role, *roles: Role) -> None:
    """Whether somebody of this role may make or unmake members of those.

    Raises:
        RequestRefused: ``not_allowed``.
    """
    if Permission.MEMBERS_MANAGE not in ROLES[own]:
        raise RequestRefused(Refusal.NOT_ALLOWED, f"{Permission.MEMBERS_MANAGE} is nothing that a {own} may do")
    for role in roles:
        if role == "owner" and Permission.OWNERS_MANAGE not in ROLES[own]:
            raise RequestRefused(Refusal.NOT_ALLOWED, f"{Permission.OWNERS_MANAGE} is nothing that an {own} may do")
        if RANK[role] > RANK[own]:
            raise RequestRefused(Refusal.NOT_ALLOWED, f"an {own} makes nobody an {role}")


async def check_seats(connection: db.Connection, tenant_id: int, plan: Plan, now: datetime, *, more: int = 1) -> None:
    """Whether the plan has seats for so many more, beside the members and open invitations there are.

    Asked while members are locked.

    Raises:
        RequestRefused: ``plan_limit``.
    """
    if plan.seats is None:
        return
    taken = (await db.rows(connection, _Count, SQL["count_seats"], tenant_id, now))[0].count
    if taken + more <= plan.seats:
        return
    better = lifted_by(lambda each: each.seats is None or taken + more <= each.seats)
    lifts = f"; {PLANS[better].title} lifts that" if better is not None else ""
    raise RequestRefused(
        Refusal.PLAN_LIMIT,
        f"{plan.title}: the plan has {plan.seats} seats, and members and open invitations are {taken} "
        f"(limit seats){lifts}",
        limit="seats",
        plan=better,
    )


async def _role_of_member(connection: db.Connection, tenant_id: int, person_id: int) -> Role:
    role = await role_of(connection, tenant_id, person_id)
    if role is None:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such member of yours")
    return role


async def _check_owners(connection: db.Connection, tenant_id: int, but: int) -> None:
    """Whether there is an owner beside this one, who can log in."""
    if not (await db.rows(connection, _Count, SQL["count_owners"], tenant_id, but))[0].count:
        raise RequestRefused(Refusal.LAST_OWNER, "this is the last owner; make somebody else an owner first")
