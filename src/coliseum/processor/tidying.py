"""Beside the steps of a unit: what they have added is brought into the form that is quick to read."""

import asyncio
import random

from coliseum import db
from coliseum.processor.backoff import delay_s
from coliseum.processor.projection import Tidier, Unit
from coliseum.tasks import end
from coliseum.telemetry import Log, described

ENTRIES_MAX = 1_000_000
"""After this many entries it is time, however busy the log is."""
QUIET_INTERVAL_S = 10.0
"""When there is nothing else to do, it is done at most this often."""


class Tidying:
    """Runs one unit's tidying as a task of its own, one at a time. Owned by the unit's runner.

    A crash loses nothing: tidying moves sums from one place to another in one transaction, and what was left is found
    again at the next start.
    """

    def __init__(self, database: db.Database, unit: Unit, tidier: Tidier, rng: random.Random) -> None:
        self._database = database
        self._unit = unit
        self._tidier = tidier
        self._rng = rng
        self._task: asyncio.Task[None] | None = None
        self._entries = ENTRIES_MAX  # whatever an earlier holder left
        self._not_before_s = 0.0
        self._failures = 0

    def added(self, entries: int) -> None:
        """So many entries more were digested."""
        self._entries += entries

    def start_if_due(self, *, quiet: bool) -> None:
        """Begin when there is enough to do, or anything while the log is quiet; returns at once."""
        now_s = asyncio.get_running_loop().time()
        running = self._task is not None and not self._task.done()
        if running or now_s < self._not_before_s:
            return
        if self._entries >= ENTRIES_MAX or (quiet and self._entries):
            self._entries = 0
            self._not_before_s = now_s + QUIET_INTERVAL_S
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Break off what is under way; its transaction is undone."""
        if self._task is not None:
            await end(self._task)

    async def _run(self) -> None:
        tenant, generation = self._unit.tenant, self._unit.generation
        try:
            more = True
            while more:
                async with self._database.transaction("processor") as connection:
                    more = await self._tidier.tidy(connection, tenant, generation)
        except Exception as error:  # noqa: BLE001 - nothing is lost, and reading stays right: later, then
            self._failures += 1
            self._entries = ENTRIES_MAX
            self._not_before_s = asyncio.get_running_loop().time() + delay_s(self._failures, self._rng)
            Log(tenant=tenant.slug).warning("tidying_retried", error=described(error))
        else:
            self._failures = 0
