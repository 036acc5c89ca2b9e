"""What the hub refuses, and what it keeps: never more than its limits."""

import asyncio

import pytest

from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.web.live import channel as channels
from coliseum.web.live.messages import Close
from coliseum.web.live.seats import Limits
from coliseum.web.live.viewer import REPLIES_MAX
from support.live import conducted
from support.services import Platform, World
from support.watching_boards import Watcher, counted_votes, opened_hub, watcher


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"metric": "nothing"}, "metric"), ({"metric": "votes", "entity": "venue"}, "entity"),
        ({"metric": "votes", "limit": "x"}, "limit"), ({"metric": "votes", "limit": "9999"}, "limit"),
        ({"metric": "votes", "window": "decade"}, "window"), ({"metric": "votes", "cursor": "?"}, "cursor"),
        ({"metric": "votes", "place": "0"}, "place"), ({"metric": "votes", "place": "1", "cursor": "?"}, "place"),
        ({"metric": "votes", "colour": "red"}, "colour"), ({}, "metric"), ({"metric": "votes", "at": "x"}, "at"),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_refused_by_name(
    world: World, platform: Platform, parameters: dict[str, str], field: str
) -> None:
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        with pytest.raises(QueryInvalid) as refused:
            hub.watch(one.viewer, "x", "board", parameters, None)
        assert refused.value.field == field
        assert not hub.channels


async def test_limits_of_a_hub(world: World, platform: Platform) -> None:
    async with opened_hub(world, viewers_max=3, strangers_max=1, channels_max=1) as hub:
        stranger = Watcher(hub)
        with pytest.raises(RequestRefused):
            Watcher(hub)
        stranger.leave()
        one, _, _ = [await watcher(hub, platform) for _ in range(3)]
        with pytest.raises(RequestRefused):
            Watcher(hub)
        one.watch()
        with pytest.raises(RequestRefused):
            one.watch("y", limit="3")
        with pytest.raises(RequestRefused):
            one.watch("x")
        hub.stop()
        assert await one.viewer.closed is Close.STOPPING


async def test_one_tenant_leaves_room_for_the_others(world: World, platform: Platform) -> None:
    other = await world.platform()
    async with opened_hub(world, viewers_of_tenant_max=2) as hub:
        one, two = [await watcher(hub, platform) for _ in range(2)]
        with pytest.raises(RequestRefused, match="of this tenant") as refused:
            await watcher(hub, platform)
        assert refused.value.code is Refusal.OVERLOADED
        await watcher(hub, other)
        for _ in range(2):  # leaving twice frees one place
            one.leave()
        await watcher(hub, platform)
        with pytest.raises(RequestRefused, match="of this tenant"):
            await watcher(hub, platform)
        two.leave()


async def test_a_viewer_that_only_asks_is_too_slow(world: World, platform: Platform) -> None:
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        for _ in range(REPLIES_MAX + 2):
            one.viewer.say("{}")
        assert await one.viewer.closed is Close.TOO_SLOW


async def test_nothing_is_kept_of_viewers_who_have_gone(world: World, platform: Platform) -> None:
    async with opened_hub(world, linger_s=0.0) as hub:
        watchers: list[Watcher] = [await watcher(hub, platform) for _ in range(5)]
        for each in watchers:
            each.watch()
            await each.hear()
        for each in watchers:
            each.leave()
        async with asyncio.timeout(5):
            while hub.channels:
                await asyncio.sleep(0.01)
        assert not hub.seats.viewers
        assert not hub._by_tenant
        assert not hub.seats._strangers


async def test_past_pages_are_bounded(world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "VERSIONS_MAX", 4)
    conductor = await conducted(world, platform)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        one.watch()
        seen = []
        for score in range(1, 9):
            await counted_votes(world, platform, conductor, ada=1)
            board = await one.until("ada", score)
            seen.append((board.position, board.state))
        [channel] = hub.channels.values()
        assert len(channel._versions) == 4
        assert channel.find(*seen[0]) is None
        assert channel.find(*seen[-1]) is channel.latest
        monkeypatch.setattr(channels, "VERSION_S_MAX", 0.5)
        async with asyncio.timeout(5):
            while len(channel._versions) > 1:
                await asyncio.sleep(0.05)
        monkeypatch.setattr(channels, "VERSION_S_MAX", 30.0)
        channel.versions_bytes_max = 1
        await counted_votes(world, platform, conductor, ada=1)
        await one.until("ada", 9)
        assert len(channel._versions) == 1
        assert channel._bytes == channel._versions[0].cost_bytes


def test_limits_are_those_of_the_page() -> None:
    limits = Limits()
    assert (limits.viewers_max, limits.strangers_max, limits.channels_max) == (10_000, 1_000, 2_000)
