"""Fixtures of the tests that break things in this process, on real stores."""

from collections.abc import AsyncIterator

import pytest

from coliseum.projections import boards
from support.boarding import few_boards
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


@pytest.fixture(autouse=True)
def few_pinned_boards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a handful of boards, so that many worlds can be checked whole."""
    monkeypatch.setattr(boards, "pinned_boards", few_boards(boards.pinned_boards))
