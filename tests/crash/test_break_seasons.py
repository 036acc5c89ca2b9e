"""Closing windows, broken at each operation: every window closes once, whole, and as the log says."""

from datetime import UTC, datetime, timedelta

import pytest

from coliseum import db
from coliseum.audit.seasons import check_seasons
from coliseum.boards.seasons import GRACE
from support.breaking import Way
from support.era import Era
from support.services import World
from support.trial import Points, Trial, break_everywhere, maker

SUNDAY = datetime(2026, 5, 31, tzinfo=UTC)
NOON = timedelta(hours=12)


class ClosingWindows(Trial):
    """A day, a week and a month that end at the same midnight."""

    async def prepare(self) -> None:
        self.era = await Era(self.world, self.platform, SUNDAY + NOON).begin()
        await self.era.votes({"abba": 2, "loreen": 1})
        await self.era.read()
        self.era.now = SUNDAY + 2 * NOON + GRACE

    async def attempt(self) -> None:
        while await self.era.closer.close_next(self.database, self.tenant):
            pass

    async def check(self) -> None:
        assert [row["window"] for row in await self.era.closed()] == ["day", "week", "month"]
        for grain, start in ((1, SUNDAY), (2, SUNDAY - timedelta(days=6)), (3, SUNDAY - timedelta(days=30))):
            assert await self.era.scores(start, grain=grain) == {"abba": 2, "loreen": 1}
        assert await self.era.count() == 3 * 3  # votes of artists and of the event, and voters
        assert await check_seasons(self.world.database, self.tenant) == []


@pytest.mark.parametrize("way", Way)
async def test_a_window_closes_once_and_whole_wherever_it_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(ClosingWindows, world, partitions=1), way, Points.ONCE, at_once=1) > 30


async def test_rows_that_were_written_before_a_crash_are_not_kept(world: World) -> None:
    trial = ClosingWindows(world, await world.platform())
    await trial.prepare()
    trial.breaking.begin()
    await trial.attempt()
    commits = [point for point, operation in trial.breaking.points.items() if operation.name == "commit"]
    assert len(commits) == 4  # three windows, and a look that finds nothing
    for number, point in enumerate(commits[:3]):
        trial = ClosingWindows(world, await world.platform())
        await trial.prepare()
        trial.breaking.begin(point, Way.FAILED)
        with pytest.raises(db.UNREACHABLE):
            await trial.attempt()
        assert len(await trial.era.closed()) == number
        assert await trial.era.count() == 3 * number
        trial.breaking.begin()
        await trial.attempt()
        await trial.check()
