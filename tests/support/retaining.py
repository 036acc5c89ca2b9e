"""A tenant that keeps people for a time, and people who were heard of long ago."""

from datetime import UTC, datetime
from typing import Any

from coliseum.privacy.retention import Expired, retain
from support.services import Platform, World


async def send(world: World, platform: Platform, *events: dict[str, Any]) -> None:
    reply = await world.http.post("/api/passport/batch", list(events), platform.server)
    assert reply.status == 201, reply


async def keeping(world: World, platform: Platform, months: int | None) -> None:
    """The tenant keeps what is about people for so long."""
    reply = await world.http.send("PATCH", "/api/tenant", b'{"retentionMonths": %s}' % _json(months), platform.server)
    assert reply.status == 200, reply


def _json(months: int | None) -> bytes:
    return b"null" if months is None else b"%d" % months


async def long_ago(world: World, platform: Platform, months: int) -> None:
    """Everything that the log holds was received so many months earlier than it was."""
    for table in ("passport_entries", "passport_subjects"):
        await world.execute(
            f"UPDATE {table} SET created_at = created_at - make_interval(months => $2) WHERE tenant_id = $1",  # noqa: S608
            platform.tenant_id, months,
        )  # fmt: skip


async def run(world: World, platform: Platform) -> Expired:
    [done] = await retain(
        world.database, world.services.trail, datetime.now(UTC), tenant_id=platform.tenant_id, asked_by="operator"
    )
    return done


async def known(world: World, platform: Platform) -> set[str]:
    rows = await world.fetch("SELECT user_id FROM passport_subjects WHERE tenant_id = $1", platform.tenant_id)
    return {row["user_id"] for row in rows}


async def once(world: World, platform: Platform, now: datetime) -> list[Expired]:
    """A run that nobody has asked for."""
    return await retain(world.database, world.services.trail, now, tenant_id=platform.tenant_id)
