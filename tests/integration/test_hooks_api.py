"""The routes of webhooks: whoever manages them sees secrets once, and everything is put down."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from coliseum.hooks.endpoints import BOARDS_MAX
from support.asgi import Reply
from support.receiving import Sending, change_plan, endpoint, receiving
from support.services import Platform, World, opened_world

URL = "http://127.0.0.1:9/hook"
PATH = "/api/webhooks/endpoints"
RULE = {"metric": "votes", "entity": "artist", "id": "nova", "window": "day", "value": 100}


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, outbound_private=True) as opened:
        yield opened


async def ask(world: World, platform: Platform, method: str, path: str, body: Any = None) -> Reply:
    headers = platform.server | ({} if body is None else {"content-type": "application/json"})
    return await world.http.send(method, path, b"" if body is None else json.dumps(body).encode(), headers)


async def deeds(world: World, platform: Platform) -> list[str]:
    found = await world.fetch(
        "SELECT action, actor, outcome FROM trail_entries WHERE tenant_id = $1 ORDER BY number", platform.tenant_id
    )
    assert all(row["actor"].startswith("key:") and row["outcome"] == "done" for row in found)
    return [row["action"] for row in found]


async def test_an_endpoint_is_made_read_changed_rotated_and_removed(world: World, platform: Platform) -> None:
    made = await ask(world, platform, "POST", PATH, {"url": URL, "topics": ["season.ended"], "description": "ours"})
    assert made.status == 201, made
    assert made.headers["cache-control"] == "no-store"
    number, secret = made.json["endpoint"]["id"], made.json["secret"]
    assert secret.startswith("whsec_")
    one = await ask(world, platform, "GET", f"{PATH}/{number}")
    listed = await ask(world, platform, "GET", PATH)
    assert listed.json == {"endpoints": [one.json]}
    assert (one.json["url"], one.json["topics"], one.json["createdBy"][:4]) == (URL, ["season.ended"], "key:")
    assert secret not in one.body.decode() + listed.body.decode()
    changed = await ask(world, platform, "PATCH", f"{PATH}/{number}", {"topics": ["plan.changed", "plan.changed"]})
    assert (changed.json["topics"], changed.json["description"]) == (["plan.changed"], "ours")
    rotated = await ask(world, platform, "POST", f"{PATH}/{number}/rotate")
    assert rotated.status == 201, rotated
    assert rotated.json["secret"] != secret
    assert rotated.json["endpoint"]["previousSecretUntil"] is not None
    assert (await ask(world, platform, "DELETE", f"{PATH}/{number}")).status == 204
    assert (await ask(world, platform, "GET", f"{PATH}/{number}")).status == 404
    assert await deeds(world, platform) == ["webhook.create", "webhook.change", "webhook.rotate", "webhook.remove"]


async def test_no_secret_and_no_address_is_kept_in_clear(world: World, platform: Platform) -> None:
    _, secret = await endpoint(world, platform, f"{URL}?token=in-the-address")
    stored = await world.fetch("SELECT e::text AS row FROM hooks_endpoints e WHERE tenant_id = $1", platform.tenant_id)
    assert secret[6:] not in str(stored)
    trail = await world.fetch("SELECT t::text AS row FROM trail_entries t WHERE tenant_id = $1", platform.tenant_id)
    assert "in-the-address" not in str(trail)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"url": "ftp://example.org/", "topics": ["season.ended"]}, "target_not_allowed", "url"),
        ({"url": "http://user@127.0.0.1/", "topics": ["season.ended"]}, "target_not_allowed", "url"),
        ({"url": "http://no-such-name.invalid/", "topics": ["season.ended"]}, "target_not_allowed", None),
        ({"url": URL, "topics": []}, "invalid_payload", None),
        ({"url": URL, "topics": ["test.ping"]}, "invalid_payload", None),
        ({"url": URL, "topics": ["nothing"]}, "invalid_payload", None),
        ({"url": URL}, "invalid_payload", None),
        ({"url": URL, "topics": ["season.ended"], "secret": "mine"}, "invalid_payload", None),
        ({"url": URL, "topics": ["season.ended"], "description": "x" * 201}, "invalid_payload", None),
        ({"url": URL, "topics": ["season.ended"], "boards": [{"board": "none"}]}, "invalid_query", "boards"),
        ({"url": URL, "topics": ["season.ended"], "boards": [{"board": "votes-fan"}]}, "invalid_query", "boards"),
        ({"url": URL, "topics": ["season.ended"], "boards": [{"board": "votes-artist", "window": "x"}]}, "invalid_query", "boards"),
        ({"url": URL, "topics": ["season.ended"], "boards": [{"board": "votes-artist", "top": 11}]}, "invalid_payload", None),
        ({"url": URL, "topics": ["season.ended"], "boards": [{"board": "votes-artist"}] * (BOARDS_MAX + 1)}, "invalid_payload", None),
        ([], "invalid_payload", None),
    ],
)  # fmt: skip
async def test_an_endpoint_that_cannot_be_is_refused_by_name(
    world: World, platform: Platform, body: Any, code: str, field: str | None
) -> None:
    reply = await ask(world, platform, "POST", PATH, body)
    assert (reply.status, reply.code) == (400, code), reply
    if field is not None:
        assert reply.json["field"] == field
    assert (await ask(world, platform, "GET", PATH)).json == {"endpoints": []}
    assert await deeds(world, platform) == []


async def test_private_addresses_are_refused_where_they_are_not_allowed(
    migrated_database: str, valkey_url: str
) -> None:
    async with opened_world(migrated_database, valkey_url) as strict:
        platform = await strict.platform()
        for url in ("http://example.org/", "https://127.0.0.1/", "https://localhost/", "https://[::1]:8443/x"):
            reply = await ask(strict, platform, "POST", PATH, {"url": url, "topics": ["season.ended"]})
            assert (reply.status, reply.code) == (400, "target_not_allowed"), url


async def test_a_plan_says_how_many_endpoints_there_may_be(migrated_database: str, valkey_url: str) -> None:
    async with opened_world(
        migrated_database, valkey_url, outbound_private=True, stripe_secret_key="sk_test_only"
    ) as billed:
        platform = await billed.platform()
        body = {"url": URL, "topics": ["season.ended"]}
        assert (await ask(billed, platform, "POST", PATH, body)).status == 201
        reply = await ask(billed, platform, "POST", PATH, body)
        assert (reply.status, reply.code) == (402, "plan_limit"), reply


async def test_another_tenants_endpoint_is_not_there(world: World, platform: Platform) -> None:
    other = await world.platform()
    number, _ = await endpoint(world, other, URL)
    for method, path, body in (
        ("GET", f"{PATH}/{number}", None), ("PATCH", f"{PATH}/{number}", {"disabled": True}),
        ("DELETE", f"{PATH}/{number}", None), ("POST", f"{PATH}/{number}/test", None),
        ("POST", f"{PATH}/{number}/rotate", None), ("GET", f"{PATH}/0", None), ("GET", f"{PATH}/{2**63}", None),
    ):  # fmt: skip
        reply = await ask(world, platform, method, path, body)
        assert (reply.status, reply.code) == (404, "not_found"), (method, path, reply)
    assert (await ask(world, other, "GET", f"{PATH}/{number}")).json["disabledAt"] is None


async def test_a_test_message_arrives_and_its_delivery_is_shown(world: World, platform: Platform) -> None:
    sending = Sending(world)
    async with receiving() as receiver:
        number, secret = await endpoint(world, platform, receiver.url)
        reply = await ask(world, platform, "POST", f"{PATH}/{number}/test")
        assert reply.status == 202, reply
        await sending.send()
        assert receiver.verified(secret)[0]["data"] == {"endpointId": number}
        assert receiver.ids == [reply.json["messageId"]]
        [found] = (await ask(world, platform, "GET", "/api/webhooks/deliveries")).json["deliveries"]
        assert (found["topic"], found["state"], found["status"], found["attempt"]) == ("test.ping", "delivered", 204, 1)
        assert found["durationMs"] >= 0
        again = await ask(world, platform, "POST", f"/api/webhooks/deliveries/{found['id']}/redeliver")
        assert (again.status, again.json["state"], again.json["attempt"]) == (202, "pending", 0)
        await sending.send()
        assert receiver.ids == [reply.json["messageId"]] * 2
    await sending.close()
    assert await deeds(world, platform) == ["webhook.create", "webhook.test", "webhook.redeliver"]


async def test_deliveries_are_paged_and_filtered(world: World, platform: Platform) -> None:
    numbers = [(await endpoint(world, platform, URL))[0] for _ in range(2)]
    for plan in ("pro", "basic", "pro"):
        await change_plan(world, platform, plan)
    seen, cursor = [], ""
    while True:
        page = (await ask(world, platform, "GET", f"/api/webhooks/deliveries?limit=4{cursor}")).json
        seen += page["deliveries"]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert [each["id"] for each in seen] == sorted((each["id"] for each in seen), reverse=True)
    assert len(seen) == 6
    one = (await ask(world, platform, "GET", f"/api/webhooks/deliveries?endpoint={numbers[0]}&state=pending")).json
    assert {each["endpointId"] for each in one["deliveries"]} == {numbers[0]}
    assert len(one["deliveries"]) == 3
    none = (await ask(world, platform, "GET", "/api/webhooks/deliveries?state=delivered")).json
    assert none == {"deliveries": [], "nextCursor": None}
    for query in ("state=x", "limit=0", "limit=201", "cursor=%00", "cursor=AAAA", "other=1", "endpoint=x"):
        assert (await ask(world, platform, "GET", f"/api/webhooks/deliveries?{query}")).status == 400, query


async def test_disabling_abandons_and_enabling_begins_anew(world: World, platform: Platform) -> None:
    number, _ = await endpoint(world, platform, URL)
    await change_plan(world, platform, "pro")
    disabled = await ask(world, platform, "PATCH", f"{PATH}/{number}", {"disabled": True})
    assert disabled.json["disabledReason"] == "asked"
    [found] = (await ask(world, platform, "GET", "/api/webhooks/deliveries")).json["deliveries"]
    assert found["state"] == "abandoned"
    refused = await ask(world, platform, "POST", f"/api/webhooks/deliveries/{found['id']}/redeliver")
    assert (refused.status, refused.code) == (400, "invalid_query")
    assert (await ask(world, platform, "POST", f"{PATH}/{number}/test")).status == 400
    await change_plan(world, platform, "basic")
    enabled = await ask(world, platform, "PATCH", f"{PATH}/{number}", {"disabled": False})
    assert (enabled.json["disabledAt"], enabled.json["failingSince"]) == (None, None)
    assert (await ask(world, platform, "POST", f"/api/webhooks/deliveries/{found['id']}/redeliver")).status == 202


async def test_rules_are_put_read_replaced_and_removed(world: World, platform: Platform) -> None:
    path = "/api/webhooks/thresholds/nova-day"
    made = await ask(world, platform, "PUT", path, RULE)
    assert (made.status, made.json["name"], made.json["value"]) == (200, "nova-day", 100), made
    assert (await ask(world, platform, "PUT", path, RULE)).json == made.json
    assert (await ask(world, platform, "GET", "/api/webhooks/thresholds")).json == {"thresholds": [made.json]}
    changed = await ask(world, platform, "PUT", path, {**RULE, "value": 200})
    assert changed.json["value"] == 200
    assert (await ask(world, platform, "GET", path)).json == changed.json
    assert (await ask(world, platform, "DELETE", path)).status == 204
    assert (await ask(world, platform, "DELETE", path)).status == 404
    assert (await ask(world, platform, "GET", path)).status == 404
    assert await deeds(world, platform) == ["threshold.put", "threshold.put", "threshold.remove"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"metric": "none"}, "invalid_query"), ({"entity": "fan", "id": "a"}, "invalid_query"),
        ({"entity": "venue"}, "invalid_query"), ({"window": "24h"}, "invalid_query"), ({"window": "x"}, "invalid_query"),
        ({"value": 0}, "invalid_payload"), ({"value": 2**53 + 1}, "invalid_payload"),
        ({"value": 1.5}, "invalid_payload"), ({"id": None}, "invalid_query"), ({"id": ""}, "invalid_query"),
        ({"entity": "tenant"}, "invalid_query"), ({"currency": "eur"}, "invalid_query"),
        ({"more": 1}, "invalid_payload"), ({"metric": "money_spent", "currency": "EUR"}, "invalid_query"),
    ],
)  # fmt: skip
async def test_a_rule_that_cannot_be_is_refused(
    world: World, platform: Platform, change: dict[str, Any], code: str
) -> None:
    reply = await ask(world, platform, "PUT", "/api/webhooks/thresholds/x", {**RULE, **change})
    assert (reply.status, reply.code) == (400, code), reply
    assert (await ask(world, platform, "PUT", "/api/webhooks/thresholds/No", RULE)).status == 400


async def test_only_who_manages_webhooks_may_use_the_routes(world: World, platform: Platform) -> None:
    reply = await world.http.get(PATH, platform.browser)
    assert (reply.status, reply.code) == (403, "key_not_allowed")
    assert (await world.http.get(PATH)).status == 401
