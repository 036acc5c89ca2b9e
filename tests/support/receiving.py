"""A real receiver of webhooks: an HTTP server that verifies with the library that receivers use, and answers as told."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

from coliseum.clock import utc_now
from coliseum.hooks.delivery import Deliverer
from coliseum.hooks.signing import Secrets
from coliseum.outbound import Outbound
from coliseum.trail.record import Trail
from support.services import SECRET_KEY, Platform, World

Answer = Callable[[int], web.StreamResponse]
DUE = "UPDATE hooks_deliveries SET next_attempt_at = now() WHERE tenant_id = $1 AND state = 'pending'"


@dataclass
class Receiver:
    """What came in, in the order in which it came; ``answers`` are used up one a message, then all is well."""

    url: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    always: int = 204
    held: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.held.set()

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.came]

    @property
    def told(self) -> list[tuple[str, Any]]:
        """Topics and data."""
        bodies = [json.loads(body) for _, body in self.came]
        return [(body["type"], body["data"]) for body in bodies]

    def verified(self, secret: str) -> list[Any]:
        """Every message, as the library believes it."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.came]

    async def wait_for(self, count: int, timeout_s: float = 20) -> None:
        async with asyncio.timeout(timeout_s), self.arrived:
            await self.arrived.wait_for(lambda: len(self.came) >= count)

    async def serve(self, request: web.Request) -> web.Response:
        self.came.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        async with self.arrived:
            self.arrived.notify_all()
        await self.held.wait()
        answer = self.answers.pop(0) if self.answers else self.always
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        return web.Response(status=status, headers=headers)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a port of this machine."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield receiver
    finally:
        receiver.held.set()
        await runner.cleanup()


class Sending:
    """A worker whose time is the test's."""

    def __init__(self, world: World, *, timeout_s: float = 5.0) -> None:
        self.world = world
        self.now = utc_now()
        self.outbound = Outbound(allow_private=True)
        trail, secrets = Trail(SECRET_KEY, self.clock), Secrets(SECRET_KEY)
        self.deliverer = Deliverer(
            world.database, self.outbound, secrets, trail, self.clock, random.Random(1), timeout_s
        )  # fmt: skip

    def clock(self) -> datetime:
        return self.now

    async def send(self, after: timedelta = timedelta()) -> int:
        """Some time passes, at least until now, and what is due is sent."""
        self.now = max(self.now, utc_now()) + after
        return await self.deliverer.deliver_due()

    async def close(self) -> None:
        await self.outbound.close()


async def endpoint(world: World, platform: Platform, url: str, *topics: str, **more: Any) -> tuple[int, str]:
    """Make an endpoint through the API; its number and its secret."""
    body = {"url": url, "topics": list(topics) or ["plan.changed"], **more}
    reply = await world.http.post(
        "/api/webhooks/endpoints", body, platform.server | {"content-type": "application/json"}
    )
    assert reply.status == 201, reply
    return reply.json["endpoint"]["id"], reply.json["secret"]


async def change_plan(world: World, platform: Platform, plan: str) -> None:
    """Something to be told of."""
    async with world.database.tenant(platform.tenant_id, "accounts") as connection:
        await connection.execute("UPDATE accounts_tenants SET plan = $2 WHERE tenant_id = $1", platform.tenant_id, plan)
