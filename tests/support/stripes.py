"""Stripe in tests: localstripe in a process of its own, events signed by the official library, a world that is billed."""

import asyncio
import itertools
import json
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from stripe import WebhookSignature

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import OWNER
from coliseum.clock import utc_now
from support.asgi import Reply
from support.services import Platform, World

SECRET = "whsec_test_secret"
KEY = "sk_test_12345"
METER = "coliseum_events"
NUMBERS = itertools.count(1)
PRICES = {"basic": "price_basic", "pro": "price_pro", "enterprise": "price_enterprise"}
DEADLINE_S = 20.0
UNDER_WAY = """
SELECT count(*) FROM billing_stripe_events
WHERE state = 'stored' AND (attempts = 0 OR next_attempt_at > now() + interval '90 s')
"""


@dataclass
class StandIn:
    """A running localstripe."""

    base: str
    session: aiohttp.ClientSession

    async def call(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> Any:
        """One request with a secret key; the body is JSON."""
        headers = {"authorization": f"Bearer {KEY}"}
        async with self.session.request(method, self.base + path, json=data, headers=headers) as answer:
            text = await answer.text()
            assert answer.status == 200, (path, answer.status, text)
            return json.loads(text) if text.strip() else None

    async def seen(self, path: str) -> list[dict[str, Any]]:
        """What was asked for at a path that localstripe itself does not have."""
        found = await self.call("GET", "/_config/seen")
        return [each for each in found if each["path"] == path]

    async def fail_next(self, path: str, holding: str = "", *, after: bool = False) -> None:
        """Let the next call of a path, with this in its body, fail: before it is done or after."""
        await self.call("POST", "/_config/next", {"path": path, "holding": holding, "after": after})

    async def make_plans(self) -> None:
        """Plans, which localstripe has in place of prices."""
        for name, price in PRICES.items():
            await self.call("POST", "/v1/plans", {
                "id": price, "amount": 1_000, "currency": "eur", "interval": "month", "product": {"name": name},
            })  # fmt: skip


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """Localstripe, in a child process on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(__file__).with_name("stripe_stand_in.py")
    child = await asyncio.create_subprocess_exec(sys.executable, str(program), str(port))
    try:
        async with aiohttp.ClientSession() as session:
            running = StandIn(f"http://127.0.0.1:{port}", session)
            async with asyncio.timeout(DEADLINE_S):
                while True:
                    try:
                        await running.call("GET", "/_config/seen")
                        break
                    except aiohttp.ClientError:
                        await asyncio.sleep(0.05)
            yield running
    finally:
        child.terminate()
        await child.wait()


def settings(base: str = "", **changes: Any) -> dict[str, Any]:
    """Settings of a world that is billed."""
    return {
        "stripe_secret_key": KEY, "stripe_webhook_secret": SECRET, "stripe_api_base": base,
        "stripe_price_basic": "price_basic", "stripe_price_pro": "price_pro,price_pro_yearly",
        "stripe_price_enterprise": "price_enterprise", "stripe_meter_event": METER,
        "stripe_price_overage": "price_metered", **changes,
    }  # fmt: skip


def event(kind: str, content: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An event of Stripe, of this moment and with an id of its own where nothing else is said."""
    return {
        "id": f"evt_{next(NUMBERS)}", "object": "event", "type": kind, "created": int(utc_now().timestamp()),
        "livemode": False, "api_version": "2026-10-28.endive", "data": {"object": dict(content)}, **more,
    }  # fmt: skip


def subscription(platform: Platform, **more: Any) -> dict[str, Any]:
    """A subscription of the newest API: the period's end stands at its item."""
    now = int(utc_now().timestamp())
    price = more.pop("price", "price_pro")
    end = more.pop("period_end", now + 30 * 86_400)
    return {
        "id": f"sub_{next(NUMBERS)}", "object": "subscription", "customer": f"cus_of_{platform.tenant_id}",
        "status": "active", "created": now, "cancel_at_period_end": False,
        "metadata": {"coliseum_tenant": str(platform.tenant_id)},
        "items": {"object": "list", "data": [{"price": {"id": price}, "current_period_end": end}]}, **more,
    }  # fmt: skip


def signed(content: Any, *, secret: str = SECRET, at: datetime | None = None) -> tuple[bytes, dict[str, str]]:
    """A body with the header by which Stripe's own library signs it."""
    body = content if isinstance(content, str) else json.dumps(content)
    stamp = int((at or utc_now()).timestamp())
    header = WebhookSignature.generate_signature_header(body, secret, stamp)
    return body.encode(), {"stripe-signature": header, "content-type": "application/json; charset=utf-8"}


async def told(world: World, content: Any, **more: Any) -> Reply:
    """The answer to a signed event."""
    body, headers = signed(content, **more)
    return await world.http.post("/api/webhooks/stripe", body, headers)


async def applied(world: World, *contents: Any) -> None:
    """Tell these one after the other, each applied before the next."""
    for content in contents:
        reply = await told(world, content)
        assert reply.status == 200, reply
        await drained(world)


async def drained(world: World) -> None:
    """Apply what is due, until nothing is."""
    worker = world.services.billing.worker
    assert worker is not None
    await worker.drain()
    async with asyncio.timeout(DEADLINE_S):  # the world's own worker may hold one
        while await owned(world, UNDER_WAY):
            await asyncio.sleep(0.01)
            await worker.drain()


async def owned(world: World, sql: str, *args: object) -> Any:
    """One value, read with the rights of the owner."""
    async with world.database.connection("owner") as connection:
        return await connection.fetchval(sql, *args)


async def rows(world: World, sql: str, *args: object) -> list[dict[str, Any]]:
    """Rows, read with the rights of the owner."""
    async with world.database.connection("owner") as connection:
        return [dict(row) for row in await connection.fetch(sql, *args)]


async def state_of(world: World, event_id: str) -> tuple[str, str]:
    """What became of an event, and why."""
    found = await rows(world, "SELECT state, reason FROM billing_stripe_events WHERE event_id = $1", event_id)
    return str(found[0]["state"]), str(found[0]["reason"])


async def plan_of(world: World, platform: Platform) -> str:
    """The tenant's plan, as callers of another process would see it now."""
    return str(await owned(world, "SELECT plan FROM accounts_tenants WHERE tenant_id = $1", platform.tenant_id))


def owner_of(platform: Platform) -> Caller:
    """The tenant's owner, logged in."""
    return Caller(tenant=platform.tenant, kind="person", permissions=OWNER, actor="person:1", person_id=1, role="owner")


def days_ago(days: float) -> int:
    """Unix seconds."""
    return int((utc_now() - timedelta(days=days)).timestamp())
