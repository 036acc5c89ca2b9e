"""The boards, broken at each command to Valkey and each statement: nothing is added twice, nothing is left out."""

import pytest

from coliseum.projections import boards
from support.boarding import Beginning, Following, few_boards
from support.breaking import Way
from support.services import World
from support.trial import break_everywhere, count, maker


@pytest.fixture(autouse=True, scope="module")
async def scripts_are_loaded(world: World) -> None:
    """A script is sent to Valkey when it is first called: by then the operations are not those of every day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boards, "pinned_boards", few_boards(boards.pinned_boards))
        await count(maker(Following, world))


@pytest.mark.parametrize("way", Way)
async def test_boards_are_made_exactly_wherever_that_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Beginning, world), way) > 8


@pytest.mark.parametrize("way", Way)
async def test_boards_follow_exactly_wherever_that_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Following, world), way) > 8
