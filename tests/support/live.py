"""Events sent and read to the end, so that boards are live."""

import random
from typing import Any

from support.conductor import Conductor
from support.services import Platform, World


async def send(world: World, platform: Platform, events: list[dict[str, Any]]) -> None:
    """Store events, up to a thousand a request."""
    for start in range(0, len(events), 1_000):
        reply = await world.http.post("/api/passport/batch", events[start : start + 1_000], platform.server)
        assert reply.status == 201, reply


async def conducted(world: World, platform: Platform, seed: int = 1) -> Conductor:
    """A processor by hand that has read everything."""
    conductor = Conductor(world, platform, random.Random(seed))
    await conductor.take()
    await conductor.quiesce()
    return conductor
