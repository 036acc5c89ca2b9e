"""Forgetting, broken at each of its operations: not yet or wholly, a retry completes it, and no number changes."""

from datetime import timedelta
from typing import Any

import pytest

from coliseum.clock import utc_now
from coliseum.passport.suppression import Suppression
from coliseum.privacy import sweep as sweeping
from coliseum.privacy.forget import Asking, forget
from coliseum.trail.record import Trail
from coliseum.trail.verify import verify as verify_trail
from support.breaking import Way
from support.festival import event, spent, vote
from support.forgetting import number_of
from support.services import SECRET_KEY, World
from support.trial import Capturing, break_everywhere, maker

MANY = 5
"""With fewer points than this the harness sees past the work."""
STATE = """
    SELECT (SELECT count(*) FROM passport_subjects WHERE tenant_id = $1 AND user_id = 'ada')::int,
           (SELECT count(*) FROM passport_personal WHERE tenant_id = $1 AND subject_id = $2)::int,
           (SELECT count(*) FROM privacy_suppressed WHERE tenant_id = $1)::int,
           (SELECT count(*) FROM privacy_erasures WHERE tenant_id = $1 AND subject_id = $2)::int,
           (SELECT count(*) FROM trail_entries WHERE tenant_id = $1 AND action = 'person.forget'
            AND (detail ->> 'subject')::bigint = $2)::int
"""
NOT_YET, WHOLLY = (1, 2, 0, 0, 0), (0, 0, 1, 1, 1)


class Forgetting(Capturing):
    """Somebody with personal fields, of whom a process knows, is forgotten; their phone sends what it has kept."""

    async def prepare(self) -> None:
        follow = event("social.follow", userId="ben", targetType="user", targetId="ada")
        paid = [spent(userId="ada", stripePaymentIntentId=f"pi_{n}") for n in range(2)]
        await self.send([vote(userId="ada"), *paid, vote(userId="ben"), follow])
        self.begin_process()
        await (await self.take()).quiesce()
        self.number = await number_of(self.world, self.platform, "ada")
        self.entries = await self.world.entries(self.platform)

    async def attempt(self) -> None:
        suppression, asking = Suppression(SECRET_KEY), Asking("operator")
        try:
            async with self.database.tenant(self.tenant.tenant_id, "accounts") as connection:
                trail = Trail(SECRET_KEY, utc_now)
                await forget(connection, trail, suppression, self.tenant.tenant_id, "ada", asking, utc_now())
        finally:
            assert await self.state() in (NOT_YET, WHOLLY)

    async def state(self) -> tuple[Any, ...]:
        async with self.world.database.connection("owner") as connection:
            return tuple(await connection.fetchrow(STATE, self.tenant.tenant_id, self.number) or ())

    async def check(self) -> None:
        assert await self.state() == WHOLLY
        await self.world.services.pipeline._subjects._ask_who_is_forgotten()
        late = [vote(userId="ada"), event("social.follow", userId="ben", targetType="user", targetId="ada")]
        await self.send(late)
        assert len(self.told.refused) == len(late)
        assert await self.world.entries(self.platform) == self.entries
        await (await self.take()).quiesce()
        await self.check_differences()
        assert (await verify_trail(self.world.database, [SECRET_KEY], {})).bad == []

    async def leave(self) -> None:
        # Sweeping goes from tenant to tenant: the next trial is alone again.
        await super().leave()
        await self.world.execute("DELETE FROM privacy_erasures WHERE tenant_id = $1", self.tenant.tenant_id)


@pytest.mark.parametrize("way", Way)
async def test_somebody_is_forgotten_wholly_or_not_at_all_wherever_it_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Forgetting, world), way) > MANY


class Sweeping(Forgetting):
    """What a process has added that had not heard of it."""

    async def prepare(self) -> None:
        await super().prepare()
        await super().attempt()
        for offset in (900, 901):
            await self.world.execute(
                "INSERT INTO passport_personal VALUES ($1, 0, $2, $3, '{}')", self.tenant.tenant_id, offset, self.number
            )

    async def attempt(self) -> None:
        await sweeping.sweep(self.database, utc_now() + timedelta(seconds=1))


@pytest.mark.parametrize("way", Way)
async def test_what_was_added_is_swept_wherever_it_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Sweeping, world), way, at_once=1) > 1
