"""Works one unit: steps each partition of its log until caught up, waits, and begins again."""

import asyncio
import contextlib
import random
from collections.abc import Mapping

import msgspec

from coliseum import db
from coliseum.errors import LeaseLost
from coliseum.processor.backoff import delay_s
from coliseum.processor.projection import POISON, Follower, Projection, Unit
from coliseum.processor.step import ParkingFailed, park, read_cursors, step
from coliseum.processor.tidying import Tidying
from coliseum.telemetry import Log

IDLE_ROUNDS_MAX = 5
BACKLOG_ENTRIES = 200_000
BACKLOG_FOLLOW_INTERVAL_S = 5.0
"""A follower that far behind begins anew, which is worth its while once in this time."""


class Limits(msgspec.Struct, frozen=True):
    """The bounds of a runner."""

    step_entries_max: int
    attempts_max: int
    poll_interval_s: float


class Runner:
    """Owns the in-memory state of one held unit: step sizes and counts of failures. Everything else is stored."""

    def __init__(
        self,
        database: db.Database,
        node_id: str,
        unit: Unit,
        projection: Projection,
        follower: Follower | None,
        limits: Limits,
        rng: random.Random,
        tidying: Tidying | None = None,
    ) -> None:
        self._database = database
        self._node_id = node_id
        self._unit = unit
        self._projection = projection
        self._follower = follower
        self._limits = limits
        self._rng = rng
        self._tidying = tidying
        self._sizes: dict[int, int] = {}
        self._failures: dict[tuple[int, int], int] = {}
        self._passing_failures = 0
        self._idle_rounds = 0
        self._follow_failures = 0
        self._follow_at = 0.0
        self._followed_at = -BACKLOG_FOLLOW_INTERVAL_S
        self._behind: dict[int, int] = {}
        self._log = Log(tenant=unit.tenant.slug, consumer=unit.consumer, epoch=unit.epoch)
        self.woken = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled.

        Raises:
            LeaseLost: another processor has the unit.
            ParkingFailed: an entry can be neither digested nor put aside.
        """
        try:
            await self._run()
        finally:
            if self._tidying is not None:
                await self._tidying.close()

    async def _run(self) -> None:
        while True:
            self.woken.clear()
            try:
                if await self.round():
                    self._idle_rounds = 0
                else:
                    await self._idle()
            except (LeaseLost, ParkingFailed):
                raise
            except Exception as error:  # noqa: BLE001 - the world failed, not an entry: wait and try for ever
                await self._wait_after(error)

    async def _idle(self) -> None:
        """Wait for a wake-up; without one, look again, and less often the longer nothing has come."""
        self._idle_rounds = min(IDLE_ROUNDS_MAX, self._idle_rounds + 1)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.poll_interval_s * self._idle_rounds):
                await self.woken.wait()
                self._idle_rounds = 0

    async def round(self) -> bool:
        """Step each partition once, then let the follower catch up; True when there is more to read."""
        async with self._database.connection("processor") as connection:
            cursors = await read_cursors(connection, self._unit)
        more = False
        for partition in cursors:
            more |= await self._step(partition, cursors)
        self._passing_failures = 0
        if self._follower is not None and self._is_time_to_follow():
            more |= await self._follow(self._follower, cursors)
        if self._tidying is not None:
            self._tidying.start_if_due(quiet=not more)
        return more

    def _is_time_to_follow(self) -> bool:
        """Not while the other store is away, and in a deep backlog only now and then."""
        now_s = asyncio.get_running_loop().time()
        in_a_backlog = sum(self._behind.values()) >= BACKLOG_ENTRIES
        return now_s >= max(self._follow_at, self._followed_at + BACKLOG_FOLLOW_INTERVAL_S if in_a_backlog else 0)

    async def _step(self, partition: int, cursors: dict[int, int]) -> bool:
        size = self._sizes.get(partition, self._limits.step_entries_max)
        try:
            progress = await step(self._database, self._node_id, self._unit, self._projection, partition, size)
        except POISON as error:
            await self._poisoned(partition, cursors[partition], size, error)
            return True
        cursors[partition] = progress.end
        self._behind[partition] = progress.head - progress.end
        if self._tidying is not None:
            self._tidying.added(progress.end - progress.start)
        self._sizes[partition] = min(self._limits.step_entries_max, size * 2)
        return progress.end < progress.head

    async def _poisoned(self, partition: int, offset: int, size: int, error: Exception) -> None:
        """Halve the range until the entry stands alone; try that one a few times more; then put it aside."""
        if size > 1:
            self._sizes[partition] = size // 2
            self._log.warning("batch_halved", partition=partition, offset=offset, size=size, error=str(error))
            return
        attempts = self._failures[partition, offset] = self._failures.get((partition, offset), 0) + 1
        if attempts < self._limits.attempts_max:
            await asyncio.sleep(delay_s(attempts, self._rng))
            return
        try:
            await park(self._database, self._node_id, self._unit, partition, offset, repr(error), attempts)
        except ParkingFailed:
            self._log.error("parking_failed", partition=partition, offset=offset, error=str(error))
            raise
        del self._failures[partition, offset]
        self._log.error("entry_parked", partition=partition, offset=offset, error=str(error))

    async def _follow(self, follower: Follower, cursors: Mapping[int, int]) -> bool:
        try:
            more = await follower.follow(self._unit, cursors)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - the other store is away: PostgreSQL's numbers go on meanwhile
            self._follow_failures += 1
            self._follow_at = asyncio.get_running_loop().time() + delay_s(self._follow_failures, self._rng)
            self._log.warning("follower_behind", error=repr(error), attempt=self._follow_failures)
            return False
        self._follow_failures = 0
        self._followed_at = asyncio.get_running_loop().time()
        return more

    async def _wait_after(self, error: Exception) -> None:
        self._passing_failures += 1
        self._log.warning("step_retried", error=repr(error), attempt=self._passing_failures)
        await asyncio.sleep(delay_s(self._passing_failures, self._rng))
