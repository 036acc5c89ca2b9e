"""Boards over HTTP: cursors, tags, and what an answer says of where it was read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.clocked import NOW, Clocked
from support.festival import vote
from support.model import parsed


@pytest.fixture
async def clocked(clocked: Clocked) -> Clocked:
    """Twelve artists with scores from 20 downwards."""
    await clocked.told(*(voted(f"a{number:02}", 20 - number, minutes=30 - number) for number in range(12)))
    return clocked


def voted(artist: str, weight: int = 1, **back: float) -> dict[str, Any]:
    return vote(artistId=artist, weight=weight, at=(NOW - timedelta(**back)).isoformat())


OTHERS: list[dict[str, Any]] = [
    {"metric": "voters"}, {"entity": "event"}, {"window": "day"}, {"window": "24h"}, {"event": "final"}, {"city": "Graz"},
    {"genre": "pop", "event": "final"}, {"from": "2031-05-14T10:00:00Z", "to": "2031-05-14T13:00:00Z"}, {"as_of": "12"},
    {"as_of": "11"}, {"metric": "money_spent"},
]  # fmt: skip


@pytest.mark.parametrize("other", OTHERS, ids=str)
async def test_a_cursor_of_another_board_is_refused(clocked: Clocked, other: dict[str, Any]) -> None:
    for mine, theirs in (({}, other), (other, {})):
        page = await clocked.ask(**{"metric": "votes", **mine}, limit=1)
        cursor = page["nextCursor"] or (await clocked.ask(metric="votes", window="week", limit=1))["nextCursor"]
        for cold in (False, True):
            reply = await clocked.get(cold=cold, **{"metric": "votes", **theirs}, limit=1, cursor=cursor)
            assert (reply.status, reply.code, reply.json["field"]) == (400, "invalid_query", "cursor"), other


async def test_a_cursor_of_another_tenant_is_refused(clocked: Clocked) -> None:
    cursor = (await clocked.ask(metric="votes", limit=1))["nextCursor"]
    other = await clocked.world.platform()
    reply = await clocked.live.get(f"/api/leaderboards?metric=votes&cursor={cursor}", other.server)
    assert (reply.status, reply.json["field"]) == (400, "cursor")


@pytest.mark.parametrize(
    "cursor", ["", "x", "AAAA", "W10", "WzEsMiwzXQ", "WzEsMiwzLCJ4Il0", "%F0%9F%8E%B8", "W251bGwsMSwyLCJ4Il0"]
)
async def test_what_is_no_cursor_is_refused(clocked: Clocked, cursor: str) -> None:
    reply = await clocked.get(metric="votes", cursor=cursor)
    assert (reply.status, reply.json["field"]) == (400, "cursor")


@pytest.mark.parametrize("cold", [False, True])
@pytest.mark.parametrize("ranking", ["competition", "dense", "ordinal"])
async def test_a_cursor_goes_on_where_its_row_stood_while_scores_move(
    clocked: Clocked, cold: bool, ranking: str
) -> None:
    asked: dict[str, Any] = {"metric": "votes", "limit": 4, "ranking": ranking, "cold": cold}
    first = await clocked.ask(**asked)
    assert [row["id"] for row in first["rows"]] == ["a00", "a01", "a02", "a03"]
    # The last row falls, one that was shown rises, and one that is still to come rises over the place.
    await clocked.told(voted("a00", 50), voted("a03", 90), voted("a09", 99))
    second = await clocked.ask(**asked, cursor=first["nextCursor"])
    assert [row["id"] for row in second["rows"]] == ["a04", "a05", "a06", "a07"]
    assert [row["rank"] for row in second["rows"]] == [6, 7, 8, 9]
    third = await clocked.ask(**asked, cursor=second["nextCursor"])
    assert [row["id"] for row in third["rows"]] == ["a08", "a10", "a11"]
    assert third["nextCursor"] is None


async def test_an_answer_says_where_it_was_read(clocked: Clocked) -> None:
    assert (await clocked.both(metric="votes"))["source"] == "live"
    reads: list[tuple[dict[str, Any], str]] = [
        ({}, "live"), ({"around": "a03"}, "live"), ({"ids": "a03"}, "live"), ({"members": "a03,a05"}, "live"),
        ({"as_of": "12"}, "log"), ({"as_of": NOW.isoformat()}, "log"),
        ({"from": "2031-05-14T10:00:00Z", "to": "2031-05-14T13:00:00Z"}, "rollups"),
    ]  # fmt: skip
    for query, source in reads:
        reply = await clocked.get(metric="votes", **query)
        assert (reply.headers["coliseum-source"], reply.json["source"]) == (source, source), query
        reply = await clocked.get(cold=True, metric="votes", **query)
        assert reply.headers["coliseum-source"] == (source if source == "log" else "rollups")


@pytest.mark.parametrize(
    "query", [{}, {"ids": "a03,a05"}, {"around": "a05"}, {"as_of": "7"}, {"window": "24h"}], ids=str
)
async def test_who_has_the_answer_already_is_told_so_until_it_changes(clocked: Clocked, query: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"metric": "votes", **query}
    if "as_of" not in query:
        await clocked.both(**asked)
    first = await clocked.get(**asked)
    tag = first.headers["etag"]
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await clocked.get(**asked, headers={"if-none-match": header})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["coliseum-source"] == first.json["source"]
    assert (await clocked.get(**asked, headers={"if-none-match": '"other"'})).status == 200
    await clocked.told(voted("a05", 1, minutes=1))
    changed = await clocked.get(**asked, headers={"if-none-match": tag})
    assert changed.status == (304 if "as_of" in query else 200)


async def test_a_board_as_of_then_is_the_one_that_was_shown_then(clocked: Clocked) -> None:
    shown = []
    for number in range(6):
        page = await clocked.both(metric="votes")
        shown.append((datetime.now(UTC), page))
        await clocked.told(voted(f"a{number:02}", 3 + number, minutes=number), voted("new", minutes=20))
    for moment, page in shown:
        for as_of in (moment.isoformat(), ".".join(map(str, page["position"]))):
            told = await clocked.ask(metric="votes", as_of=as_of)
            assert told["source"] == "log"
            assert (told["rows"], told["position"], told["members"]) == (
                page["rows"],
                page["position"],
                page["members"],
            )


@pytest.mark.parametrize(
    "as_of", ["13", "999999", "1.2", "", ".", "1.", "-1", "2032-01-01", "soon", "9223372036854775808"]
)
async def test_a_position_that_is_none_is_refused(clocked: Clocked, as_of: str) -> None:
    reply = await clocked.get(metric="votes", as_of=as_of)
    assert (reply.status, reply.code, reply.json["field"]) == (400, "invalid_query", "as_of"), as_of


@pytest.mark.parametrize("cold", [False, True])
async def test_a_board_of_nobody_is_empty_in_every_way(clocked: Clocked, cold: bool) -> None:
    for query in (
        {"ids": "x,y"},
        {"members": "x,y"},
        {"around": "x"},
        {"genre": "none"},
        {"at": "1999-01-01", "window": "week"},
    ):
        page = await clocked.ask(cold=cold, metric="votes", **query)
        assert (page["rows"], page["nextCursor"]) == ([], None)
        assert page["members"] == (12 if {"ids", "around"} & query.keys() else 0), query


async def test_one_alone_is_better_than_all_others(clocked: Clocked) -> None:
    page = await clocked.both(metric="votes", members="a05,nobody")
    assert page["members"] == 1
    assert [(row["rank"], row["percentile"], row["toNext"], row["overallRank"]) for row in page["rows"]] == [
        (1, 100, None, 6)
    ]


async def test_windows_name_their_begin_and_end(clocked: Clocked) -> None:
    for window, begin, end in (
        ("hour", "2031-05-14T12", "2031-05-14T13"), ("day", "2031-05-14T00", "2031-05-15T00"),
        ("week", "2031-05-12T00", "2031-05-19T00"), ("month", "2031-05-01T00", "2031-06-01T00"),
        ("year", "2031-01-01T00", "2032-01-01T00"), ("24h", "2031-05-13T13", "2031-05-14T13"),
        ("7d", "2031-05-07T13", "2031-05-14T13"), ("28d", "2031-04-16T13", "2031-05-14T13"),
        ("90d", "2031-02-13T13", "2031-05-14T13"),
    ):  # fmt: skip
        page = await clocked.both(metric="votes", window=window)
        assert (parsed(page["windowStart"]), parsed(page["windowEnd"])) == (
            parsed(f"{begin}:00Z"),
            parsed(f"{end}:00Z"),
        )
