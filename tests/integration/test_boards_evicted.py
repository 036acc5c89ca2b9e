"""A Valkey that evicts keys costs no wrong answer: what was lost is seen, answered from the rollups and remade."""

from typing import Any

import pytest

from coliseum.audit.verify import verify
from coliseum.boards.board import Board, Keys
from coliseum.clock import utc_now
from coliseum.metrics.registry import Kind
from coliseum.projections.boards import BoardsFollower
from coliseum.projections.boardstore import BoardsMoved, BoardStore
from support.conductor import Conductor
from support.festival import event, vote
from support.live import conducted, send
from support.services import Platform, World

VOTES = Board("votes", "", Kind.ARTIST, "all", 0)
VOTERS = Board("voters", "", Kind.ARTIST, "all", 0)


async def read(world: World, platform: Platform, board: Board) -> tuple[str, dict[str, int]]:
    reply = await world.http.get(f"/api/leaderboards?metric={board.metric}", platform.server)
    assert reply.status == 200, reply
    return reply.json["source"], {row["id"]: row["score"] for row in reply.json["rows"]}


async def watched(world: World, platform: Platform, conductor: Conductor, board: Board) -> tuple[str, dict[str, int]]:
    """What is read of a board that was asked for before: one of unique fans is not kept until then."""
    await read(world, platform, board)
    await conductor.quiesce()
    return await read(world, platform, board)


async def sound(world: World, platform: Platform, conductor: Conductor, expected: dict[str, int], board: Board) -> None:
    """The first answer is right wherever it comes from, and then the board is live and right again."""
    assert (await read(world, platform, board))[1] == expected
    await conductor.quiesce()
    assert await read(world, platform, board) == ("live", expected)
    assert await verify(world.database, world.store, [platform.tenant]) == []


@pytest.mark.parametrize("lost", ["board", "state", "boards"])
@pytest.mark.parametrize("more", [False, True], ids=["nothing more comes", "more comes"])
async def test_a_lost_key_is_never_taken_for_an_empty_board(
    world: World, platform: Platform, lost: str, more: bool
) -> None:
    await send(world, platform, [vote(artistId="abba", weight=3), vote(artistId="loreen", weight=2)])
    conductor = await conducted(world, platform)
    assert await read(world, platform, VOTES) == ("live", {"abba": 3, "loreen": 2})
    keys = Keys(platform.tenant_id)
    await world.store.raw.unlink({"board": keys.board(VOTES.name), "state": keys.state, "boards": keys.boards}[lost])
    expected = {"abba": 3, "loreen": 2}
    if more:
        # Added to what is left, this would make a board of one.
        await send(world, platform, [vote(artistId="loreen", weight=1)])
        await conductor.quiesce()
        expected["loreen"] += 1
    else:
        assert (await read(world, platform, VOTES))[0] == "rollups"
    await sound(world, platform, conductor, expected, VOTES)


async def test_lost_fans_are_not_counted_again(world: World, platform: Platform) -> None:
    await send(world, platform, [vote(artistId="abba", userId=f"fan-{n}") for n in range(4)])
    conductor = await conducted(world, platform)
    assert await watched(world, platform, conductor, VOTERS) == ("live", {"abba": 4})
    await world.store.raw.unlink(Keys(platform.tenant_id).fans(VOTERS.name))
    await send(world, platform, [vote(artistId="abba", userId=f"fan-{n}") for n in range(5)])
    await conductor.quiesce()
    await sound(world, platform, conductor, {"abba": 5}, VOTERS)


async def test_a_board_that_is_empty_is_live_and_empty(world: World, platform: Platform) -> None:
    await send(world, platform, [event("catalog.artist", artistId="abba", name="ABBA")])
    conductor = await conducted(world, platform)
    reply = await world.http.get("/api/leaderboards?metric=votes", platform.server)
    assert (reply.json["source"], reply.json["members"], reply.json["rows"]) == ("live", 0, [])
    assert await watched(world, platform, conductor, VOTERS) == ("live", {})


async def test_the_mark_of_a_whole_board_is_on_no_page(world: World, platform: Platform) -> None:
    await send(world, platform, [vote(artistId=name) for name in ("a", "b", "c")])
    await conducted(world, platform)
    for limit in range(1, 6):
        rows: list[Any] = []
        question = f"/api/leaderboards?metric=votes&limit={limit}"
        page = (await world.http.get(question, platform.server)).json
        while True:
            assert (page["source"], page["members"]) == ("live", 3)
            rows += page["rows"]
            if page["nextCursor"] is None:
                break
            page = (await world.http.get(f"{question}&cursor={page['nextCursor']}", platform.server)).json
        assert [(row["id"], row["rank"]) for row in rows] == [("a", 1), ("b", 1), ("c", 1)]


@pytest.mark.parametrize("board", [VOTES, VOTERS], ids=lambda board: board.metric)
async def test_what_was_evicted_while_a_board_was_filled_does_not_become_live(
    world: World, platform: Platform, board: Board
) -> None:
    await send(world, platform, [vote(artistId="abba")])
    conductor = await conducted(world, platform)
    assert await watched(world, platform, conductor, board) == ("live", {"abba": 1})
    unit = conductor.units["coliseum"]
    boards = BoardStore(world.store, platform.tenant_id, unit.epoch)
    await boards.begin(board)
    aside = boards.keys.fans(board.name) if board is VOTERS else boards.keys.board(board.name)
    await world.store.raw.unlink(f"{aside}:filling")
    await boards.fill_totals(board, [(7, 7, 0)])
    with pytest.raises(BoardsMoved):
        await boards.install(board, {0: 1}, 0)
    assert await read(world, platform, board) == ("live", {"abba": 1})


async def test_a_board_is_read_while_valkey_has_no_memory_left(world: World, platform: Platform) -> None:
    await send(world, platform, [vote(artistId="abba", weight=3)])
    await conducted(world, platform)
    raw = world.store.raw
    await raw.hset(Keys(platform.tenant_id).boards, VOTES.name, 1)  # last asked for long ago
    await raw.config_set("maxmemory", 1)
    try:
        assert await read(world, platform, VOTES) == ("live", {"abba": 3})
    finally:
        await raw.config_set("maxmemory", 0)


async def test_a_follower_that_finds_nothing_whole_remakes_everything(world: World, platform: Platform) -> None:
    await send(world, platform, [vote(artistId="abba", weight=3)])
    conductor = await conducted(world, platform)
    raw = world.store.raw
    pattern = f"{{coliseum:{platform.tenant_id}}}:[bf]:*"
    await raw.unlink(*[key async for key in raw.scan_iter(match=pattern, count=1_000)])
    await send(world, platform, [vote(artistId="abba", weight=4)])
    conductor.follower = BoardsFollower(world.database, world.store, utc_now, 900)
    await conductor.take()
    await conductor.quiesce()
    await sound(world, platform, conductor, {"abba": 7}, VOTES)
    await sound(world, platform, conductor, {"abba": 1}, VOTERS)
