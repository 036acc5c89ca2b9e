"""Fixtures of the tests that run the parts in this process on real stores."""

from collections.abc import AsyncIterator

import pytest

from support.clocked import NOW, Clocked
from support.era import Open, opener
from support.services import Platform, World, opened_world


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    """Everything opened on a database of the module's own."""
    async with opened_world(migrated_database, valkey_url) as opened:
        yield opened


@pytest.fixture
async def platform(world: World) -> Platform:
    """A tenant of the test's own, in UTC, with one partition."""
    return await world.platform()


@pytest.fixture(scope="module")
async def sender(world: World) -> Platform:
    """A tenant that a whole module's tests send to."""
    return await world.platform(partitions=2)


@pytest.fixture
async def clocked(world: World) -> AsyncIterator[Clocked]:
    """A tenant whose time is the test's, followed from the start."""
    made = Clocked(world, await world.platform(), NOW)
    await made.begin()
    yield made
    await made.close()


@pytest.fixture
def era(world: World) -> Open:
    """Opens a tenant whose time is the test's."""
    return opener(world)
