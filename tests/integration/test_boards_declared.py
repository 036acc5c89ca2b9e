"""Boards that a tenant declares: made, replaced, removed, kept apart, counted, and shown to the public or not."""

import asyncio
import json
from typing import Any

import pytest

from coliseum import db
from coliseum.boards.board import Board
from coliseum.boards.declaration import DECLARATION_BYTES_MAX, built_in
from coliseum.boards.declared import BOARDS_MAX, pinned
from coliseum.clock import utc_now
from coliseum.metrics.registry import KINDS, Kind
from coliseum.metrics.windows import WINDOWS, window_at
from support.asgi import Reply
from support.declaring import BOARDS, VOTES, get, put, remove, stored
from support.festival import vote
from support.live import conducted, send
from support.services import Platform, World


async def test_a_board_is_declared_read_replaced_and_removed(world: World, platform: Platform) -> None:
    made = await put(world, platform, "finals", {**VOTES, "title": "Finals", "filters": {"event": "final"}})
    assert made.status == 201
    declared = made.json["declaration"]
    assert declared == {
        "name": "finals", "title": "Finals", "metric": "votes", "entity": "artist", "unit": "points", "currency": None,
        "windows": list(WINDOWS), "filters": {"event": "final"}, "tieRule": "first", "eligibility": {},
        "visibility": "private", "publicTotal": False, "halfLifeHours": None, "pinned": False,
    }  # fmt: skip
    assert made.headers["etag"] == f'"{made.json["revision"]}"'
    found = await get(world, platform, "finals")
    assert (found.status, found.json, found.headers["etag"]) == (200, made.json, made.headers["etag"])
    again = await put(world, platform, "finals", declared)
    assert (again.status, again.json) == (200, made.json)
    changed = await put(world, platform, "finals", {**declared, "pinned": True})
    assert changed.status == 200
    assert changed.json["revision"] > made.json["revision"]
    assert (changed.json["createdAt"], changed.json["declaration"]["pinned"]) == (made.json["createdAt"], True)
    assert (await remove(world, platform, "finals")).status == 204
    for reply in (await get(world, platform, "finals"), await remove(world, platform, "finals")):
        assert (reply.status, reply.code) == (404, "not_found")
    anew = await put(world, platform, "finals", declared)
    assert anew.status == 201
    assert anew.json["revision"] > changed.json["revision"]


async def test_a_tenant_has_the_built_in_boards_and_its_own(world: World, platform: Platform) -> None:
    names = sorted(board.name for board in built_in(platform.tenant))
    listed = (await get(world, platform)).json
    assert [board["declaration"]["name"] for board in listed] == names
    assert all(board["builtIn"] and board["revision"] == 0 for board in listed)
    assert (await get(world, platform, "votes-artist")).json in listed
    await put(world, platform, "an-own-one", VOTES)
    replaced = await put(world, platform, "votes-artist", {**VOTES, "eligibility": {"minFans": 5}}, {"if-match": '"0"'})
    assert replaced.status == 201
    listed = {board["declaration"]["name"]: board for board in (await get(world, platform)).json}
    assert list(listed) == sorted([*names, "an-own-one"])
    assert [name for name, board in listed.items() if not board["builtIn"]] == ["an-own-one", "votes-artist"]
    assert listed["votes-artist"] == replaced.json
    assert (await remove(world, platform, "votes-artist")).status == 204
    assert (await get(world, platform, "votes-artist")).json["builtIn"] is True
    assert (await remove(world, platform, "votes-artist")).status == 404


async def test_if_match_lets_only_the_known_revision_be_changed(world: World, platform: Platform) -> None:
    assert (await put(world, platform, "one", VOTES, {"if-match": "*"})).code == "changed_meanwhile"
    first = (await put(world, platform, "one", VOTES)).headers["etag"]
    second = await put(world, platform, "one", {**VOTES, "title": "2"}, {"if-match": f'"1", {first}'})
    assert second.status == 200
    for reply in (
        await put(world, platform, "one", {**VOTES, "title": "3"}, {"if-match": first}),
        await remove(world, platform, "one", {"if-match": first}),
    ):
        assert (reply.status, reply.code) == (412, "changed_meanwhile")
    assert (await get(world, platform, "one")).json == second.json
    for wrong in ("", "7", '"x"', 'W/"7"', '"7",', '"' + "9" * 17 + '"'):
        reply = await put(world, platform, "one", VOTES, {"if-match": wrong})
        assert (reply.status, reply.code, reply.json["field"]) == (400, "invalid_query", "If-Match")
    assert (await remove(world, platform, "one", {"if-match": second.headers["etag"]})).status == 204


async def test_boards_need_a_server_key(world: World, platform: Platform) -> None:
    requests = [("GET", BOARDS), ("GET", f"{BOARDS}/x"), ("PUT", f"{BOARDS}/x"), ("DELETE", f"{BOARDS}/x")]
    body = json.dumps(VOTES).encode()
    for method, path in requests:
        for headers, status, code in (
            (platform.browser, 403, "key_not_allowed"),
            ({}, 401, "missing_key"),
            ({"authorization": "Bearer nobody"}, 401, "unknown_key"),
        ):
            reply = await world.http.send(method, path, body, headers)
            assert (reply.status, reply.code) == (status, code)
    assert await stored(world, platform) == []


async def test_what_is_wrong_is_said_by_name_and_nothing_is_stored(world: World, platform: Platform) -> None:
    cases: list[tuple[str, Any, dict[str, str], int, str]] = [
        ("Upper", VOTES, {}, 400, "invalid_query"),
        ("a" * 65, VOTES, {}, 400, "invalid_query"),
        ("x", {**VOTES, "windows": ["decade"]}, {}, 400, "invalid_query"),
        ("x", b"{", {}, 400, "invalid_json"),
        ("x", b'{"metric":"votes","metric":"votes"}', {}, 400, "duplicate_key"),
        ("x", b" " * (DECLARATION_BYTES_MAX + 1), {}, 413, "body_too_large"),
        ("x", b"{}", {"content-length": str(10**12)}, 413, "body_too_large"),
        ("x", b"{}", {"content-type": "multipart/form-data"}, 415, "unsupported_media_type"),
        ("x", b"{}", {"content-encoding": "gzip"}, 400, "bad_encoding"),
        ("x?dry=1", VOTES, {}, 400, "invalid_query"),
    ]
    for name, body, headers, status, code in cases:
        reply = await put(world, platform, name, body, headers)
        assert (reply.status, reply.code) == (status, code), (name, body)
    assert (await world.http.send("POST", f"{BOARDS}/x", b"", platform.server)).code == "method_not_allowed"
    for name in ("no\0thing", "Ünbekannt", "x" * 10_000):
        assert (await get(world, platform, name)).code == "not_found"
        assert (await remove(world, platform, name)).code == "not_found"
    assert await stored(world, platform) == []


async def test_one_tenant_neither_sees_nor_changes_the_boards_of_another(world: World, platform: Platform) -> None:
    other = await world.platform()
    await put(world, platform, "mine", VOTES)
    assert (await get(world, other, "mine")).status == 404
    assert (await remove(world, other, "mine")).status == 404
    assert (await put(world, other, "mine", {**VOTES, "title": "theirs"})).status == 201
    assert (await get(world, platform, "mine")).json["declaration"]["title"] == "mine"
    async with world.database.tenant(other.tenant_id) as connection:
        # The statements name their tenant; under the policies it would not help to name another.
        assert await connection.fetchval("SELECT count(*) FROM coliseum_boards") == 1
        for change in (
            "UPDATE coliseum_boards SET revision = 1 WHERE tenant_id = $1",
            "DELETE FROM coliseum_boards WHERE tenant_id = $1",
        ):
            assert (await connection.execute(change, platform.tenant_id)).endswith(" 0")
        with pytest.raises(db.InsufficientPrivilege, match="row-level security"):
            await connection.execute(
                "INSERT INTO coliseum_boards (tenant_id, name, declaration, revision) "
                "SELECT $1, 'new', jsonb_set(declaration, '{name}', '\"new\"'), 1 FROM coliseum_boards",
                platform.tenant_id,
            )
    assert await stored(world, platform) == ["mine"]


async def test_a_tenant_declares_so_many_boards_and_no_more(world: World, platform: Platform) -> None:
    replies = await asyncio.gather(*(put(world, platform, f"board-{n}", VOTES) for n in range(BOARDS_MAX + 20)))
    assert sorted(reply.status for reply in replies) == [201] * BOARDS_MAX + [409] * 20
    assert {reply.code for reply in replies if reply.status == 409} == {"too_many_boards"}
    names = await stored(world, platform)
    assert len(names) == BOARDS_MAX
    assert (await put(world, platform, names[0], {**VOTES, "title": "still possible"})).status == 200
    assert (await remove(world, platform, names[0])).status == 204
    assert (await put(world, platform, "one-more", VOTES)).status == 201


async def test_of_many_at_once_all_but_one_learn_that_it_has_changed(world: World, platform: Platform) -> None:
    boards = [{**VOTES, "title": f"title {n}"} for n in range(24)]
    replies = await asyncio.gather(*(put(world, platform, "busy", board) for board in boards))
    assert sorted(reply.status for reply in replies) == [200] * 23 + [201]
    assert len({reply.json["revision"] for reply in replies}) == 24
    last = max(replies, key=lambda reply: int(reply.json["revision"]))
    assert (await get(world, platform, "busy")).json == last.json
    tag = {"if-match": last.headers["etag"]}
    replies = await asyncio.gather(*(put(world, platform, "busy", {**VOTES, "title": f"{n}"}, tag) for n in range(24)))
    assert sorted(reply.status for reply in replies) == [200] + [412] * 23
    [winner] = [reply for reply in replies if reply.status == 200]
    assert (await get(world, platform, "busy")).json == winner.json


async def test_pinned_boards_are_those_that_can_be_live(world: World) -> None:
    platform = await world.platform(zone="Europe/Vienna")
    boards: dict[str, Any] = {
        "fans": {"metric": "voters", "entity": "event", "windows": ["hour", "all"], "pinned": True},
        "city": {"metric": "money_spent", "entity": "artist", "windows": ["month"], "filters": {"city": "Graz"},
                 "pinned": True},
        "not-pinned": VOTES,
        "selective": {**VOTES, "pinned": True, "eligibility": {"minScore": 1}},
        "counted-back": {**VOTES, "pinned": True, "tieRule": "countback"},
    }  # fmt: skip
    for name, board in boards.items():
        assert (await put(world, platform, name, board)).status == 201
    now = utc_now()
    async with world.database.transaction("processor") as connection:
        found = await pinned(connection, platform.tenant, now)

    def start(window: str) -> int:
        instant = window_at(window, now, platform.tenant.zone).start
        return 0 if instant is None else int(instant.timestamp())

    assert found == {
        Board("voters", "", Kind.EVENT, "hour", start("hour")),
        Board("voters", "", Kind.EVENT, "all", 0),
        Board("money_spent", "eur", KINDS["artist"], "month", start("month"), "city", "Graz"),
    }


async def test_a_declared_board_is_read_by_its_name_in_every_way(world: World, platform: Platform) -> None:
    await send(
        world, platform,
        [vote(artistId=f"artist-{n}", eventId="final" if n else "semi", userId=f"fan-{m}") for n in range(4) for m in range(n + 1)],
    )  # fmt: skip
    await conducted(world, platform)
    declared = {**VOTES, "filters": {"event": "final"}, "windows": ["all", "7d"], "halfLifeHours": 6}
    assert (await put(world, platform, "finals", declared)).status == 201
    assert (await put(world, platform, "loved", {**VOTES, "eligibility": {"minFans": 3}})).status == 201

    async def asked(path: str) -> Reply:
        return await world.http.get(path, platform.server)

    for query in ("", "&window=7d", "&around=artist-2&limit=1", "&ids=artist-1", "&movement=true", "&ranking=dense"):
        named = await asked(f"/api/leaderboards?board=finals{query}")
        spelt = await asked(f"/api/leaderboards?metric=votes&event=final{query}")
        assert named.status == spelt.status == 200
        assert named.json["rows"] == spelt.json["rows"] != []
    few = (await asked("/api/leaderboards?board=loved&limit=1")).json
    assert ([row["id"] for row in few["rows"]], few["members"]) == (["artist-3"], 2)
    more = (await asked(f"/api/leaderboards?board=loved&limit=1&cursor={few['nextCursor']}")).json
    assert [(row["id"], row["rank"], row["toNext"]) for row in more["rows"]] == [("artist-2", 2, 1)]
    around = (await asked("/api/leaderboards?board=loved&around=artist-2&limit=2")).json
    assert [row["id"] for row in around["rows"]] == ["artist-3", "artist-2"]
    assert (await asked("/api/leaderboards?board=loved&ids=artist-1,artist-2")).json["rows"] == more["rows"]
    trend = (await asked("/api/trending?board=finals")).json
    assert (trend["halfLifeHours"], [row["id"] for row in trend["rows"]]) == (6, ["artist-3", "artist-2", "artist-1"])
    assert (await asked("/api/breaking?board=finals&min_support=1")).status == 200
    for wrong in (
        "leaderboards?board=nothing", "leaderboards?board=finals&metric=votes", "leaderboards?board=finals&window=day",
        "leaderboards?board=finals&city=Wien", "leaderboards?board=loved&members=artist-1", "trending?board=loved",
        "leaderboards?board=loved&movement=true", "leaderboards?board=loved&as_of=999", "trending?board=finals&half_life_hours=0", "trending", "breaking?board=x",
    ):  # fmt: skip
        assert (await asked(f"/api/{wrong}")).code == "invalid_query", wrong
