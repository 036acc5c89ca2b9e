"""CSV import of the catalogue: shown first, done when confirmed, and the same file twice changes nothing twice."""

import base64
from typing import Any

import pytest

from support.asgi import Reply
from support.live import conducted
from support.people import LogIn, new_person
from support.services import Platform, World
from support.trail import entries_of

pytestmark = pytest.mark.long


async def editor(world: World, platform: Platform) -> LogIn:
    return await (await new_person(world, (platform, "admin"))).log_in()


async def post(who: LogIn, content: bytes | str, kind: str = "artists", **more: Any) -> Reply:
    raw = content.encode() if isinstance(content, str) else content
    return await who.ask("POST", f"/api/catalog/{kind}/import", {"file": base64.b64encode(raw).decode(), **more})


async def done(who: LogIn, content: bytes | str, kind: str = "artists", **more: Any) -> dict[str, Any]:
    """Look, confirm, and what was done."""
    shown = await post(who, content, kind)
    assert shown.status == 200, shown
    confirmed = {"confirm": shown.json["digest"], "seenAt": shown.json["seenAt"]}
    reply = await post(who, content, kind, **confirmed, **more)
    assert reply.status == 200, reply
    found: dict[str, Any] = reply.json
    return found


async def test_what_was_shown_is_done_when_it_is_confirmed_and_leaves_a_trace(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    content = "artistId,name,genres\nabba,ABBA,pop | disco\nqueen,Queen,rock\n"
    shown = (await post(who, content)).json
    assert (shown["applied"], shown["created"], await world.count(platform)) == (False, 2, 0)
    assert shown["mapping"] == {"id": "artistId", "name": "name", "genres": "genres"}
    result = await done(who, content)
    assert (result["applied"], result["created"], result["changed"]) == (True, 2, 0)
    deed = (await entries_of(world, platform))[-1]
    assert (deed["action"], deed["target"]) == ("catalog.import", "catalog:artists")
    assert {**deed["detail"], "digest": ""} == {
        "digest": "", "created": 2, "changed": 0, "refused": 0, "complete": True,
    }  # fmt: skip
    [entry] = (await who.ask("GET", "/api/catalog/artists/history?id=abba")).json
    assert (entry["source"], entry["by"]) == ("csv", f"person:{who.human.person_id}")
    assert entry["fields"] == {"name": "ABBA", "genres": ["pop", "disco"]}


async def test_the_same_file_twice_changes_nothing_twice(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    content = "eventId,name,startsAt,artistIds\nfinal,Final,2026-05-01 21:00,abba|queen\n"
    await done(who, content, "events")
    again = await done(who, content, "events")
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 1)
    assert await world.count(platform) == 1


async def test_a_time_without_an_offset_is_in_the_tenants_zone(world: World) -> None:
    platform = await world.platform(zone="Europe/Stockholm")
    who = await editor(world, platform)
    await done(who, "eventId,name,startsAt\nfinal,Final,2026-05-01 21:00\n", "events")
    [entry] = (await who.ask("GET", "/api/catalog/events/history?id=final")).json
    assert entry["fields"]["startsAt"] == "2026-05-01T19:00:00Z"


async def test_faults_are_told_by_line_and_nothing_is_done_unless_that_is_wanted(
    world: World, platform: Platform
) -> None:
    who = await editor(world, platform)
    content = (
        'id,name,capacity,city\nhall,"The\nHall",100,Malmö\n,Nobody,1,\nbar,,5,\nbig,Big,a lot,\nhall,Again,1,\n'
        f"long,{'x' * 257},1,\nfine,Fine,7,\n"
    )
    shown = (await post(who, content, "venues")).json
    assert [(fault["line"], fault["field"]) for fault in shown["faults"]] == [
        (4, "id"), (5, "name"), (6, "capacity"), (7, "id"), (8, "name"),
    ]  # fmt: skip
    assert (shown["created"], shown["faultCount"], shown["rows"]) == (2, 5, 7)
    confirmed = {"confirm": shown["digest"], "seenAt": shown["seenAt"]}
    assert (await post(who, content, "venues", **confirmed)).code == "invalid_payload"
    assert await world.count(platform) == 0
    result = (await post(who, content, "venues", **confirmed, partial=True)).json
    assert (result["created"], result["faultCount"], await world.count(platform)) == (2, 5, 2)
    [hall] = (await who.ask("GET", "/api/catalog/venues/history?id=hall")).json
    assert hall["fields"] == {"name": "The\nHall", "capacity": 100, "city": "Malmö"}


async def test_files_of_spreadsheets_are_read_and_formulas_stay_texts(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    table = 'Key;Title;Genre;Town\r\nf;"=1+1; ""x""";pop, rock;Åre\r\n;;;\r\n'
    for content, encoding in (
        (b"\xef\xbb\xbf" + table.encode(), "UTF-8"), (table.encode("utf-16"), "UTF-16"),
        (table.encode("cp1252"), "Windows-1252"),
    ):  # fmt: skip
        shown = (await post(who, content)).json
        assert (shown["encoding"], shown["delimiter"], shown["rows"]) == (encoding, ";", 1)
        assert shown["mapping"] == {"id": "Key", "name": "Title", "genres": "Genre", "city": "Town"}
        assert shown["sample"][0]["fields"] == {"name": '=1+1; "x"', "genres": ["pop", "rock"], "city": "Åre"}


async def test_what_is_exported_is_no_formula_and_comes_in_again_unchanged(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    await done(who, 'id,name,genres,city\nf,"=cmd|\' /C calc\'!A0","a, b",@home\ng,plain,"x; y | z",-1\n')
    await conducted(world, platform)
    exported = (await who.ask("GET", "/api/catalog/artists/export")).body
    assert b"'=cmd" in exported
    assert b"'@home" in exported
    again = await done(who, exported)
    assert (again["unchanged"], again["changed"], again["faultCount"]) == (2, 0, 0)
    template = (await who.ask("GET", "/api/catalog/artists/export?template=true")).body
    assert template.decode("utf-8-sig").strip() == "id,name,genres,city,country,picture"


async def test_what_is_no_table_is_refused_and_why_is_said(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    rows = "id,name\n" + "".join(f"a{number},x\n" for number in range(20_001))
    for content, word in (
        ("", "columns"), ('id,name\na,"b', "quote"), ("id,id\n", "two columns"), (rows, "20000"),
        (b"PK\x03\x04\x00\x00", "U+0000"), ("id,name\na,b,c\n", "more cells"), ("id,\n,name\n", ""),
        (b"x" * (5 * 1024 * 1024 + 1), "bytes"),
    ):  # fmt: skip
        refused = await post(who, content)
        if word:
            assert refused.status in (400, 413), refused
            assert word in refused.json["detail"] or word == "quote", refused
    assert (await who.ask("POST", "/api/catalog/artists/import", {"file": "%%%"})).status == 400
    assert (await post(who, "id,name\na,b\n", mapping={"id": "nope"})).status == 400
    assert (await post(who, "id,name\na,b\n", mapping={"id": "id", "nope": "name"})).status == 400


async def test_a_mapping_of_ones_own_is_taken_and_is_part_of_what_is_confirmed(
    world: World, platform: Platform
) -> None:
    who = await editor(world, platform)
    content = "a,b\nabba,ABBA\n"
    shown = (await post(who, content)).json
    assert (shown["mapping"], shown["created"]) == ({}, 0)
    mapping = {"id": "a", "name": "b"}
    mapped = (await post(who, content, mapping=mapping)).json
    assert mapped["created"] == 1
    confirmed = {"confirm": shown["digest"], "seenAt": shown["seenAt"]}
    assert (await post(who, content, mapping=mapping, **confirmed)).code == "changed_meanwhile"
    confirmed = {"confirm": mapped["digest"], "seenAt": mapped["seenAt"]}
    assert (await post(who, content, mapping=mapping, **confirmed)).json["created"] == 1


async def test_what_somebody_has_edited_after_the_preview_is_not_overwritten(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    content = "id,name\nabba,Imported\nqueen,Queen\n"
    shown = (await post(who, content)).json
    edited = await who.ask("PUT", "/api/catalog/artists/entity?id=abba", {"fields": {"name": "Edited"}})
    assert edited.status == 200
    result = (await post(who, content, confirm=shown["digest"], seenAt=shown["seenAt"])).json
    assert (result["created"], [fault["code"] for fault in result["faults"]]) == (1, ["changed_meanwhile"])
    assert (await who.ask("GET", "/api/catalog/artists/entity?id=abba")).json["fields"]["name"] == "Edited"


async def test_a_full_file_is_done_in_one_request(world: World, platform: Platform) -> None:
    who = await editor(world, platform)
    content = "id,name\n" + "".join(f"a{number},Artist {number}\n" for number in range(20_000))
    result = await done(who, content)
    assert (result["created"], result["stopped"], await world.count(platform)) == (20_000, None, 20_000)
