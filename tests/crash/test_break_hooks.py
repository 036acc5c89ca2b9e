"""Telling tenants, broken at each operation: each thing is told once, and what is sent arrives under one id."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.announce import leaders, thresholds
from coliseum.announce.announcements import Announcements
from coliseum.clock import Clock, utc_now
from coliseum.hooks.delivery import Deliverer
from coliseum.hooks.messages import put
from coliseum.hooks.signing import Secrets
from coliseum.hooks.thresholds import Threshold, put_threshold
from coliseum.hooks.topics import Told
from coliseum.outbound import Outbound
from coliseum.trail.record import Trail
from support.breaking import Way
from support.era import Era
from support.receiving import Receiver, change_plan, endpoint, receiving
from support.services import SECRET_KEY, Platform, World
from support.trial import Points, Trial, break_everywhere, maker

NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)
Put = tuple[int, Told, Sequence[int] | None]
PUBLIC = "https://1.1.1.1/hook"
MESSAGES = "SELECT topic FROM hooks_messages WHERE tenant_id = $1"
STATES = """
    SELECT m.topic, d.state FROM hooks_deliveries d JOIN hooks_messages m USING (tenant_id, message_id)
    WHERE d.tenant_id = $1 ORDER BY d.delivery_id
"""


class Telling(Trial):
    """A threshold that was reached and a board that others lead, both to be told at one look."""

    async def prepare(self) -> None:
        self.era = await Era(self.world, self.platform, NOON).begin()
        boards = [{"board": "votes-artist", "window": "day"}]
        await endpoint(self.world, self.platform, PUBLIC, "threshold.reached", "board.leader_changed", boards=boards)
        async with self.world.database.tenant(self.tenant.tenant_id, "accounts") as connection:
            rule = Threshold(metric="votes", window="hour", value=5)
            await put_threshold(connection, self.tenant, "five", rule, "key:1", NOON)
        await self.era.votes({"abba": 1})
        await self.era.read()
        self.announcements = Announcements(self.era.clock)
        await self.announcements.announce(self.world.database, self.tenant)
        await self.era.votes({"nova": 9})
        self.era.now += timedelta(hours=2)
        await self.era.read()

    async def attempt(self) -> None:
        await self.announcements.announce(self.database, self.tenant)

    async def check(self) -> None:
        for looker in (self.announcements, Announcements(self.era.clock)):
            await looker.announce(self.world.database, self.tenant)
        told = Counter(row["topic"] for row in await self.world.fetch(MESSAGES, self.tenant.tenant_id))
        assert told == {"threshold.reached": 1, "board.leader_changed": 1}
        assert len(await self.world.fetch(STATES, self.tenant.tenant_id)) == 2

    async def leave(self) -> None:
        await super().leave()
        await self.world.execute("DELETE FROM hooks_messages WHERE tenant_id = $1", self.tenant.tenant_id)


class Delivering(Trial):
    """A message to an endpoint that is gone, of which the other endpoint is then told."""

    gone: Receiver
    other: Receiver

    def __init__(self, world: World, platform: Platform) -> None:
        super().__init__(world, platform)
        self.now = utc_now()
        self.outbound = Outbound(allow_private=True)
        self.deliverer = Deliverer(
            self.database, self.outbound, Secrets(SECRET_KEY), Trail(SECRET_KEY, self.clock), self.clock,
            random.Random(1), 5.0,
        )  # fmt: skip

    def clock(self) -> datetime:
        return self.now

    async def prepare(self) -> None:
        await endpoint(self.world, self.platform, PUBLIC, "plan.changed")
        await endpoint(self.world, self.platform, PUBLIC, "endpoint.disabled")
        for receiver, topic in ((self.gone, "plan.changed"), (self.other, "endpoint.disabled")):
            await self.world.execute(
                "UPDATE hooks_endpoints SET url = $2 WHERE tenant_id = $1 AND topics = ARRAY[$3]",
                self.tenant.tenant_id, receiver.url, topic,
            )  # fmt: skip
        self.gone.came.clear()
        self.other.came.clear()
        self.gone.always = 410
        await change_plan(self.world, self.platform, "pro")

    async def attempt(self) -> None:
        for _ in range(2):
            self.now = max(self.now, utc_now()) + timedelta(minutes=1)
            await self.deliverer.deliver_due()

    async def check(self) -> None:
        states = [(row["topic"], row["state"]) for row in await self.world.fetch(STATES, self.tenant.tenant_id)]
        assert states == [("plan.changed", "abandoned"), ("endpoint.disabled", "delivered")]
        assert len(set(self.gone.ids)) == len(set(self.other.ids)) == 1
        disabled = "SELECT count(*) FROM trail_entries WHERE tenant_id = $1 AND action = 'webhook.disable'"
        assert await self.world.value(disabled, self.tenant.tenant_id) == 1

    async def leave(self) -> None:
        await super().leave()
        await self.outbound.close()


@pytest.mark.parametrize("way", Way)
async def test_a_look_tells_each_thing_once_wherever_it_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Telling, world, partitions=1), way, Points.ONCE, at_once=1) > 15


@pytest.mark.parametrize("way", Way)
async def test_a_message_arrives_and_an_endpoint_is_disabled_once_wherever_it_breaks(world: World, way: Way) -> None:
    async with receiving() as gone, receiving() as other:
        kind = type("Delivering", (Delivering,), {"gone": gone, "other": other})
        assert await break_everywhere(maker(kind, world, partitions=1), way, Points.ONCE, at_once=1) > 15


class TellingLate(Announcements):
    """A wrong variant: what was told is remembered in one transaction, and the message is put in another."""

    def __init__(self, clock: Clock, waiting: list[Put]) -> None:
        super().__init__(clock)
        self._waiting = waiting

    async def announce(self, database: db.Database, tenant: Tenant) -> None:
        await super().announce(database, tenant)
        while self._waiting:
            async with database.transaction("processor") as connection:
                await put(connection, *self._waiting.pop(0))


async def test_a_message_that_does_not_commit_with_what_was_told_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[Put] = []

    async def later(_: db.Connection, tenant_id: int, data: Told, only: Sequence[int] | None = None) -> str:
        waiting.append((tenant_id, data, only))
        return "msg_later"

    class Late(Telling):
        async def prepare(self) -> None:
            waiting.clear()
            await super().prepare()
            self.announcements = TellingLate(self.era.clock, waiting)

    for module in (leaders, thresholds):
        monkeypatch.setattr(module, "put", later)
    with pytest.raises(ExceptionGroup) as seen:
        await break_everywhere(maker(Late, world, partitions=1), Way.FAILED, Points.ONCE, at_once=1)
    assert seen.group_contains(AssertionError, match="threshold.reached")
