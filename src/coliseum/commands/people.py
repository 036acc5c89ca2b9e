"""``coliseum person``, ``member`` and ``tenant settings``: people and tenants from the command line."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, cast

import msgspec
import typer

from coliseum import db
from coliseum.accounts import members, people, tenant_settings
from coliseum.accounts.letters import Letters
from coliseum.accounts.links import make_link
from coliseum.accounts.permissions import ROLES, Role
from coliseum.accounts.secondfactor import remove_totp
from coliseum.accounts.telling import tell, tenants_of
from coliseum.accounts.tenants import Tenant, tenant_by_slug
from coliseum.clock import utc_now
from coliseum.errors import ColiseumError
from coliseum.mail import Mailer
from coliseum.settings import Settings
from coliseum.trail.record import Deed, Trail

person = typer.Typer(help="Make, list and disable people.", no_args_is_help=True)
member = typer.Typer(help="Say who may do what for a tenant.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="The tenant's slug.")]
Address = Annotated[str, typer.Argument(help="The person's e-mail address.")]
OPERATOR = members.Doer(None)


class NoSuchPerson(ColiseumError):
    """There is nobody with that e-mail address."""

    hint = "`coliseum person list` shows them."


class NoSecondFactor(ColiseumError):
    """They have no second factor that counts."""

    hint = "`coliseum member list` shows who has one."


@person.command("create")
def create(email: Address, *, name: Annotated[str, typer.Option(help="Their name.")]) -> None:
    """Make a person, mail them a link to choose a password, and print it."""
    typer.echo(asyncio.run(_create(email, name)))


@person.command("list")
def list_() -> None:
    """List all people."""
    shown = asyncio.run(_list())
    _print(
        ("number", "e-mail", "name", "made", "verified", "disabled"),
        [(each.person_id, each.email, each.name, each.created_at, each.email_verified_at, each.disabled_at)
         for each in shown],
    )  # fmt: skip


@person.command("disable")
def disable(email: Address) -> None:
    """End a person's log-ins, and let them make no more."""
    asyncio.run(_disable(email))
    typer.echo(f"{email} cannot log in any more.")


@person.command("reset-second-factor")
def reset_second_factor(email: Address) -> None:
    """Remove a person's second factor and recovery codes, end their log-ins, and tell them by mail."""
    asyncio.run(_reset_second_factor(email))
    typer.echo(f"{email} logs in with the password alone, until they set up a second factor again.")


@member.command("add")
def add(
    slug: Slug, email: Address, *, role: Annotated[str, typer.Option(help="owner, admin, analyst or viewer.")]
) -> None:
    """Make a person a member of a tenant, or give a member another role."""
    if role not in ROLES:
        raise typer.BadParameter("roles are owner, admin, analyst and viewer")
    asyncio.run(_add(slug, email, cast("Role", role)))
    typer.echo(f"{email} is {role} of {slug}.")


@member.command("list")
def list_members(slug: Slug) -> None:
    """List a tenant's members."""
    _print(
        ("number", "e-mail", "name", "role", "since", "second factor"),
        [(each.person_id, each.email, each.name, each.role, each.joined_at, "yes" if each.second_factor else "no")
         for each in asyncio.run(_members(slug))],
    )  # fmt: skip


@member.command("remove")
def remove(slug: Slug, email: Address) -> None:
    """End somebody's membership; a tenant keeps one owner."""
    asyncio.run(_remove(slug, email))
    typer.echo(f"{email} is no member of {slug} any more.")


def settings(
    slug: Slug,
    *,
    name: Annotated[str | None, typer.Option(help="Name for people.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="IANA zone; only while the log is empty.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217 code; only while the log is empty.")] = None,
    origin: Annotated[list[str] | None, typer.Option(help="Allowed origin; may be repeated.")] = None,
    retention_months: Annotated[int | None, typer.Option(help="Months.", min=1, max=120)] = None,
    consent: Annotated[str | None, typer.Option(help="legitimate_interest or opt_in.")] = None,
    second_factor: Annotated[bool | None, typer.Option(help="Whether owners and admins need one.")] = None,
) -> None:
    """Show what is set for a tenant; with options, set it first."""
    given = {
        "name": name, "timeZone": time_zone, "currency": currency, "allowedOrigins": origin,
        "retentionMonths": retention_months, "consentPolicy": consent, "secondFactorRequired": second_factor,
    }  # fmt: skip
    wanted = {key: value for key, value in given.items() if value is not None}
    try:
        change = msgspec.convert(wanted, tenant_settings.TenantChange)
    except msgspec.ValidationError as error:
        raise typer.BadParameter(str(error)) from None
    typer.echo(msgspec.json.format(msgspec.json.encode(asyncio.run(_settings(slug, change)))).decode())


async def _create(email: str, name: str) -> str:
    async with _working() as at:
        address, called = people.normal_email(email), people.clean_name(name)
        async with at.database.transaction("accounts") as connection:
            made = await people.create_person(connection, address, called, at.now)
            secret = await make_link(connection, "reset_password", made.person_id, address, at.now)
            letter = at.letters.welcome(secret)
            await at.mailer.put(connection, address, letter.subject, letter.body)
            await at.tell(connection, "person.create", made.actor)
        return at.letters.link("reset", secret)


async def _list() -> list[people.PersonRow]:
    async with _working() as at, at.database.transaction("accounts") as connection:
        return await people.list_people(connection)


async def _disable(email: str) -> None:
    async with _working() as at:
        found = await at.person(email)
        tenant_ids = await tenants_of(at.database, found.person_id)
        async with at.database.transaction("accounts") as connection:
            await people.disable_person(connection, found.email, at.now)
            await at.tell(connection, "person.disable", found.actor, tenant_ids)


async def _reset_second_factor(email: str) -> None:
    async with _working() as at:
        found = await at.person(email)
        tenant_ids = await tenants_of(at.database, found.person_id)
        async with at.database.transaction("accounts") as connection:
            if not await remove_totp(connection, found.person_id):
                raise NoSecondFactor
            await people.end_sessions(connection, found.person_id, at.now, "second_factor_removed")
            letter = at.letters.second_factor_removed()
            await at.mailer.put(connection, found.email, letter.subject, letter.body)
            await at.tell(connection, "person.reset_second_factor", found.actor, tenant_ids)


async def _add(slug: str, email: str, role: Role) -> None:
    async with _working() as at:
        tenant, found = await at.tenant(slug), await at.person(email)
        async with at.database.tenant(tenant.tenant_id, "accounts") as connection:
            await members.lock_members(connection, tenant.tenant_id, OPERATOR)
            detail: dict[str, object] = {"after": role}
            if not await members.add_member(connection, tenant.tenant_id, found.person_id, role, at.now):
                before, _ = await members.change_role(connection, tenant.tenant_id, OPERATOR, found.person_id, role)
                detail["before"] = before
            await at.record(connection, tenant, "member.add", found.actor, detail)


async def _members(slug: str) -> list[members.Member]:
    async with _working() as at:
        tenant = await at.tenant(slug)
        async with at.database.tenant(tenant.tenant_id, "accounts") as connection:
            return await members.list_members(connection, tenant.tenant_id)


async def _remove(slug: str, email: str) -> None:
    async with _working() as at:
        tenant, found = await at.tenant(slug), await at.person(email)
        async with at.database.tenant(tenant.tenant_id, "accounts") as connection:
            before = await members.remove_member(connection, tenant.tenant_id, OPERATOR, found.person_id)
            await at.record(connection, tenant, "member.remove", found.actor, {"before": before})


async def _settings(slug: str, change: tenant_settings.TenantChange) -> tenant_settings.TenantSettings:
    async with _working() as at:
        tenant = await at.tenant(slug)
        async with at.database.tenant(tenant.tenant_id, "accounts") as connection:
            after, changed = await tenant_settings.change_settings(connection, tenant.tenant_id, change, None)
            if changed:
                await at.record(connection, tenant, "tenant.change", f"tenant:{tenant.tenant_id}", changed)
            return after


class _At(msgspec.Struct, frozen=True):
    """What a command works with, at one moment."""

    database: db.Database
    now: datetime
    trail: Trail
    mailer: Mailer
    letters: Letters

    async def tenant(self, slug: str) -> Tenant:
        """The tenant of that slug."""
        from coliseum.operations import NoSuchTenant  # noqa: PLC0415 - as in cli.py

        found = await tenant_by_slug(self.database, slug)
        if found is None:
            raise NoSuchTenant(f"There is no tenant {slug!r}.", hint="`coliseum tenant list` shows them.")
        return found

    async def person(self, email: str) -> people.PersonRow:
        """The person of that e-mail address."""
        async with self.database.transaction("accounts") as connection:
            found = await people.find_person(connection, people.normal_email(email))
        if found is None:
            raise NoSuchPerson
        return found

    async def record(
        self, connection: Any, tenant: Tenant, action: str, target: str, detail: Mapping[str, object]
    ) -> None:
        """Add what the operator did to the tenant's trail."""
        deed = Deed(actor="operator", action=action, target=target, detail=detail)
        await self.trail.record(connection, tenant.tenant_id, deed)

    async def tell(self, connection: Any, action: str, target: str, tenant_ids: Sequence[int] = ()) -> None:
        """Add what the operator did to the system's trail, and to those of tenants."""
        await tell(connection, self.trail, Deed(actor="operator", action=action, target=target), tenant_ids)


@asynccontextmanager
async def _working() -> AsyncIterator[_At]:
    from coliseum.local.running import connected  # noqa: PLC0415 - as in cli.py
    from coliseum.wiring import NotConfigured, opened  # noqa: PLC0415

    settings = connected(Settings.from_env(os.environ))
    if settings.secret_key is None:
        raise NotConfigured("COLISEUM_SECRET_KEY is not set.", hint="It is the same in every process of one system.")
    letters = Letters(settings.public_url or f"http://{settings.host}:{settings.port}")
    async with opened(settings, accounts=1, capture=1) as database:
        trail = Trail(settings.secret_key, utc_now)
        yield _At(database, utc_now(), trail, Mailer(settings.secret_key, utc_now), letters)


def _print(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    from rich.console import Console  # noqa: PLC0415 - as in cli.py
    from rich.table import Table  # noqa: PLC0415

    table = Table(*heads)
    for row in rows:
        table.add_row(*map(_text, row))
    Console().print(table)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)
