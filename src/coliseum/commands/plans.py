"""``coliseum tenant plan``: an operator puts a tenant on a plan."""

import asyncio
import os
from typing import Annotated

import typer

from coliseum.accounts.plans import PlanName
from coliseum.accounts.tenants import set_plan, tenant_by_slug
from coliseum.clock import utc_now
from coliseum.settings import Settings
from coliseum.trail.record import Deed, Trail


def tenant_plan(
    slug: Annotated[str, typer.Argument(help="The tenant's slug.")],
    plan: Annotated[PlanName, typer.Argument(help="basic, pro or enterprise.")],
) -> None:
    """Put a tenant on a plan; where Stripe bills, its next word on the subscription decides again."""
    from coliseum.local.running import connected  # noqa: PLC0415 - as in cli.py

    settings = connected(Settings.from_env(os.environ))
    before = asyncio.run(put_on_plan(settings, slug, plan))
    typer.echo(f"{slug} is on {plan}; it was on {before}.")
    if settings.stripe_secret_key is None:
        typer.echo("Nothing is billed here: until STRIPE_SECRET_KEY is set every tenant has the largest plan.")


async def put_on_plan(settings: Settings, slug: str, plan: PlanName) -> PlanName:
    """Change a tenant's plan, and say so in its trail and to its endpoints, in one transaction; returns what it had.

    Raises:
        NoSuchTenant: there is none of that slug.
        NotConfigured: the secret key, which vouches for the trail, is not known here.
    """
    from coliseum.operations import NoSuchTenant  # noqa: PLC0415 - as in cli.py
    from coliseum.wiring import NotConfigured, opened  # noqa: PLC0415 - as in cli.py

    if settings.secret_key is None:
        raise NotConfigured("COLISEUM_SECRET_KEY is not set.", hint="It is the same in every process of one system.")
    async with opened(settings, capture=1, accounts=1) as database:
        tenant = await tenant_by_slug(database, slug)
        if tenant is None:
            raise NoSuchTenant(f"There is no tenant {slug!r}.")
        deed = Deed(
            actor="operator", action="plan.change", target=f"tenant:{tenant.slug}",
            detail={"from": tenant.plan, "to": plan},
        )  # fmt: skip
        async with database.tenant(tenant.tenant_id, "accounts") as connection:
            await set_plan(connection, tenant, plan)  # the database itself tells the tenant's endpoints
            await Trail(settings.secret_key, utc_now).record(connection, tenant.tenant_id, deed)
    return tenant.plan
