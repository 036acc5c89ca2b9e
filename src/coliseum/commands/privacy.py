"""``coliseum privacy``: forgetting a person, and keeping them forgotten, for who runs the system."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from coliseum.clock import utc_now
from coliseum.passport.suppression import Suppression
from coliseum.settings import Settings
from coliseum.trail.record import Trail

app = typer.Typer(help="Forget a person, and keep them forgotten.", no_args_is_help=True)


@app.command("forget")
def forget_(
    slug: Annotated[str, typer.Argument(help="The tenant's slug.")],
    user: Annotated[str, typer.Argument(help="The platform's user id; - reads it from standard input.")],
) -> None:
    """Forget a person. Nothing can undo it; every total stays."""
    from coliseum.privacy.forget import USER_ID_MAX  # noqa: PLC0415 - as in cli.py

    user_id = sys.stdin.readline().rstrip("\n") if user == "-" else user
    if not 0 < len(user_id) <= USER_ID_MAX or "\x00" in user_id:
        raise typer.BadParameter(f"a user id has 1 to {USER_ID_MAX} characters")
    done = asyncio.run(_forget(slug, user_id))
    typer.echo(f"Certificate {done.certificate}, {done.forgotten_at.isoformat()}")


@app.command("ledger")
def ledger_() -> None:
    """Print who was forgotten as digests, one a line: keep it outside of the database and its backups."""
    asyncio.run(_ledger())


@app.command("reapply")
def reapply_(file: Annotated[Path, typer.Argument(help="What `coliseum privacy ledger` printed.")]) -> None:
    """After a backup was restored: forget again whoever is in the ledger, before anything serves."""
    from coliseum.privacy.ledger import read  # noqa: PLC0415 - as above

    with file.open("rb") as lines:
        given = list(read(lines))
    done = asyncio.run(_reapply(given))
    typer.echo(f"{done.forgotten} people were there and are forgotten again; {done.marked} marks were missing.")


@app.command("retain")
def retain_(
    slug: Annotated[str, typer.Argument(help="The tenant's slug.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
) -> None:
    """Let go now of whoever was not heard of for as long as the tenant keeps what is about people."""
    typer.echo(asyncio.run(_retain(slug, dry_run)))


@app.command("compact")
def compact_() -> None:
    """Rewrite the tables from which people were deleted, so that nothing of them is left in their files."""
    asyncio.run(_compact())


@asynccontextmanager
async def _working(**more: int) -> AsyncIterator[tuple[Any, Trail, Suppression]]:
    from coliseum.local.running import connected  # noqa: PLC0415 - as above
    from coliseum.wiring import NotConfigured, opened  # noqa: PLC0415

    settings = connected(Settings.from_env(os.environ))
    if settings.secret_key is None:
        raise NotConfigured("COLISEUM_SECRET_KEY is not set.", hint="It is the same in every process of one system.")
    suppression = Suppression(settings.suppression_key or settings.secret_key)
    async with opened(settings, accounts=2, capture=1, **more) as database:
        yield database, Trail(settings.secret_key, utc_now), suppression


async def _tenant(database: Any, slug: str) -> Any:
    from coliseum.accounts.tenants import tenant_by_slug  # noqa: PLC0415 - as above
    from coliseum.operations import NoSuchTenant  # noqa: PLC0415

    tenant = await tenant_by_slug(database, slug)
    if tenant is None:
        raise NoSuchTenant(f"There is no tenant {slug!r}.", hint="`coliseum tenant list` shows them.")
    return tenant


async def _forget(slug: str, user_id: str) -> Any:
    from coliseum.privacy.forget import Asking, forget  # noqa: PLC0415 - as above

    async with _working() as (database, trail, suppression):
        tenant = await _tenant(database, slug)
        async with database.tenant(tenant.tenant_id, "accounts") as connection:
            return await forget(
                connection, trail, suppression, tenant.tenant_id, user_id, Asking("operator"), utc_now()
            )


async def _retain(slug: str, dry_run: bool) -> str:
    from coliseum.privacy.retention import PEOPLE_FOUND_MAX, retain, unheard_of  # noqa: PLC0415 - as above

    async with _working(processor=1) as (database, trail, _):
        tenant, now = await _tenant(database, slug), utc_now()
        if dry_run:
            found = await unheard_of(database, now, tenant.tenant_id)
            if found is not None:
                most = "At least " if found[1] == PEOPLE_FOUND_MAX else ""
                return f"{most}{found[1]} people were not heard of since {found[0]:%Y-%m-%d}; nothing was done."
            return f"{slug} keeps what is about people without an end."
        done = await retain(database, trail, now, tenant_id=tenant.tenant_id, asked_by="operator")
    if done:
        return (
            f"{done[0].people} people were not heard of since {done[0].cutoff:%Y-%m-%d} and are nobody any more; "
            f"personal fields of {done[0].personal} older entries of others are deleted."
        )
    return f"Nothing was done: {slug} keeps what is about people without an end, or a processor is at it."


async def _ledger() -> None:
    from coliseum.privacy.ledger import marks  # noqa: PLC0415 - as above

    async with _working() as (database, _, _):
        async for mark in marks(database):
            typer.echo(msgspec.json.encode(mark).decode())


async def _reapply(given: Any) -> Any:
    from coliseum.privacy.ledger import reapply  # noqa: PLC0415 - as above

    async with _working() as (database, trail, suppression):
        return await reapply(database, trail, suppression, given, utc_now())


async def _compact() -> None:
    from coliseum.local.running import connected  # noqa: PLC0415 - as above
    from coliseum.privacy.compact import compact  # noqa: PLC0415
    from coliseum.wiring import database_url  # noqa: PLC0415

    async for each in compact(database_url(connected(Settings.from_env(os.environ)))):
        said = f"not rewritten: {each.refused}" if each.refused else f"rewritten in {each.seconds:.1f} s"
        typer.echo(f"{each.table}: {said}")
