"""A tenant's keys, made and looked at by the API."""

import asyncio
from typing import Any

from support.asgi import Reply
from support.services import Platform, World


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


async def make(world: World, headers: dict[str, str], **wish: Any) -> Reply:
    return await world.http.post("/api/keys", wish, headers)


async def made(world: World, platform: Platform, **wish: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """The headers of a new key, and how it can be looked at."""
    answer = await make(world, platform.server, **wish)
    assert answer.status == 201, answer
    return bearer(answer.json["secret"]), answer.json["key"]


async def listed(world: World, platform: Platform) -> dict[int, dict[str, Any]]:
    answer = await world.http.get("/api/keys", platform.server)
    assert answer.status == 200, answer
    return {key["id"]: key for key in answer.json["keys"]}


async def believed_no_more(world: World, headers: dict[str, str], path: str = "/api/status") -> None:
    """Return when a key does not work any more, which takes no longer than it is believed."""
    async with asyncio.timeout(2.5):
        while (await world.http.get(path, headers)).status != 401:
            await asyncio.sleep(0.02)


async def trail(world: World, platform: Platform) -> list[dict[str, Any]]:
    sql = (
        "SELECT actor, action, target, outcome, address, detail FROM trail_entries WHERE tenant_id = $1 ORDER BY number"
    )
    return [dict(row) for row in await world.fetch(sql, platform.tenant_id)]
