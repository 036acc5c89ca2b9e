"""The event stream of the page: whole small states, soon, for a bounded number of viewers, and an end to it."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.page import PublicPage, processing, public_page, vote
from support.services import World

SOON_S = 1.0


@pytest.fixture(scope="module")
async def page(world: World) -> AsyncIterator[PublicPage]:
    platform = await world.platform(partitions=2)
    async with processing(world), public_page(world, platform, platform.tenant.slug, viewers_max=3) as opened:
        await opened.log(vote("ada"), vote("bo", 2))
        await opened.settled()
        yield opened


def votes_of(state: dict[str, Any], artist_id: str) -> int:
    """The artist's score on the board of votes."""
    [board] = [board for board in state["boards"] if board["key"] == "votes-artist"]
    return sum(row["score"] for row in board["rows"] if row["id"] == artist_id)


async def test_the_stream_begins_with_the_whole_state(page: PublicPage) -> None:
    async with page.watch() as stream:
        status, headers = await stream.start()
        assert status == 200
        assert headers["content-type"].startswith("text/event-stream")
        assert headers["cache-control"] == "no-store"
        message_id, state = await stream.message()
        assert message_id == ".".join(map(str, state["position"]))
        assert len(state["lines"]) == sum(state["position"])
        assert [counter["key"] for counter in state["counters"]][:2] == ["events", "votes"]
        assert len(state["boards"]) == 4


async def test_an_event_is_in_the_stream_and_on_the_board_within_a_second(page: PublicPage) -> None:
    async with page.watch() as stream:
        before = await stream.until(lambda state: bool(state["settled"]))
        await page.log(vote("ada", 40))
        answered_at = time.monotonic()
        lines: list[dict[str, Any]] = []

        def counted(state: dict[str, Any]) -> bool:
            lines.extend(state["lines"])
            return votes_of(state, "ada") == votes_of(before, "ada") + 40

        await stream.until(counted)
        assert time.monotonic() - answered_at < SOON_S
        assert [(line["what"], line["value"]) for line in lines] == [("Vote", "+40")]


async def test_a_message_has_only_the_lines_that_are_new(page: PublicPage) -> None:
    async with page.watch() as stream:
        await stream.message()
        await page.log(vote("bo"))
        first = await stream.until(lambda state: bool(state["lines"]))
        assert len(first["lines"]) == 1


async def test_a_reconnect_goes_on_where_it_was(page: PublicPage) -> None:
    async with page.watch() as stream:
        seen, _ = await stream.message()
    await page.log(vote("cy"), vote("cy"))
    async with page.watch(last_id=seen) as stream:
        state = await stream.until(lambda state: bool(state["lines"]))
        assert [line["who"] for line in state["lines"]] == ["cy · final", "cy · final"]


@pytest.mark.parametrize("last_id", ["", "x", "1.2.3.4", "9" * 40, "-1", "1." * 80])
async def test_a_nonsensical_last_id_is_no_obstacle(page: PublicPage, last_id: str) -> None:
    async with page.watch(last_id=last_id) as stream:
        assert (await stream.start())[0] == 200
        assert (await stream.message())[1]["boards"]


async def test_one_viewer_too_many_is_asked_to_come_later(page: PublicPage) -> None:
    async with page.watch() as one, page.watch() as two, page.watch() as three:
        for stream in (one, two, three):
            assert (await stream.start())[0] == 200
        reply = await page.get("/live")
        assert (reply.status, reply.code) == (503, "overloaded")
        assert reply.headers["retry-after"]
    async with page.watch() as stream:
        assert (await stream.start())[0] == 200


async def test_a_window_that_is_none_is_refused(page: PublicPage) -> None:
    assert (await page.get("/live?window=decade")).code == "invalid_query"


async def test_nothing_is_read_when_nobody_watches(page: PublicPage) -> None:
    async with page.watch() as stream:
        await stream.message()
        assert page.live.polling
    async with asyncio.timeout(5):
        await page.live.idle.wait()
    assert not page.live.polling


async def test_closing_ends_every_stream_at_once(world: World) -> None:
    platform = await world.platform()
    async with public_page(world, platform, platform.tenant.slug) as page, page.watch() as stream:
        await stream.message()
        page.live.close()
        async with asyncio.timeout(1):
            await stream.ended
        assert (await page.get("/live")).status == 503
