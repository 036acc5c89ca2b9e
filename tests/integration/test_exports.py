"""Boards as files: every row, in order, safe to open."""

import csv
import io
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from support.declaring import put
from support.festival import event, vote
from support.live import conducted, send
from support.services import Platform, World

NASTY = ['=HYPERLINK("http://x")', "+1", "-1", "@sum", "\tx", 'a "quoted", name', "Ünïcode", "line\nbreak"]


async def exported(world: World, platform: Platform, query: str) -> Any:
    reply = await world.http.get(f"/api/leaderboards/export?{query}", platform.server)
    assert reply.status == 200, reply
    return reply


@pytest.fixture
async def board(world: World, platform: Platform) -> list[dict[str, Any]]:
    """Some votes for artists with all kinds of names; the rows of the board."""
    await send(
        world, platform,
        [event("catalog.artist", artistId=f"artist-{n}", name=name, genres=[]) for n, name in enumerate(NASTY)],
    )  # fmt: skip
    await send(world, platform, [vote(artistId=f"artist-{n}", weight=1 + n // 2) for n in range(12)])
    await conducted(world, platform)
    rows: list[dict[str, Any]] = (await world.http.get("/api/leaderboards?metric=votes", platform.server)).json["rows"]
    assert len(rows) == 12
    return rows


async def test_csv_holds_the_board_and_no_formula(
    world: World, platform: Platform, board: list[dict[str, Any]]
) -> None:
    reply = await exported(world, platform, "metric=votes&format=csv&limit=1")
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.headers["content-disposition"] == 'attachment; filename="votes-artist-all.csv"'
    assert (reply.headers["coliseum-members"], reply.headers["coliseum-source"]) == ("12", "rollups")
    head, *rows = csv.reader(io.StringIO(reply.body.decode(), newline=""))
    assert head == ["rank", "id", "name", "score", "percentile", "toNext"]
    assert [(int(row[0]), row[1], int(row[3])) for row in rows] == [
        (row["rank"], row["id"], row["score"]) for row in board
    ]
    assert [row[2].removeprefix("'") for row in rows] == [row["name"] for row in board]
    assert not [row for row in rows if row[2].startswith(("=", "+", "-", "@", "\t"))]


async def test_ndjson_holds_the_rows_as_the_api_gives_them(
    world: World, platform: Platform, board: list[dict[str, Any]]
) -> None:
    reply = await exported(world, platform, "metric=votes&format=ndjson&ranking=dense")
    dense = (await world.http.get("/api/leaderboards?metric=votes&ranking=dense", platform.server)).json["rows"]
    assert [msgspec.json.decode(line) for line in reply.body.splitlines()] == dense
    assert len(dense) == len(board)


async def test_parquet_has_typed_columns(world: World, platform: Platform, board: list[dict[str, Any]]) -> None:
    reply = await exported(world, platform, "metric=votes&format=parquet")
    table = pq.read_table(io.BytesIO(reply.body))
    assert [str(field.type) for field in table.schema] == ["int64", "string", "string", "int64", "double", "int64"]
    assert table.to_pylist() == [{name: row[name] for name in table.column_names} for row in board]


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
async def test_an_empty_board_is_a_file_too(world: World, platform: Platform, form: str) -> None:
    reply = await exported(world, platform, f"metric=votes&window=day&at=2020-01-01&format={form}")
    if form == "parquet":
        assert pq.read_table(io.BytesIO(reply.body)).num_rows == 0
    else:
        assert len(reply.body.splitlines()) == (form == "csv")


async def test_rows_that_were_asked_for_alone_are_exported_alone(
    world: World, platform: Platform, board: list[dict[str, Any]]
) -> None:
    reply = await exported(world, platform, f"metric=votes&ids={board[3]['id']}")
    assert len(reply.body.splitlines()) == 2


@pytest.mark.parametrize("query", ["metric=votes&format=xlsx", "format=csv", "metric=votes&what=x"])
async def test_what_cannot_be_exported_is_said(world: World, platform: Platform, query: str) -> None:
    reply = await world.http.get(f"/api/leaderboards/export?{query}", platform.server)
    assert (reply.status, reply.code) == (400, "invalid_query")


async def test_a_browser_key_exports_nothing(world: World, platform: Platform) -> None:
    reply = await world.http.get("/api/leaderboards/export?metric=votes", platform.browser)
    assert (reply.status, reply.code) == (403, "key_not_allowed")


async def test_a_declared_board_is_a_file_with_its_own_rules_and_its_past(world: World, platform: Platform) -> None:
    rules = {"tieRule": "countback", "eligibility": {"minFans": 2}}
    loved = {"metric": "votes", "entity": "artist", "windows": ["all"], **rules}
    assert (await put(world, platform, "loved", loved)).status == 201
    for fan in "pqr":
        await send(world, platform, [vote(artistId=each, userId=fan) for each in "ab"])
    await send(world, platform, [vote(artistId="alone", userId="p", weight=9)])
    await send(world, platform, [vote(artistId="b", userId="s", weight=2), vote(artistId="a", userId="p", weight=2)])
    await conducted(world, platform)
    for query, source in (("", "rollups"), ("&as_of=7", "log"), ("&as_of=3", "log"), ("&as_of=0", "log")):
        asked = f"board=loved{query}"
        rows = (await world.http.get(f"/api/leaderboards?{asked}", platform.server)).json["rows"]
        reply = await exported(world, platform, f"{asked}&format=ndjson")
        assert [msgspec.json.decode(line) for line in reply.body.splitlines()] == rows
        assert reply.headers["coliseum-source"] == source
        assert reply.headers["coliseum-members"] == str(len(rows))
        assert reply.headers["content-disposition"] == 'attachment; filename="loved-all.ndjson"'
    now, then, before = [
        [(row["id"], row["rank"]) for row in (await exported_rows(world, platform, f"board=loved{query}"))]
        for query in ("", "&as_of=7", "&as_of=3")
    ]
    assert (now, then, before) == ([("b", 1), ("a", 2)], [("a", 1), ("b", 1)], [("a", 1)])
    some = await exported_rows(world, platform, "board=loved&ids=a,alone")
    assert [row["id"] for row in some] == ["a"]
    other = await exported_rows(world, platform, "board=votes-artist&as_of=7")
    assert [row["id"] for row in other] == ["alone", "a", "b"]
    for wrong in ("board=nothing", "board=loved&metric=votes", "board=loved&as_of=99", "board=loved&members=a"):
        assert (await world.http.get(f"/api/leaderboards/export?{wrong}", platform.server)).code == "invalid_query"


async def exported_rows(world: World, platform: Platform, query: str) -> list[dict[str, Any]]:
    reply = await exported(world, platform, f"{query}&format=ndjson")
    return [msgspec.json.decode(line) for line in reply.body.splitlines()]
