"""``coliseum billing``: an operator sees what Stripe has told, and tries it again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from typer.testing import CliRunner

from coliseum.cli import app
from coliseum.errors import ColiseumError
from support.services import Platform, World, opened_world
from support.stripes import applied, drained, event, rows, settings, state_of


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, **settings("http://127.0.0.1:9")) as opened:
        yield opened


async def run(world: World, *arguments: str) -> str:
    """What a command prints."""
    environment = {
        "DATABASE_URL": str(world.settings.database_url), "VALKEY_URL": str(world.settings.valkey_url),
        "COLISEUM_SECRET_KEY": str(world.settings.secret_key),
    }  # fmt: skip
    result = await asyncio.to_thread(CliRunner().invoke, app, ["billing", *arguments], env=environment)
    if isinstance(result.exception, ColiseumError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


async def test_an_operator_connects_an_account_and_what_was_unmatched_is_applied(
    world: World, platform: Platform
) -> None:
    assert await run(world, "events") == "There are no such events.\n"
    content = {"id": "pi_cli", "amount": 700, "amount_received": 700, "currency": "eur",
               "metadata": {"coliseum_user": "fan"}}  # fmt: skip
    sent = event("payment_intent.succeeded", content, account="acct_cli")
    await applied(world, sent)
    shown = await run(world, "events", "--state", "unmatched")
    assert sent["id"] in shown
    assert "unknown_account: acct_cli belongs to no tenant" in shown
    assert await run(world, "events", "--state", "failed") == "There are no such events.\n"
    assert await run(world, "connect", "acct_cli", platform.tenant.slug) == f"acct_cli is {platform.tenant.slug}'s.\n"
    assert await run(world, "retry") == "1 due again.\n"
    async with asyncio.timeout(20):
        while (await state_of(world, sent["id"]))[0] != "applied":
            await drained(world)
    assert await world.count(platform) == 1
    entries = await rows(world, "SELECT * FROM trail_entries WHERE tenant_id = $1", platform.tenant_id)
    assert [(each["actor"], each["action"], each["target"]) for each in entries] == [
        ("operator", "billing.connect", "acct_cli")
    ]


async def test_what_does_not_exist_is_said_so(world: World, platform: Platform) -> None:
    with pytest.raises(ColiseumError, match="There is no such event"):
        await run(world, "retry", "evt_unheard_of")
    with pytest.raises(ColiseumError, match="There is no tenant"):
        await run(world, "connect", "acct_x", "nobody")
    with pytest.raises(ColiseumError, match="begins with acct_"):
        await run(world, "connect", "x", platform.tenant.slug)
    with pytest.raises(AssertionError, match="one of stored"):
        await run(world, "events", "--state", "lost")
