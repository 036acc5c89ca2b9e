"""Upkeep of the log, broken at each of its operations: partitions come, old ids go, and no entry is touched."""

from datetime import timedelta

import pytest

from coliseum.clock import utc_now
from coliseum.passport import upkeep
from support.breaking import Way
from support.festival import vote
from support.services import World
from support.trial import Points, Trial, break_everywhere, maker

DEDUPE_DAYS = 40
LAST_PARTITION = """
    SELECT max(c.relname) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'passport_entries'::regclass AND c.relname ~ '[0-9]$'
"""


class KeepingUp(Trial):
    """A month's partition that is missing, and ids that left the dedupe window."""

    async def prepare(self) -> None:
        self.votes = [vote() for _ in range(6)]
        await self.send(self.votes)
        self.old = [one["id"] for one in self.votes[:5]]
        shift = (
            "UPDATE passport_keys SET received_at = received_at - $2::interval WHERE tenant_id = $1 AND id = ANY ($3)"
        )
        await self.world.execute(shift, self.platform.tenant_id, timedelta(days=DEDUPE_DAYS + 1), self.old)
        self.last = await self.world.value(LAST_PARTITION)
        await self.world.execute(f"DROP TABLE {self.last}")

    async def attempt(self) -> None:
        await upkeep.keep_up(self.database, utc_now(), DEDUPE_DAYS)

    async def check(self) -> None:
        assert await self.world.value(LAST_PARTITION) == self.last
        await self.send(self.votes[5:])  # a duplicate still, told the same place
        assert await self.world.count(self.platform) == len(self.votes)
        kept = "SELECT array_agg(id) FROM passport_keys WHERE tenant_id = $1"
        assert await self.world.value(kept, self.platform.tenant_id) == [self.votes[5]["id"]]
        await self.check_world()

    async def leave(self) -> None:
        # Upkeep goes from tenant to tenant: the next trial is alone again.
        await super().leave()
        await self.world.execute("DELETE FROM passport_heads WHERE tenant_id = $1", self.platform.tenant_id)


@pytest.mark.parametrize("way", Way)
async def test_upkeep_loses_nothing_wherever_it_breaks(world: World, monkeypatch: pytest.MonkeyPatch, way: Way) -> None:
    monkeypatch.setattr(upkeep, "FORGET_KEYS_MAX", 2)
    assert await break_everywhere(maker(KeepingUp, world), way, Points.ONCE, at_once=1) > 8
