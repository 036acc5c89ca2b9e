"""What a plan allows: each limit just within it and just beyond, the refusal that names it, and changes of a plan."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from coliseum.accounts.plans import ORDER, PLANS, Plan, lifted_by, plan_of
from coliseum.accounts.tenants import Tenant
from coliseum.cli import app
from coliseum.commands.plans import put_on_plan
from coliseum.errors import Refusal, RequestRefused
from coliseum.operations import NoSuchTenant
from support.billed import billed_world, on_plan, put_on
from support.festival import vote
from support.services import Platform, World
from support.sockets import Board
from support.watching_boards import watcher

TENANT = Tenant(1, "a", "A", "UTC", "eur", 1, "basic")
OLD = (datetime.now(UTC) - timedelta(days=100)).date().isoformat()
OLDER = (datetime.now(UTC) - timedelta(days=800)).date().isoformat()
RECENT = (datetime.now(UTC) - timedelta(days=40)).date().isoformat()
TODAY = datetime.now(UTC).date().isoformat()

CLOSING = """
    INSERT INTO coliseum_closings (tenant_id, grain, starts_at, ends_at, closed_at, position, parked_partitions,
                                   parked_offsets, boards)
    SELECT $1, 1, day, day + interval '1 day', day + interval '2 days', '{0}', '{}', '{}', '{votes:artist}'
    FROM date_trunc('day', now() - make_interval(days => $2), 'UTC') AS day
"""
SEASON = """
    INSERT INTO coliseum_seasons (tenant_id, metric, kind, grain, starts_at, members, kept)
    SELECT $1, 'votes', 1, 1, date_trunc('day', now() - make_interval(days => $2), 'UTC'), 1, 1
"""


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with billed_world(migrated_database, valkey_url) as opened:
        yield opened


@pytest.fixture
async def basic(world: World) -> Platform:
    return await on_plan(world, "basic")


def test_without_billing_every_tenant_has_the_largest_plan() -> None:
    assert plan_of(TENANT, billing=False) is PLANS["enterprise"]
    assert plan_of(TENANT, billing=True) is PLANS["basic"]


def test_a_larger_plan_lacks_nothing_that_a_smaller_one_has() -> None:
    def worth(plan: Plan) -> list[float]:
        numbers = (
            plan.events_per_month, plan.requests_per_minute, plan.history_days, plan.declared_boards,
            plan.webhook_endpoints, plan.seats, None if plan.windows is None else len(plan.windows),
            None if plan.filters is None else len(plan.filters),
        )  # fmt: skip
        return [float("inf") if number is None else number for number in numbers] + [
            plan.live, plan.exports, plan.report_branding,
        ]  # fmt: skip

    plans = [PLANS[name] for name in ORDER]
    for smaller, larger in itertools.pairwise(plans):
        assert all(a <= b for a, b in zip(worth(smaller), worth(larger), strict=True))
    assert lifted_by(lambda plan: plan.live) == "enterprise"
    assert lifted_by(lambda _: False) is None


REFUSED = [
    ("leaderboards?metric=votes&window=hour", "windows", "pro", "window"),
    ("leaderboards?metric=votes&window=28d", "windows", "pro", "window"),
    (f"leaderboards?metric=votes&from={RECENT}&to={TODAY}", "windows", "pro", "window"),
    (f"leaderboards?metric=votes&window=day&at={OLD}", "historyDays", "pro", "window"),
    (f"leaderboards?metric=votes&window=month&at={OLDER}", "historyDays", "enterprise", "window"),
    (f"leaderboards?metric=votes&as_of={OLD}", "historyDays", "pro", "as_of"),
    ("leaderboards?board=votes-artist&window=28d", "windows", "pro", "window"),
    (f"leaderboards?board=votes-artist&window=all&as_of={OLD}", "historyDays", "pro", "as_of"),
    (f"leaderboards?board=votes-artist&window=day&at={OLD}", "historyDays", "pro", "window"),
    (f"trending?board=votes-artist&at={OLD}", "historyDays", "pro", "at"),
    ("leaderboards?metric=votes&city=Wien", "filters", "pro", "city"),
    ("leaderboards?metric=votes&genre=pop&event=final", "filters", "pro", "genre"),
    (f"metrics?metric=votes&from={OLD}", "historyDays", "pro", "from"),
    (f"metrics?metric=votes&to={OLD}", "historyDays", "pro", "to"),
    ("explain?metric=votes&entity=artist&id=a&window=7d", "windows", "pro", "window"),
    (f"explain?metric=votes&as_of={OLD}", "historyDays", "pro", "as_of"),
    ("explain?metric=votes&entity=artist&id=a&city=Wien", "filters", "pro", "city"),
    ("trending?metric=votes&genre=pop", "filters", "pro", "genre"),
    (f"breaking?metric=votes&at={OLD}", "historyDays", "pro", "at"),
    ("leaderboards/export?metric=votes", "exports", "pro", None),
]
GRANTED = [
    "leaderboards?metric=votes", "leaderboards?metric=votes&window=day", "leaderboards?metric=votes&window=month",
    f"leaderboards?metric=votes&window=week&at={RECENT}", f"leaderboards?metric=votes&as_of={RECENT}",
    "leaderboards?metric=votes&event=final", f"metrics?metric=votes&from={RECENT}", "trending?metric=votes",
    f"leaderboards?board=votes-artist&window=all&as_of={RECENT}", f"breaking?metric=votes&at={RECENT}", f"explain?metric=votes&as_of={RECENT}", "boards", "status", "usage",
]  # fmt: skip


@pytest.mark.parametrize(("query", "limit", "plan", "field"), REFUSED)
async def test_what_the_plan_has_not_is_refused_with_the_limit_and_the_plan_that_lifts_it(
    world: World, query: str, limit: str, plan: str, field: str | None
) -> None:
    platform = await on_plan(world, "basic")
    reply = await world.http.get(f"/api/{query}", platform.server)
    assert (reply.status, reply.code) == (402, "plan_limit"), reply
    told = reply.json
    assert (told["limit"], told["plan"], told.get("field")) == (limit, plan, field)
    assert limit in told["detail"]
    assert PLANS[told["plan"]].title in told["detail"]
    better = await on_plan(world, told["plan"])
    assert (await world.http.get(f"/api/{query}", better.server)).status in (200, 404)  # there is no season yet


@pytest.mark.parametrize("query", GRANTED)
async def test_what_the_plan_has_is_answered(world: World, basic: Platform, query: str) -> None:
    assert (await world.http.get(f"/api/{query}", basic.server)).status == 200


async def test_a_series_without_a_beginning_begins_no_earlier_than_the_plans_history(
    world: World, basic: Platform
) -> None:
    for grain, months in (("day", 1), ("month", 4)):
        reply = await world.http.get(f"/api/metrics?metric=votes&grain={grain}", basic.server)
        assert reply.status == 200
        begin = datetime.fromisoformat(reply.json["from"])
        assert begin > datetime.now(UTC) - timedelta(days=31 * months), grain
    better = await on_plan(world, "pro")
    reply = await world.http.get("/api/metrics?metric=votes&grain=month", better.server)
    assert len(reply.json["points"]) == 12


async def test_seasons_that_began_before_the_plans_history_are_neither_listed_nor_shown(world: World) -> None:
    platform = await on_plan(world, "basic")
    for days in (150, 100, 30):
        for statement in (CLOSING, SEASON):
            await world.execute(statement, platform.tenant_id, days)
    listed = await world.http.get("/api/seasons?metric=votes&window=day&limit=2", platform.server)
    assert len(listed.json["seasons"]) == 1
    assert listed.json["nextCursor"] is None
    shown = await world.http.get("/api/seasons/board?metric=votes&window=day", platform.server)
    assert shown.status == 200
    reply = await world.http.get(f"/api/seasons/board?metric=votes&window=day&at={OLD}", platform.server)
    assert (reply.status, reply.code, reply.json["limit"]) == (402, "plan_limit", "historyDays")
    await put_on(world, platform, "pro")
    async with asyncio.timeout(3):
        while len(listed.json["seasons"]) < 2:
            listed = await world.http.get("/api/seasons?metric=votes&window=day&limit=2", platform.server)
            await asyncio.sleep(0.05)
    assert listed.json["nextCursor"] is not None


async def test_a_position_of_the_log_reaches_back_no_further_than_the_plans_history(world: World) -> None:
    platform = await on_plan(world, "basic")
    for _ in range(3):
        assert (await world.http.post("/api/passport/log", vote(), platform.server)).status == 201
    await world.execute(
        "UPDATE passport_entries SET created_at = created_at - interval '100 days' WHERE tenant_id = $1 AND \"offset\" < 2",
        platform.tenant_id,
    )
    await world.execute(
        "UPDATE processor_cursors SET \"offset\" = 3 WHERE tenant_id = $1 AND consumer = 'coliseum'", platform.tenant_id
    )
    for asked in ("metric=votes", "board=votes-artist&window=all"):
        paths = [f"/api/leaderboards?{asked}&as_of={n}" for n in range(4)]
        replies = [await world.http.get(path, platform.server) for path in paths]
        assert [reply.status for reply in replies] == [402, 402, 200, 200]
        assert replies[0].json["limit"] == "historyDays"


async def test_only_so_many_boards_are_declared_even_by_requests_at_the_same_moment(world: World) -> None:
    platform = await on_plan(world, "basic")
    body = b'{"metric":"votes","entity":"artist","windows":["day"]}'
    replies = await asyncio.gather(
        *[world.http.send("PUT", f"/api/boards/board-{n}", body, platform.server) for n in range(8)]
    )
    assert sorted(reply.status for reply in replies) == [201] * 3 + [402] * 5
    refused = next(reply for reply in replies if reply.status == 402)
    assert (refused.code, refused.json["limit"], refused.json["plan"]) == ("plan_limit", "declaredBoards", "pro")
    made = next(n for n, reply in enumerate(replies) if reply.status == 201)
    assert (await world.http.send("PUT", f"/api/boards/board-{made}", body, platform.server)).status == 200
    for wrong, limit in ((b',"filters":{"city":"Wien"}}', "filters"), (b',"windows":["hour"]}', "windows")):
        declared = b'{"metric":"votes","entity":"artist"' + (
            wrong if b"windows" in wrong else b',"windows":["day"]' + wrong
        )
        reply = await world.http.send("PUT", f"/api/boards/board-{made}", declared, platform.server)
        assert (reply.status, reply.json["limit"]) == (402, limit)


async def test_a_board_that_a_larger_plan_declared_is_kept_and_not_read_on_a_smaller_one(world: World) -> None:
    platform = await on_plan(world, "pro")
    body = b'{"metric":"votes","entity":"artist","windows":["day"],"filters":{"city":"Wien"},"visibility":"public"}'
    assert (await world.http.send("PUT", "/api/boards/wien", body, platform.server)).status == 201
    public = f"/api/public/{platform.tenant.slug}/boards/wien"
    assert (await world.http.get("/api/leaderboards?board=wien", platform.server)).status == 200
    assert (await world.http.get(public)).status == 200
    await put_on(world, platform, "basic")
    async with asyncio.timeout(3):
        while (await world.http.get("/api/leaderboards?board=wien", platform.server)).status == 200:
            await asyncio.sleep(0.05)
        while (await world.http.get(public)).status == 200:
            await asyncio.sleep(0.05)
    reply = await world.http.get("/api/leaderboards?board=wien", platform.server)
    assert (reply.code, reply.json["limit"]) == ("plan_limit", "filters")
    assert (await world.http.get("/api/boards/wien", platform.server)).status == 200


async def test_a_change_of_the_plan_holds_within_two_seconds_also_for_what_was_asked_before(world: World) -> None:
    platform = await on_plan(world, "pro")
    path = "/api/leaderboards?metric=votes&window=28d"
    for _ in range(3):  # the second and later ones go past the router
        assert (await world.http.get(path, platform.server)).status == 200
    await put_on(world, platform, "basic")
    began_s = time.monotonic()
    while (await world.http.get(path, platform.server)).status == 200:
        assert time.monotonic() - began_s < 3
        await asyncio.sleep(0.02)
    assert time.monotonic() - began_s < 2.3  # two seconds, and the machine's own pauses


@pytest.mark.parametrize("asked", [{"metric": "votes"}, {"board": "votes-artist"}])
async def test_live_boards_are_for_the_plan_that_has_them_and_end_with_it(world: World, asked: dict[str, str]) -> None:
    hub = world.services.live
    platform = await on_plan(world, "enterprise")
    small = await on_plan(world, "pro")
    with pytest.raises(RequestRefused) as refused:
        await watcher(hub, small)
    assert (refused.value.code, refused.value.limit, refused.value.plan) == (Refusal.PLAN_LIMIT, "live", "enterprise")
    tickets = await world.http.send("POST", "/api/live/tickets", headers=small.server)
    assert (tickets.status, tickets.code) == (402, "plan_limit")
    one = await watcher(hub, platform)
    one.boards["x"] = Board()
    hub.watch(one.viewer, "x", "board", asked, None)
    await one.hear()
    await put_on(world, platform, "pro")
    began_s = time.monotonic()
    async with asyncio.timeout(4):
        await asyncio.shield(one.viewer.closed)
    assert time.monotonic() - began_s < 2
    one.leave()


async def test_plans_are_told_to_anybody_and_are_those_that_hold(world: World) -> None:
    reply = await world.http.get("/api/plans")
    assert reply.status == 200
    assert [each["name"] for each in reply.json] == list(ORDER)
    assert reply.json[0]["eventsPerMonth"] == PLANS["basic"].events_per_month
    assert reply.json[2]["windows"] is None


async def test_usage_tells_the_limits_of_the_tenants_own_plan(world: World, basic: Platform) -> None:
    told = (await world.http.get("/api/usage", basic.server)).json
    limits = {each["name"]: each["limit"] for each in told["limits"]}
    assert (told["plan"], told["limit"], told["overage"]) == ("basic", 100_000, False)
    assert (limits["seats"], limits["webhookEndpoints"], limits["live"], limits["filters"]) == (3, 1, False, ["event"])
    assert limits["windows"] == sorted(limits["windows"])


async def test_an_operator_puts_a_tenant_on_a_plan_and_the_trail_says_so(world: World, basic: Platform) -> None:
    wish = {"url": "https://1.1.1.1/hook", "topics": ["plan.changed"]}
    assert (await world.http.post("/api/webhooks/endpoints", wish, basic.server)).status == 201
    assert await put_on_plan(world.settings, basic.tenant.slug, "pro") == "basic"
    told = await world.fetch("SELECT payload FROM hooks_messages WHERE tenant_id = $1", basic.tenant_id)
    assert [row["payload"] for row in told] == [{"from": "basic", "to": "pro"}]
    found = await world.fetch("SELECT * FROM trail_entries WHERE tenant_id = $1", basic.tenant_id)
    assert [(row["actor"], row["action"], row["detail"]) for row in found if row["actor"] == "operator"] == [
        ("operator", "plan.change", {"from": "basic", "to": "pro"})
    ]
    async with asyncio.timeout(3):
        while (await world.http.get("/api/usage", basic.server)).json["plan"] != "pro":
            await asyncio.sleep(0.05)
    with pytest.raises(NoSuchTenant):
        await put_on_plan(world.settings, "nobody-at-all", "pro")


def test_the_command_knows_the_plans_by_name() -> None:
    answer = CliRunner().invoke(app, ["tenant", "plan", "somebody", "gold"])
    assert answer.exit_code == 2
    assert "enterprise" in answer.output
