"""The hub on real stores: what a viewer is owed, how it resumes, what is kept for it, and when it is asked to go."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from coliseum.web.live import channel as channels
from coliseum.web.live.hub import Hub
from support.live import conducted
from support.services import Platform, World
from support.sockets import Board
from support.watching_boards import counted_votes, opened_hub, watcher

pytestmark = pytest.mark.long

QUESTION = "/api/leaderboards?metric=votes"


async def same_as_asked(world: World, platform: Platform, board: Board) -> None:
    """The page is the one that the API gives."""
    asked = (await world.http.get(QUESTION, platform.server)).json
    assert board.page == asked


async def test_a_viewer_gets_the_page_and_then_what_changes_in_it(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    await counted_votes(world, platform, conductor, ada=3, bo=2)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        board = one.watch()
        assert (await one.hear())["type"] == "snapshot"
        assert board.scores() == {"ada": 3, "bo": 2}
        for score in range(5, 40, 5):
            await counted_votes(world, platform, conductor, bo=5)
            await one.until("bo", 2 + score)
        await same_as_asked(world, platform, board)
        assert board.snapshots == 1


async def test_a_viewer_that_takes_nothing_is_owed_one_difference_of_everything(
    world: World, platform: Platform
) -> None:
    conductor = await conducted(world, platform)
    await counted_votes(world, platform, conductor, ada=1, bo=1)
    async with opened_hub(world) as hub:
        slow, quick = await watcher(hub, platform), await watcher(hub, platform)
        behind = slow.watch()
        quick.watch()
        await slow.hear()
        for round_ in range(1, 8):
            await counted_votes(world, platform, conductor, ada=2, cy=1)
            await quick.until("cy", round_)
        assert slow.sent == 2
        for _ in range(2):  # the one that was on its way, and one for all that came since
            assert (await slow.hear())["type"] == "diff"
        assert behind.scores() == {"ada": 15, "cy": 7, "bo": 1}
        assert slow.sent == 3
        await same_as_asked(world, platform, behind)


async def test_viewers_of_one_page_share_the_bytes_of_a_message(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    async with opened_hub(world) as hub:
        crowd = [await watcher(hub, platform) for _ in range(20)]
        for each in crowd:
            each.watch()
            await each.hear()
        [channel] = hub.channels.values()
        await counted_votes(world, platform, conductor, ada=1)
        for each in crowd:
            await each.until("ada", 1)
        assert len(channel._tails) == 1


async def test_who_comes_back_goes_on_where_they_were(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    await counted_votes(world, platform, conductor, ada=1)
    async with opened_hub(world) as hub:
        first = await watcher(hub, platform)
        board = first.watch()
        await first.hear()
        first.leave()
        await counted_votes(world, platform, conductor, ada=4, bo=2)
        again = await watcher(hub, platform)
        again.watch(seen=board)
        message = await again.hear()
        assert (message["type"], message["resumed"]) == ("diff", True)
        assert board.scores() == {"ada": 5, "bo": 2}
        await same_as_asked(world, platform, board)
        again.leave()
        quiet = await watcher(hub, platform)
        quiet.watch(seen=board)
        message = await quiet.hear()
        assert (message["resumed"], message["from"], message["rows"], message["set"]) == (True, board.position, [], {})


@pytest.mark.parametrize("wrong", ["state", "position", "another process", "gone"])
async def test_who_comes_back_with_what_is_not_kept_is_told_to_begin_anew(
    world: World, platform: Platform, wrong: str
) -> None:
    conductor = await conducted(world, platform)
    await counted_votes(world, platform, conductor, ada=1)
    async with opened_hub(world, linger_s=0.0 if wrong == "gone" else 30.0) as hub, opened_hub(world) as other:
        first = await watcher(hub, platform)
        board = first.watch()
        await first.hear()
        channel = next(iter(hub.channels.values()))
        first.leave()
        if wrong == "state":
            board.state = "0" * 16
        elif wrong == "position":
            board.position = [0]
        elif wrong == "another process":
            await counted_votes(world, platform, conductor, ada=1)
        else:
            async with asyncio.timeout(5):
                while hub.channels:
                    await asyncio.sleep(0.01)
            await counted_votes(world, platform, conductor, ada=1)
        again = await watcher(other if wrong == "another process" else hub, platform)
        again.watch(seen=board)
        message = await again.hear()
        assert (message["type"], message["resumed"]) == ("snapshot", False)
        await same_as_asked(world, platform, board)
        assert (channel in hub.channels.values()) == (wrong != "gone")


async def test_a_viewer_who_knows_more_than_this_process_is_not_taken_back(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    await counted_votes(world, platform, conductor, ada=1)
    async with opened_hub(world) as hub, opened_hub(world) as other:
        ahead = await watcher(hub, platform)
        board = ahead.watch()
        await ahead.hear()
        backup = {
            key: await world.store.raw.dump(key)
            async for key in world.store.raw.scan_iter(match=f"{{coliseum:{platform.tenant_id}}}*", count=1_000)
        }
        await counted_votes(world, platform, conductor, ada=1)
        await ahead.until("ada", 2)
        newest = {key: await world.store.raw.dump(key) for key in backup}
        for key, data in backup.items():
            await world.store.raw.restore(key, 0, data, replace=True)
        again = await watcher(other, platform)
        again.watch(seen=board)
        await asyncio.sleep(0.5)
        assert not again.waits
        for key, data in newest.items():
            await world.store.raw.restore(key, 0, data, replace=True)
        await again.until("ada", 2)
        assert board.position == [2]


async def test_a_page_does_not_go_back_in_time_unless_it_stays_there(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "BEHIND_S_MAX", 1.5)
    conductor = await conducted(world, platform)
    await counted_votes(world, platform, conductor, ada=1)
    raw = world.store.raw
    keys = [key async for key in raw.scan_iter(match=f"{{coliseum:{platform.tenant_id}}}*", count=1_000)]
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        board = one.watch()
        await one.hear()
        backup = {key: await raw.dump(key) for key in keys}
        await counted_votes(world, platform, conductor, ada=1)
        await one.until("ada", 2)
        began_s = asyncio.get_running_loop().time()
        for key, data in backup.items():
            await raw.restore(key, 0, data, replace=True)
        await one.until("ada", 1)
        assert asyncio.get_running_loop().time() - began_s >= 1.5
        assert board.position == [1]


async def test_when_a_window_ends_the_next_one_is_sent_whole(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    await counted_votes(world, platform, conductor, ada=1)
    shift = [timedelta()]
    services = world.services
    hub = Hub(
        services.database, services.store, services.keys, services.boards.reads,
        services.declarations, lambda: datetime.now(UTC) + shift[0],
    )  # fmt: skip
    try:
        one = await watcher(hub, platform)
        board = one.watch(window="hour")
        await one.hear()
        seen = Board()
        seen.position, seen.state = board.position, board.state
        started = board.page["windowStart"]
        shift[0] = timedelta(hours=1)
        message = await one.hear()
        assert (message["type"], message["resumed"]) == ("snapshot", False)
        assert board.page["windowStart"] > started
        assert board.page["rows"] == []
        again = await watcher(hub, platform)
        again.watch(seen=seen, window="hour")
        assert (await again.hear())["type"] == "snapshot"
    finally:
        await hub.close()


async def test_a_position_alone_is_told_once_a_second(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    await counted_votes(world, platform, conductor, ada=1)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        one.watch(city="nowhere")
        first = await one.hear()
        messages = 0
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        for _ in range(10):
            await counted_votes(world, platform, conductor, ada=1)
            while one.waits:
                await one.hear()
                messages += 1
        while one.boards["x"].position != [11]:
            await one.hear()
            messages += 1
        assert first["position"] == [1]
        assert messages <= 2 + (loop.time() - began_s) / channels.POSITION_EVERY_S


async def test_another_tenants_numbers_are_never_seen(world: World) -> None:
    one, other = await world.platform(), await world.platform()
    conductors = [await conducted(world, each) for each in (one, other)]
    async with opened_hub(world) as hub:
        watchers = [await watcher(hub, each) for each in (one, other)]
        for each in watchers:
            each.watch()
            await each.hear()
        assert len(hub.channels) == 2
        await counted_votes(world, one, conductors[0], ada=1)
        await counted_votes(world, other, conductors[1], bo=2)
        await watchers[0].until("ada", 1)
        await watchers[1].until("bo", 2)
        assert watchers[0].boards["x"].scores() == {"ada": 1}
        assert watchers[1].boards["x"].scores() == {"bo": 2}
