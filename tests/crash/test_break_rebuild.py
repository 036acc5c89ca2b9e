"""A rebuild, broken at each of its operations: until it switches nobody sees it, afterwards nobody misses anything."""

import pytest

from coliseum import wiring
from coliseum.audit.tables import check_tables
from coliseum.processor.rebuild import rebuild
from support.breaking import Way
from support.services import World
from support.trial import Points, break_everywhere, maker
from support.working import Working

ENTRIES_MAX = 9
"""So that the story takes a round, and a rest is left for the switch."""


class Rebuilding(Working):
    """The rebuild of one consumer that has read most of the log, and not all."""

    async def prepare(self) -> None:
        await super().prepare()
        await self.holder.quiesce()
        await self.send(self.story()[:3])  # what the live projection has still to read

    async def attempt(self) -> None:
        try:
            await rebuild(self.database, self.tenant, self.projections[self.consumer], ENTRIES_MAX)
        finally:
            # Whatever happened to it, what is read is right.
            assert await check_tables(self.world.database, self.tenant) == []


def rebuilding(consumer: str) -> type[Rebuilding]:
    return type(f"Rebuilding_{consumer}", (Rebuilding,), {"consumer": consumer})


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("consumer", wiring.PROJECTIONS)
async def test_a_rebuild_switches_whole_or_not_at_all(world: World, consumer: str, way: Way) -> None:
    # It is one and the same code: of the shorter rebuilds only what tells them apart is broken.
    which = Points.ONCE if consumer == "coliseum" else Points.SETTLED
    assert await break_everywhere(maker(rebuilding(consumer), world, partitions=1), way, which) > 8
