"""``coliseum webhook``: an operator looks at endpoints, and has messages sent again."""

import asyncio
import os
from datetime import datetime
from typing import Annotated, Final

import msgspec
import typer

from coliseum import db
from coliseum.accounts.tenants import Tenant, list_tenants
from coliseum.clock import utc_now
from coliseum.hooks.deliveries import redeliver
from coliseum.hooks.messages import SQL
from coliseum.settings import Settings
from coliseum.trail.record import Deed, Trail

app = typer.Typer(help="Outgoing webhooks: who is told, and what did not arrive.", no_args_is_help=True)
COLUMNS: Final = ("tenant", "id", "host", "failing since", "disabled", "pending", "failed")


class Listed(msgspec.Struct, frozen=True):
    """An endpoint, and how many deliveries wait or have failed. Of its address the host: the rest may be secret."""

    tenant: str
    id: int
    host: str
    failing_since: datetime | None
    disabled: str | None
    pending: int
    failed: int


@app.command("list")
def webhook_list(
    *, tenant: Annotated[str | None, typer.Option("--tenant", help="Only this tenant; all without it.")] = None
) -> None:
    """List the endpoints, with what waits for them and what has failed."""
    from rich.console import Console  # noqa: PLC0415 - as in cli.py
    from rich.table import Table  # noqa: PLC0415 - as in cli.py

    found = asyncio.run(listed(_settings(), tenant))
    if not found:
        typer.echo("There are no webhook endpoints.")
        return
    table = Table()
    for name in COLUMNS:
        table.add_column(name, overflow="fold")
    for each in found:
        since = "" if each.failing_since is None else each.failing_since.strftime("%Y-%m-%d %H:%M")
        numbers = (str(each.pending), str(each.failed))
        table.add_row(each.tenant, str(each.id), each.host, since, each.disabled or "", *numbers)
    Console().print(table)


@app.command("redeliver")
def webhook_redeliver(
    slug: Annotated[str, typer.Argument(help="The tenant's slug.")],
    delivery_id: Annotated[int | None, typer.Argument(help="One delivery; all that have failed without it.")] = None,
) -> None:
    """Send messages again, under the same ids: one, or all that have failed to endpoints that are enabled."""
    count = asyncio.run(again(_settings(), slug, delivery_id))
    typer.echo(f"{count} due now; `coliseum processor` sends them.")


async def listed(settings: Settings, slug: str | None = None) -> list[Listed]:
    """The endpoints of one tenant or all.

    Raises:
        NoSuchTenant: there is none of that slug.
    """
    from coliseum.wiring import opened  # noqa: PLC0415 - as in cli.py

    async with opened(settings, processor=1) as database:
        if slug is not None:
            await _tenant(database, slug)
        async with database.connection("processor") as connection:
            return await db.rows(connection, Listed, SQL["overview"], slug)


async def again(settings: Settings, slug: str, delivery_id: int | None = None) -> int:
    """Make a delivery due again, or all that have failed; how many they were.

    Raises:
        NoSuchTenant: there is none of that slug.
        NotConfigured: the secret key, which vouches for the trail, is not known here.
        RequestRefused: there is no such delivery.
    """
    from coliseum.wiring import NotConfigured, opened  # noqa: PLC0415 - as in cli.py

    if settings.secret_key is None:
        raise NotConfigured("COLISEUM_SECRET_KEY is not set.", hint="It is the same in every process of one system.")
    async with opened(settings, processor=1, accounts=1) as database:
        tenant = await _tenant(database, slug)
        async with database.tenant(tenant.tenant_id, "accounts") as connection:
            found = await connection.fetch(SQL["failed_deliveries"], tenant.tenant_id)
            ids = [row["delivery_id"] for row in found] if delivery_id is None else [delivery_id]
            for each in ids:
                await redeliver(connection, tenant.tenant_id, each, utc_now())
            deed = Deed(
                actor="operator", action="webhook.redeliver", target="" if delivery_id is None else str(delivery_id),
                detail={"deliveries": len(ids)},
            )  # fmt: skip
            await Trail(settings.secret_key, utc_now).record(connection, tenant.tenant_id, deed)
    return len(ids)


async def _tenant(database: db.Database, slug: str) -> Tenant:
    from coliseum.operations import NoSuchTenant  # noqa: PLC0415 - as in cli.py

    found = [tenant for tenant in await list_tenants(database) if tenant.slug == slug]
    if not found:
        raise NoSuchTenant(f"There is no tenant {slug!r}.")
    return found[0]


def _settings() -> Settings:
    from coliseum.local.running import connected  # noqa: PLC0415 - as in cli.py

    return connected(Settings.from_env(os.environ))
