"""Tenants that people make, and what is set for one: strictly, by revision, and told in the trail."""

import asyncio
from typing import Any

import pytest

from support.festival import vote
from support.people import LogIn, new_person, with_second_factor
from support.services import Platform, World


async def logged_in(world: World, platform: Platform, role: str) -> LogIn:
    return await (await new_person(world, (platform, role))).log_in("token")  # type: ignore[arg-type]


async def somebody(world: World) -> LogIn:
    human = await new_person(world)
    await world.execute("UPDATE accounts_people SET email_verified_at = now() WHERE person_id = $1", human.person_id)
    return await human.log_in("token")


@pytest.fixture
async def owner(world: World, platform: Platform) -> LogIn:
    return await logged_in(world, platform, "owner")


async def change(log_in: LogIn, body: Any, headers: dict[str, str] | None = None) -> Any:
    return await log_in.ask("PATCH", "/api/tenant", body, headers)


async def test_whoever_makes_a_tenant_owns_it_and_it_works(world: World) -> None:
    log_in = await somebody(world)
    wish = {"slug": "made-by-hand", "name": "Made by hand", "timeZone": "Europe/Vienna", "currency": "chf"}
    made = await log_in.ask("POST", "/api/tenants", wish)
    assert made.status == 201, made
    assert made.json["plan"] == "basic"
    assert (await log_in.ask("GET", "/api/tenants")).json == [
        {"slug": "made-by-hand", "name": "Made by hand", "role": "owner", "suspended": False}
    ]
    key = await log_in.ask("POST", "/api/keys", {"kind": "server", "scopes": ["write"]})
    assert key.status == 201, key
    sent = await world.http.post("/api/passport/log", vote(), {"authorization": f"Bearer {key.json['secret']}"})
    assert sent.status == 201
    again = await log_in.ask("POST", "/api/tenants", wish)
    assert (again.status, again.code) == (409, "already_exists")


async def test_a_tenant_needs_a_verified_address_and_a_person_owns_ten(world: World) -> None:
    unverified = await (await new_person(world)).log_in("token")
    assert (await unverified.ask("POST", "/api/tenants", {"slug": "no", "name": "no"})).code == "not_allowed"
    log_in = await somebody(world)
    for _ in range(8):
        platform = await world.platform()
        await world.execute(
            "INSERT INTO accounts_members (tenant_id, person_id, role) VALUES ($1, $2, 'owner')",
            platform.tenant_id, log_in.human.person_id,
        )  # fmt: skip
    wishes = [{"slug": f"one-of-ten-{number}", "name": "x"} for number in range(6)]
    replies = await asyncio.gather(*(log_in.ask("POST", "/api/tenants", wish) for wish in wishes))
    assert sorted(each.status for each in replies) == [201, 201, 409, 409, 409, 409]
    assert {each.code for each in replies if each.status == 409} == {"too_many"}


@pytest.mark.parametrize(
    "wish",
    [{"slug": "Upper", "name": "x"}, {"slug": "a" * 41, "name": "x"}, {"slug": "ok", "name": ""}, {"slug": "ok"},
     {"slug": "ok", "name": "x", "timeZone": "Mars/Olympus"}, {"slug": "ok", "name": "x", "currency": "EUR"},
     {"slug": "ok", "name": "x", "plan": "enterprise"}, {"slug": "ok", "name": "x", "partitions": 64}],
)  # fmt: skip
async def test_a_tenant_is_made_of_nothing_else(world: World, wish: dict[str, str]) -> None:
    reply = await (await somebody(world)).ask("POST", "/api/tenants", wish)
    assert (reply.status, reply.code) == (400, "invalid_payload")


async def test_what_is_set_is_set_and_told_before_and_after(world: World, platform: Platform, owner: LogIn) -> None:
    wish = {"name": "Another", "timeZone": "Europe/Vienna", "currency": "chf", "retentionMonths": 12,
            "consentPolicy": "opt_in", "allowedOrigins": ["https://example.org"]}  # fmt: skip
    reply = await change(owner, wish)
    assert reply.status == 200, reply
    assert reply.json == (await owner.ask("GET", "/api/tenant")).json
    assert {name: reply.json[name] for name in wish} == wish
    assert (reply.json["revision"], reply.headers["etag"]) == (2, '"2"')
    assert (await change(owner, {"retentionMonths": None, "name": "Another"})).json["revision"] == 3
    assert (await change(owner, {"name": "Another"})).json["revision"] == 3
    told = await world.fetch(
        "SELECT actor, detail FROM trail_entries WHERE tenant_id = $1 AND action = 'tenant.change' ORDER BY number",
        platform.tenant_id,
    )
    assert [row["actor"] for row in told] == [owner.human and f"person:{owner.human.person_id}"] * 2
    assert told[0]["detail"]["timeZone"] == {"before": "UTC", "after": "Europe/Vienna"}
    assert told[1]["detail"] == {"retentionMonths": {"before": 12, "after": None}}


async def test_of_two_who_change_the_same_revision_one_does(owner: LogIn) -> None:
    tag = (await owner.ask("GET", "/api/tenant")).headers["etag"]
    replies = await asyncio.gather(*(change(owner, {"name": f"N{n}"}, {"if-match": tag}) for n in range(8)))
    assert sorted(each.status for each in replies) == [200] + [412] * 7
    assert {each.code for each in replies if each.status == 412} == {"changed_meanwhile"}
    assert (await change(owner, {"name": "any"}, {"if-match": "*"})).status == 200
    assert (await change(owner, {"name": "x"}, {"if-match": "7"})).code == "invalid_query"


@pytest.mark.parametrize(
    "name", ["plan", "slug", "revision", "tenantId", "tenant_id", "partitions", "suspendedAt", "createdAt", "x"]
)
async def test_nothing_else_can_be_set(owner: LogIn, name: str) -> None:
    before = (await owner.ask("GET", "/api/tenant")).json
    for value in ("enterprise", 1, None):
        reply = await change(owner, {"name": "mass", name: value})
        assert (reply.status, reply.code) == (400, "invalid_payload")
    assert (await owner.ask("GET", "/api/tenant")).json == before


@pytest.mark.parametrize(
    "wish",
    [{"name": ""}, {"name": "a\r\nb"}, {"name": "x" * 101}, {"timeZone": "Nowhere"}, {"currency": "e"}, {"currency": None},
     {"retentionMonths": 0}, {"retentionMonths": 121}, {"consentPolicy": "none"}, {"allowedOrigins": ["*"]},
     {"allowedOrigins": ["https://a.example/path"]}, {"allowedOrigins": [f"https://{n}.example" for n in range(51)]},
     {"secondFactorRequired": "yes"}, [], "x"],
)  # fmt: skip
async def test_what_cannot_be_is_not_set(owner: LogIn, wish: Any) -> None:
    reply = await change(owner, wish)
    assert (reply.status, reply.code) == (400, "invalid_payload"), reply


@pytest.mark.parametrize("wish", [{"timeZone": "Europe/Vienna"}, {"currency": "usd"}])
async def test_zone_and_currency_stay_once_the_log_has_entries(
    world: World, platform: Platform, owner: LogIn, wish: dict[str, str]
) -> None:
    assert (await change(owner, {"timeZone": "Europe/Berlin"})).status == 200
    assert (await world.http.post("/api/passport/log", vote(), platform.server)).status == 201
    reply = await change(owner, wish)
    assert (reply.status, reply.code, reply.json["field"]) == (400, "invalid_payload", next(iter(wish)))
    assert "while the log is empty" in reply.json["detail"]
    assert (await change(owner, {"timeZone": "Europe/Berlin", "name": "the same zone"})).status == 200


async def test_who_may_read_and_who_may_change(world: World, platform: Platform) -> None:
    for role, reads, changes in (("viewer", 403, 403), ("analyst", 200, 403), ("admin", 200, 200)):
        log_in = await logged_in(world, platform, role)
        assert (await log_in.ask("GET", "/api/tenant")).status == reads
        assert (await change(log_in, {"retentionMonths": 7})).status == changes
    assert (await world.http.get("/api/tenant", platform.server)).status == 200
    assert (await world.http.get("/api/tenant", platform.browser)).status == 403


async def test_a_second_factor_is_required_by_owners_who_have_one(world: World, platform: Platform) -> None:
    human = await new_person(world, (platform, "owner"))
    admin = await logged_in(world, platform, "admin")
    first = await human.log_in("token")
    wish = {"secondFactorRequired": True}
    assert (await change(first, wish)).code == "second_factor_missing"
    assert (await change(admin, wish)).code == "not_allowed"
    raw = b'{"secondFactorRequired":false}'
    by_key = await world.http.send("PATCH", "/api/tenant", raw, {**platform.server, "content-type": "application/json"})
    assert by_key.code == "key_not_allowed"
    log_in, _ = await with_second_factor(human)
    assert (await change(log_in, wish)).status == 200
    assert (await admin.ask("GET", "/api/tenant")).code == "second_factor_missing"


async def test_two_tenants_see_and_set_only_their_own(world: World, platform: Platform, owner: LogIn) -> None:
    other = await world.platform()
    stranger = await logged_in(world, other, "owner")
    named = {"coliseum-tenant": platform.tenant.slug}
    assert (await stranger.ask("GET", "/api/tenant", headers=named)).code == "not_allowed"
    assert (await change(stranger, {"name": "taken"}, named)).code == "not_allowed"
    assert (await stranger.ask("GET", "/api/tenant")).json["slug"] == other.tenant.slug
    assert (await change(stranger, {"name": "mine"})).status == 200
    assert (await owner.ask("GET", "/api/tenant")).json["name"] == platform.tenant.slug
