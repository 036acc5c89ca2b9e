"""Fixtures of the tests that break things in this process, on real stores."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from coliseum.boards.board import Board
from coliseum.processor.projection import Unit
from coliseum.projections import boards
from support.services import Platform, World, opened_world

FEW = frozenset({"votes", "voters", "money_spent", "attendance"})
"""Metrics whose boards of artists stand for all: totals, unique fans, money, and those that follow the catalogue."""


@pytest.fixture(scope="module")
async def world(fresh_database: str, valkey_url: str) -> AsyncIterator[World]:
    """Everything opened on a database of the module's own."""
    async with opened_world(fresh_database, valkey_url) as opened:
        yield opened


@pytest.fixture
async def platform(world: World) -> Platform:
    """A tenant of the test's own, in UTC, with one partition."""
    return await world.platform()


@pytest.fixture(autouse=True)
def few_pinned_boards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a handful of boards, so that many worlds can be checked whole."""
    pinned = boards.pinned_boards

    def few(unit: Unit, now: datetime) -> set[Board]:
        kept = {
            one for one in pinned(unit, now) if one.metric in FEW and one.window == "all" and one.kind.label == "artist"
        }
        assert kept
        return kept

    monkeypatch.setattr(boards, "pinned_boards", few)
