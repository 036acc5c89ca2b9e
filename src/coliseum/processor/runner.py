"""Works one unit: steps each partition of its log until caught up, waits, and begins again."""

import asyncio
import contextlib
import random

import msgspec

from coliseum import db
from coliseum.errors import LeaseLost
from coliseum.processor.announcing import Announcing
from coliseum.processor.backoff import delay_s
from coliseum.processor.closing import Closing
from coliseum.processor.following import Following
from coliseum.processor.projection import POISON, Projection, Unit
from coliseum.processor.retrying import Retrying
from coliseum.processor.step import ParkingFailed, park, read_cursors, step
from coliseum.processor.tidying import Tidying
from coliseum.processor.turns import Turns
from coliseum.tasks import finish, lost_cancellation
from coliseum.telemetry import Log, described

IDLE_ROUNDS_MAX = 5
CLOSE_S_MAX = 3.0
"""So long what runs beside the rounds has to end, when the runner does."""


class Limits(msgspec.Struct, frozen=True):
    """The bounds of a runner."""

    step_entries_max: int
    attempts_max: int
    poll_interval_s: float
    steps_at_once: int = 1
    """Of all runners of one processor."""


class Runner:
    """Owns the in-memory state of one held unit: step sizes and counts of failures. Everything else is stored."""

    def __init__(
        self,
        database: db.Database,
        node_id: str,
        unit: Unit,
        projection: Projection,
        following: Following | None,
        limits: Limits,
        rng: random.Random,
        tidying: Tidying | None = None,
        closing: Closing | None = None,
        announcing: Announcing | None = None,
        retrying: Retrying | None = None,
        turns: Turns | None = None,
    ) -> None:
        self._database = database
        self._node_id = node_id
        self._unit = unit
        self._projection = projection
        self._following = following
        self._limits = limits
        self._rng = rng
        self._tidying = tidying
        self._closing = closing
        self._announcing = announcing
        self._retrying = retrying
        self._turns = turns or Turns()
        self._sizes: dict[int, int] = {}
        self._failures: dict[tuple[int, int], int] = {}
        self._passing_failures = 0
        self._idle_rounds = 0
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
            await finish(self.close(), CLOSE_S_MAX)

    async def close(self) -> None:
        """Break off whatever runs beside the rounds."""
        for beside in (self._following, self._tidying, self._closing, self._announcing, self._retrying):
            if beside is not None:
                await beside.close()

    async def _run(self) -> None:
        while True:
            self.woken.clear()
            round_ends_s = asyncio.get_running_loop().time() + self._projection.pace_s
            try:
                if await self.round():
                    self._idle_rounds = 0
                else:
                    await self._idle()
                    await asyncio.sleep(round_ends_s - asyncio.get_running_loop().time())
            except (LeaseLost, ParkingFailed):
                raise
            except Exception as error:  # the world failed, not an entry: wait and try for ever
                if lost_cancellation():  # a connection that broke while a transaction was being undone
                    raise asyncio.CancelledError from error
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
        if not cursors:  # a rebuild has put another generation in this one's place, and deleted it
            raise LeaseLost
        more = False
        for partition in cursors:
            more |= await self._step(partition, cursors)
        self._passing_failures = 0
        if self._following is not None:
            more |= await self._following.after_steps(cursors, more=more, behind=sum(self._behind.values()))
        if self._tidying is not None:
            self._tidying.start_if_due(quiet=not more)
        for looking in (self._closing, self._announcing, self._retrying):
            if looking is not None:
                looking.start_if_due()
        return more

    async def _step(self, partition: int, cursors: dict[int, int]) -> bool:
        size = self._sizes.get(partition, self._limits.step_entries_max)
        try:
            async with self._turns.turn():
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
            self._log.warning("batch_halved", partition=partition, offset=offset, size=size, error=described(error))
            return
        attempts = self._failures[partition, offset] = self._failures.get((partition, offset), 0) + 1
        if attempts < self._limits.attempts_max:
            await asyncio.sleep(delay_s(attempts, self._rng))
            return
        try:
            await park(self._database, self._node_id, self._unit, partition, offset, repr(error), attempts)
        except ParkingFailed:
            self._log.error("parking_failed", partition=partition, offset=offset, error=described(error))
            raise
        del self._failures[partition, offset]
        self._log.error("entry_parked", partition=partition, offset=offset, error=described(error))

    async def _wait_after(self, error: Exception) -> None:
        self._passing_failures += 1
        self._log.warning("step_retried", error=described(error), attempt=self._passing_failures)
        await asyncio.sleep(delay_s(self._passing_failures, self._rng))
