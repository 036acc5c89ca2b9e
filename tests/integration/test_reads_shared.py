"""Reads that are shared: no answer is older than its question, and names are forgotten in time."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest

from coliseum import db, kv
from coliseum.boards.board import Keys
from coliseum.clock import utc_now
from coliseum.queries import names as names_module
from coliseum.queries.ask import Filters, subject_of
from coliseum.queries.leaderboards import leaderboard
from coliseum.queries.names import FANS_FOR
from coliseum.queries.question import Question, question_of
from coliseum.queries.shared import Answer, SharedRead, SharedReads
from coliseum.web.ui.lines import ALL_TIME
from support.festival import event, vote
from support.live import conducted, send
from support.services import Platform, World

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


class SlowStore:
    """Valkey whose answers take a while to come back, each a different one."""

    def __init__(self, store: kv.KeyValue) -> None:
        self._store = store
        self._rng = random.Random(5)
        self.scripts = 0
        self.wake = store.wake

    async def script(self, *args: Any) -> Any:
        self.scripts += 1
        answer = await self._store.script(*args)
        for _ in range(self._rng.randrange(5)):
            await self._store.raw.ping()
        return answer


class WatchedDatabase:
    """PostgreSQL, and how often it was asked."""

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self.transactions = 0
        self.away = False

    def tenant(self, tenant_id: int, *, snapshot: bool = False) -> AbstractAsyncContextManager[db.Connection]:
        self.transactions += 1
        if self.away:
            raise OSError("nobody is there")
        return self._database.tenant(tenant_id, snapshot=snapshot)


class Reader:
    """Shared reads whose stores and time are the test's."""

    def __init__(self, world: World) -> None:
        self.now = START
        self.store = SlowStore(world.store)
        self.database = WatchedDatabase(world.database)
        self.reads = SharedReads(
            cast("db.Database", self.database), cast("kv.KeyValue", self.store), lambda: self.now
        )  # fmt: skip

    async def page(self, question: Question) -> dict[str, Any]:
        page: dict[str, Any] = msgspec.json.decode((await self.reads.of(question).answer()).body)
        return page

    async def names(self, question: Question) -> list[str]:
        return [row["name"] for row in (await self.page(question))["rows"]]


@pytest.fixture
async def reader(world: World) -> AsyncIterator[Reader]:
    reading = Reader(world)
    yield reading
    await reading.reads.drain()


def votes(platform: Platform, kind: str = "artist", limit: int = 10) -> Question:
    subject = subject_of(platform.tenant, "votes", kind, None)
    return question_of(platform.tenant, subject, ALL_TIME, Filters(), limit=limit, cursor=None)


async def ask_while_the_log_grows(world: World, platform: Platform, reader: Reader) -> tuple[int, int]:
    """How many answers were older than their question, and how many there were."""
    state = Keys(platform.tenant_id).state
    visible = int(await world.store.raw.hget(state, "p0"))
    old = asked = 0
    growing, rng = True, random.Random(6)

    async def grow() -> None:
        nonlocal visible, growing
        for _ in range(300):
            await world.store.raw.hincrby(state, "p0", 1)
            visible += 1
        growing = False

    async def ask() -> None:
        nonlocal old, asked
        while growing:
            for _ in range(rng.randrange(4)):  # so that they do not all ask at the same moments
                await world.store.raw.ping()
            before = visible
            page = await reader.page(votes(platform))
            assert page["source"] == "live"
            asked += 1
            old += page["position"][0] < before

    await asyncio.gather(grow(), *(ask() for _ in range(16)))
    return old, asked


async def test_no_answer_is_older_than_its_question(world: World, platform: Platform, reader: Reader) -> None:
    await send(world, platform, [vote(artistId="abba")])
    await conducted(world, platform)
    old, asked = await ask_while_the_log_grows(world, platform, reader)
    assert old == 0
    assert reader.store.scripts < asked / 4  # they were shared


async def test_a_reading_that_may_still_be_joined_is_seen_to_be_wrong(
    world: World, platform: Platform, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(world, platform, [vote(artistId="abba")])
    await conducted(world, platform)
    under_way: list[asyncio.Future[Answer]] = []
    right = SharedRead.answer

    def joins(self: SharedRead) -> asyncio.Future[Answer]:
        if not under_way or under_way[0].done():
            under_way[:] = [right(self)]
        return under_way[0]

    monkeypatch.setattr(SharedRead, "answer", joins)
    old, _ = await ask_while_the_log_grows(world, platform, reader)
    assert old > 0


async def test_a_shared_answer_is_what_a_reader_alone_is_told(world: World, platform: Platform, reader: Reader) -> None:
    conductor = await conducted(world, platform)
    for round_ in range(4):
        await send(world, platform, [vote(artistId=f"artist-{n}", weight=1 + n) for n in range(round_ * 2)])
        await conductor.quiesce()
        for _ in range(3):
            answers = await asyncio.gather(*(reader.reads.of(votes(platform)).answer() for _ in range(8)))
            alone = await leaderboard(
                world.database, world.store, platform.tenant, votes(platform).subject, ALL_TIME, Filters(),
                limit=10, cursor=None, now=utc_now(),
            )  # fmt: skip
            assert alone.source == "live"
            assert {answer.body for answer in answers} == {msgspec.json.encode(alone)}


async def test_whoever_stops_waiting_takes_nothing_from_the_others(
    world: World, platform: Platform, reader: Reader
) -> None:
    await send(world, platform, [vote(artistId="abba")])
    await conducted(world, platform)
    tasks = [asyncio.create_task(reader.page(votes(platform))) for _ in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.wait(tasks)
    assert [task.cancelled() for task in tasks] == [True, False] * 10
    assert {task.result()["rows"][0]["id"] for task in tasks[1::2]} == {"abba"}


async def test_a_failure_is_told_to_all_and_the_next_reading_works(
    world: World, platform: Platform, reader: Reader
) -> None:
    await send(world, platform, [vote(artistId="abba")])
    conductor = await conducted(world, platform)
    reader.database.away = True
    answers = await asyncio.gather(*(reader.page(votes(platform)) for _ in range(9)), return_exceptions=True)
    assert all(isinstance(answer, db.UNREACHABLE) for answer in answers)
    reader.database.away = False
    assert await reader.names(votes(platform)) == ["abba"]
    await world.forget_boards(platform)
    assert (await reader.page(votes(platform)))["source"] == "rollups"
    await conductor.quiesce()
    assert (await reader.page(votes(platform)))["source"] == "live"


async def test_a_live_page_whose_names_are_known_needs_no_postgresql(
    world: World, platform: Platform, reader: Reader
) -> None:
    await send(world, platform, [vote(artistId=f"artist-{n}") for n in range(20)])
    conductor = await conducted(world, platform)
    await reader.page(votes(platform, limit=15))
    assert reader.database.transactions == 1
    await send(world, platform, [vote(artistId="artist-3", weight=5)])
    await conductor.quiesce()
    assert (await reader.page(votes(platform, limit=15)))["rows"][0]["id"] == "artist-3"
    await reader.page(votes(platform, limit=3))
    assert reader.database.transactions == 1
    await reader.page(votes(platform, limit=20))
    assert reader.database.transactions == 2


async def test_a_correction_of_the_catalogue_is_shown_at_once(world: World, platform: Platform, reader: Reader) -> None:
    await send(world, platform, [vote(artistId="abba")])
    conductor = await conducted(world, platform)
    assert await reader.names(votes(platform)) == ["abba"]
    for name in ("ABBA", "Abba", "Björn & Benny"):
        await send(world, platform, [event("catalog.artist", artistId="abba", name=name, picture=f"https://x/{name}")])
        await conductor.quiesce()
        page = await reader.page(votes(platform))
        assert (page["source"], page["rows"][0]["name"], page["rows"][0]["picture"]) == (
            "live",
            name,
            f"https://x/{name}",
        )
    # Also where the state in Valkey began anew meanwhile.
    await world.forget_boards(platform)
    await send(world, platform, [event("catalog.artist", artistId="abba", name="Waterloo")])
    await conductor.quiesce()
    assert await reader.names(votes(platform)) == ["Waterloo"]


async def test_a_person_who_is_forgotten_is_nameless_after_a_second(
    world: World, platform: Platform, reader: Reader
) -> None:
    await send(world, platform, [vote(userId="jonna", weight=3), vote(userId="ronja", weight=2)])
    await conducted(world, platform)
    fans = votes(platform, "fan")
    assert await reader.names(fans) == ["jonna", "ronja"]
    reader.now += FANS_FOR / 2
    assert await reader.names(votes(platform, "fan", limit=9)) == ["jonna", "ronja"]
    await world.execute("SELECT set_config('coliseum.tenant', $1, false)", str(platform.tenant_id))
    await world.execute("DELETE FROM passport_subjects WHERE tenant_id = $1 AND user_id = 'jonna'", platform.tenant_id)
    reader.now = START + FANS_FOR
    assert await reader.names(fans) == [None, "ronja"]
    assert await reader.names(votes(platform, "fan", limit=9)) == [None, "ronja"]


async def test_a_clock_that_is_set_back_keeps_no_name_alive(world: World, platform: Platform, reader: Reader) -> None:
    await send(world, platform, [vote(userId="jonna")])
    await conducted(world, platform)
    fans = votes(platform, "fan")
    assert await reader.names(fans) == ["jonna"]
    await world.execute("DELETE FROM passport_subjects WHERE tenant_id = $1", platform.tenant_id)
    reader.now -= timedelta(hours=1)
    assert await reader.names(fans) == [None]


async def test_names_are_kept_apart_by_tenant_and_bounded(
    world: World, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names_module, "NAMES_MAX", 5)
    platforms = [await world.platform() for _ in range(3)]
    for number, platform in enumerate(platforms):
        await send(
            world, platform, [vote(userId=f"fan-{number}-{n}", artistId=f"artist-{number}-{n}") for n in range(3)]
        )
        await conducted(world, platform)
    for _ in range(3):
        for number, platform in enumerate(platforms):
            for kind in ("artist", "fan"):
                assert await reader.names(votes(platform, kind)) == [f"{kind}-{number}-{n}" for n in range(3)]
            kept = reader.reads.names._known.values()
            assert sum(len(each.names) for each in kept) <= 5
