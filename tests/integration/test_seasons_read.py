"""Reading seasons over HTTP, and `coliseum verify` over them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coliseum.audit.seasons import check_seasons
from coliseum.audit.verify import verify
from coliseum.boards.seasons import GRACE
from coliseum.processor.dead_letters import dead_letters, retry
from coliseum.projections.seasons import SeasonCloser
from coliseum.queries import movement as moving
from support.era import Era
from support.festival import event, vote
from support.mutants import swap_sql
from support.poison import Spoilt
from support.services import World

FIRST = datetime(2026, 5, 11, tzinfo=UTC)  # a Monday
NOON = timedelta(hours=12)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
async def fortnight(world: World) -> Era:
    """Two weeks of a chart that changes every day, with a day without anybody, all closed."""
    run = await Era(world, await world.platform(zone="Europe/Vienna", partitions=2), FIRST + NOON).begin()
    await run.send(event("catalog.artist", artistId="abba", name="ABBA", at=run.now.isoformat()))
    for number in range(15):
        run.now = FIRST + number * DAY + NOON
        if number != 5:
            await run.votes({f"artist-{n}": 1 + (n * number) % 4 for n in range(5)} | {"abba": 3})
    await run.pass_to(FIRST + 15 * DAY)
    return run


async def test_seasons_are_listed_newest_first_page_by_page(fortnight: Era) -> None:
    starts: list[str] = []
    cursor = None
    while True:
        page = (await fortnight.ask("seasons", metric="votes", window="day", limit=4, cursor=cursor)).json
        starts += [season["windowStart"] for season in page["seasons"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert starts == sorted(starts, reverse=True)
    assert len(starts) == len(set(starts)) == 14
    assert (page["metric"], page["unit"], page["entity"], page["window"]) == ("votes", "points", "artist", "day")
    season = page["seasons"][0]
    assert (season["members"], season["kept"], len(season["position"])) == (6, 6, 2)
    closed, ended = (datetime.fromisoformat(season[name]) for name in ("closedAt", "windowEnd"))
    assert closed >= ended + GRACE
    weeks = (await fortnight.ask("seasons", metric="voters")).json["seasons"]
    assert [week["windowStart"] for week in weeks] == ["2026-05-17T22:00:00Z", "2026-05-10T22:00:00Z"]


async def test_a_seasons_rows_have_the_names_of_today(fortnight: Era) -> None:
    query = {"metric": "votes", "window": "week", "at": "2026-05-12"}
    page = (await fortnight.ask("seasons/board", **query)).json
    assert [row["place"] for row in page["rows"]] == [1, 2, 3, 4, 5, 6]
    abba = next(row for row in page["rows"] if row["id"] == "abba")
    assert (abba["name"], abba["score"]) == ("ABBA", 18)
    rows: list[Any] = []
    cursor = None
    while True:
        part = (await fortnight.ask("seasons/board", **query, limit=4, cursor=cursor)).json
        rows += part["rows"]
        cursor = part["nextCursor"]
        if cursor is None:
            break
    assert rows == page["rows"]
    newest = (await fortnight.ask("seasons/board", metric="votes", window="day")).json
    assert newest["season"]["windowStart"] == "2026-05-24T22:00:00Z"


async def test_a_window_without_a_season_is_not_found_and_told_the_nearest(fortnight: Era) -> None:
    reply = await fortnight.ask("seasons/board", metric="votes", window="day", at="2026-05-16T12:00:00Z")
    assert (reply.status, reply.code, reply.json["field"]) == (404, "not_found", "at")
    assert "2026-05-14T22:00:00+00:00 and 2026-05-16T22:00:00+00:00" in reply.json["detail"]
    reply = await fortnight.ask("seasons/board", metric="votes", window="month")
    assert (reply.status, reply.code) == (404, "not_found")
    reply = await fortnight.ask("seasons/board", metric="plays", at="2026-05-16")
    assert "there is none yet" in reply.json["detail"]


@pytest.mark.parametrize(("path", "query", "field"), [
    ("seasons", {"metric": "fame"}, "metric"),
    ("seasons", {"metric": "votes", "entity": "fan"}, "entity"),
    ("seasons", {"metric": "votes", "entity": "tenant"}, "entity"),
    ("seasons", {"metric": "voters", "entity": "event"}, "entity"),
    ("seasons", {"metric": "votes", "window": "hour"}, "window"),
    ("seasons", {"metric": "votes", "window": "all"}, "window"),
    ("seasons", {"metric": "votes", "limit": 0}, "limit"),
    ("seasons", {"metric": "votes", "cursor": "?"}, "cursor"),
    ("seasons", {"metric": "votes", "cursor": "OTk5OTk5OTk5OTk5OTk5"}, "cursor"),
    ("seasons", {"metric": "money_spent", "currency": "eur"}, "currency"),
    ("seasons/board", {"metric": "votes", "at": "soon"}, "at"),
    ("seasons/board", {"metric": "votes", "limit": 1001}, "limit"),
    ("seasons/history", {"metric": "votes"}, None),
    ("seasons/history", {"metric": "votes", "id": ""}, "id"),
])  # fmt: skip
async def test_a_question_that_cannot_be_asked_is_refused(
    fortnight: Era, path: str, query: dict[str, Any], field: str | None
) -> None:
    reply = await fortnight.ask(path, **query)
    assert (reply.status, reply.code) == (400, "invalid_query")
    assert reply.json.get("field") == field


async def test_a_run_tells_peak_periods_and_the_longest_streak(fortnight: Era) -> None:
    told = (await fortnight.ask("seasons/history", metric="votes", window="day", id="abba", limit=3)).json
    assert (told["periods"], told["longestStreak"], len(told["seasons"])) == (14, 9, 3)
    assert told["peak"] == 1
    assert told["seasons"][0]["windowStart"] == "2026-05-24T22:00:00Z"
    more = (
        await fortnight.ask(
            "seasons/history", metric="votes", window="day", id="abba", limit=20, cursor=told["nextCursor"]
        )
    ).json
    assert len(more["seasons"]) == 11
    ranks = [season["rank"] for season in told["seasons"] + more["seasons"]]
    assert told["periodsAtPeak"] == ranks.count(1)
    nobody = (await fortnight.ask("seasons/history", metric="votes", window="day", id="nobody")).json
    assert (nobody["peak"], nobody["periods"], nobody["longestStreak"], nobody["seasons"]) == (None, 0, 0, [])


async def test_an_entitys_run_and_a_pages_movement_are_index_look_ups(fortnight: Era) -> None:
    numbers = await fortnight.numbers(["abba", "artist-1"])
    async with fortnight.world.database.tenant(fortnight.tenant.tenant_id) as connection:
        await connection.execute("SET LOCAL enable_seqscan = off")
        plan = await connection.fetch(
            "EXPLAIN " + moving.SQL["movement"], fortnight.tenant.tenant_id, "votes", 1, 1, numbers, FIRST + 9 * DAY,
            FIRST + 8 * DAY,
        )  # fmt: skip
    lines = [row["QUERY PLAN"] for row in plan]
    assert any("Index Only Scan using coliseum_leaderboards_entity" in line for line in lines), lines
    assert not [line for line in lines if "Seq Scan" in line]


async def test_verify_finds_what_is_false_in_a_season(fortnight: Era) -> None:
    assert await verify(fortnight.world.database, fortnight.world.store, [fortnight.tenant]) == []
    where = "WHERE tenant_id = $1 AND metric = 'votes' AND kind = 1 AND grain = 1 AND starts_at = $2"
    start = FIRST + 2 * DAY - timedelta(hours=2)
    table = "coliseum_leaderboards"
    for falsified in (
        f"UPDATE {table} SET score = score + 1 {where} AND place = 2",  # noqa: S608
        f"UPDATE {table} SET rank = 1 {where} AND place = 6",  # noqa: S608
        f"DELETE FROM {table} {where} AND place = 4",  # noqa: S608
        f"UPDATE {table} SET entity = -entity {where} AND place = 1",  # noqa: S608
        f"UPDATE coliseum_seasons SET members = members + 1 {where}",  # noqa: S608
    ):
        async with fortnight.world.database.connection("owner") as connection:
            assert await connection.execute(falsified, fortnight.tenant.tenant_id, start) in {"UPDATE 1", "DELETE 1"}
        found = await check_seasons(fortnight.world.database, fortnight.tenant, newest_max=100)
        assert found, falsified
        assert {each.what for each in found} == {"season"}
        await restore(fortnight, start)
        assert await check_seasons(fortnight.world.database, fortnight.tenant, newest_max=100) == [], falsified


async def restore(era: Era, start: datetime) -> None:
    """Close the day's votes once more: the log says the same."""
    for table in ("coliseum_leaderboards", "coliseum_seasons", "coliseum_closings"):
        await era.world.execute(
            f"DELETE FROM {table} WHERE tenant_id = $1 AND grain = 1 AND starts_at >= $2",  # noqa: S608
            era.tenant.tenant_id, start,
        )  # fmt: skip
    await era.close()


async def test_an_entry_that_was_a_dead_letter_when_a_window_closed_is_not_missed_in_its_season(world: World) -> None:
    run = await Era(world, await world.platform(), FIRST + NOON).begin()
    whole = run.projection
    ill = vote(artistId="abba", at=run.now.isoformat())
    await run.send(vote(artistId="loreen", at=run.now.isoformat()), ill)
    run.projection = Spoilt(whole, {ill["id"]}, ValueError("ill"))
    await run.pass_to(FIRST + DAY + GRACE)
    assert await run.scores(FIRST) == {"loreen": 1}
    [letter] = await dead_letters(world.database, run.tenant.slug)
    assert await check_seasons(world.database, run.tenant) == []
    assert await retry(world.database, run.tenant, letter, {"coliseum": whole}) is None
    # It counts on the day's own board from now on, and the season says what stood when the day closed.
    assert await run.scores(FIRST) == {"loreen": 1}
    assert await check_seasons(world.database, run.tenant) == []


async def test_artists_by_attendance_are_verified_by_the_bills_of_then(world: World) -> None:
    run = await Era(world, await world.platform(), FIRST + NOON).begin()
    now = run.now.isoformat()
    await run.send(
        event("catalog.event", userId=None, eventId="final", name="Final", artistIds=["abba", "loreen"], at=now),
        event("catalog.event", userId=None, eventId="half", name="Half", artistIds=["loreen"], at=now),
        *(event("concierto.event_attended", eventId=night, city="Graz", userId=f"fan-{n}", at=now)
          for night, fans in (("final", 3), ("half", 2)) for n in range(fans)),
        *(event("concierto.event_viewed", eventId="half", userId=f"fan-{n}", at=now) for n in range(2)),
    )  # fmt: skip
    await run.pass_to(FIRST + DAY + GRACE)
    assert await run.scores(FIRST, metric="attendance") == {"abba": 3, "loreen": 5}
    assert await run.scores(FIRST, metric="views") == {"loreen": 2}
    # A bill that is corrected later does not change what the season says, nor what is expected of it.
    await run.send(
        event("catalog.event", userId=None, eventId="final", name="Final", artistIds=["go-a"], at=run.now.isoformat())
    )
    await run.read()
    assert await check_seasons(world.database, run.tenant) == []
    async with world.database.connection("owner") as connection:
        await connection.execute(
            "UPDATE coliseum_leaderboards SET score = score + 1 "
            "WHERE tenant_id = $1 AND metric = 'attendance' AND kind = 1 AND place = 1 AND grain = 1",
            run.tenant.tenant_id,
        )
    [found] = await check_seasons(world.database, run.tenant)
    assert "attendance artist loreen" in found.key


async def test_a_closer_that_does_not_wait_for_the_log_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from coliseum.projections import seasons  # noqa: PLC0415

    swap_sql(monkeypatch, seasons, {"has_unread": ('e."offset" >= c."offset"', 'e."offset" < 0')})
    run = await Era(world, await world.platform(), FIRST + NOON).begin()
    await run.votes({"abba": 1})
    await run.read()
    await run.votes({"abba": 1})
    run.now = FIRST + DAY + GRACE
    run.closer = SeasonCloser(run.clock)
    await run.close()
    assert await run.scores(FIRST) != {"abba": 2}  # what the test of the right one demands
