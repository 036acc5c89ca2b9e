"""Beside the steps of a unit: what the passing of time ends is made final."""

import asyncio
import random

from coliseum import db
from coliseum.processor.backoff import delay_s
from coliseum.processor.projection import Closer, Unit
from coliseum.tasks import end
from coliseum.telemetry import Log, described

LOOK_EVERY_S = 60.0
"""How often it is looked whether something has ended."""


class Closing:
    """Runs one unit's closer as a task of its own, one at a time. Owned by the unit's runner.

    Each closing is one transaction, and what a crash leaves open is closed after the next start.
    """

    def __init__(self, database: db.Database, unit: Unit, closer: Closer, rng: random.Random) -> None:
        self._database = database
        self._unit = unit
        self._closer = closer
        self._rng = rng
        self._task: asyncio.Task[None] | None = None
        self._not_before_s = 0.0
        self._failures = 0

    def start_if_due(self) -> None:
        """Look whether something has ended, when the last look was a while ago; returns at once."""
        now_s = asyncio.get_running_loop().time()
        running = self._task is not None and not self._task.done()
        if running or now_s < self._not_before_s:
            return
        self._not_before_s = now_s + LOOK_EVERY_S
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Break off what is under way; its transaction is undone."""
        if self._task is not None:
            await end(self._task)

    async def _run(self) -> None:
        tenant = self._unit.tenant
        try:
            while await self._closer.close_next(self._database, tenant):
                pass
        except Exception as error:  # noqa: BLE001 - nothing was kept of it, and it is closed at a later look
            self._failures += 1
            self._not_before_s = asyncio.get_running_loop().time() + delay_s(self._failures, self._rng)
            Log(tenant=tenant.slug).warning("closing_retried", error=described(error))
        else:
            self._failures = 0
