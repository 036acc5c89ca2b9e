"""Trending and breaking boards that are watched: what is pushed is what the API answers, and hours are compared rarely."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest

from coliseum.errors import QueryInvalid, RequestRefused
from coliseum.web.live import trends
from coliseum.web.live.messages import MessageInvalid, Subscribe, WishKind, decode
from support.declaring import VOTES, put, remove
from support.live import conducted
from support.services import Platform, World
from support.sockets import Board
from support.watching_boards import Watcher, counted_votes, opened_hub, watcher

pytestmark = pytest.mark.long
KINDS = ("trending", "breaking")


async def asked(world: World, platform: Platform, kind: str, **query: str) -> Any:
    """The page as the API gives it."""
    reply = await world.http.get(f"/api/{kind}?{urlencode(query)}", platform.server)
    assert reply.status == 200, reply
    return reply.json


def watch(one: Watcher, kind: Any, seen: Board | None = None, **parameters: str) -> Board:
    claim = (seen.position, seen.state) if seen is not None else None
    one.hub.watch(one.viewer, "x", kind, parameters, claim)
    return one.boards.setdefault("x", seen or Board())


async def leads(one: Watcher, artist_id: str) -> Board:
    """Hear until somebody is first."""
    board = one.boards["x"]
    while not board.page or not board.page["rows"] or board.page["rows"][0]["id"] != artist_id:
        await one.hear()
    return board


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_pushed_is_what_the_api_answers(world: World, platform: Platform, kind: str) -> None:
    conductor = await conducted(world, platform)
    await counted_votes(world, platform, conductor, ada=30, bo=20)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        board = watch(one, kind, metric="votes")
        await leads(one, "ada")
        await counted_votes(world, platform, conductor, bo=70)
        await leads(one, "bo")
        assert board.page == {**await asked(world, platform, kind, metric="votes", limit="50")}
        assert board.snapshots == 1
        seen = Board()
        seen.page, seen.position, seen.state = board.page, board.position, board.state
        again = await watcher(hub, platform)
        watch(again, kind, seen, metric="votes")
        assert (await again.hear())["resumed"] is True
        assert len(hub.channels) == 1  # both share one reading


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_read_while_nothing_is_counted_and_rarely_while_much_is(
    world: World, platform: Platform, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    conductor = await conducted(world, platform)
    await counted_votes(world, platform, conductor, ada=30)
    reads = 0
    really = getattr(trends, kind)

    async def counted(*given: Any) -> Any:
        nonlocal reads
        reads += 1
        return await really(*given)

    monkeypatch.setattr(trends, kind, counted)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        watch(one, kind, metric="votes")
        await leads(one, "ada")
        await asyncio.sleep(2.5)
        assert reads == 1
        began_s = asyncio.get_running_loop().time()
        for _ in range(12):
            await counted_votes(world, platform, conductor, bo=40)
        took_s = asyncio.get_running_loop().time() - began_s
        await leads(one, "bo")
        assert 1 < reads <= 4 + took_s / trends.EVERY_S


async def test_a_declared_board_trends_by_its_name_until_it_is_withdrawn(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    assert (await put(world, platform, "finals", {**VOTES, "halfLifeHours": 6})).status == 201
    await counted_votes(world, platform, conductor, ada=30)
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        board = watch(one, "trending", board="finals")
        await leads(one, "ada")
        assert board.page["halfLifeHours"] == 6
        await remove(world, platform, "finals")
        while (message := await one.hear())["type"] != "error":
            pass
        assert (message["code"], message["field"]) == ("not_found", "board")


async def test_what_cannot_be_asked_is_refused(world: World, platform: Platform) -> None:
    async with opened_hub(world) as hub:
        one = await watcher(hub, platform)
        wrong: tuple[tuple[WishKind, dict[str, str]], ...] = (
            ("trending", {"metric": "votes", "window": "day"}), ("trending", {"metric": "voters"}), ("trending", {}),
            ("breaking", {"metric": "votes", "hours": "0"}), ("breaking", {"metric": "votes", "half_life_hours": "3"}),
        )  # fmt: skip
        for kind, parameters in wrong:
            with pytest.raises(QueryInvalid):
                one.hub.watch(one.viewer, "x", kind, parameters, None)
        with pytest.raises(RequestRefused):
            await watcher(hub, platform, platform.browser_key)


def test_a_subscription_is_to_one_of_them() -> None:
    said = decode('{"type":"subscribe","id":"a","trending":"finals"}')
    assert isinstance(said, Subscribe)
    assert said.wanted() == ("trending", {"board": "finals"})
    for wrong in ("", ',"board":"a","breaking":"a"'):
        said = decode(f'{{"type":"subscribe","id":"a"{wrong}}}')
        assert isinstance(said, Subscribe)
        with pytest.raises(MessageInvalid):
            said.wanted()
