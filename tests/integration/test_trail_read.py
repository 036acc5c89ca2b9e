"""``GET /api/audit`` and its export: owners read their own tenant's trail, a page at a time, and nobody else does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import ROLES, Permission, Role
from coliseum.trail import read
from coliseum.web import access
from support.asgi import Reply
from support.services import Platform, World
from support.trail import filled, record


@contextmanager
def logged_in(platform: Platform, role: Role) -> Iterator[None]:
    """Whoever asks meanwhile is a member with this role."""
    caller = Caller(
        tenant=platform.tenant, kind="person", permissions=ROLES[role], actor="person:7", person_id=7, role=role
    )

    async def known(_services: Any, _scope: Any, permission: Permission) -> Caller:
        caller.check(permission)
        return caller

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access, "caller_for", known)
        yield


async def ask(
    world: World, platform: Platform, query: str = "", role: Role = "owner", path: str = "/api/audit"
) -> Reply:
    with logged_in(platform, role):
        return await world.http.get(f"{path}?{query}")


@pytest.fixture(scope="module")
async def trail(world: World) -> Platform:
    platform = await filled(world, 7)
    await record(world, platform.tenant_id, actor="person:5", action="key.revoke", outcome="refused")
    return platform


async def test_entries_come_newest_first_with_all_that_is_known(world: World, trail: Platform) -> None:
    page = (await ask(world, trail)).json
    assert [entry["number"] for entry in page["entries"]] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert page["nextCursor"] is None
    entry = page["entries"][-1]
    assert {**entry, "at": "", "hash": ""} == {
        "number": 1, "at": "", "actor": "key:1", "action": "board.declare", "target": "board:number-1",
        "outcome": "done", "address": "203.0.113.9", "detail": {"revision": 1}, "hash": "",
    }  # fmt: skip
    assert entry["at"].endswith("Z")
    assert len(entry["hash"]) == 64


@pytest.mark.parametrize("limit", [1, 3, 4, 8])
async def test_pages_join_without_a_gap(world: World, trail: Platform, limit: int) -> None:
    numbers: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        query = f"limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        page = (await ask(world, trail, query)).json
        numbers += [entry["number"] for entry in page["entries"]]
        cursor = page["nextCursor"]
    assert numbers == [8, 7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("actor=person:5", [8]), ("action=key.revoke", [8]), ("outcome=refused", [8]), ("actor=nobody", []),
        ("outcome=done&action=board.declare&limit=2", [7, 6]), ("from=2100-01-01T00:00:00Z", []),
        ("to=2000-01-01T00:00:00Z", []), ("from=2000-01-01T00:00:00Z&limit=1", [8]),
    ],
)  # fmt: skip
async def test_a_page_holds_what_the_parameters_leave(
    world: World, trail: Platform, query: str, numbers: list[int]
) -> None:
    assert [entry["number"] for entry in (await ask(world, trail, query)).json["entries"]] == numbers


async def test_from_is_within_and_to_is_not(world: World, trail: Platform) -> None:
    at = quote((await ask(world, trail, "limit=1")).json["entries"][0]["at"])
    assert [entry["number"] for entry in (await ask(world, trail, f"from={at}")).json["entries"]] == [8]
    assert 8 not in [entry["number"] for entry in (await ask(world, trail, f"to={at}")).json["entries"]]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "cursor=nonsense", "cursor=MA", "cursor=LTE", "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
     "outcome=perhaps", "from=yesterday", "unknown=1", "actor=%00", "limit=x"],
)  # fmt: skip
async def test_a_question_that_cannot_be_answered_is_refused(world: World, trail: Platform, query: str) -> None:
    reply = await ask(world, trail, query)
    assert (reply.status, reply.code) == (400, "invalid_query")


async def test_the_export_has_every_entry_in_a_line_of_its_own(
    world: World, trail: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "PART_ENTRIES", 3)
    reply = await ask(world, trail, path="/api/audit/export")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/x-ndjson")
    assert reply.headers["content-disposition"] == 'attachment; filename="audit.ndjson"'
    assert [json.loads(line)["number"] for line in reply.body.splitlines()] == [8, 7, 6, 5, 4, 3, 2, 1]
    some = await ask(world, trail, "outcome=refused", path="/api/audit/export")
    assert [json.loads(line)["number"] for line in some.body.splitlines()] == [8]


async def test_a_tenants_owner_sees_no_other_tenants_entries(world: World, trail: Platform) -> None:
    other = await filled(world, 2)
    for path in ("/api/audit", "/api/audit/export"):
        assert b"number-3" not in (await ask(world, other, path=path)).body
    cursor = (await ask(world, trail, "limit=1")).json["nextCursor"]
    assert [entry["number"] for entry in (await ask(world, other, f"cursor={cursor}")).json["entries"]] == [2, 1]


@pytest.mark.parametrize("role", ["admin", "analyst", "viewer"])
@pytest.mark.parametrize("path", ["/api/audit", "/api/audit/export"])
async def test_only_owners_read_the_trail(world: World, trail: Platform, role: Role, path: str) -> None:
    assert (await ask(world, trail, role=role, path=path)).code == "not_allowed"


async def test_no_key_reads_the_trail(world: World, trail: Platform) -> None:
    for headers in (trail.server, trail.browser):
        assert (await world.http.get("/api/audit", headers)).code == "key_not_allowed"


async def test_reading_leaves_no_trace(world: World, trail: Platform) -> None:
    for path in ("/api/audit", "/api/audit/export"):
        for role in ROLES:
            await ask(world, trail, role=role, path=path)
    assert len((await ask(world, trail)).json["entries"]) == 8
