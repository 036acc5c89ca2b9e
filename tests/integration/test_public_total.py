"""What a public board counts in all: told when its declaration allows that, and the sum that the log has."""

import asyncio
from typing import Any

import pytest

from coliseum.queries.public import PublicPages
from coliseum.queries.shared import SharedReads
from support.asgi import Reply
from support.declaring import VOTES, put, remove, show
from support.festival import event, vote
from support.live import conducted, send
from support.services import Platform, World

pytestmark = pytest.mark.long

OPEN: dict[str, Any] = {**VOTES, "title": "The <final>", "visibility": "public", "publicTotal": True}


async def total(world: World, platform: Platform, name: str, query: str = "", **headers: str) -> Reply:
    path = f"/api/public/{platform.tenant.slug}/boards/{name}/total{query}"
    return await world.http.get(path, headers)


async def test_the_total_is_of_all_or_of_the_event_that_the_board_is_of(world: World, platform: Platform) -> None:
    await send(
        world, platform, [vote(artistId="abba", weight=3), vote(artistId="nemo"), vote(eventId="semi", weight=9)]
    )
    await conducted(world, platform)
    await put(world, platform, "all", OPEN)
    await put(world, platform, "final", {**OPEN, "filters": {"event": "final"}})
    found = await total(world, platform, "all")
    assert found.status == 200
    assert (found.json["total"], found.json["position"], found.json["title"]) == (13, [3], "The <final>")
    assert (found.json["metric"], found.json["unit"], found.json["currency"]) == ("votes", "points", None)
    assert found.headers["access-control-allow-origin"] == "*"
    assert found.headers["cache-control"] == "public, max-age=5"
    assert (await total(world, platform, "final")).json["total"] == 4
    same = await total(world, platform, "all", **{"if-none-match": found.headers["etag"]})
    assert (same.status, same.body) == (304, b"")


@pytest.mark.parametrize("window", ["hour", "day", "week", "month", "year", "all", "24h", "7d", "28d", "90d"])
async def test_it_is_what_the_series_of_that_window_adds_up_to(world: World, platform: Platform, window: str) -> None:
    votes = [vote(artistId=f"artist-{n}", weight=n + 1, at=f"2026-0{n % 9 + 1}-1{n % 10}T0{n % 10}:30:00Z")
             for n in range(27)]  # fmt: skip
    await send(world, platform, [*votes, *(vote(weight=n) for n in (1, 5))])
    await conducted(world, platform)
    await put(world, platform, "all", OPEN)
    board = (await show(world, platform, "all", f"?window={window}&limit=100")).json
    found = (await total(world, platform, "all", f"?window={window}")).json
    assert found["total"] == sum(row["score"] for row in board["rows"]) > 0
    assert [found[name] for name in ("window", "windowStart", "windowEnd")] == [
        board[name] for name in ("window", "windowStart", "windowEnd")
    ]


async def test_a_board_without_a_public_total_looks_like_none(world: World, platform: Platform) -> None:
    await put(world, platform, "silent", {**OPEN, "publicTotal": False})
    await put(world, platform, "closed", VOTES)
    replies = [await total(world, platform, name) for name in ("silent", "closed", "nothing", "votes-artist")]
    assert {(reply.status, reply.body) for reply in replies} == {(404, replies[0].body)}
    assert (await show(world, platform, "silent")).status == 200
    await put(world, platform, "silent", OPEN)
    assert (await total(world, platform, "silent")).json["total"] == 0
    await remove(world, platform, "silent")
    assert (await total(world, platform, "silent")).status == 404


async def test_what_is_asked_wrongly_is_refused_by_name(world: World, platform: Platform) -> None:
    await put(world, platform, "day", {**OPEN, "windows": ["day"]})
    for query, field in (("?window=all", "window"), ("?limit=5", "limit")):
        wrong = await total(world, platform, "day", query)
        assert (wrong.status, wrong.code, wrong.json["field"]) == (400, "invalid_query", field)


async def test_it_is_read_once_for_all_who_ask(world: World, platform: Platform) -> None:
    await put(world, platform, "all", OPEN)
    found = await world.services.declarations.public(platform.tenant.slug, "all")
    assert found is not None
    now = world.services.clock()
    reads = SharedReads(world.database, world.store, lambda: now)
    pages = PublicPages(world.database, reads)
    bodies = await asyncio.gather(*(pages.total(*found, None) for _ in range(20)))
    assert len({id(body) for body in bodies}) == 20
    assert set(bodies) == {bodies[0]}
    await send(world, platform, [vote()])
    await conducted(world, platform)
    assert await pages.total(*found, None) == bodies[0]


async def test_a_public_board_says_its_title_and_how_its_rows_have_moved(world: World, platform: Platform) -> None:
    await send(world, platform, [vote(artistId="abba"), event("catalog.artist", artistId="abba", name="ABBA")])
    await conducted(world, platform)
    await put(world, platform, "day", {**OPEN, "windows": ["day", "all"]})
    await put(world, platform, "loved", {**VOTES, "visibility": "public", "eligibility": {"minFans": 1}})
    plain = (await show(world, platform, "day")).json
    moved = (await show(world, platform, "day", "?movement=true")).json
    assert (plain["title"], "status" in plain["rows"][0]) == ("The <final>", False)
    assert (moved["title"], moved["rows"][0]["status"], moved["rows"][0]["name"]) == ("The <final>", "NEW", "ABBA")
    forever = (await show(world, platform, "day", "?movement=true&window=all")).json
    assert forever["rows"][0]["status"] is None  # all time has no window before
    assert (await show(world, platform, "loved", "?movement=true")).json["title"] == "loved"
