"""Whose name a page behind a public link bears: the tenant's alone where their plan includes that."""

from collections.abc import AsyncIterator

import pytest

from support.billed import billed_world, on_plan, put_on
from support.people import new_person
from support.services import Platform, World

PANEL = {"question": {"metric": "votes", "window": "week"}, "title": "Who leads"}


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with billed_world(migrated_database, valkey_url) as opened:
        yield opened


async def shared(world: World, platform: Platform) -> str:
    """The page behind a new public link."""
    owner = await (await new_person(world, (platform, "owner"))).log_in()
    made = await owner.ask("POST", "/api/shares", {"panel": PANEL}, {"coliseum-tenant": platform.tenant.slug})
    assert made.status == 201, made
    reply = await world.http.get(made.json["path"])
    assert reply.status == 200, reply
    assert "Who leads" in reply.body.decode()
    return reply.body.decode()


async def test_on_the_smallest_plan_it_bears_our_name_and_each_panel_our_mark(world: World) -> None:
    text = await shared(world, await on_plan(world, "basic"))
    assert text.count('class="watermark"') == 1
    assert "· Coliseum</title>" in text
    assert "counted by Coliseum" in text


async def test_on_larger_plans_it_bears_the_tenants_name_alone_from_the_moment_of_the_change(world: World) -> None:
    platform = await on_plan(world, "basic")
    await put_on(world, platform, "pro")
    text = await shared(world, platform)
    assert f"· {platform.tenant.name}</title>" in text
    assert f'<span class="brand own" dir="auto">{platform.tenant.name}</span>' in text
    assert "Coliseum" not in text
