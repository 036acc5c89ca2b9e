"""Live boards: pages that go on where a row stood, tenants side by side, boards that nobody reads any more."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from coliseum import db, kv
from coliseum.boards.ties import LASTING
from coliseum.boards.totals import unix_ms
from coliseum.clock import utc_now
from coliseum.processor import following
from coliseum.processor.leases import Leases
from coliseum.projections.boards import BoardsFollower
from coliseum.queries.ask import Filters, subject_of, window_of
from coliseum.queries.leaderboards import BoardPage, leaderboard
from coliseum.queries.question import Question, question_of
from support.conductor import Conductor
from support.festival import event, vote
from support.live import conducted, send
from support.services import Platform, World, opened_world

pytestmark = pytest.mark.long

COLD = "redis://127.0.0.1:1"
START = datetime(2026, 9, 1, 20, tzinfo=UTC)


async def page(world: World, platform: Platform, store: kv.KeyValue, *, limit: int, cursor: str | None) -> BoardPage:
    now = datetime.now(UTC)
    return await leaderboard(
        world.database, store, platform.tenant, subject_of(platform.tenant, "votes", "artist", None),
        window_of(platform.tenant, "all", None, now), Filters(), limit=limit, cursor=cursor, now=now,
    )  # fmt: skip


def votes(platform: Platform) -> Question:
    window = window_of(platform.tenant, "all", None, datetime.now(UTC))
    return question_of(platform.tenant, subject_of(platform.tenant, "votes", "artist", None), window, Filters())


async def test_a_live_page_goes_on_anywhere_as_a_cold_page_does(world: World, platform: Platform) -> None:
    rng = random.Random(3)
    # More than 256 artists, so that their numbers differ in more than one byte; only three scores, at nine moments.
    moments = [START + timedelta(milliseconds=n) for n in (0, 1, 2, 3, 1_000, 1_001, 60_000, 3_600_000, 86_400_000)]
    some = [
        vote(artistId=f"artist-{n}", weight=rng.randint(1, 3), at=rng.choice(moments).isoformat()) for n in range(400)
    ]
    await send(world, platform, some)
    await conducted(world, platform)
    cold = kv.KeyValue(COLD)
    numbers = await world.fetch(
        "SELECT num FROM coliseum_names WHERE tenant_id = $1 AND kind = 'artist'", platform.tenant_id
    )
    known = [row["num"] for row in numbers]
    cursors: list[str | None] = [None]
    for _ in range(150):
        near = rng.choice(known) + rng.randint(-1, 1)
        score, moment = rng.randint(0, 4), rng.choice(moments) + timedelta(milliseconds=rng.randint(-1, 1))
        tie = LASTING.order(score, unix_ms(moment))
        cursors.append(votes(platform).cursor(score, tie, rng.choice([near, near, 0, max(known) + 1, 2**40])))
    for cursor in cursors:
        pages = [await page(world, platform, store, limit=7, cursor=cursor) for store in (world.store, cold)]
        assert [each.source for each in pages] == ["live", "rollups"]
        assert pages[0].rows == pages[1].rows, cursor
        assert pages[0].next_cursor == pages[1].next_cursor
        assert {each.members for each in pages} == {400}
    await cold.close()


async def test_a_row_that_moves_between_two_pages_is_not_lost_or_shown_out_of_order(
    world: World, platform: Platform
) -> None:
    await send(world, platform, [vote(artistId=f"artist-{n:02}", weight=30 - n) for n in range(20)])
    conductor = await conducted(world, platform)
    first = await page(world, platform, world.store, limit=5, cursor=None)
    await send(world, platform, [vote(artistId=first.rows[-1].id, weight=100)])
    await conductor.quiesce()
    second = await page(world, platform, world.store, limit=5, cursor=first.next_cursor)
    assert [row.id for row in second.rows] == [f"artist-{n:02}" for n in range(5, 10)]
    assert [row.rank for row in second.rows] == [6, 7, 8, 9, 10]


async def test_tenants_that_are_followed_at_once_keep_their_boards_apart(world: World) -> None:
    platforms = [await world.platform() for _ in range(3)]
    conductors = []
    for number, platform in enumerate(platforms):
        await send(world, platform, [event("catalog.artist", artistId="abba", name="ABBA", genres=[f"genre-{number}"])])
        conductors.append(await conducted(world, platform))
    follower = BoardsFollower(world.database, world.store, utc_now, 900)  # one for all, as in a processor
    await world.execute("UPDATE processor_units SET expires_at = '-infinity'")
    await world.execute("DELETE FROM processor_nodes")
    held = await Leases(world.database, "side by side", 300).refresh()
    for conductor in conductors:
        conductor.node, conductor.follower = "side by side", follower
        conductor.adopt(held)
    questions = [f"/api/leaderboards?metric=votes&window=all&genre=genre-{number}" for number in range(3)]
    for question, platform in zip(questions, platforms, strict=True):
        await world.http.get(question, platform.server)
    for _ in range(6):
        for platform in platforms:
            await send(world, platform, [vote(artistId="abba") for _ in range(20)])
        await asyncio.gather(*(conductor.quiesce() for conductor in conductors))
    for question, platform in zip(questions, platforms, strict=True):
        board = (await world.http.get(question, platform.server)).json
        assert (board["source"], board["rows"][0]["score"]) == ("live", 120)


async def test_a_board_is_dropped_when_nobody_reads_it_and_comes_back_when_somebody_does(
    world: World, platform: Platform
) -> None:
    now = datetime.now(UTC)
    await send(world, platform, [vote(weight=4)])
    conductor = await conducted(world, platform)
    question = "/api/leaderboards?metric=votes&window=month"

    async def read() -> tuple[str, int]:
        board = (await world.http.get(question, platform.server)).json
        return board["source"], board["rows"][0]["score"]

    assert await read() == ("rollups", 4)
    await conductor.quiesce()
    assert await read() == ("live", 4)
    conductor.follower = BoardsFollower(world.database, world.store, lambda: now + timedelta(seconds=850), 900)
    await conductor.take()
    await conductor.quiesce()
    assert await read() == ("live", 4)
    conductor.follower = BoardsFollower(world.database, world.store, lambda: now + timedelta(seconds=2_000), 900)
    await conductor.take()
    await conductor.quiesce()
    await send(world, platform, [vote(weight=5)])
    await conductor.quiesce()
    assert await read() == ("rollups", 9)
    conductor.follower = BoardsFollower(world.database, world.store, utc_now, 900)
    await conductor.take()
    await conductor.quiesce()
    assert await read() == ("live", 9)


async def test_a_valkey_that_lost_everything_costs_no_wrong_answer(world: World, platform: Platform) -> None:
    await send(world, platform, [vote(weight=3)])
    conductor = await conducted(world, platform)
    for weight in range(1, 6):
        await world.forget_boards(platform)
        board = (await world.http.get("/api/leaderboards?metric=votes", platform.server)).json
        assert board["source"] == "rollups"
        await send(world, platform, [vote(weight=weight)])
        await conductor.quiesce()
        board = (await world.http.get("/api/leaderboards?metric=votes", platform.server)).json
        assert (board["source"], board["rows"][0]["score"]) == ("live", 3 + sum(range(1, weight + 1)))


async def test_boards_of_another_life_of_the_database_are_not_taken_for_its_own(
    world: World, platform: Platform, database_url: str, valkey_url: str
) -> None:
    await send(world, platform, [vote(weight=50)])
    await conducted(world, platform)
    connection = await db.connect(database_url)
    try:
        await connection.execute("CREATE DATABASE another_life")
        url = urlsplit(database_url)._replace(path="/another_life").geturl()
        async with opened_world(url, valkey_url) as other:
            while True:
                twin = await other.platform(keep_boards=True)
                if twin.tenant_id == platform.tenant_id:
                    break
            await send(other, twin, [vote(weight=1), vote(weight=1)])
            await conducted(other, twin)
            board = (await other.http.get("/api/leaderboards?metric=votes", twin.server)).json
            assert (board["source"], board["rows"][0]["score"]) == ("live", 2)
        await connection.execute("DROP DATABASE another_life WITH (FORCE)")
    finally:
        await connection.close()


async def test_a_valkey_with_older_data_catches_up_and_counts_nothing_twice(world: World, platform: Platform) -> None:
    await send(world, platform, [vote(weight=3)])
    conductor = await conducted(world, platform)
    raw = world.store.raw
    keys = [key async for key in raw.scan_iter(match=f"{{coliseum:{platform.tenant_id}}}*", count=1_000)]
    backup = {key: await raw.dump(key) for key in keys}
    await send(world, platform, [vote(weight=4), vote(weight=5, artistId="loreen")])
    await conductor.quiesce()
    await world.forget_boards(platform)
    for key, data in backup.items():
        await raw.restore(key, 0, data)
    old = (await world.http.get("/api/leaderboards?metric=votes", platform.server)).json
    assert (old["source"], old["position"], [row["score"] for row in old["rows"]]) == ("live", [1], [3])
    await conductor.quiesce()
    new = (await world.http.get("/api/leaderboards?metric=votes", platform.server)).json
    assert (new["source"], new["position"], [row["score"] for row in new["rows"]]) == ("live", [3], [7, 5])


@pytest.mark.parametrize("failures", [30, 70])
async def test_every_script_may_fail_before_or_after_it_ran(world: World, platform: Platform, failures: int) -> None:
    conductor = await conducted(world, platform, seed=failures)
    for number in range(15):
        await send(world, platform, [vote(artistId=f"artist-{n}", weight=1) for n in range(number)])
        conductor.store.failures_a_hundred = failures
        await conductor.rounds(5)
    await conductor.quiesce()
    board = (await world.http.get("/api/leaderboards?metric=votes", platform.server)).json
    assert board["source"] == "live"
    assert {row["id"]: row["score"] for row in board["rows"]} == {f"artist-{n}": 14 - n for n in range(14)}


async def test_in_a_deep_backlog_boards_are_answered_from_the_rollups_and_come_back_at_its_end(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "BACKLOG_ENTRIES", 10)
    await send(world, platform, [vote(weight=2)])
    conductor = Conductor(world, platform, random.Random(1), step_entries_max=5)
    await conductor.take()
    await conductor.quiesce()

    async def read() -> tuple[str, int, list[int]]:
        board = (await world.http.get("/api/leaderboards?metric=votes", platform.server)).json
        return board["source"], board["rows"][0]["score"], board["position"]

    assert await read() == ("live", 2, [1])
    await send(world, platform, [vote(weight=1) for _ in range(30)])
    for counted in (6, 11, 16):  # with 25, 20 and 15 entries left
        assert await conductor.runners["coliseum"].round()
        assert await read() == ("rollups", counted + 1, [counted])
    await conductor.quiesce()
    assert await read() == ("live", 32, [31])
