"""Duplicates at once, events out of order and very late, clocks that jump: the log and the numbers do not mind."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest

from coliseum.clock import utc_now
from coliseum.passport.upkeep import keep_up
from coliseum.processor.leases import Leases
from support.conductor import LEASE_S
from support.festival import event, spent, vote
from support.play import Play, refers
from support.services import World
from support.trial import Capturing

AT_ONCE = 50
MONTHS_23 = timedelta(days=699)
JUMPS = [timedelta(hours=1), timedelta(days=1), -timedelta(hours=1), -timedelta(days=1), timedelta(0)]
IN_DEFAULT = """
    SELECT count(*) FROM passport_entries WHERE tenant_id = $1 AND tableoid = 'passport_entries_default'::regclass
"""
PARTITIONS = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'passport_entries'::regclass"


async def test_fifty_sendings_at_once_are_told_one_place_and_count_once(world: World) -> None:
    trial = Capturing(world, await world.platform(partitions=3))
    paid = spent(userId="fan-1", artistId="abba")
    votes = [vote(userId=f"fan-{n}") for n in range(5)]
    request = [
        *votes, paid, votes[0],
        event("coliseum.vote_voided", userId="steward", voteId=votes[1]["id"], reason=""),
        event("treasury.money_refunded", userId="fan-1", refundOf=paid["id"], amountCents=200, currency="eur",
              reason=""),
    ]  # fmt: skip

    async def send(number: int) -> None:
        mixed = random.Random(number).sample(request, len(request))
        trial.told.sending(mixed)
        reply = await world.http.post("/api/passport/batch", mixed, trial.platform.server)
        assert (reply.status, reply.json["refused"]) == (201, 0), reply
        trial.told.answered(mixed, reply.json["results"])  # every answer names the same place

    await asyncio.gather(*(send(number) for number in range(AT_ONCE)))
    assert await world.count(trial.platform) == len(request) - 1
    await trial.check_world()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Vienna"])
async def test_events_in_any_order_and_up_to_23_months_late_count_where_they_belong(world: World, zone: str) -> None:
    platform = await world.platform(zone=zone, partitions=2)
    playing = Play(world, platform, 23)
    now = datetime.now(UTC)
    playing.chance.instant = lambda: late(playing.rng, now)  # type: ignore[method-assign]
    try:
        await playing.conductor.take()
        for _ in range(6):
            events = [playing.chance.event() for _ in range(40)]
            playing.rng.shuffle(events)
            reply = await world.http.post("/api/passport/batch", {"events": events}, platform.server)
            assert reply.status == 201, reply
            for one, result in sorted(zip(events, reply.json["results"], strict=True), key=lambda it: refers(it[0])):
                playing.model.accept(one, result["partition"], result["offset"])
            await playing.conductor.rounds(2)
        await playing.conductor.quiesce()
        await playing.check_rollups()
        await playing.check_treasury()
        await playing.check_affinities()
    finally:
        await playing.cold.close()


def late(rng: random.Random, now: datetime) -> datetime:
    """Now, or any time in the last 23 months, the oldest more often."""
    return now - rng.choice([timedelta(0), MONTHS_23, MONTHS_23]) * rng.uniform(0.9, 1) * rng.choice([1, rng.random()])


class Jumping(Capturing):
    """A web process, an upkeep and a follower whose clock jumps."""

    shift = timedelta(0)

    def clock(self) -> datetime:
        return utc_now() + self.shift

    def begin_process(self) -> None:
        super().begin_process()
        self.appender._clock = self.clock


async def test_a_clock_that_jumps_back_and_forth_changes_no_order_and_drops_nothing(world: World) -> None:
    trial = Jumping(world, await world.platform())
    await trial.prepare()
    before = await world.value(PARTITIONS)
    epochs: list[int] = []
    for number, trial.shift in enumerate([*JUMPS * 2, -timedelta(days=40), timedelta(days=400), timedelta(0)]):
        await trial.capture([vote(userId=f"fan-{number}"), vote(userId="fan-0", artistId="loreen")])
        await keep_up(world.database, trial.clock(), dedupe_days=40 + 400)
        conductor = await trial.take()
        epochs.append(conductor.units["coliseum"].epoch)
        conductor.follower._clock = trial.clock
        await conductor.rounds(3)
    assert epochs == sorted(set(epochs))
    assert await world.value(PARTITIONS) >= before
    # As they came, whatever the time was.
    assert [row["id"] for row in await world.entries(trial.platform)] == list(trial.told.sent)
    assert await world.value(IN_DEFAULT, trial.platform.tenant_id) == 4  # of the two months that nobody expected
    await trial.check_world()


async def test_a_lease_is_by_the_databases_clock(world: World) -> None:
    trial = Capturing(world, await world.platform())
    await trial.take()
    # A node has no clock of its own to be wrong: while the lease lasts, nobody else gets the units.
    assert await Leases(world.database, "another", LEASE_S).refresh() == []
