"""``coliseum key``: a tenant's keys from the command line, for who runs the system."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any, cast

import msgspec
import typer

from coliseum.accounts import keymaking
from coliseum.accounts.permissions import SCOPES, Scope
from coliseum.accounts.tenants import Tenant, tenant_by_slug
from coliseum.clock import utc_now
from coliseum.settings import Settings
from coliseum.trail.record import Deed, Trail

key = typer.Typer(help="Make, list, rotate and revoke a tenant's keys.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="The tenant's slug.")]
Number = Annotated[int, typer.Argument(help="The key's number, as `coliseum key list` shows it.", min=1)]


@key.command("create")
def create(
    slug: Slug,
    *,
    browser: Annotated[bool, typer.Option("--browser", help="For pages: it may be read by everybody.")] = False,
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    scope: Annotated[list[str] | None, typer.Option(help="write, read or admin; may be repeated.")] = None,
    address: Annotated[list[str] | None, typer.Option(help="Network of a server key; may be repeated.")] = None,
    origin: Annotated[list[str] | None, typer.Option(help="Origin of a browser key; may be repeated.")] = None,
    days: Annotated[int | None, typer.Option(help="Days after which it expires.", min=1, max=36_500)] = None,
) -> None:
    """Make a key and print it; it is stored hashed and cannot be shown again."""
    unknown = set(scope or []) - set(SCOPES)
    if unknown or len(name) > keymaking.NAME_MAX:
        raise typer.BadParameter(f"scopes are write, read, admin; a name has at most {keymaking.NAME_MAX} characters")
    wish = keymaking.KeyWish(
        kind="browser" if browser else "server", name=name, scopes=cast("list[Scope]", scope or ["write"]),
        addresses=address or [], origins=origin or [],
    )  # fmt: skip
    typer.echo(asyncio.run(_create(slug, wish, days)).secret)


@key.command("list")
def list_(slug: Slug) -> None:
    """List a tenant's keys, also those that were revoked."""
    from rich.console import Console  # noqa: PLC0415 - as in cli.py
    from rich.table import Table  # noqa: PLC0415

    shown = ("number", "begins with", "name", "kind", "scopes", "bound to", "last used", "expires", "revoked")
    table = Table(*shown)
    for each in asyncio.run(_list(slug)):
        table.add_row(
            str(each.key_id), each.prefix, each.name, each.kind, " ".join(each.scopes),
            " ".join((*each.origins, *each.addresses)),
            *("" if at is None else f"{at:%Y-%m-%d %H:%M}" for at in (each.last_used_at, each.expires_at,
                                                                      each.revoked_at)),
        )  # fmt: skip
    Console().print(table)


@key.command("rotate")
def rotate(
    slug: Slug,
    number: Number,
    *,
    overlap: Annotated[
        int, typer.Option(help="Seconds for which the old key works on.", min=0, max=keymaking.OVERLAP_S_MAX)
    ] = 86_400,
) -> None:
    """Make a key with the same rights in place of another, and print it."""
    typer.echo(asyncio.run(_rotate(slug, number, timedelta(seconds=overlap))).secret)


@key.command("revoke")
def revoke(slug: Slug, number: Number) -> None:
    """End a key: within two seconds it works nowhere."""
    asyncio.run(_revoke(slug, number))
    typer.echo(f"Key {number} is revoked.")


async def _create(slug: str, wish: keymaking.KeyWish, days: int | None) -> keymaking.NewKey:
    async with _working_on(slug) as at:
        if days is not None:
            wish = msgspec.structs.replace(wish, expires_at=at.now + timedelta(days=days))
        made = await keymaking.make_key(at.connection, at.tenant, wish, keymaking.operator(), at.now)
        await at.record("key.create", made.key.key_id, {"kind": made.key.kind, "scopes": made.key.scopes})
    return made


async def _list(slug: str) -> list[keymaking.Key]:
    async with _working_on(slug) as at:
        return await keymaking.list_keys(at.connection, at.tenant)


async def _rotate(slug: str, number: int, overlap: timedelta) -> keymaking.NewKey:
    async with _working_on(slug) as at:
        made = await keymaking.rotate_key(at.connection, at.tenant, number, keymaking.operator(), at.now, overlap)
        seconds = int(overlap.total_seconds())
        await at.record("key.rotate", number, {"new": made.key.key_id, "overlapSeconds": seconds})
    return made


async def _revoke(slug: str, number: int) -> None:
    async with _working_on(slug) as at:
        if await keymaking.revoke_key(at.connection, at.tenant, number, at.now):
            await at.record("key.revoke", number, {})


class _At(msgspec.Struct, frozen=True):
    """A transaction for one tenant, at one moment."""

    connection: Any
    tenant: Tenant
    now: datetime
    trail: Trail

    async def record(self, action: str, number: int, detail: dict[str, object]) -> None:
        """Add what the operator did to the tenant's trail."""
        deed = Deed(actor="operator", action=action, target=f"key:{number}", detail=detail)
        await self.trail.record(self.connection, self.tenant.tenant_id, deed)


@asynccontextmanager
async def _working_on(slug: str) -> AsyncIterator[_At]:
    from coliseum.local.running import connected  # noqa: PLC0415 - as in cli.py
    from coliseum.operations import NoSuchTenant  # noqa: PLC0415
    from coliseum.wiring import NotConfigured, opened  # noqa: PLC0415

    settings = connected(Settings.from_env(os.environ))
    if settings.secret_key is None:
        raise NotConfigured("COLISEUM_SECRET_KEY is not set.", hint="It is the same in every process of one system.")
    async with opened(settings, accounts=1, capture=1) as database:
        tenant = await tenant_by_slug(database, slug)
        if tenant is None:
            raise NoSuchTenant(f"There is no tenant {slug!r}.", hint="`coliseum tenant list` shows them.")
        async with database.tenant(tenant.tenant_id, "accounts") as connection:
            yield _At(connection, tenant, utc_now(), Trail(settings.secret_key, utc_now))
