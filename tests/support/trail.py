"""Entries of the audit trail, added as the service does and changed as only a superuser could."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from coliseum.trail.record import Deed
from coliseum.trail.verify import Heads, Verified, verify
from support.services import SECRET_KEY, Platform, World


async def record(world: World, tenant_id: int, **fields: Any) -> int:
    """Add one entry in a transaction of its own."""
    deed = Deed(
        **{"actor": "key:1", "action": "board.declare", "target": "board:x", "address": "203.0.113.9", **fields}
    )
    async with world.database.tenant(tenant_id, "accounts") as connection:
        return await world.services.trail.record(connection, tenant_id, deed)


async def filled(world: World, entries: int = 6) -> Platform:
    """A tenant with so many entries of different content."""
    platform = await world.platform()
    for number in range(1, entries + 1):
        await record(world, platform.tenant_id, target=f"board:number-{number}", detail={"revision": number})
    return platform


async def tamper(world: World, *statements: str) -> None:
    """What a superuser can do who has switched the triggers off."""
    async with world.database.connection("owner") as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)


async def checked(world: World, platform: Platform, exported: Heads | None = None, *keys: str) -> Verified:
    """What the verifier finds in one tenant's chain."""
    return await verify(world.database, keys or [SECRET_KEY], exported or {}, platform.tenant_id)


async def entries_of(world: World, platform: Platform) -> list[Mapping[str, Any]]:
    """A tenant's entries, oldest first."""
    return await world.fetch("SELECT * FROM trail_entries WHERE tenant_id = $1 ORDER BY number", platform.tenant_id)


def now() -> datetime:
    return datetime(2026, 11, 20, 12, tzinfo=UTC)
