"""Rolling windows as their hour turns: what the live board becomes, what is answered meanwhile, what is left behind."""

from datetime import timedelta
from typing import Any

import pytest

from coliseum.audit.verify import verify
from coliseum.boards.board import Board, Keys, board_named, epoch_seconds
from coliseum.metrics.registry import Kind
from coliseum.metrics.windows import ROLLING_HOURS, window_at
from coliseum.projections.boards import BoardsFollower
from support.clocked import IDLE_S, NOW, Clocked
from support.festival import event, vote
from support.model import parsed

pytestmark = pytest.mark.long

HOUR = timedelta(hours=1)


def voted(artist: str, hours_ago: float, weight: int = 1, fan: str = "ana") -> dict[str, Any]:
    return vote(artistId=artist, weight=weight, userId=fan, at=(NOW - hours_ago * HOUR).isoformat())


def named(clocked: Clocked, metric: str, window: str) -> Board:
    start = window_at(window, clocked.now, clocked.platform.tenant.zone).start
    return Board(metric, "", Kind.ARTIST, window, epoch_seconds(start))


async def stored(clocked: Clocked, board: Board) -> tuple[list[Any], dict[bytes, bytes]]:
    """All that Valkey holds of a board."""
    raw, keys = clocked.world.store.raw, Keys(clocked.platform.tenant_id)
    scores = await raw.zrange(keys.board(board.name), 0, -1, withscores=True)
    return scores, await raw.hgetall(keys.fans(board.name))


async def live(clocked: Clocked) -> dict[Board, int]:
    fields = await clocked.world.store.raw.hgetall(Keys(clocked.platform.tenant_id).boards)
    return {board_named(name.decode()): int(asked) for name, asked in fields.items()}


async def populated(clocked: Clocked, window: str) -> None:
    """Votes on both sides of the window's old end, in it, and in the hour that comes next."""
    edge = ROLLING_HOURS[window]
    await clocked.told(
        voted("leaves", edge - 1), voted("shrinks", edge - 1, 3), voted("shrinks", 2), voted("stays", 5),
        voted("never", edge + 2, 9), voted("leaves too", edge - 1, 2, "ben"),
        voted("taken back", edge - 1.1), voted("fans", edge - 1, 1, "ben"), voted("fans", 3, 1, "cai"),
    )  # fmt: skip


@pytest.mark.parametrize("metric", ["votes", "voters"])
@pytest.mark.parametrize("window", ROLLING_HOURS)
async def test_a_board_that_turned_is_one_that_is_filled_anew(clocked: Clocked, metric: str, window: str) -> None:
    await populated(clocked, window)
    asked: dict[str, Any] = {"metric": metric, "window": window}
    await clocked.both(**asked)
    old = named(clocked, metric, window)
    clocked.now = NOW.replace(minute=58)
    await clocked.told(vote(artistId="enters", at=(NOW.replace(minute=0) + HOUR).isoformat()))
    clocked.turn()
    await clocked.conductor.quiesce()
    new = named(clocked, metric, window)
    assert {old, new} & (await live(clocked)).keys() == {new}
    page = await clocked.ask(**asked)  # the first after the turn
    assert page["source"] == "live"
    assert parsed(page["windowEnd"]) == NOW.replace(minute=0) + 2 * HOUR
    assert {row["id"] for row in page["rows"]} == {"shrinks", "stays", "enters", "fans"}
    turned = await stored(clocked, new)
    await clocked.both(**asked)
    assert await stored(clocked, old) == ([], {})
    clocked.now += timedelta(minutes=1)
    await clocked.world.forget_boards(clocked.platform)
    await clocked.both(**asked)
    assert turned == await stored(clocked, new)
    assert await verify(clocked.world.database, clocked.world.store, [clocked.platform.tenant]) == []


@pytest.mark.parametrize("hours", [1, 2, 3, 4, 30])
async def test_a_board_may_have_missed_some_hours(clocked: Clocked, hours: int) -> None:
    for number in range(30):
        await clocked.send(
            voted(f"a{number}", number, fan=f"fan-{number % 4}"), voted("all", number, fan=f"fan-{number % 5}")
        )
    asked: list[dict[str, Any]] = [
        {"metric": metric, "window": window} for metric in ("votes", "voters") for window in ("24h", "7d")
    ]
    for query in asked:
        await clocked.both(**query)
    clocked.turn(hours)
    await clocked.settle()
    for query in asked:
        page = await clocked.ask(**query)
        assert (page["source"] == "live") == (hours <= 4)  # that of the hour to come was live, too
        assert await clocked.both(**query)


async def test_what_is_read_right_after_the_hour_is_live_and_the_new_windows(clocked: Clocked) -> None:
    await populated(clocked, "24h")
    asked: dict[str, Any] = {"metric": "votes", "window": "24h"}
    await clocked.both(**asked)
    for seconds in (0, 1, 30, 3_599):
        clocked.turn(seconds=seconds)  # the follower has not come yet
        page = await clocked.ask(**asked)
        assert (page["source"], parsed(page["windowEnd"])) == ("live", NOW.replace(minute=0) + 2 * HOUR), seconds
        assert page["rows"] == (await clocked.ask(**asked, cold=True))["rows"]
        clocked.now = NOW


async def test_a_follower_that_was_away_is_waited_for_half_a_minute(clocked: Clocked) -> None:
    await populated(clocked, "24h")
    asked: dict[str, Any] = {"metric": "votes", "window": "24h"}
    await clocked.both(**asked)
    for seconds, source, hours in ((0, "live", 2), (29.999, "live", 2), (30, "rollups", 3)):
        clocked.turn(2, seconds=seconds)
        page = await clocked.ask(**asked)
        assert (page["source"], parsed(page["windowEnd"])) == (source, NOW.replace(minute=0) + hours * HOUR), seconds
        clocked.now = NOW


async def test_a_cursor_goes_on_over_the_turn(clocked: Clocked) -> None:
    for number in range(10):
        await clocked.send(voted(f"a{number}", 23 - 2 * number, 20 - number))
    asked: dict[str, Any] = {"metric": "votes", "window": "24h", "limit": 3}
    first = await clocked.both(**asked)
    clocked.turn()
    await clocked.settle()
    second = await clocked.both(**asked, cursor=first["nextCursor"])
    assert [row["id"] for row in second["rows"]] == ["a3", "a4", "a5"]
    assert [row["rank"] for row in second["rows"]] == [3, 4, 5]  # a0 has left


async def test_turning_leaves_a_board_as_unread_as_it_was(clocked: Clocked) -> None:
    """Else one that was asked for once would move on for ever, where boards are kept for more than an hour."""
    await clocked.both(metric="votes", window="24h")
    for _ in range(8):
        clocked.turn()
        await clocked.settle()
    assert clocked.now - NOW > timedelta(seconds=IDLE_S)
    assert not [board for board in await live(clocked) if board.window == "24h"]


async def test_windows_around_the_present_one_take_nothing_from_it(clocked: Clocked) -> None:
    await populated(clocked, "24h")
    await clocked.both(metric="votes", window="24h")
    for hours in (-2, -1, 1, 2):
        await clocked.both(metric="votes", window="24h", at=(NOW + hours * HOUR).isoformat())
    for hours in (-2, -1, 0, 1, 2):
        page = await clocked.ask(metric="votes", window="24h", at=(NOW + hours * HOUR).isoformat())
        assert page["source"] == "live"


async def test_a_window_that_somebody_looks_back_at_stays_where_it_is(clocked: Clocked) -> None:
    await populated(clocked, "24h")
    asked: dict[str, Any] = {"metric": "votes", "window": "24h", "at": (NOW - HOUR).isoformat()}
    assert (await clocked.both(**asked))["source"] == "live"
    assert {board.start for board in await live(clocked) if board.window == "24h"} == {
        epoch_seconds(NOW) - 24 * 3_600 - 1_200
    }


async def test_events_after_the_turn_find_the_board_in_its_new_window(clocked: Clocked) -> None:
    await populated(clocked, "24h")
    asked: dict[str, Any] = {"metric": "votes", "window": "24h"}
    await clocked.both(**asked)
    clocked.turn()
    # Read before the board turned: one for each side of the new window's begin, and one of the new hour.
    await clocked.send(voted("old", 23), voted("in time", 22), voted("new", -0.67))
    await clocked.settle()
    page = await clocked.both(**asked)
    assert "old" not in {row["id"] for row in page["rows"]}
    assert {"in time", "new"} <= {row["id"] for row in page["rows"]}
    await clocked.told(voted("old", 23), voted("leaves", 22), voted("new", -0.6))
    page = await clocked.both(**asked)
    assert {row["id"]: row["score"] for row in page["rows"]}["leaves"] == 1


async def test_a_catalogue_that_changes_moves_what_turns(clocked: Clocked) -> None:
    def artist(genre: str) -> dict[str, Any]:
        return event(
            "catalog.artist", userId=None, artistId="moves", name="Moves", genres=[genre], at=clocked.now.isoformat()
        )

    await clocked.told(artist("pop"), voted("moves", 23), voted("moves", 1))
    asked: dict[str, Any] = {"metric": "votes", "window": "24h", "genre": "pop"}
    assert [row["score"] for row in (await clocked.both(**asked))["rows"]] == [2]
    clocked.turn()
    await clocked.told(artist("rock"))
    assert (await clocked.both(**asked))["rows"] == []
    assert [row["score"] for row in (await clocked.both(**{**asked, "genre": "rock"}))["rows"]] == [1]


async def test_a_follower_with_a_clock_that_is_behind_has_the_next_window_ready_all_the_same(clocked: Clocked) -> None:
    await populated(clocked, "24h")
    asked: dict[str, Any] = {"metric": "votes", "window": "24h"}
    await clocked.both(**asked)
    clocked.conductor.follower = BoardsFollower(clocked.world.database, clocked.world.store, lambda: NOW, IDLE_S)
    await clocked.conductor.take()
    clocked.turn(seconds=10)
    await clocked.settle()
    page = await clocked.ask(**asked)
    assert (page["source"], parsed(page["windowEnd"])) == ("live", NOW.replace(minute=0) + 2 * HOUR)
    clocked.turn(0, seconds=3_640)
    assert (await clocked.both(**asked))["windowEnd"] > page["windowEnd"]
