"""Breaking a piece of work at each of its operations, in both ways, and looking at the whole world afterwards."""

import asyncio
import json
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from enum import Enum

import msgspec

from coliseum import db, kv, wiring
from coliseum.audit.verify import verify
from coliseum.capture.draft import Request
from coliseum.capture.gates import TimeLimits
from coliseum.capture.pipeline import Pipeline
from coliseum.clock import utc_now
from coliseum.errors import StoreUnavailable
from coliseum.passport.appender import Appender
from coliseum.passport.subjects import Subjects
from coliseum.passport.suppression import Suppression
from coliseum.processor.projection import Projection
from support.breaking import Breaking, BreakingDatabase, BreakingStore, Operation, Point, Way
from support.conductor import Conductor
from support.play import Play
from support.services import SECRET_KEY, Platform, World
from support.told import Event, Place, Told, model_of

BROKEN = (StoreUnavailable, *db.UNREACHABLE, *kv.FAILED)
"""What an attempt may end with when a store breaks; anything else is a bug."""
AT_ONCE = 4
"""Trials that run side by side, each on a tenant of its own: this process computes while the stores wait."""
TAKING = asyncio.Lock()
TRIES = 2
"""Each point is broken in the first attempt and again in its retry."""


class Trial:
    """A tenant of its own, stores that may break, and a ledger. A subclass says what is attempted."""

    appender_type: type[Appender] = Appender

    def __init__(self, world: World, platform: Platform) -> None:
        self.world = world
        self.platform = platform
        self.tenant = platform.tenant
        self.told = Told()
        self.breaking = Breaking()
        self.database = BreakingDatabase(world.database, self.breaking)
        self.store = BreakingStore(world.store, self.breaking)
        self.projections: Mapping[str, Projection] = wiring.PROJECTIONS

    async def prepare(self) -> None:
        """What happens before, without faults."""

    async def attempt(self) -> None:
        """The work; a retry is another call."""
        raise NotImplementedError

    async def recover(self) -> None:
        """What changes before the attempt that nothing breaks."""

    async def check(self) -> None:
        """The whole world, after the recovery."""
        await self.check_world()

    async def send(self, events: Sequence[Event]) -> None:
        """Send without faults, and write down the answer."""
        self.told.sending(events)
        reply = await self.world.http.post(
            "/api/passport/batch?historical=true", {"events": events}, self.platform.server
        )
        self.told.answered(events, reply.json["results"])

    def conductor(self, *, step_entries_max: int = 50) -> Conductor:
        """Somebody who works without faults."""
        return Conductor(
            self.world, self.platform, random.Random(0), projections=self.projections, step_entries_max=step_entries_max
        )

    async def take(self, *, step_entries_max: int = 50) -> Conductor:
        """Somebody else who works without faults takes the units over."""
        conductor = self.conductor(step_entries_max=step_entries_max)
        async with TAKING:  # the trials that run side by side are one node
            await conductor.take()
        return conductor

    async def check_world(self) -> None:
        """The log keeps to what was told; every number is the log's, by the model and by plain SQL."""
        log = await self.told.check(self.world, self.platform)
        await (await self.take()).quiesce()
        await self.check_numbers(log)

    async def check_numbers(self, log: Mapping[Place, Event]) -> None:
        """Every stored number, and nothing left to read."""
        play = Play(self.world, self.platform, 0)
        play.model = model_of(self.tenant.time_zone, log)
        try:
            await play.check_rollups()
            await play.check_treasury()
            await play.check_affinities()
        finally:
            await play.cold.close()
        await self.check_differences()
        assert await self.world.value(LAG, self.platform.tenant_id) == 0

    async def check_differences(self) -> None:
        """Every stored number is what plain SQL makes of the log, up to where its consumer has read."""
        differences = await verify(self.world.database, self.world.store, [self.tenant])
        assert not differences, differences[:5]

    async def leave(self) -> None:
        """Its units are nobody's work any more; the log stays."""
        await self.world.execute("DELETE FROM processor_cursors WHERE tenant_id = $1", self.platform.tenant_id)
        await self.world.execute("DELETE FROM processor_units WHERE tenant_id = $1", self.platform.tenant_id)
        await self.world.forget_boards(self.platform)


LAG = """
    SELECT sum(h.head - c."offset") FROM passport_heads h
    JOIN processor_units u USING (tenant_id)
    JOIN processor_cursors c USING (tenant_id, consumer, generation, partition)
    WHERE h.tenant_id = $1
"""

Make = Callable[[], Awaitable[Trial]]


def maker(kind: Callable[[World, Platform], Trial], world: World, partitions: int = 2) -> Make:
    """Makes prepared trials of one kind, each on a tenant of its own."""

    async def make() -> Trial:
        trial = kind(world, await world.platform(partitions=partitions))
        await trial.prepare()
        return trial

    return make


async def count(make: Make) -> dict[Point, Operation]:
    """Every operation of the work, by a pass without faults."""
    trial = await make()
    trial.breaking.begin()
    await trial.attempt()
    points = trial.breaking.points
    await trial.check()
    await trial.leave()
    return points


class Points(Enum):
    """At which operations to break."""

    EVERY = "each, in both ways"
    ONCE = "each, but what its transaction takes with it only before it is done: afterwards is the same"
    SETTLED = "those that settle something: commits, and what is done outside a transaction"


async def break_everywhere(make: Make, way: Way, which: Points = Points.EVERY, *, at_once: int = AT_ONCE) -> int:
    """Break at operations, again in the retry, then recover; returns how many there are."""
    points = await count(make)
    doomed_too = which is Points.EVERY or (which is Points.ONCE and way is Way.FAILED)
    waiting = deque(item for item in points.items() if doomed_too or not item[1].doomed)
    assert waiting

    async def work() -> None:
        while waiting:
            point, operation = waiting.popleft()
            try:
                await break_at(make, point, way)
            except BaseException as error:
                error.add_note(f"{way.value} at {point}: {operation.name}")
                raise

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
    return len(points)


async def break_at(make: Make, point: Point, way: Way) -> None:
    """One point of one way."""
    trial = await make()
    for number in range(TRIES):
        trial.breaking.begin(point, way)
        with suppress(*BROKEN):
            await trial.attempt()
        assert trial.breaking.broke or number, "the operation was not met again"
    trial.breaking.begin()
    await trial.recover()
    await trial.attempt()
    await trial.check()
    await trial.leave()


class Capturing(Trial):
    """A trial with a web process of its own, whose database may break."""

    async def prepare(self) -> None:
        self.begin_process()

    def begin_process(self) -> None:
        """An appender and the way through capture; the tally is the world's, and does not break."""
        self.appender = self.appender_type(
            self.database, utc_now, queue_events_max=10_000, append_batch_events_max=1_000, on_commit=lambda _: None
        )
        limits = TimeLimits(too_old=timedelta(days=760), future=timedelta(minutes=5))
        self.subjects = Subjects(self.database, Suppression(SECRET_KEY))
        # Who was forgotten is asked for by the clock, so at no certain operation: here it is not.
        self.subjects._asked_at = math.inf
        self.pipeline = Pipeline(self.database, self.subjects, self.appender, self.world.services.tally, limits)

    async def recover(self) -> None:
        """The sender tries another process."""
        self.begin_process()

    async def capture(self, events: Sequence[Event]) -> None:
        """One request; what was told is written down."""
        self.told.sending(events)
        asked = Request(self.tenant, trusted=True, strict=False, source="test", received_at=utc_now())
        try:
            results = await self.pipeline.capture([json.dumps(one).encode() for one in events], asked)
        finally:
            await self.appender.drain()  # partitions that did not break go on meanwhile
        self.told.answered(events, [msgspec.to_builtins(one) for one in results])
