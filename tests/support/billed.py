"""A world in which plans count: Stripe is set, and tenants are put on plans as billing would do it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from coliseum.accounts.plans import PlanName
from support.services import Platform, World, opened_world

STRIPE_KEY = "sk_test_only"


@asynccontextmanager
async def billed_world(database_url: str, valkey_url: str, **changes: Any) -> AsyncIterator[World]:
    """As ``opened_world``, with Stripe's key set."""
    async with opened_world(database_url, valkey_url, stripe_secret_key=STRIPE_KEY, **changes) as opened:
        yield opened


async def on_plan(world: World, plan: PlanName, **made: Any) -> Platform:
    """A new tenant on this plan, whose keys nobody has used yet."""
    platform = await world.platform(**made)
    await put_on(world, platform, plan)
    return platform


async def put_on(world: World, platform: Platform, plan: PlanName) -> None:
    """From now on this is the tenant's plan."""
    await world.execute("UPDATE accounts_tenants SET plan = $2 WHERE tenant_id = $1", platform.tenant_id, plan)
