"""A declared board that is watched by its name: as it says, and as it says anew when it is replaced or withdrawn."""

import asyncio
from typing import Any

import pytest

from coliseum.errors import QueryInvalid
from coliseum.queries.public import selective_page
from coliseum.web.live import boards
from support.declaring import VOTES, put, remove
from support.festival import vote
from support.live import conducted, send
from support.services import Platform, World
from support.sockets import Board
from support.watching_boards import Watcher, counted_votes, opened_hub, watcher

pytestmark = pytest.mark.long


async def asked(world: World, platform: Platform, **query: str) -> Any:
    """The page as the API gives it."""
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return (await world.http.get(f"/api/leaderboards?{words}", platform.server)).json


async def declare(world: World, platform: Platform, **fields: Any) -> None:
    assert (await put(world, platform, "finals", {**VOTES, **fields})).status in (200, 201)


def watch(one: Watcher, seen: Board | None = None, **parameters: str) -> Board:
    """Subscribe to the board ``finals``."""
    claim = (seen.position, seen.state) if seen is not None else None
    one.hub.watch(one.viewer, "x", "board", {"board": "finals", **parameters}, claim)
    return one.boards.setdefault("x", seen or Board())


async def test_a_board_is_watched_as_it_is_declared(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    await declare(world, platform, filters={"event": "final"}, windows=["day", "all"])
    await counted_votes(world, platform, conductor, ada=3)
    await send(world, platform, [vote(artistId="ada", eventId="semi", weight=100)])
    await conductor.quiesce()
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        board = watch(one)
        await one.until("ada", 3)
        assert (board.page["window"], board.page["filters"]) == ("day", {"event": "final"})
        await counted_votes(world, platform, conductor, bo=7)
        await one.until("bo", 7)
        assert board.page == await asked(world, platform, board="finals")
        assert board.snapshots == 1
        seen = Board()
        seen.page, seen.position, seen.state = board.page, board.position, board.state
        again = await watcher(hub, platform)
        watch(again, seen)
        assert (await again.hear())["type"] == "diff"


async def test_money_and_a_window_of_choice_are_those_of_the_declaration(world: World, platform: Platform) -> None:
    await conducted(world, platform)
    await put(world, platform, "finals", {"metric": "money_spent", "entity": "event", "currency": "sek"})
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        board = watch(one, window="28d", limit="3")
        await one.hear()
        page = board.page
        assert (page["metric"], page["entity"], page["currency"], page["window"]) == (
            "money_spent", "event", "sek", "28d",
        )  # fmt: skip


async def test_eligibility_and_counting_back_are_watched_too(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    await declare(world, platform, tieRule="countback", eligibility={"minFans": 2})
    votes = [vote(artistId=artist, userId=fan) for artist in ("ada", "bo") for fan in ("f1", "f2")]
    await send(world, platform, [*votes, vote(artistId="cy", weight=9, userId="f1")])
    await conductor.quiesce()
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        board = watch(one)
        await one.until("ada", 2)
        assert board.scores() == {"ada": 2, "bo": 2}
        await send(world, platform, [vote(artistId="cy", userId="f2"), vote(artistId="ada", userId="f3", weight=2)])
        await conductor.quiesce()
        await one.until("cy", 10)
        while board.scores()["ada"] != 4:
            await one.hear()
        assert [(row["id"], row["rank"]) for row in board.page["rows"]] == [("cy", 1), ("ada", 2), ("bo", 3)]
        assert board.page == await asked(world, platform, board="finals")
        assert board.snapshots == 1


async def test_a_selective_board_is_not_read_while_nothing_is_counted(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    conductor = await conducted(world, platform)
    await declare(world, platform, eligibility={"minScore": 1})
    await counted_votes(world, platform, conductor, ada=3)
    read = []

    async def noted(*args: Any) -> Any:
        read.append(args)
        return await selective_page(*args)

    monkeypatch.setattr(boards, "selective_page", noted)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        watch(one)
        await one.until("ada", 3)
        channel = next(iter(hub.channels.values()))
        before = channel.done
        while channel.done < before + 3:
            channel.due.set()
            await asyncio.sleep(0.01)
        assert len(read) == 1


async def test_a_board_that_is_replaced_begins_anew(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    await declare(world, platform)
    await counted_votes(world, platform, conductor, ada=3, bo=5)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        board = watch(one)
        await one.until("ada", 3)
        seen = Board()
        seen.position, seen.state = board.position, board.state
        await declare(world, platform, entity="event")
        message = await until_snapshot(one, 2)
        assert (message["type"], message["resumed"]) == ("snapshot", False)
        assert (board.page["entity"], board.scores()) == ("event", {"final": 8})
        again = await watcher(hub, platform)
        watch(again, seen)  # of the board as it was
        assert (await again.hear())["type"] == "snapshot"
        await declare(world, platform, eligibility={"minScore": 4})  # from live to selective
        await until_snapshot(one, 3)
        assert board.scores() == {"bo": 5}
        await declare(world, platform)
        await until_snapshot(one, 4)
        assert board.page == await asked(world, platform, board="finals")


async def until_snapshot(one: Watcher, count: int) -> dict[str, Any]:
    while True:
        message = await one.hear()
        if one.boards["x"].snapshots == count:
            return message


async def test_what_is_no_board_any_more_is_said_by_name(world: World, platform: Platform) -> None:
    await conducted(world, platform)
    await declare(world, platform)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        watch(one)
        await one.hear()
        await remove(world, platform, "finals")
        error = await one.hear()
        while error["type"] == "diff":
            error = await one.hear()
        assert (error["type"], error["id"], error["code"], error["field"]) == ("error", "x", "not_found", "board")
        assert one.viewer.subscriptions == {}
        await declare(world, platform)  # and is there again
        board = watch(one)
        assert (await one.hear())["type"] == "snapshot"
        assert board.page == await asked(world, platform, board="finals")


async def test_a_built_in_board_takes_the_place_of_the_one_that_is_withdrawn(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    await put(world, platform, "votes-artist", {**VOTES, "filters": {"event": "semi"}})
    await counted_votes(world, platform, conductor, ada=3)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        hub.watch(one.viewer, "x", "board", {"board": "votes-artist"}, None)
        board = one.boards["x"] = Board()
        await one.hear()
        assert board.scores() == {}
        await remove(world, platform, "votes-artist")
        await until_snapshot(one, 2)
        assert board.scores() == {"ada": 3}


async def test_a_window_that_is_not_declared_any_more_is_said_by_name(world: World, platform: Platform) -> None:
    await conducted(world, platform)
    await declare(world, platform)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        watch(one, window="week")
        await one.hear()
        await declare(world, platform, windows=["day"])
        error = await one.hear()
        while error["type"] == "diff":
            error = await one.hear()
        assert (error["type"], error["code"], error["field"]) == ("error", "invalid_query", "window")


@pytest.mark.parametrize(
    "parameters", [{"metric": "votes"}, {"city": "Graz"}, {"from": "2031-01-01"}, {"nothing": "1"}]
)
async def test_what_the_board_says_itself_is_refused(
    world: World, platform: Platform, parameters: dict[str, str]
) -> None:
    await declare(world, platform)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        with pytest.raises(QueryInvalid) as refused:
            watch(one, None, **parameters)
        assert refused.value.field == next(iter(parameters))
        assert hub.channels == {}


async def test_another_tenants_board_is_none(world: World, platform: Platform) -> None:
    await conducted(world, platform)
    await declare(world, platform, visibility="public")
    other = await world.platform()
    async with opened_hub(world) as hub:
        one = await watcher(hub, other)
        watch(one)
        assert (await one.hear())["code"] == "not_found"


async def test_what_was_declared_is_believed_while_postgresql_is_away(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    conductor = await conducted(world, platform)
    await declare(world, platform)
    await counted_votes(world, platform, conductor, ada=3)

    async def away(*_: Any) -> Any:
        raise OSError("PostgreSQL is away")

    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        watch(one)
        await one.until("ada", 3)
        monkeypatch.setattr(world.services.declarations, "named", away)
        await counted_votes(world, platform, conductor, ada=4)
        await one.until("ada", 7)
        late = await watcher(hub, platform)
        watch(late, window="week")
        assert (await late.hear())["code"] == "overloaded"
