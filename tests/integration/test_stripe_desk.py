"""Buying, changing and seeing a plan: the routes of billing, and localstripe's own webhooks from end to end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from coliseum.web import identify
from coliseum.web.services import Services
from support.asgi import Reply
from support.services import Platform, World, opened_world
from support.stripes import (
    DEADLINE_S,
    SECRET,
    StandIn,
    applied,
    days_ago,
    event,
    owner_of,
    plan_of,
    rows,
    settings,
    stand_in,
    subscription,
    told,
)

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
async def stripe() -> AsyncIterator[StandIn]:
    async with stand_in() as running:
        await running.make_plans()
        yield running


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str, stripe: StandIn) -> AsyncIterator[World]:
    changes = settings(stripe.base, public_url="https://coliseum.example")
    async with opened_world(migrated_database, valkey_url, **changes) as opened:
        yield opened


@pytest.fixture
def desk(world: World) -> Any:
    return world.services.billing.desk


async def test_checkout_sells_a_plan_and_its_overage_to_the_tenants_own_customer(
    world: World, platform: Platform, stripe: StandIn, desk: Any
) -> None:
    url = await desk.checkout(platform.tenant, "pro", "person:1", "203.0.113.9")
    assert url.startswith("https://pay.example/")
    number = str(platform.tenant_id)
    asked = [each["data"] for each in await stripe.seen("/v1/checkout/sessions")][-1]
    assert asked["client_reference_id"] == number
    assert asked["metadata"] == asked["subscription_data"]["metadata"] == {"coliseum_tenant": number}
    assert asked["line_items"] == [{"price": "price_pro", "quantity": "1"}, {"price": "price_metered"}]
    assert asked["success_url"] == "https://coliseum.example/?checkout=done"
    customer = await stripe.call("GET", f"/v1/customers/{asked['customer']}")
    assert customer["metadata"] == {"coliseum_tenant": number}
    entries = await rows(world, "SELECT * FROM trail_entries WHERE tenant_id = $1", platform.tenant_id)
    assert [(each["actor"], each["action"], each["detail"]) for each in entries] == [
        ("person:1", "billing.checkout", {"plan": "pro"})
    ]


async def test_a_tenant_is_one_customer_however_many_ask_at_once(
    world: World, platform: Platform, stripe: StandIn, desk: Any
) -> None:
    wanted = [desk.checkout(platform.tenant, "enterprise", "person:1", "") for _ in range(4)]
    await asyncio.gather(*wanted, *[desk.portal(platform.tenant, "person:1", "") for _ in range(4)])
    asked = await stripe.seen("/v1/checkout/sessions") + await stripe.seen("/v1/billing_portal/sessions")
    found = await rows(world, "SELECT customer_id FROM billing_customers WHERE tenant_id = $1", platform.tenant_id)
    customer = found[0]["customer_id"]
    assert sum(each["data"]["customer"] == customer for each in asked) == 8
    listed = await stripe.call("GET", "/v1/customers?limit=100")
    number = str(platform.tenant_id)
    assert [each["id"] for each in listed["data"] if each["metadata"].get("coliseum_tenant") == number] == [customer]


async def test_a_customer_that_was_deleted_in_stripe_is_made_anew(world: World, platform: Platform, desk: Any) -> None:
    await desk.portal(platform.tenant, "person:1", "")
    sql = "SELECT customer_id FROM billing_customers WHERE tenant_id = $1"
    first = (await rows(world, sql, platform.tenant_id))[0]["customer_id"]
    await applied(world, event("customer.deleted", {"id": first, "object": "customer", "deleted": True}))
    await desk.portal(platform.tenant, "person:1", "")
    second = (await rows(world, sql, platform.tenant_id))[0]["customer_id"]
    assert second not in (None, first)


@pytest.fixture
def as_owner(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Requests are those of whoever stands in it: who logs in is another part's matter."""
    who: dict[str, Any] = {}
    real = identify.caller_for

    async def caller_for(services: Services, scope: Any, access: Any, *more: Any) -> Any:
        if "caller" not in who:
            return await real(services, scope, access, *more)
        who["caller"].check(access)
        return who["caller"]

    monkeypatch.setattr("coliseum.web.access.caller_for", caller_for)
    return who


async def post(world: World, path: str, body: Any = b"") -> Reply:
    return await world.http.post(path, body, {"content-type": "application/json"})


async def test_the_routes_serve_an_owner(world: World, platform: Platform, as_owner: dict[str, Any]) -> None:
    as_owner["caller"] = owner_of(platform)
    standing = await world.http.get("/api/billing")
    assert standing.json == {
        "plan": "basic", "billed": True, "status": None, "currentPeriodEnd": None, "cancelAtPeriodEnd": False,
        "graceUntil": None,
    }  # fmt: skip
    bought = await post(world, "/api/billing/checkout", {"plan": "pro"})
    assert bought.status == 200
    assert bought.json["url"].startswith("https://pay.example/")
    assert (await post(world, "/api/billing/portal")).json["url"].startswith("https://pay.example/")
    deeds = await rows(world, "SELECT * FROM trail_entries WHERE tenant_id = $1 ORDER BY number", platform.tenant_id)
    assert [each["action"] for each in deeds] == ["billing.checkout", "billing.portal"]
    assert {(each["actor"], each["outcome"]) for each in deeds} == {(as_owner["caller"].actor, "done")}
    wrongs: list[Any] = [{}, {"plan": "gold"}, {"plan": "pro", "price": "price_mine"}, [], b"{", b"\xff"]
    for wrong in wrongs:
        reply = await post(world, "/api/billing/checkout", wrong)
        assert (reply.status, reply.code) == (400, "invalid_payload"), wrong
    assert (await post(world, "/api/billing/portal?x=1")).code == "invalid_query"
    end = days_ago(-20)
    late = subscription(platform, status="past_due", period_end=end)
    await applied(world, event("customer.subscription.updated", late))
    standing = await world.http.get("/api/billing")
    assert standing.json["plan"] == "pro"
    assert standing.json["status"] == "past_due"
    assert standing.json["graceUntil"] is not None
    again = await post(world, "/api/billing/checkout", {"plan": "enterprise"})
    assert (again.status, again.code) == (409, "already_exists")
    missing = {"id": "pi_nobody", "amount": 5, "currency": "eur",
               "metadata": {"coliseum_tenant": str(platform.tenant_id)}}  # fmt: skip
    await applied(world, event("payment_intent.succeeded", missing))
    listed = (await world.http.get("/api/billing/unmatched")).json
    assert [(each["objectId"], each["amount"]) for each in listed] == [("pi_nobody", 5)]


async def test_keys_may_see_the_plan_and_nothing_else_of_billing(world: World, platform: Platform) -> None:
    assert (await world.http.get("/api/billing", platform.server)).json["plan"] == "basic"
    for method, path in (("GET", "unmatched"), ("POST", "checkout"), ("POST", "portal")):
        reply = await world.http.send(method, f"/api/billing/{path}", b"", platform.server)
        assert (reply.status, reply.code) == (403, "key_not_allowed")


async def test_without_stripe_every_tenant_has_the_largest_plan_and_nothing_is_sold(
    world: World, platform: Platform, as_owner: dict[str, Any]
) -> None:
    as_owner["caller"] = owner_of(platform)
    stores = str(world.settings.database_url), str(world.settings.valkey_url)
    async with opened_world(*stores) as other:
        assert (await other.http.get("/api/billing")).json["plan"] == "enterprise"
        for path, body in (("checkout", {"plan": "pro"}), ("portal", b"")):
            reply = await post(other, f"/api/billing/{path}", body)
            assert (reply.status, reply.code) == (501, "not_configured")
    async with opened_world(*stores, **settings("http://127.0.0.1:9", stripe_price_pro="")) as other:
        reply = await post(other, "/api/billing/checkout", {"plan": "pro"})
        assert (reply.status, reply.code) == (501, "not_configured")


async def test_when_stripe_does_not_answer_or_refuses_the_answer_says_so(
    world: World, platform: Platform, stripe: StandIn, as_owner: dict[str, Any]
) -> None:
    as_owner["caller"] = owner_of(platform)
    assert (await post(world, "/api/billing/portal")).status == 200
    await stripe.fail_next("/v1/billing_portal/sessions")
    reply = await post(world, "/api/billing/portal")
    assert (reply.status, reply.code) == (503, "overloaded")
    async with opened_world(
        str(world.settings.database_url), str(world.settings.valkey_url),
        **settings(stripe.base, stripe_secret_key="rk_not_what_it_takes"),
    ) as other:  # fmt: skip
        reply = await post(other, "/api/billing/portal")
        assert (reply.status, reply.code) == (501, "not_configured")
        assert "rk_not" not in reply.body.decode()


@pytest.fixture
async def endpoint(world: World, stripe: StandIn) -> AsyncIterator[list[Any]]:
    """A server to which localstripe sends what happens, and which hands it on; every event once more for good measure."""
    heard: list[Any] = []

    async def hear(request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        replies = [await world.http.post("/api/webhooks/stripe", body, headers) for _ in range(2)]
        heard.append((await request.json(), [reply.status for reply in replies]))
        return web.Response(status=replies[0].status)

    app = web.Application()
    app.router.add_post("/", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    await stripe.call("POST", "/_config/webhooks/ours", {"url": f"http://127.0.0.1:{port}/", "secret": SECRET})
    yield heard
    await runner.cleanup()


async def until(world: World, platform: Platform, plan: str) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while await plan_of(world, platform) != plan:
            await asyncio.sleep(0.05)


async def test_a_subscription_lives_its_life_in_localstripe_and_the_plan_follows(
    world: World, platform: Platform, stripe: StandIn, endpoint: list[Any], desk: Any
) -> None:
    await desk.portal(platform.tenant, "person:1", "")
    found = await rows(world, "SELECT customer_id FROM billing_customers WHERE tenant_id = $1", platform.tenant_id)
    customer = found[0]["customer_id"]
    card = await stripe.call("POST", "/v1/payment_methods", {
        "type": "card", "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2_030, "cvc": "123"},
    })  # fmt: skip
    await stripe.call("POST", f"/v1/payment_methods/{card['id']}/attach", {"customer": customer})
    await stripe.call("POST", f"/v1/customers/{customer}",
                      {"invoice_settings": {"default_payment_method": card["id"]}})  # fmt: skip
    # Localstripe's subscriptions have no metadata of Checkout's: the customer says whose they are.
    made = await stripe.call("POST", "/v1/subscriptions", {"customer": customer, "items": [{"plan": "price_pro"}]})
    await until(world, platform, "pro")
    changed = await stripe.call("POST", f"/v1/subscriptions/{made['id']}", {"items": [{"plan": "price_enterprise"}]})
    await told(world, event("customer.subscription.updated", changed))  # localstripe tells of no change
    await until(world, platform, "enterprise")
    standing = await desk.standing(platform.tenant)
    assert (standing.status, standing.plan) == ("active", "enterprise")
    assert standing.current_period_end is not None
    await stripe.call("DELETE", f"/v1/subscriptions/{made['id']}")
    async with asyncio.timeout(DEADLINE_S):
        while (await desk.standing(platform.tenant)).status != "canceled":
            await asyncio.sleep(0.05)
    assert await plan_of(world, platform) == "enterprise"  # it is paid until the month is over
    assert all(statuses == [200, 200] for _, statuses in endpoint)
    kinds = {content["type"] for content, _ in endpoint}
    assert {"customer.subscription.created", "customer.subscription.deleted"} <= kinds
