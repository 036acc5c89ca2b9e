"""A user id is planted wherever one can come to stand; after its person was forgotten it stands nowhere."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from coliseum.announce.announcements import Announcements
from coliseum.clock import utc_now
from coliseum.passport.subjects import BELIEVED_S
from coliseum.web import access_page
from support.billed import on_plan
from support.conductor import Conductor
from support.festival import event, now_text, spent, vote
from support.forgetting import forget, keys_with, number_of, places_of
from support.poison import Spoilt
from support.receiving import endpoint
from support.services import Platform, World, opened_world
from support.stripes import StandIn, applied, settings, stand_in, state_of
from support.stripes import event as of_stripe

pytestmark = pytest.mark.long

MARK = "canary-4711"
FAN = f"{MARK}-ädä"
"""In JSON it may be written in two ways, which begin alike."""
URL = "http://127.0.0.1:9/hook"
BOARD = {"metric": "votes", "entity": "fan", "title": "Fans", "windows": ["all", "day"]}
ABOUT = (
    "leaderboards?metric=votes&entity=fan", "leaderboards?metric=votes&entity=fan&window=day&movement=true",
    "leaderboards?board=top-fans", "leaderboards?metric=money_spent&entity=fan", "leaderboards/export?metric=votes&entity=fan",
    "leaderboards/export?metric=votes&entity=fan&format=ndjson", "leaderboards?metric=votes&entity=fan&as_of=3",
    "trending?metric=votes&entity=fan", "breaking?metric=votes&entity=fan", "query?metric=votes&split=fan", "entries",
    "explain?metric=votes", "warnings", "audit", "boards", "webhooks/thresholds", "webhooks/deliveries", "usage",
    "billing/unmatched", "insights/list?kind=fan", "status", "seasons?metric=votes&window=day",
)  # fmt: skip
"""What is read of people, without naming one."""
NAMING = (
    f"leaderboards?metric=votes&entity=fan&ids={quote(FAN)}", f"leaderboards?metric=votes&entity=fan&around={quote(FAN)}",
    f"leaderboards?metric=votes&entity=fan&members={quote(FAN)}",
)  # fmt: skip
"""What is asked about one: as of somebody who was never there, nothing is answered."""


@pytest.fixture(scope="module")
async def stripe() -> AsyncIterator[StandIn]:
    async with stand_in() as running:
        yield running


@pytest.fixture
async def world(migrated_database: str, valkey_url: str, stripe: StandIn) -> AsyncIterator[World]:
    # Nothing but this test's tenant is in this database: whatever is found is its own.
    async with opened_world(migrated_database, valkey_url, outbound_private=True, **settings(stripe.base)) as opened:
        yield opened


def payment(platform: Platform, number: int, user: str = FAN) -> dict[str, Any]:
    metadata = {"coliseum_tenant": str(platform.tenant_id), "coliseum_user": user}
    content = {"id": f"pi_{number}", "object": "payment_intent", "amount": 990, "amount_received": 990,
               "currency": "eur", "status": "succeeded", "created": 1_750_000_000, "metadata": metadata}  # fmt: skip
    return of_stripe("payment_intent.succeeded", content)


def things(user: str) -> list[dict[str, Any]]:
    """Everything in which a person may be named."""
    return [
        vote(userId=user, sessionId=user, deviceId=user, weight=900), spent(userId=user, stripePaymentIntentId=user),
        event("treasury.money_refunded", userId=user, refundOf=user, amountCents=5, currency="eur", reason=""),
        event("concierto.ticket_purchased", userId=user, eventId="final", quantity=1, amountCents=5, currency="eur",
              orderId=user, ticketTier="gold"),
        event("social.follow", userId="ben", targetType="user", targetId=user),
        event("social.follow", userId=user, targetType="artist", targetId="abba"),
        event("concierto.event_attended", userId=user, eventId="final", city="Graz"),
        event("player.track_played", userId=user, trackId="waterloo", artistId="abba", durationSeconds=40),
        event("privacy.consent_changed", userId=user, purpose="analytics", granted=True, textVersion="1", source="api"),
        event("catalog.artist", userId=user, artistId="abba", name="ABBA", genres=["pop"]),
    ]  # fmt: skip


async def live(world: World, platform: Platform) -> Conductor:
    """All that can be sent and read of somebody, and what processors and workers make of it."""
    for topic in ("board.leader_changed", "threshold.reached", "dead_letter.added"):
        await endpoint(world, platform, URL, topic)
    sent = {"content-type": "application/json"} | platform.server
    assert (await world.http.send("PUT", "/api/boards/top-fans", encoded(BOARD), sent)).status == 201
    bad = [
        {"type": FAN, "userId": FAN, "at": now_text()},
        {**vote(userId=FAN), FAN: 1},
        {**vote(userId=FAN), "weight": FAN},
    ]
    assert (await world.http.post("/api/passport/batch", [*things(FAN), *bad], platform.server)).status in (201, 207)
    await world.http.post("/api/passport/batch", [vote(userId="ben")], platform.server)
    await world.http.post(
        "/v1/track", {"userId": FAN, "event": "coliseum.vote_cast", "properties": {}}, platform.server
    )
    assert (await world.http.post("/api/passport/tokens", {"userId": FAN}, platform.server)).status == 201
    await applied(world, payment(platform, 1))
    await world.services.tally._write()
    conductor = Conductor(world, platform, random.Random(1))
    spoilt = Spoilt(conductor.projections["mediaid"], {things(FAN)[0]["id"]}, ValueError("cannot be digested"))
    conductor.projections = {**conductor.projections, "mediaid": spoilt}
    await conductor.take()
    await conductor.quiesce()
    announcements = Announcements(utc_now)
    await announcements.announce(world.database, platform.tenant)
    await world.http.post("/api/passport/batch", [vote(userId="ben", weight=1_000)], platform.server)
    await conductor.quiesce()
    await announcements.announce(world.database, platform.tenant)
    for _ in range(2):
        await read(world, platform, ABOUT)
        await conductor.quiesce()
    return conductor


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


def total_of(body: bytes) -> Any:
    """What an answer says of numbers."""
    told = json.loads(body)
    return told.get("total", told.get("rows"))


async def read(world: World, platform: Platform, asked: tuple[str, ...]) -> dict[str, bytes]:
    replies = {query: await world.http.get(f"/api/{query}", platform.server) for query in asked}
    return {query: reply.body for query, reply in replies.items() if reply.status == 200}


async def every_route(world: World, platform: Platform) -> dict[str, bytes]:
    """Every route that reads without naming anything."""
    paths = {path for method, path, _ in access_page.routes() if method == "GET" and "{" not in path}
    return await read(
        world, platform, tuple(path.removeprefix("/api/") for path in sorted(paths) if path.startswith("/api/"))
    )


async def test_it_stands_nowhere_any_more(world: World) -> None:
    platform = await on_plan(world, "enterprise", partitions=2)
    conductor = await live(world, platform)
    before = await places_of(world, MARK)
    assert {
        "passport_subjects.user_id", "passport_personal.fields", "capture_warnings.last_message",
        "billing_stripe_events.body",
    } <= before.keys(), sorted(before)  # fmt: skip
    seen = [query for query, body in (await read(world, platform, ABOUT)).items() if MARK.encode() in body]
    assert len(seen) > 8, seen
    totals = await read(
        world, platform, ("metrics?metric=votes", "metrics?metric=money_spent", "leaderboards?metric=voters")
    )
    number = await number_of(world, platform, FAN)
    assert (await forget(world, platform, FAN)).status == 200
    await asyncio.sleep(BELIEVED_S + 0.2)
    assert await places_of(world, MARK) == {}
    late = await world.http.post("/api/passport/batch", things(FAN), platform.server)
    said = {each.get("code") for each in late.json["results"]}
    assert said == {"person_forgotten"}
    await applied(world, payment(platform, 2))
    refused = payment(platform, 3)
    await applied(world, refused)
    assert (await state_of(world, refused["id"]))[0] == "unmatched"
    assert "person_forgotten" in (await state_of(world, refused["id"]))[1]
    await world.services.tally._write()
    await conductor.quiesce()
    await Announcements(utc_now).announce(world.database, platform.tenant)
    left = await places_of(world, MARK)
    assert left.keys() == {"billing_stripe_events.body"}  # of the payments that are unmatched
    assert len(left["billing_stripe_events.body"]) == 2
    assert await keys_with(world, MARK) == []
    shown = {**await read(world, platform, ABOUT), **await every_route(world, platform)}
    assert len(shown) > 20
    assert [query for query, body in shown.items() if MARK.encode() in body] == []
    assert f"forgotten:{number}".encode() in shown["leaderboards?metric=votes&entity=fan"]
    for query, body in (await read(world, platform, NAMING)).items():
        assert b'"rows":[]' in body, query
    # The payments that came later are in no total, and neither is anything that named them.
    after = await read(world, platform, tuple(totals))
    assert [total_of(body) for body in after.values()] == [total_of(body) for body in totals.values()]
