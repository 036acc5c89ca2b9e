"""Beside the steps of a unit: something is looked at now and then, one look at a time."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from coliseum.processor.backoff import delay_s
from coliseum.processor.projection import Unit
from coliseum.tasks import end
from coliseum.telemetry import Log, LogEvent, described


class Looking:
    """Runs a look as a task of its own. Owned by the unit's runner.

    A look does its work in transactions of its own; what a crash breaks off is done at a look after the next start.
    """

    def __init__(
        self,
        unit: Unit,
        look: Callable[[], Awaitable[None]],
        rng: random.Random,
        *,
        every_s: float,
        failed: LogEvent,
        rest_factor: float = 0.0,
    ) -> None:
        """``every_s``: seconds from one look to the next at least; ``failed``: what the log says of one that failed.

        ``rest_factor``: after a look there is rest for so many times as long as it took.
        """
        self._unit = unit
        self._look = look
        self._rng = rng
        self._every_s = every_s
        self._failed: LogEvent = failed
        self._rest_factor = rest_factor
        self._task: asyncio.Task[None] | None = None
        self._not_before_s = 0.0
        self._failures = 0

    def start_if_due(self) -> None:
        """Look, when the last look was a while ago; returns at once."""
        now_s = asyncio.get_running_loop().time()
        running = self._task is not None and not self._task.done()
        if running or now_s < self._not_before_s:
            return
        self._not_before_s = now_s + self._every_s
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Break off what is under way; its transaction is undone."""
        if self._task is not None:
            await end(self._task)

    async def _run(self) -> None:
        begun_s = asyncio.get_running_loop().time()
        try:
            await self._look()
        except Exception as error:  # noqa: BLE001 - nothing was kept of it, and it is done at a later look
            self._failures += 1
            self._not_before_s = asyncio.get_running_loop().time() + delay_s(self._failures, self._rng)
            Log(tenant=self._unit.tenant.slug).warning(self._failed, error=described(error))
        else:
            self._failures = 0
            ended_s = asyncio.get_running_loop().time()
            self._not_before_s = max(self._not_before_s, ended_s + self._rest_factor * (ended_s - begun_s))
