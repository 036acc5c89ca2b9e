"""Beside the steps of a unit: a follower brings what is outside PostgreSQL up to where they are."""

import asyncio
import random
from collections.abc import Awaitable, Mapping

from coliseum.errors import LeaseLost
from coliseum.processor.backoff import delay_s
from coliseum.processor.projection import Follower, Unit
from coliseum.tasks import end, finish
from coliseum.telemetry import Log, described

CLOSE_S_MAX = 3.0
BACKLOG_ENTRIES = 200_000
"""A follower that far behind would begin anew again and again; it waits until steps have nearly caught up."""


class Following:
    """Runs one unit's follower. Owned by the unit's runner, which calls ``after_steps`` once a round.

    While there is more to read, the follower catches up beside the next step, so that neither store waits for the
    other. When there is nothing more, or the follower needs both to stand still, it is waited for. In a deep backlog it
    keeps nothing at all.
    """

    def __init__(self, unit: Unit, follower: Follower, rng: random.Random) -> None:
        self._unit = unit
        self._follower = follower
        self._rng = rng
        self._log = Log(tenant=unit.tenant.slug, consumer=unit.consumer, epoch=unit.epoch)
        self._catching_up: asyncio.Task[bool] | None = None
        self._failures = 0
        self._not_before_s = 0.0
        self._left = False

    async def after_steps(self, cursors: Mapping[int, int], *, more: bool, behind: int) -> bool:
        """Follow to these cursors; ``more``: steps have more to read; ``behind``: how many entries.

        True when there is more to do that needs no new entries.

        Raises:
            LeaseLost: a later holder has written there.
        """
        unsettled = await self._caught_up()
        if asyncio.get_running_loop().time() < self._not_before_s:
            return False
        if behind >= BACKLOG_ENTRIES:
            self._left = self._left or await self._done(self._follower.leave(self._unit, cursors)) is not None
            return False
        self._left = False
        self._catching_up = asyncio.create_task(self._follower.catch_up(self._unit, cursors))
        if more and not unsettled:
            return False
        return await self._caught_up() and bool(await self._done(self._follower.settle(self._unit, cursors)))

    async def close(self) -> None:
        """Break off what is under way; both stores are as if it had crashed."""
        if self._catching_up is not None:
            await end(self._catching_up)

    async def _caught_up(self) -> bool:
        """Wait for what is under way; True when something needs both sides to stand still."""
        task, self._catching_up = self._catching_up, None
        return task is not None and bool(await self._done(task))

    async def _done(self, work: Awaitable[bool]) -> bool | None:
        """What comes of it; None when the other store is away, and is to be left alone for a while."""
        try:
            more = await work
        except asyncio.CancelledError:
            if isinstance(work, asyncio.Task):
                await finish(end(work), CLOSE_S_MAX)
            raise
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - the other store is away: PostgreSQL's numbers go on meanwhile
            self._failures += 1
            self._not_before_s = asyncio.get_running_loop().time() + delay_s(self._failures, self._rng)
            self._log.warning("follower_behind", error=described(error), attempt=self._failures)
            return None
        self._failures = 0
        return more
