"""Dashboards and public links over HTTP: kept as they were sent, changed by one at a time, opened by a secret alone."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from coliseum.dashboards.shares import opened
from coliseum.ids import secret_digest
from support.asgi import Reply
from support.people import new_person
from support.services import Platform, World
from support.trail import entries_of

pytestmark = pytest.mark.long

VOTES = {"question": {"metric": "votes", "split": "artist", "window": "28d"}, "title": "Who leads", "chart": "bar",
         "size": "large"}  # fmt: skip
FANS = {"question": {"metric": "votes", "split": "fan"}}


async def send(world: World, who: Platform, method: str, path: str, body: Any = None, **headers: str) -> Reply:
    raw = b"" if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await world.http.send(method, path, raw, {**who.server, "content-type": "application/json", **named})


async def links_of(world: World, who: Platform) -> list[Any]:
    """What is stored of a tenant's links."""
    async with world.database.connection("owner") as connection:
        return await connection.fetch("SELECT * FROM dashboards_shares WHERE tenant_id = $1", who.tenant_id)


async def made(world: World, who: Platform, *panels: Any) -> int:
    reply = await send(world, who, "POST", "/api/dashboards", {"name": "Tour", "panels": list(panels)})
    assert reply.status == 201, reply
    return int(reply.json["id"])


async def test_a_dashboard_is_made_read_changed_and_removed(world: World) -> None:
    mine = await world.platform()
    number = await made(world, mine, VOTES)
    path = f"/api/dashboards/{number}"
    read = await send(world, mine, "GET", path)
    assert (read.json["name"], read.json["panels"], read.headers["etag"]) == ("Tour", [VOTES], '"1"')
    wish = {"name": "Tour 2", "panels": [{**VOTES, "title": "Again"}, VOTES]}
    changed = await send(world, mine, "PUT", path, wish, if_match='"1"')
    assert (changed.status, changed.json["revision"], changed.headers["etag"]) == (200, 2, '"2"')
    same = await send(world, mine, "PUT", path, wish, if_match='"2"')
    assert same.json["revision"] == 2
    late = await send(world, mine, "PUT", path, {"name": "Lost", "panels": []}, if_match='"1"')
    assert (late.status, late.code) == (412, "changed_meanwhile")
    listed = (await send(world, mine, "GET", "/api/dashboards")).json
    assert [(each["id"], each["name"], each["panels"]) for each in listed] == [(number, "Tour 2", 2)]
    assert (await send(world, mine, "DELETE", path, if_match='"1"')).status == 412
    assert (await send(world, mine, "DELETE", path)).status == 204
    assert (await send(world, mine, "GET", path)).status == 404
    told = [(each["action"], each["target"]) for each in await entries_of(world, mine)]
    assert told == [(f"dashboard.{what}", f"dashboard:{number}") for what in ("create", "change", "change", "remove")]


@pytest.mark.parametrize(
    ("wish", "field", "says"),
    [
        ({"name": "", "panels": []}, None, "name"),
        ({"name": " ", "panels": []}, "name", "read"),
        ({"name": "x", "panels": [{"question": {"metric": "nonsense"}}]}, "metric", "votes"),
        ({"name": "x", "panels": [{"question": {"metric": "votes", "split": "moon"}}]}, "split", "artist"),
        ({"name": "x", "panels": [{"question": {"metric": "votes", "colour": "red"}}]}, "colour", "compare"),
        ({"name": "x", "panels": [VOTES] * 25}, None, "panels"),
        ({"name": "x", "panels": [{**VOTES, "chart": "pie"}]}, None, "chart"),
        ({"name": "x", "more": 1}, None, "more"),
        ({"name": "x\x00y", "panels": []}, "name", "U+0000"),
        ({"name": "\ud800", "panels": []}, None, "JSON"),
        ({"name": "x", "panels": [{"question": {"metric": "votes", "city": "a\x00"}}]}, "city", "characters"),
        (
            {"name": "x", "panels": [{"question": {"metric": "votes", "from": "0001-01-01", "to": "9999-12-31"}}]},
            "from",
            "calendar",
        ),
    ],
)
async def test_what_cannot_be_asked_cannot_be_kept(world: World, wish: Any, field: str | None, says: str) -> None:
    mine = await world.platform()
    reply = await send(world, mine, "POST", "/api/dashboards", wish)
    assert reply.status == 400, reply
    assert says in reply.body.decode()
    if field:
        assert reply.json["field"] == field
    assert (await send(world, mine, "GET", "/api/dashboards")).json == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("metric=moon", "metric"), ("split=artist", None), ("metric=votes&split=venue", "split"),
        ("metric=votes&grain=year", "grain"), ("metric=votes&compare=twice", "compare"),
        ("metric=votes&window=all&compare=previous", "compare"), ("metric=votes&from=2026-01-01", "to"),
        ("metric=votes&from=2026-01-01&to=2026-02-01&last=2026-01-31", "last"), ("metric=votes&limit=0", "limit"),
        ("metric=votes&from=2026-02-01&last=2026-01-01", "to"), ("metric=follows&city=Graz", "city"),
        ("metric=votes&split=city&event=a&genre=b", "genre"), ("metric=votes&window=year&at=2020-01-01&grain=hour", "grain"),
        ("metric=votes&colour=red", "colour"), ("metric=votes&from=2026-01-01&last=2026-01-02T00:00:00Z", "last"),
    ],
)  # fmt: skip
async def test_a_question_that_is_none_is_refused_with_what_there_is(
    world: World, query: str, field: str | None
) -> None:
    mine = await world.platform()
    reply = await world.http.get(f"/api/query?{query}", mine.server)
    assert (reply.status, reply.code, reply.json.get("field")) == (400, "invalid_query", field), reply


async def test_an_answer_has_a_tag_and_is_not_sent_again(world: World) -> None:
    mine = await world.platform()
    path = "/api/query?metric=votes&window=all"
    first = await world.http.get(path, mine.server)
    again = await world.http.get(path, {**mine.server, "if-none-match": first.headers["etag"]})
    assert (first.status, again.status, again.body) == (200, 304, b"")


async def test_the_file_marks_what_a_spreadsheet_would_take_for_a_formula(world: World) -> None:
    mine = await world.platform()
    reply = await world.http.get("/api/query/export?metric=votes&split=artist&window=all", mine.server)
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.body.decode().splitlines() == [
        "part,id,name,from,value,before_from,before", "others,,,,0,,", "rest,,,,0,,", "total,,,,0,,",
    ]  # fmt: skip


async def test_a_link_opens_what_it_is_of_until_it_is_revoked_and_its_secret_is_nowhere(world: World) -> None:
    mine = await world.platform()
    number = await made(world, mine, VOTES)
    reply = await send(world, mine, "POST", "/api/shares", {"dashboardId": number, "expiresInDays": 3})
    assert (reply.status, reply.headers["cache-control"]) == (201, "no-store")
    path, share = reply.json["path"], reply.json["share"]
    text = path.removeprefix("/s/")
    now = datetime.now(UTC)
    shown = await opened(world.database, text, now)
    assert shown is not None
    assert (shown.name, len(shown.panels), shown.tenant.slug) == ("Tour", 1, mine.tenant.slug)
    slug, _, secret = text.partition(".")
    assert len(secret) >= 43
    stored = await links_of(world, mine)
    assert [bytes(row["digest"]) for row in stored] == [secret_digest(secret)]
    trail = json.dumps([dict(each) for each in await entries_of(world, mine)], default=str)
    assert "share.create" in trail
    for wrong in ("", ".", slug, f"{slug}.", f"{slug}.{secret}x", f"{slug}.{secret[:-1]}", f"nobody.{secret}",
                  f"{slug}.{secret}"[::-1], secret, "x" * 5_000, f"{slug}.\ud800"):  # fmt: skip
        assert await opened(world.database, wrong, now) is None, wrong
    assert await opened(world.database, text, datetime(2099, 1, 1, tzinfo=UTC)) is None
    listed = await send(world, mine, "GET", "/api/shares")
    assert [each["id"] for each in listed.json] == [share["id"]]
    for kept in (listed.body.decode(), trail, str(stored)):
        assert secret not in kept
    assert (await send(world, mine, "DELETE", f"/api/shares/{share['id']}")).status == 204
    assert await opened(world.database, text, now) is None
    assert (await send(world, mine, "DELETE", f"/api/shares/{share['id']}")).status == 404


async def test_a_link_leaves_its_traces(world: World) -> None:
    mine = await world.platform()
    share = (await send(world, mine, "POST", "/api/shares", {"panel": VOTES})).json["share"]["id"]
    assert (await send(world, mine, "DELETE", f"/api/shares/{share}")).status == 204
    told = [(each["action"], each["target"]) for each in await entries_of(world, mine)]
    assert told == [("share.create", f"share:{share}"), ("share.revoke", f"share:{share}")]


async def test_a_link_ends_with_its_dashboard_its_tenant_and_its_time(world: World) -> None:
    mine, now = await world.platform(), datetime.now(UTC)
    number = await made(world, mine)
    replies = [
        await send(world, mine, "POST", "/api/shares", body) for body in ({"dashboardId": number}, {"panel": VOTES})
    ]
    links = [reply.json["path"].removeprefix("/s/") for reply in replies]
    assert all([await opened(world.database, link, now) for link in links])
    assert (await send(world, mine, "DELETE", f"/api/dashboards/{number}")).status == 204
    assert [await opened(world.database, link, now) is None for link in links] == [True, False]
    await world.execute("UPDATE accounts_tenants SET suspended_at = now() WHERE tenant_id = $1", mine.tenant_id)
    assert await opened(world.database, links[1], now) is None


async def test_what_names_people_is_never_public_and_nobody_shares_what_is_anothers(world: World) -> None:
    mine, other = await world.platform(), await world.platform()
    number = await made(world, mine, VOTES, FANS)
    for body in ({"dashboardId": number}, {"panel": FANS}):
        reply = await send(world, mine, "POST", "/api/shares", body)
        assert (reply.status, reply.json["field"]) == (400, "split"), reply
    assert (await send(world, other, "POST", "/api/shares", {"dashboardId": number})).status == 404
    assert (await send(world, mine, "POST", "/api/shares", {})).status == 400
    assert (await send(world, mine, "POST", "/api/shares", {"panel": VOTES, "expiresInDays": 0})).status == 400
    assert await links_of(world, mine) == []


async def test_a_viewer_looks_and_changes_nothing(world: World) -> None:
    mine = await world.platform()
    number = await made(world, mine, VOTES)
    viewer = await (await new_person(world, (mine, "viewer"))).log_in()
    assert (await viewer.ask("GET", f"/api/dashboards/{number}")).status == 200
    assert (await viewer.ask("GET", "/api/query?metric=votes&split=artist")).status == 200
    assert (await viewer.ask("GET", "/api/query?metric=votes&split=fan")).status == 403
    wish = {"name": "x", "panels": []}
    for method, path, body in (
        ("POST", "/api/dashboards", wish), ("PUT", f"/api/dashboards/{number}", wish),
        ("DELETE", f"/api/dashboards/{number}", None), ("POST", "/api/shares", {"dashboardId": number}),
        ("GET", "/api/shares", None),
    ):  # fmt: skip
        assert (await viewer.ask(method, path, body)).status == 403, (method, path)
