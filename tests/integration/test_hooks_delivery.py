"""A message arrives signed, at least once, and as long as an endpoint fails it is tried again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from coliseum.hooks.schedule import ATTEMPTS_MAX, SCHEDULE_S
from support.receiving import Receiver, Sending, change_plan, endpoint, receiving
from support.services import Platform, World, opened_world

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, outbound_private=True) as opened:
        yield opened


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest.fixture
async def sending(world: World) -> AsyncIterator[Sending]:
    await world.execute("DELETE FROM hooks_messages")  # what other tests have left on its way
    opened = Sending(world)
    yield opened
    await opened.close()


async def deliveries(world: World, platform: Platform) -> list[Any]:
    return await world.fetch(
        "SELECT * FROM hooks_deliveries WHERE tenant_id = $1 ORDER BY delivery_id", platform.tenant_id
    )


async def endpoint_row(world: World, platform: Platform, number: int) -> Any:
    [found] = await world.fetch(
        "SELECT * FROM hooks_endpoints WHERE tenant_id = $1 AND endpoint_id = $2", platform.tenant_id, number
    )
    return found


async def test_a_message_arrives_and_the_library_of_receivers_believes_it(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    _, secret = await endpoint(world, platform, receiver.url, "plan.changed")
    await change_plan(world, platform, "pro")
    assert await sending.send() == 1
    [message] = receiver.verified(secret)
    assert message["type"] == "plan.changed"
    assert message["data"] == {"from": "basic", "to": "pro"}
    [(headers, body)] = receiver.came
    assert headers["content-type"] == "application/json"
    assert "." not in headers["webhook-id"]
    assert len(body) < 20_000
    [found] = await deliveries(world, platform)
    assert (found["state"], found["status"], found["attempt"], found["failure"]) == ("delivered", 204, 1, None)
    assert await sending.send(DAY) == 0


async def test_nothing_is_stored_when_nobody_wants_to_know(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    await endpoint(world, platform, receiver.url, "key.revoked")
    await change_plan(world, platform, "pro")
    assert await world.value("SELECT count(*) FROM hooks_messages WHERE tenant_id = $1", platform.tenant_id) == 0
    assert await sending.send() == 0


async def test_a_message_is_there_only_if_its_cause_is(world: World, platform: Platform, receiver: Receiver) -> None:
    await endpoint(world, platform, receiver.url, "plan.changed")

    async def fail() -> None:
        async with world.database.tenant(platform.tenant_id, "accounts") as connection:
            await connection.execute(
                "UPDATE accounts_tenants SET plan = 'pro' WHERE tenant_id = $1", platform.tenant_id
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert not await deliveries(world, platform)


async def test_what_fails_is_tried_again_at_the_times_of_the_schedule_under_one_id(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    await endpoint(world, platform, receiver.url, "plan.changed")
    receiver.always = 500
    await change_plan(world, platform, "pro")
    for attempt, planned_s in enumerate(SCHEDULE_S, 1):
        if attempt > 1:
            assert await sending.send(timedelta(seconds=planned_s * 0.9)) == 0, attempt
        assert await sending.send(timedelta(seconds=planned_s * 0.35)) == 1, attempt
        [found] = await deliveries(world, platform)
        assert (found["attempt"], found["status"], found["failure"]) == (attempt, 500, "status")
    assert found["state"] == "failed"
    assert len(set(receiver.ids)) == 1
    assert len(receiver.came) == ATTEMPTS_MAX
    assert len({body for _, body in receiver.came}) == 1
    stamps = [int(headers["webhook-timestamp"]) for headers, _ in receiver.came]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ((302, {"location": "/hook"}), "redirect"), ((307, {"location": "/hook"}), "redirect"), (304, "redirect"),
        (400, "status"), (404, "status"), (500, "status"), (503, "status"),
    ],
)  # fmt: skip
async def test_only_a_2xx_takes_a_message(
    world: World, platform: Platform, receiver: Receiver, sending: Sending, answer: Any, failure: str
) -> None:
    await endpoint(world, platform, receiver.url)
    receiver.answers = [answer]
    await change_plan(world, platform, "pro")
    await sending.send()
    [found] = await deliveries(world, platform)
    assert (found["state"], found["failure"]) == ("pending", failure)
    assert len(receiver.came) == 1
    assert await sending.send(timedelta(seconds=7)) == 1
    [found] = await deliveries(world, platform)
    assert (found["state"], found["status"]) == ("delivered", 204)


async def test_a_busy_server_says_when_to_come_back(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    await endpoint(world, platform, receiver.url)
    receiver.answers = [(429, {"retry-after": "600"})]
    await change_plan(world, platform, "pro")
    await sending.send()
    assert await sending.send(timedelta(seconds=590)) == 0
    assert await sending.send(timedelta(seconds=20)) == 1


async def test_an_endpoint_that_is_gone_is_disabled_and_the_others_are_told(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    async with receiving() as other:
        gone, _ = await endpoint(world, platform, receiver.url)
        await endpoint(world, platform, other.url, "endpoint.disabled")
        receiver.always = 410
        await change_plan(world, platform, "pro")
        await sending.send()
        found = await endpoint_row(world, platform, gone)
        assert (found["disabled_reason"], found["disabled_at"]) == ("gone", sending.now)
        await sending.send()
        [first, second] = await deliveries(world, platform)
        assert (first["state"], first["failure"], second["state"]) == ("abandoned", "gone", "delivered")
        [(topic, data)] = other.told
        assert topic == "endpoint.disabled"
        assert (data["endpointId"], data["reason"]) == (gone, "gone")
        await change_plan(world, platform, "basic")
        assert await sending.send() == 0
    trail = await world.fetch(
        "SELECT actor, detail FROM trail_entries WHERE tenant_id = $1 AND action = 'webhook.disable'",
        platform.tenant_id,
    )
    assert [(row["actor"], row["detail"]) for row in trail] == [("processor", {"reason": "gone"})]


async def test_an_endpoint_that_has_failed_for_five_days_is_disabled(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    number, _ = await endpoint(world, platform, receiver.url)
    receiver.always = 500
    for day in range(6):
        await change_plan(world, platform, "pro" if day % 2 == 0 else "basic")
        await sending.send(DAY if day else timedelta())
        disabled = (await endpoint_row(world, platform, number))["disabled_reason"]
        assert disabled == ("failing" if day == 5 else None), day
    assert {row["state"] for row in await deliveries(world, platform)} == {"abandoned"}


async def test_one_success_in_five_days_is_enough(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    number, _ = await endpoint(world, platform, receiver.url)
    receiver.answers = [500, 204, *[500] * 100]
    for day in range(5):
        await change_plan(world, platform, "pro" if day % 2 == 0 else "basic")
        await sending.send(DAY)
    assert (await endpoint_row(world, platform, number))["disabled_at"] is None


async def test_what_was_sent_and_not_noted_is_sent_again_under_the_same_id(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    await endpoint(world, platform, receiver.url)
    await change_plan(world, platform, "pro")
    receiver.held.clear()
    sending.now += timedelta(seconds=1)
    assert await sending.deliverer.start_due() == 1
    await receiver.wait_for(1)
    for task in sending.deliverer._flying:  # the process dies: nothing is noted
        task.cancel()
    await asyncio.gather(*sending.deliverer._flying, return_exceptions=True)
    receiver.held.set()
    assert await sending.send() == 0  # it is still held for who had it
    assert await sending.send(timedelta(seconds=20)) == 1
    assert receiver.ids == [receiver.ids[0]] * 2


async def test_a_rotated_secret_and_the_old_one_both_verify_until_the_overlap_ends(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    number, old = await endpoint(world, platform, receiver.url)
    reply = await world.http.post(
        f"/api/webhooks/endpoints/{number}/rotate",
        {"overlapHours": 1},
        platform.server | {"content-type": "application/json"},
    )
    assert reply.status == 201, reply
    new = reply.json["secret"]
    await change_plan(world, platform, "pro")
    await sending.send()
    assert receiver.verified(new) == receiver.verified(old)
    await change_plan(world, platform, "basic")
    await sending.send(timedelta(hours=2))
    headers, body = receiver.came[-1]
    assert headers["webhook-signature"].count("v1,") == 1
    at = sending.now
    assert headers["webhook-signature"] == Webhook(new).sign(headers["webhook-id"], at, body.decode())


async def test_an_address_is_looked_at_again_at_every_delivery(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    await endpoint(world, platform, receiver.url)
    strict = Sending(world)
    strict.deliverer._outbound = world.services.outbound.__class__()
    await change_plan(world, platform, "pro")
    assert await strict.send() == 1
    await strict.deliverer._outbound.close()
    await strict.close()
    assert not receiver.came
    [found] = await deliveries(world, platform)
    assert (found["state"], found["failure"]) == ("pending", "not_allowed")


async def test_messages_are_forgotten_after_thirty_days(
    world: World, platform: Platform, receiver: Receiver, sending: Sending
) -> None:
    await endpoint(world, platform, receiver.url)
    await change_plan(world, platform, "pro")
    await sending.send()
    sending.now += timedelta(days=31)
    await sending.deliverer._forget()
    assert await world.value("SELECT count(*) FROM hooks_messages WHERE tenant_id = $1", platform.tenant_id) == 0
    assert not await deliveries(world, platform)
