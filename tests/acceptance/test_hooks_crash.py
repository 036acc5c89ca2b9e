"""Webhooks of a running system: a processor that is killed between sending and noting loses nothing."""

import asyncio
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from support.receiving import receiving
from support.system import System, Tenant, running_system

pytestmark = pytest.mark.long
TIMEOUT_S = 3


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    more = {"COLISEUM_OUTBOUND_PRIVATE": "true", "COLISEUM_WEBHOOK_TIMEOUT_S": str(TIMEOUT_S)}
    with running_system(fresh_database, tmp_path_factory.mktemp("hooks"), **more) as running:
        yield running


def post(tenant: Tenant, path: str, body: Any = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", tenant.system.port, timeout=30)
    try:
        headers = {"Authorization": f"Bearer {tenant.key}", "Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(body) if body is not None else "", headers)
        reply = connection.getresponse()
        raw = reply.read()
        assert 200 <= reply.status < 300, raw
        return json.loads(raw)
    finally:
        connection.close()


def states(tenant: Tenant) -> list[tuple[str, int]]:
    page = tenant.get("/api/webhooks/deliveries")
    return [(each["state"], each["attempt"]) for each in page["deliveries"]]


async def test_a_processor_killed_after_sending_sends_again_under_the_same_id(system: System) -> None:
    tenant = await asyncio.to_thread(system.create_tenant, "killed")
    async with receiving() as receiver:
        body = {"url": receiver.url, "topics": ["threshold.reached"]}
        made = await asyncio.to_thread(post, tenant, "/api/webhooks/endpoints", body)
        receiver.held.clear()
        await asyncio.to_thread(post, tenant, f"/api/webhooks/endpoints/{made['endpoint']['id']}/test")
        await receiver.wait_for(1, 30)
        system.kill("processor")
        receiver.held.set()
        assert await asyncio.to_thread(states, tenant) == [("pending", 1)]
        await asyncio.to_thread(system.start, "processor")
        await receiver.wait_for(2, 60)
        delivered = asyncio.to_thread(
            system.wait_for, lambda: states(tenant) == [("delivered", 2)], "the message to be noted", 30
        )
        await delivered
        assert len(receiver.ids) == 2
        assert len(set(receiver.ids)) == 1
        assert receiver.verified(made["secret"])[0]["type"] == "test.ping"


async def test_a_threshold_arrives_within_seconds_of_its_event(system: System) -> None:
    tenant = await asyncio.to_thread(system.create_tenant, "watched")
    async with receiving() as receiver:
        body = {"url": receiver.url, "topics": ["threshold.reached"]}
        made = await asyncio.to_thread(post, tenant, "/api/webhooks/endpoints", body)
        rule = {"metric": "votes", "entity": "artist", "id": "nova", "window": "all", "value": 5}

        def put() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", system.port, timeout=30)
            headers = {"Authorization": f"Bearer {tenant.key}", "Content-Type": "application/json"}
            connection.request("PUT", "/api/webhooks/thresholds/nova", json.dumps(rule), headers)
            assert connection.getresponse().status == 200
            connection.close()

        await asyncio.to_thread(put)
        vote = {"type": "coliseum.vote_cast", "userId": "ada", "artistId": "nova", "eventId": "final", "weight": 5,
                "channel": "web", "at": "2026-11-26T12:00:00Z", "id": "vote-1"}  # fmt: skip
        await asyncio.to_thread(post, tenant, "/api/passport/log?historical=true", vote)
        await receiver.wait_for(1, 30)
        [message] = receiver.verified(made["secret"])
        assert (message["data"]["name"], message["data"]["value"]) == ("nova", 5)


def test_the_command_line_lists_endpoints_and_sends_again(system: System) -> None:
    tenant = system.create_tenant("listed")
    made = post(tenant, "/api/webhooks/endpoints", {"url": "http://127.0.0.1:9/x?secret=1", "topics": ["key.revoked"]})
    post(tenant, f"/api/webhooks/endpoints/{made['endpoint']['id']}/test")
    listed = system.cli("webhook", "list", "--tenant", "listed")
    assert "127.0.0.1" in listed
    assert "secret=1" not in listed
    page = tenant.get("/api/webhooks/deliveries")
    output = system.cli("webhook", "redeliver", "listed", str(page["deliveries"][0]["id"]))
    assert output.startswith("1 due now")
    assert system.cli("webhook", "redeliver", "listed").startswith("0 due now")
    assert "no tenant" in system.cli("webhook", "list", "--tenant", "nobody", expect=1)
