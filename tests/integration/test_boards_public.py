"""Declared boards for whoever asks: shown when they are public, unknown otherwise, and read once for all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
import pytest

from coliseum import db
from coliseum.boards.declared import DeclaredBoard, board_named
from coliseum.clock import utc_now
from coliseum.queries.declared import DECLARATIONS_FOR, Declarations
from coliseum.queries.public import PAGES_FOR, READS_MAX, REST_FACTOR, PublicPages, question_about, selective_page
from coliseum.queries.question import Wanted
from coliseum.queries.shared import SharedReads
from support.declaring import VOTES, put, remove, show
from support.festival import event, vote
from support.live import conducted, send
from support.services import Platform, World


async def test_a_public_board_is_shown_to_anybody(world: World, platform: Platform) -> None:
    await send(
        world, platform, [vote(artistId="abba", weight=3), vote(artistId="nemo"), vote(eventId="semi", weight=9)]
    )
    await conducted(world, platform)
    await put(world, platform, "open", {**VOTES, "windows": ["all", "day"], "filters": {"event": "final"},
                                        "visibility": "public"})  # fmt: skip
    shown = await show(world, platform, "open")
    assert shown.status == 200
    assert [(row["rank"], row["id"], row["score"]) for row in shown.json["rows"]] == [(1, "abba", 3), (2, "nemo", 1)]
    assert (shown.json["window"], shown.json["filters"]) == ("all", {"event": "final"})
    assert shown.headers["content-type"].startswith("application/json")
    assert shown.headers["cache-control"] == "public, max-age=5"
    assert shown.headers["access-control-allow-origin"] == "*"
    assert (await show(world, platform, "open", "?window=day&limit=1")).json["rows"] == shown.json["rows"][:1]
    known = await show(world, platform, "open")
    same = await show(world, platform, "open", **{"if-none-match": f'"other", W/{known.headers["etag"]}'})
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", known.headers["etag"])
    assert (await show(world, platform, "open", **{"if-none-match": '"other"'})).status == 200
    for query, field in (
        ("?window=week", "window"), ("?limit=0", "limit"), ("?limit=101", "limit"), ("?limit=x", "limit"),
        ("?cursor=x", "cursor"),
    ):  # fmt: skip
        wrong = await show(world, platform, "open", query)
        assert (wrong.status, wrong.code, wrong.json["field"]) == (400, "invalid_query", field)
        assert wrong.headers["cache-control"] == "no-store"


async def test_a_private_board_looks_like_none(world: World, platform: Platform) -> None:
    await put(world, platform, "closed", VOTES)
    replies = [
        await show(world, platform, "closed"),
        await show(world, platform, "nothing"),
        await show(world, platform, "votes-artist"),
        await show(world, platform, "No name"),
        await show(world, platform, "closed", **platform.server),
        await world.http.get("/api/public/nobody-there/boards/closed"),
        await world.http.get("/api/public/No%20slug/boards/closed"),
    ]
    assert {(reply.status, reply.body, tuple(sorted(reply.headers.items()))) for reply in replies} == {
        (404, replies[0].body, tuple(sorted(replies[0].headers.items())))
    }
    assert replies[0].code == "not_found"
    await put(world, platform, "closed", {**VOTES, "visibility": "public"})
    assert (await show(world, platform, "closed")).status == 200
    await put(world, platform, "closed", VOTES)
    assert (await show(world, platform, "closed")).status == 404


async def test_another_process_believes_a_declaration_for_two_seconds(world: World, platform: Platform) -> None:
    now = utc_now()
    other = Declarations(world.database, lambda: now)
    await put(world, platform, "open", {**VOTES, "visibility": "public"})
    assert await other.public(platform.tenant.slug, "open") is not None
    assert await other.named(platform.tenant, "later") is None
    await remove(world, platform, "open")
    await put(world, platform, "later", VOTES)
    assert await other.public(platform.tenant.slug, "open") is not None
    assert await other.named(platform.tenant, "later") is None
    now += DECLARATIONS_FOR
    assert await other.public(platform.tenant.slug, "open") is None
    assert (await other.named(platform.tenant, "later")) is not None
    await put(world, platform, "later", {**VOTES, "title": "anew"})
    now -= DECLARATIONS_FOR / 4  # a clock that was set back ends it, too
    found = await other.named(platform.tenant, "later")
    assert found is not None
    assert found.declaration.title == "anew"


class Watched:
    """PostgreSQL whose snapshots are counted, take a while when they are told to, and fail when they are told to."""

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self.reads = self.reading = self.most = 0
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.away = False

    @asynccontextmanager
    async def tenant(self, tenant_id: int, *, snapshot: bool = False) -> AsyncIterator[db.Connection]:
        self.reads += 1
        self.reading += 1
        self.most = max(self.most, self.reading)
        try:
            async with self._database.tenant(tenant_id, snapshot=snapshot) as connection:
                yield connection
            await self.may_end.wait()
            if self.away:
                raise OSError("nobody is there")
        finally:
            self.reading -= 1


class Reader:
    """Public pages of one platform whose database and time are the test's."""

    def __init__(self, world: World, platform: Platform) -> None:
        self.world = world
        self.tenant = platform.tenant
        self.now = utc_now()
        self.database = Watched(world.database)
        database = cast("db.Database", self.database)
        self.pages = PublicPages(database, SharedReads(database, world.store, self.clock))

    def clock(self) -> datetime:
        return self.now

    async def board(self, name: str) -> DeclaredBoard:
        async with self.world.database.tenant(self.tenant.tenant_id) as connection:
            found = await board_named(connection, self.tenant, name)
        assert found is not None
        return found

    async def ids(self, board: DeclaredBoard, limit: int = 100, window: str | None = "all") -> list[str]:
        body = msgspec.json.decode(await self.pages.body(self.tenant, board, window, limit))
        return [row["id"] for row in body["rows"]]


@pytest.fixture
async def reader(world: World, platform: Platform) -> Reader:
    """Three artists, of whom two have more than one fan."""
    await send(world, platform, [vote(userId=f"fan-{n}", artistId=artist)
                                 for artist, fans in (("abba", 3), ("nemo", 2), ("zoe", 1)) for n in range(fans)])  # fmt: skip
    await conducted(world, platform)
    await put(world, platform, "loved", {**VOTES, "visibility": "public", "eligibility": {"minFans": 2}})
    return Reader(world, platform)


async def test_a_selective_board_is_shown_with_names(world: World, platform: Platform, reader: Reader) -> None:
    await send(world, platform, [event("catalog.artist", artistId="abba", name="ABBA")])
    await conducted(world, platform)
    shown = (await show(world, platform, "loved", "?limit=2")).json
    assert [(row["rank"], row["name"], row["score"]) for row in shown["rows"]] == [(1, "ABBA", 3), (2, "nemo", 2)]
    assert (shown["members"], shown["source"], shown["position"]) == (2, "rollups", [7])


async def test_a_selective_board_is_read_once_for_all_who_ask(reader: Reader) -> None:
    board = await reader.board("loved")
    limits = [1, 2, 100] * 10
    told = await asyncio.gather(*(reader.ids(board, limit) for limit in limits))
    assert told == [["abba", "nemo"][:limit] for limit in limits]
    assert reader.database.reads == 1
    reader.now += PAGES_FOR - timedelta(milliseconds=1)
    assert await reader.ids(board, 1) == ["abba"]
    assert reader.database.reads == 1
    reader.now += timedelta(milliseconds=1)
    assert await reader.ids(board, 1) == ["abba"]
    assert reader.database.reads == 2
    reader.now -= timedelta(hours=1)  # a clock that was set back
    assert await reader.ids(board) == ["abba", "nemo"]
    assert reader.database.reads == 3


async def test_another_declaration_is_shown_at_once(world: World, platform: Platform, reader: Reader) -> None:
    assert await reader.ids(await reader.board("loved")) == ["abba", "nemo"]
    await put(world, platform, "loved", {**VOTES, "visibility": "public", "eligibility": {"minFans": 3}})
    assert await reader.ids(await reader.board("loved")) == ["abba"]


async def test_a_board_that_takes_long_is_kept_longer(reader: Reader) -> None:
    board = await reader.board("loved")
    reader.database.may_end.clear()
    asked = asyncio.create_task(reader.ids(board))
    while not reader.database.reads:
        await asyncio.sleep(0)
    took = timedelta(seconds=4)
    reader.now += took
    reader.database.may_end.set()
    await asked
    reader.now += took * REST_FACTOR - timedelta(milliseconds=1)
    await reader.ids(board)
    assert reader.database.reads == 1
    reader.now += timedelta(milliseconds=1)
    await reader.ids(board)
    assert reader.database.reads == 2


async def test_few_are_read_at_a_time_and_whoever_leaves_takes_nothing_away(reader: Reader) -> None:
    board = await reader.board("loved")
    reader.database.may_end.clear()
    asked = [asyncio.create_task(reader.ids(board, window=window)) for window in ("hour", "day", "week", "all") * 3]
    while reader.database.reads < READS_MAX:
        await asyncio.sleep(0)
    for task in asked[:4]:
        task.cancel()
    await asyncio.wait(asked[:4])
    reader.database.may_end.set()
    await asyncio.gather(*asked[4:])
    assert (reader.database.reads, reader.database.most) == (4, READS_MAX)


async def test_a_failure_is_told_to_all_and_the_next_reading_works(reader: Reader) -> None:
    board = await reader.board("loved")
    reader.database.away = True
    told: list[Any] = await asyncio.gather(*(reader.ids(board) for _ in range(5)), return_exceptions=True)
    assert {type(each) for each in told} == {OSError}
    reader.database.away = False
    assert await reader.ids(board) == ["abba", "nemo"]
    assert reader.database.reads == 2


async def test_a_selective_board_can_be_read_page_by_page(reader: Reader) -> None:
    declaration = (await reader.board("loved")).declaration
    rows: list[tuple[int, str]] = []
    cursor = None
    for _ in range(3):
        question = question_about(reader.tenant, declaration, None, reader.now, wanted=Wanted(1, cursor))
        page = await selective_page(reader.world.database, declaration, question)
        rows += [(row.rank, row.id) for row in page.rows]
        cursor = page.next_cursor
        assert page.members == 2
    assert rows == [(1, "abba"), (2, "nemo")]
    assert cursor is None
