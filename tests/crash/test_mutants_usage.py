"""Wrong counting and wrong gates are seen: each mutant fails the check that the right one passes."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from coliseum import wiring
from coliseum.audit.tables import check_tables
from coliseum.capture.draft import Included, Request, Standing
from coliseum.clock import utc_now
from coliseum.passport.append import append
from coliseum.processor.projection import Batch
from coliseum.projections import usage
from support.entries import entry
from support.festival import vote
from support.services import Platform, World

RECEIVED = datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC)
WRONG = {
    "by when it happened": ("created_at", "occurred_at"),
    "the last is left out": ('"offset" < $5', '"offset" < $5 - 1'),
    "what was there is forgotten": ("entries = u.entries + excluded.entries", "entries = excluded.entries"),
    "another category": ("event_category, source", "event_type, source"),
    "one offset too far": ("greatest(u.last_offset, excluded.last_offset)", "excluded.last_offset + 1"),
}
ROOM = 7


async def counted(world: World, platform: Platform) -> int:
    """Count a log in two steps; how many differences there are then."""
    entries = [
        entry(f"e-{n}", event_type="player.track_played", occurred_at=RECEIVED - timedelta(days=3)) for n in range(8)
    ]
    async with world.database.connection("capture") as connection:
        await append(connection, platform.tenant_id, 0, entries, RECEIVED)
    for start in (0, 4):
        async with world.database.transaction("processor") as connection:
            batch = Batch(platform.tenant, 0, 0, start, start + 4)
            await wiring.PROJECTIONS["usage"].apply(connection, batch)
            await connection.execute(
                "UPDATE processor_cursors SET \"offset\" = $2 WHERE tenant_id = $1 AND consumer = 'usage'",
                platform.tenant_id, batch.end,
            )  # fmt: skip
    return len(await check_tables(world.database, platform.tenant))


@pytest.mark.parametrize("mutant", [None, *WRONG])
async def test_a_wrong_count_is_seen_by_verify(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch, mutant: str | None
) -> None:
    if mutant is not None:
        right, wrong = WRONG[mutant]
        statement = usage.SQL["add_usage"]
        assert right in statement
        monkeypatch.setattr(usage, "SQL", {**usage.SQL, "add_usage": statement.replace(right, wrong)})
    assert (await counted(world, platform) > 0) == (mutant is not None)


async def taken(world: World, platform: Platform) -> int:
    """Many requests at one moment, for a month with little room; how many entries the log has then."""
    request = Request(
        platform.tenant, trusted=True, strict=True, source="api", received_at=utc_now(), included=Included(ROOM, "pro")
    )
    bodies = [msgspec.json.encode(vote()) for _ in range(4 * ROOM)]
    await asyncio.gather(*[world.services.pipeline.capture([body], request) for body in bodies])
    return await world.count(platform)


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that lets through and does not note it."""
    monkeypatch.setattr(Standing, "take", lambda *_: None)


async def test_the_gate_takes_as_many_as_there_is_room_for(world: World, platform: Platform) -> None:
    assert await taken(world, platform) == ROOM


async def test_a_gate_that_forgets_what_it_lets_through_is_seen(
    world: World, platform: Platform, forgetful: None
) -> None:
    assert await taken(world, platform) > ROOM
