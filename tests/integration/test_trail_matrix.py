"""Every route that changes something leaves a trace, when it is done and when it is refused for lack of permission."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from coliseum.accounts.permissions import Permission
from coliseum.errors import Refusal
from coliseum.trail.verify import verify
from coliseum.web import access_page
from coliseum.web.refusals import EACH_MAX, SAFE, TENANT_MAX
from support.people import deeds, new_person
from support.post import send as send_json
from support.services import SECRET_KEY, Platform, World
from support.traces import BY_PEOPLE, staged
from support.trail import checked, entries_of

ROOT = Path(__file__).parents[2]
UNSAFE = sorted(route for route in set(access_page.routes()) if route[0] not in SAFE)
PERMISSIONS = {str(permission) for permission in Permission}


class Sample(msgspec.Struct, frozen=True):
    """How a route is used by a server key so that it does something, and what the trail then says."""

    action: str
    target: str
    body: Any = None
    path: str = ""
    before: str = ""
    """A sample that must have been done before it."""


ENDPOINT = "tests/integration/test_hooks_api.py::test_an_endpoint_is_made_read_changed_rotated_and_removed"
DELIVERY = "tests/integration/test_hooks_api.py::test_a_test_message_arrives_and_its_delivery_is_shown"
THRESHOLD = "tests/integration/test_hooks_api.py::test_rules_are_put_read_replaced_and_removed"
LETTERS = "tests/integration/test_dead_letters_retried.py::test_one_is_tried_and_fails_again_and_then_all_are_digested"
DESK = "tests/integration/test_stripe_desk.py::test_the_routes_serve_an_owner"
IDENTITY = "tests/integration/test_foreign_members.py::test_linking_stands_in_the_trail_without_saying_as_whom"
ISSUER = "tests/integration/test_foreign.py::test_an_issuer_that_is_trusted_no_more_vouches_for_nobody"
SIGN_UP = "tests/integration/test_reset.py::test_an_account_begins_with_its_link_and_not_before"
DASHBOARD = "tests/integration/test_dashboards.py::test_a_dashboard_is_made_read_changed_and_removed"
SHARE = "tests/integration/test_dashboards.py::test_a_link_leaves_its_traces"
CSV = "tests/integration/test_catalog_import.py::test_what_was_shown_is_done_when_it_is_confirmed_and_leaves_a_trace"
BOARD = {"metric": "votes", "entity": "artist"}
DONE: dict[str, Sample | str] = {
    "PUT /api/boards/{name}": Sample("board.declare", "board:charts", BOARD, "/api/boards/charts"),
    "PUT /api/catalog/{kind}/entity": Sample(
        "catalog.change", "artist:abba", {"fields": {"name": "ABBA"}}, "/api/catalog/artists/entity?id=abba"
    ),
    "POST /api/catalog/{kind}/import": CSV,
    "DELETE /api/boards/{name}": Sample(
        "board.withdraw", "board:charts", None, "/api/boards/charts", "PUT /api/boards/{name}"
    ),
    "PUT /api/votings/{name}": Sample("voting.put", "voting:finale", {"event": "finale"}, "/api/votings/finale"),
    "POST /api/people/forget": Sample("person.forget", "person", {"userId": "ada"}),
    "DELETE /api/votings/{name}": Sample(
        "voting.remove", "voting:finale", None, "/api/votings/finale", "PUT /api/votings/{name}"
    ),
    "POST /api/webhooks/endpoints": ENDPOINT, "PATCH /api/webhooks/endpoints/{endpoint_id}": ENDPOINT,
    "POST /api/webhooks/endpoints/{endpoint_id}/rotate": ENDPOINT,
    "DELETE /api/webhooks/endpoints/{endpoint_id}": ENDPOINT,
    "POST /api/webhooks/endpoints/{endpoint_id}/test": DELIVERY,
    "POST /api/webhooks/deliveries/{delivery_id}/redeliver": DELIVERY,
    "POST /api/dead-letters/retry": LETTERS,
    "POST /api/billing/checkout": DESK, "POST /api/billing/portal": DESK,
    "PUT /api/webhooks/thresholds/{name}": THRESHOLD, "DELETE /api/webhooks/thresholds/{name}": THRESHOLD,
    "POST /api/auth/identities": IDENTITY, "DELETE /api/auth/identities": IDENTITY,
    "PUT /api/issuers": ISSUER, "DELETE /api/issuers": ISSUER,
    "POST /api/dashboards": DASHBOARD, "PUT /api/dashboards/{dashboard_id}": DASHBOARD,
    "DELETE /api/dashboards/{dashboard_id}": DASHBOARD,
    "POST /api/shares": SHARE, "DELETE /api/shares/{share_id}": SHARE,
    "POST /api/auth/signup": SIGN_UP, "POST /api/auth/signup/accept": SIGN_UP,
}  # fmt: skip
"""A sample for each route that a key may use, or the test (``path::name``) that shows its trace where none can."""
NONE = {
    "POST /api/public/{slug}/votings/{name}/votes": "it is a fan's deed, and stands in the log",
    "POST /api/auth/refresh": "a program does it every five minutes for as long as its log-in lasts, which has an entry"
    " of its own, and gains nothing by it; a token that is used again ends the log-in, and that is told",
}
"""What leaves none when it is done, and why."""


async def send(world: World, platform: Platform, sample: Sample, route: str) -> Any:
    body = b"" if sample.body is None else json.dumps(sample.body).encode()
    method, path = route.split(" ")
    return await world.http.send(method, sample.path or path, body, platform.server)


async def check_deed_of_person(world: World, route: str) -> None:
    """Whether what somebody does by a route stands in the chains that it is of, once in each, and in no other."""
    stage = await staged(world)
    trace = await BY_PEOPLE[route](stage)
    rows = await world.fetch(
        "SELECT tenant_id, outcome, address FROM trail_entries WHERE action = $1 AND actor = $2 AND target = $3"
        " ORDER BY tenant_id", trace.action, trace.actor, trace.target,
    )  # fmt: skip
    assert [(row["tenant_id"], row["outcome"]) for row in rows] == [(chain, "done") for chain in trace.chains]
    assert all(row["address"] for row in rows)
    assert (await verify(world.database, [SECRET_KEY], {})).bad == []


def test_there_are_routes_that_change_something() -> None:
    assert len(UNSAFE) >= 2


def test_each_route_is_shown_in_one_way_and_none_that_is_not_there() -> None:
    assert sorted([*DONE, *BY_PEOPLE, *NONE]) == sorted(f"{method} {path}" for method, path, _ in UNSAFE)


async def test_renewed_tokens_leave_none_and_a_log_in_that_ends_by_them_does(world: World) -> None:
    human = await new_person(world, (await world.platform(), "viewer"))
    first = (await human.log_in("token")).tokens["refreshToken"]
    count = "SELECT count(*) FROM trail_entries"
    before = await world.value(count)
    assert (await send_json(world, "/api/auth/refresh", {"refreshToken": first})).status == 200
    assert await world.value(count) == before
    await world.execute("UPDATE accounts_refresh_tokens SET used_at = used_at - interval '11 s'")
    assert (await send_json(world, "/api/auth/refresh", {"refreshToken": first})).status == 401
    [told] = await deeds(world, 0, "session.reuse", human.person_id)
    assert told["outcome"] == "refused"


@pytest.mark.parametrize(("method", "path", "access"), UNSAFE, ids=str)
async def test_a_route_leaves_a_trace_when_it_is_done(world: World, method: str, path: str, access: str) -> None:
    route = f"{method} {path}"
    if route in BY_PEOPLE:
        await check_deed_of_person(world, route)
        return
    if route in NONE:
        return
    sample = DONE.get(route)
    assert sample is not None, f"say in DONE how {method} {path} is used, or which test shows its entry in the trail"
    if isinstance(sample, str):
        where, _, name = sample.partition("::")
        assert re.search(rf"^(async )?def {name}\(", (ROOT / where).read_text(encoding="utf-8"), re.MULTILINE), sample
        return
    platform = await world.platform()
    if sample.before:
        before = DONE[sample.before]
        assert isinstance(before, Sample)
        assert (await send(world, platform, before, sample.before)).status < 300
    reply = await send(world, platform, sample, f"{method} {path}")
    assert reply.status < 300, reply
    last = (await entries_of(world, platform))[-1]
    assert (last["action"], last["target"], last["outcome"]) == (sample.action, sample.target, "done")
    assert re.fullmatch(r"key:\d+", last["actor"])
    assert last["address"] == "203.0.113.9"
    assert (await checked(world, platform)).bad == []


@pytest.mark.parametrize(("method", "path", "access"), [route for route in UNSAFE if route[2] in PERMISSIONS], ids=str)
async def test_a_route_leaves_a_trace_when_it_is_refused(world: World, method: str, path: str, access: str) -> None:
    platform = await world.platform()
    filled = re.sub(r"\{\w+\}", "1", path)
    reply = await world.http.send(method, filled, b"{}", platform.browser)
    assert (reply.status, reply.code) == (403, "key_not_allowed")
    [entry] = await entries_of(world, platform)
    assert (entry["action"], entry["target"], entry["outcome"]) == (access, f"{method} {filled}", "refused")
    assert entry["detail"] == {"code": "key_not_allowed"}
    assert (await checked(world, platform)).bad == []


async def test_what_fails_for_another_reason_leaves_none(world: World) -> None:
    platform = await world.platform()
    for body in (b"{", b"{}", b'{"metric":"nonsense"}'):
        assert (await world.http.send("PUT", "/api/boards/x", body, platform.server)).status == 400
    assert (await world.http.send("DELETE", "/api/boards/x", b"", platform.server)).status == 404
    assert (await world.http.send("PUT", "/api/boards/x", b"{}")).status == 401
    assert (await world.http.get("/api/status", platform.browser)).status == 403
    assert await entries_of(world, platform) == []


async def test_nobody_can_flood_the_trail_and_what_was_left_out_is_counted(world: World) -> None:
    platform = await world.platform()
    tries = EACH_MAX + 25
    for _ in range(tries):
        assert (await world.http.send("DELETE", "/api/boards/x", b"", platform.browser)).status == 403
    assert len(await entries_of(world, platform)) == EACH_MAX
    refusals = world.services.refusals
    key = next(key for key in refusals._counts if key[0] == platform.tenant_id and key[1])
    for counted in (key, (platform.tenant_id, "")):  # a minute later
        refusals._counts[counted].since = refusals._counts[counted].since.replace(year=2000)
    assert (await world.http.send("DELETE", "/api/boards/x", b"", platform.browser)).status == 403
    last = (await entries_of(world, platform))[-1]
    assert last["detail"] == {"code": "key_not_allowed", "untold": tries - EACH_MAX}


async def test_many_callers_of_one_tenant_are_bounded_together(world: World) -> None:
    platform = await world.platform()
    caller = await world.services.keys.caller(platform.browser_key)
    assert caller is not None
    scope = {"method": "PUT", "path": "/api/boards/x", "client": None}
    for number in range(TENANT_MAX + 5):
        other = msgspec.structs.replace(caller, actor=f"person:{number}")
        await world.services.refusals.note(scope, other, "boards.manage", Refusal.NOT_ALLOWED, "203.0.113.9")
    assert len(await entries_of(world, platform)) == TENANT_MAX


async def test_a_refused_reading_is_a_line_of_the_log_and_no_flood_of_them(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = await world.platform()
    for _ in range(EACH_MAX + 5):
        assert (await world.http.get("/api/keys?page=secret-question", platform.browser)).status == 403
    said = "".join(capsys.readouterr())
    assert said.count("read_refused") == EACH_MAX
    assert said.count("keys.manage") == EACH_MAX
    assert "key_not_allowed" in said
    assert "secret-question" not in said
    assert "203.0.113" not in said
    assert await entries_of(world, platform) == []


async def test_an_entry_that_takes_too_long_keeps_nobody_waiting(world: World) -> None:
    platform = await world.platform()
    assert (await world.http.send("DELETE", "/api/boards/x", b"", platform.browser)).status == 403
    async with world.database.tenant(platform.tenant_id, "accounts") as connection:
        await connection.execute("SELECT FROM trail_heads WHERE tenant_id = $1 FOR UPDATE", platform.tenant_id)
        async with asyncio.timeout(10):
            assert (await world.http.send("DELETE", "/api/boards/x", b"", platform.browser)).status == 403
    assert len(await entries_of(world, platform)) == 1
    assert (await world.http.send("DELETE", "/api/boards/x", b"", platform.browser)).status == 403
    assert len(await entries_of(world, platform)) == 2
