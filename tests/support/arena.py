"""A tenant that two days of a festival have happened to, in a running system, with a member of each role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import coliseum
from coliseum.demo.stories import tell
from coliseum.demo.world import catalog
from support.live_people import account
from support.pages import HOSTILE, LONG, RIGHT_TO_LEFT, ROLES, Arena
from support.system import Tenant, running_system

SEED = 11
STORIES = 2_400
MINUTES_APART = 1.2


def happenings(now: datetime) -> list[dict[str, Any]]:
    """What has happened until now, as keywords for ``track``: a catalogue, stories, and names that pages must bear."""
    last = int(now.timestamp() // 60) - 20
    said: list[dict[str, Any]] = list(catalog(SEED, now.date()))
    for number in range(STORIES):
        said += tell(SEED, last - int(number * MINUTES_APART), number % 2)
    for artist, name in (("hostile", HOSTILE), ("rtl", RIGHT_TO_LEFT), ("long", LONG)):
        said.append({"type": "catalog.artist", "artist_id": artist, "name": name[:256], "genres": ["noise"]})
        said += [
            {"type": "coliseum.vote_cast", "user_id": f"fan-{each}", "artist_id": artist, "event_id": "odd-night",
             "weight": 3, "channel": "web", "at": now - timedelta(hours=each)}
            for each in range(1, 6)
        ]  # fmt: skip
    return said


@asynccontextmanager
async def an_arena(database_url: str, folder: Path, **variables: str) -> AsyncIterator[Arena]:
    """The system, running; its processor has read everything."""
    with running_system(database_url, folder, **variables) as system:
        tenant: Tenant = system.create_tenant("arena")
        client = coliseum.Client(url=system.url, key=tenant.key)
        for event in happenings(datetime.now(UTC)):
            client.track(**event)
        assert client.flush(60)
        client.close()
        for role in ROLES:
            await account(system, f"{role}@arena.example", "arena", role=role)
        tenant.wait_until_caught_up()
        yield Arena(system, tenant)
