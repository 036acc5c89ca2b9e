"""The catalogue's editor: edits are entries of the log, nobody's edit is lost, and boards follow."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from support.asgi import Reply
from support.festival import event, vote
from support.live import conducted, send
from support.people import LogIn, new_person
from support.services import Platform, World
from support.trail import entries_of

HOSTILE = "<img src=x onerror=alert(1)>/\u202e../'\"%"


async def editor(world: World, platform: Platform) -> LogIn:
    return await (await new_person(world, (platform, "admin"))).log_in()


async def put(
    who: LogIn, entity_id: str, fields: dict[str, Any], match: str | None = None, kind: str = "artists"
) -> Reply:
    headers = {} if match is None else {"if-match": f'"{match}"' if match != "*" else match}
    path = f"/api/catalog/{kind}/entity?id={quote(entity_id, safe='')}"
    return await who.ask("PUT", path, {"fields": fields}, headers)


async def test_an_edit_is_an_entry_with_its_actor_and_the_board_takes_the_name(
    world: World, platform: Platform
) -> None:
    await send(world, platform, [event("catalog.artist", artistId="abba", name="Aba", userId=None), vote()])
    who = await editor(world, platform)
    seen = (await who.ask("GET", "/api/catalog/artists/entity?id=abba")).json
    saved = await put(who, "abba", {"name": "ABBA", "genres": ["pop"]}, seen["version"])
    assert (saved.status, saved.json["outcome"]) == (200, "changed"), saved
    conductor = await conducted(world, platform)
    await conductor.quiesce()
    board = (await world.http.get("/api/leaderboards?metric=votes&entity=artist", platform.server)).json
    assert [row["name"] for row in board["rows"]] == ["ABBA"]
    [now, before] = (await who.ask("GET", "/api/catalog/artists/history?id=abba")).json
    assert (now["source"], now["by"], now["fields"]) == (
        "editor", f"person:{who.human.person_id}", {"name": "ABBA", "genres": ["pop"]},
    )  # fmt: skip
    assert (before["source"], before["by"], before["version"]) == ("api", None, seen["version"])
    deed = (await entries_of(world, platform))[-1]
    assert (deed["action"], deed["target"]) == ("catalog.change", "artist:abba")
    assert deed["detail"] == {"entry": now["version"], "replaces": before["version"]}


async def test_of_two_editors_who_saw_the_same_only_the_first_saves(world: World, platform: Platform) -> None:
    one, two = await editor(world, platform), await editor(world, platform)
    made = await put(one, "abba", {"name": "ABBA"})
    assert (made.status, made.json["outcome"]) == (200, "created")
    version = made.json["version"]
    replies = await asyncio.gather(
        put(one, "abba", {"name": "first"}, version), put(two, "abba", {"name": "second"}, version)
    )
    assert sorted(reply.status for reply in replies) == [200, 412]
    [lost] = [reply for reply in replies if reply.status == 412]
    assert lost.code == "changed_meanwhile"
    assert len((await one.ask("GET", "/api/catalog/artists/history?id=abba")).json) == 2
    late = await put(two, "abba", {"name": "second"}, version)
    assert f"by person:{one.human.person_id}" in late.json["detail"] or "person:" in late.json["detail"]


async def test_what_is_there_is_not_replaced_by_who_has_not_looked(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    assert (await put(who, "abba", {"name": "ABBA"})).status == 200
    assert (await put(who, "abba", {"name": "other"})).code == "changed_meanwhile"
    assert (await put(who, "queen", {"name": "Queen"}, "0.0")).code == "changed_meanwhile"
    assert (await put(who, "abba", {"name": "other"}, "*")).status == 200
    assert (await put(who, "abba", {"name": "other"}, "x")).status == 400


async def test_an_edit_that_says_nothing_new_leaves_no_entry(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    fields = {"name": "Final", "startsAt": "2026-05-01T21:00:00+02:00", "capacity": 5, "artistIds": ["abba"]}
    version = (await put(who, "final", fields, kind="events")).json["version"]
    again = await put(who, "final", {**fields, "city": ""}, version, kind="events")
    assert (again.json["outcome"], again.json["version"]) == ("unchanged", version)
    assert await world.count(platform) == 1


async def test_an_edit_wins_over_an_event_of_a_clock_that_is_ahead(world: World, platform: Platform) -> None:
    ahead = (datetime.now(UTC) + timedelta(seconds=50)).isoformat()
    await send(world, platform, [event("catalog.artist", artistId="abba", name="later", at=ahead, userId=None)])
    who = await editor(world, platform)
    assert (await put(who, "abba", {"name": "edited"}, "0.0")).status == 200
    await conducted(world, platform)
    assert (await who.ask("GET", "/api/catalog/artists")).json["entities"][0]["name"] == "edited"


async def test_what_an_event_could_not_say_an_edit_cannot(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    for fields, field in (
        ({}, "name"), ({"name": ""}, "name"), ({"name": "x" * 257}, "name"), ({"name": "x", "genres": "pop"}, "genres"),
        ({"name": "x", "userId": "u"}, "userId"), ({"name": "x", "artistId": "other"}, "artistId"),
    ):  # fmt: skip
        refused = await put(who, "abba", fields)
        assert (refused.status, refused.json["field"]) == (400, field), (fields, refused)
    assert await world.count(platform) == 0


async def test_names_and_ids_may_be_anything_and_lists_find_them(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    for number in range(7):
        assert (await put(who, f"{HOSTILE}{number}", {"name": f"{HOSTILE} {number}"})).status == 200
    assert (await put(who, "100%", {"name": "100%_\\"})).status == 200
    await conducted(world, platform)
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await who.ask("GET", f"/api/catalog/artists?limit=3{cursor and '&cursor=' + cursor}")).json
        names += [entity["name"] for entity in page["entities"]]
        cursor = page["nextCursor"]
    assert names == sorted(names, key=str.lower)
    assert len(names) == 8
    found = (await who.ask("GET", f"/api/catalog/artists?search={quote('%_')}")).json
    assert [entity["name"] for entity in found["entities"]] == ["100%_\\"]
    entity = await who.ask("GET", f"/api/catalog/artists/entity?id={quote(HOSTILE + '3', safe='')}")
    assert entity.json["fields"]["name"] == f"{HOSTILE} 3"


async def test_who_may_not_send_events_may_not_edit(world: World, platform: Platform) -> None:
    analyst = await (await new_person(world, (platform, "analyst"))).log_in()
    assert (await put(analyst, "abba", {"name": "x"})).code == "not_allowed"
    assert (await analyst.ask("POST", "/api/catalog/artists/import", {"file": ""})).code == "not_allowed"
    assert (await analyst.ask("GET", "/api/catalog/artists/entity?id=abba")).status == 404
    assert (await analyst.ask("GET", "/api/catalog/dogs")).status == 400
