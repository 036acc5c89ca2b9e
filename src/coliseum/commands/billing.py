"""``coliseum billing``: what Stripe has told, and trying it again.

As in ``coliseum.cli``, a command imports what it needs when it runs.
"""
# ruff: noqa: PLC0415 - Stripe's library takes long to import, and no other command waits for it

import asyncio
import os
from typing import Annotated, Literal, get_args

import typer

from coliseum.errors import ColiseumError
from coliseum.settings import Settings

app = typer.Typer(help="What Stripe has told, and what was made of it.", no_args_is_help=True)
State = Literal["stored", "applied", "ignored", "unmatched", "failed"]


class NoSuchEvent(ColiseumError):
    """There is no such event, or its body was erased."""


class NoSuchTenant(ColiseumError):
    """There is no tenant of that slug."""


@app.command("events")
def billing_events(
    *,
    state: Annotated[
        str | None, typer.Option(help="Only stored, applied, ignored, unmatched or failed ones; all without it.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The newest so many.")] = 50,
) -> None:
    """List events of Stripe, with what became of them."""
    if state is not None and state not in get_args(State):
        raise typer.BadParameter(f"one of {', '.join(get_args(State))}", param_hint="--state")
    lines = asyncio.run(_events(_settings(), state, limit))
    for line in lines:
        typer.echo(line)
    if not lines:
        typer.echo("There are no such events.")


@app.command("retry")
def billing_retry(
    event_id: Annotated[
        str | None, typer.Argument(help="One event; without it all that failed, are unmatched or wait.")
    ] = None,
) -> None:
    """Make events due again; a running web process applies them within seconds."""
    ids = asyncio.run(_retry(_settings(), event_id))
    if event_id is not None and not ids:
        raise NoSuchEvent
    typer.echo(f"{len(ids)} due again.")


@app.command("connect")
def billing_connect(
    account: Annotated[str, typer.Argument(help="A connected account's id: acct_….")],
    slug: Annotated[str, typer.Argument(help="The tenant's slug.")],
) -> None:
    """Say that a connected account's payments and transfers are a tenant's."""
    asyncio.run(_connect(_settings(), account, slug))
    typer.echo(f"{account} is {slug}'s.")


async def _events(settings: Settings, state: str | None, limit: int) -> list[str]:
    from coliseum.billing import inbox
    from coliseum.wiring import opened

    async with opened(settings, accounts=1) as database:
        found = await inbox.list_events(database, state, limit)
    return [
        f"{each.received_at:%Y-%m-%d %H:%M:%S}  {each.state:<9} {each.event_id} {each.type} {each.object_id or '-'} "
        f"{each.account or '-'} tries={each.attempts} {each.reason}".rstrip()
        for each in found
    ]


async def _retry(settings: Settings, event_id: str | None) -> list[str]:
    from coliseum.billing import inbox
    from coliseum.clock import utc_now
    from coliseum.wiring import opened

    async with opened(settings, accounts=1) as database:
        return await inbox.retry(database, event_id, utc_now())


async def _connect(settings: Settings, account: str, slug: str) -> None:
    from coliseum.accounts.tenants import tenant_by_slug
    from coliseum.billing.desk import connect_account
    from coliseum.clock import utc_now
    from coliseum.trail.record import Trail
    from coliseum.wiring import opened

    async with opened(settings, accounts=1, capture=1) as database:
        tenant = await tenant_by_slug(database, slug)
        if tenant is None:
            raise NoSuchTenant
        await connect_account(database, Trail(str(settings.secret_key), utc_now), tenant, account, utc_now())


def _settings() -> Settings:
    from coliseum.local.running import connected

    return connected(Settings.from_env(os.environ))
