"""What people say of consent, and what becomes of events about them."""

import itertools
from typing import Any

from support.asgi import Reply
from support.festival import event
from support.services import Platform, World

LOG, BATCH = "/api/passport/log", "/api/passport/batch"
FANS = (f"fan-{number}" for number in itertools.count(1))


async def ground(world: World, platform: Platform, policy: str) -> None:
    """What the tenant's ground is, from its next event on."""
    await world.execute(
        "UPDATE accounts_tenants SET consent_policy = $2 WHERE tenant_id = $1", platform.tenant_id, policy
    )
    world.services.keys._known.clear()
    world.services.logins.sessions.forget()


async def careful_platform(world: World) -> Platform:
    """A tenant that stores what people have agreed to."""
    platform = await world.platform(partitions=2)
    await ground(world, platform, "opt_in")
    return platform


def word(fan: str, *, granted: bool, **fields: Any) -> dict[str, Any]:
    """What somebody says of consent."""
    said = {"purpose": "analytics", "granted": granted, "textVersion": "v1", "source": "banner", **fields}
    return event("privacy.consent_changed", userId=fan, **said)


async def say(world: World, platform: Platform, fan: str, *, granted: bool, **fields: Any) -> None:
    """Have somebody say it, and the log hear it."""
    reply: Reply = await world.http.post(LOG, word(fan, granted=granted, **fields), platform.server)
    assert reply.status == 201, reply


async def fates(world: World, platform: Platform, *events: dict[str, Any]) -> list[str]:
    """What becomes of each event of a batch: its status, or why it is refused."""
    reply = await world.http.post(BATCH, {"events": list(events)}, platform.server)
    return [each.get("code") or each["status"] for each in reply.json["results"]]
