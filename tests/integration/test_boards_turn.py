"""Boards of rolling windows become those of the next hour by what leaves and enters them, with the same rows as anew."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from coliseum import kv
from coliseum.audit.verify import verify
from coliseum.boards.board import Board
from coliseum.metrics.windows import ROLLING_HOURS
from coliseum.processor.projection import Unit
from coliseum.projections.boards import BoardsFollower
from coliseum.projections.boardstore import BoardStore
from coliseum.queries.ask import Filters, subject_of, window_of
from coliseum.queries.leaderboards import BoardPage, leaderboard
from support.conductor import Conductor
from support.festival import vote
from support.live import conducted, send
from support.services import Platform, World

pytestmark = pytest.mark.long

HOUR = timedelta(hours=1)
STEPS = (1, 1, 2)
"""Hours by which the clock is set on; at two of them the follower was away while one began."""
TURNS = sum(STEPS)
IDLE_S = 7_200
BOARDS = [("votes", "artist"), ("votes", "fan"), ("voters", "artist")]


class Turning(BoardsFollower):
    """Says which boards of rolling windows were filled anew."""

    filled: list[Board]

    async def _fill(
        self, unit: Unit, boards: BoardStore, board: Board, cursors: Mapping[int, int], asked_s: int
    ) -> None:
        if board.window in ROLLING_HOURS:
            self.filled.append(board)
        await super()._fill(unit, boards, board, cursors, asked_s)


async def page(
    world: World, platform: Platform, store: kv.KeyValue, board: tuple[str, str], window: str, now: datetime
) -> BoardPage:
    return await leaderboard(
        world.database, store, platform.tenant, subject_of(platform.tenant, *board, None),
        window_of(platform.tenant, window, None, now), Filters(), limit=1_000, cursor=None, now=now,
    )  # fmt: skip


def votes(rng: random.Random, first: datetime, hours: int) -> list[dict[str, object]]:
    """Of a few artists and fans, with weights and moments that are often equal; some are so large that moments are kept less exactly."""
    some = []
    for _ in range(600):
        at = first + timedelta(hours=rng.randrange(hours), milliseconds=rng.choice([0, 1, 1_000, 3_599_999]))
        weight = rng.choice([1, 1, 2, 3, 500])
        names = {"artistId": f"artist-{rng.randrange(40)}", "userId": f"fan-{rng.randrange(60)}"}
        some.append(vote(weight=weight, at=at.isoformat(), **names))
    return some


async def turn(conductor: Conductor, follower: Turning, now: datetime) -> None:
    conductor.follower = follower
    follower._clock = lambda: now  # the hour turns while the follower goes on
    follower.filled = []
    await conductor.take()
    await conductor.quiesce()


@pytest.mark.parametrize("window", ["24h", "7d"])
async def test_a_board_that_turned_has_the_rows_of_one_that_was_filled(world: World, window: str) -> None:
    platform = await world.platform()
    rng = random.Random(window)
    begin = datetime.now(UTC).replace(minute=30, second=0, microsecond=0) - (TURNS + 1) * HOUR
    oldest = begin.replace(minute=0) - (ROLLING_HOURS[window] - 1) * HOUR
    await send(world, platform, votes(rng, oldest, TURNS + 2) + votes(rng, begin.replace(minute=0), TURNS + 1))
    conductor = await conducted(world, platform)
    follower = Turning(world.database, world.store, lambda: begin, IDLE_S)
    cold = kv.KeyValue("redis://127.0.0.1:1")
    for board in BOARDS:
        assert (await page(world, platform, world.store, board, window, begin)).source == "rollups"
    await turn(conductor, follower, begin)
    assert len(follower.filled) == 2 * len(BOARDS)  # and those of the hour to come
    now = begin
    for hours in STEPS:
        now += hours * HOUR
        # The board of the next hour is there before the follower has heard that it has begun.
        expected = "live" if hours == 1 else "rollups"
        for board in BOARDS:
            assert (await page(world, platform, world.store, board, window, now)).source == expected
        await turn(conductor, follower, now)
        assert follower.filled == []
        for board in BOARDS:
            live, stored = [await page(world, platform, store, board, window, now) for store in (world.store, cold)]
            assert (live.source, stored.source) == ("live", "rollups"), (now, board)
            assert live.rows == stored.rows, (now, board)
            assert live.members == stored.members
            assert live.rows
        await send(world, platform, votes(rng, now.replace(minute=0), 1)[:20])
        await conductor.quiesce()
    assert await verify(world.database, world.store, [platform.tenant]) == []
    await cold.close()
