"""Beside the steps of a unit: a follower brings what is outside PostgreSQL up to where they are."""

import asyncio
import random
from collections.abc import Mapping

from coliseum.errors import LeaseLost
from coliseum.processor.backoff import delay_s
from coliseum.processor.projection import Follower, Unit
from coliseum.tasks import end
from coliseum.telemetry import Log

BACKLOG_ENTRIES = 200_000
BACKLOG_INTERVAL_S = 5.0
"""A follower that far behind begins anew, which is worth its while once in this time."""


class Following:
    """Runs one unit's follower. Owned by the unit's runner, which calls ``after_steps`` once a round.

    While there is more to read, the follower catches up beside the next step, so that neither store waits for the
    other. When there is nothing more, or the follower needs both to stand still, it is waited for.
    """

    def __init__(self, unit: Unit, follower: Follower, rng: random.Random) -> None:
        self._unit = unit
        self._follower = follower
        self._rng = rng
        self._log = Log(tenant=unit.tenant.slug, consumer=unit.consumer, epoch=unit.epoch)
        self._catching_up: asyncio.Task[bool] | None = None
        self._failures = 0
        self._not_before_s = 0.0
        self._followed_at_s = -BACKLOG_INTERVAL_S

    async def after_steps(self, cursors: Mapping[int, int], *, more: bool, behind: int) -> bool:
        """Follow to these cursors; ``more``: steps have more to read; ``behind``: how many entries.

        True when there is more to do that needs no new entries.

        Raises:
            LeaseLost: a later holder has written there.
        """
        unsettled = await self._caught_up()
        if not self._is_time(behind):
            return False
        self._catching_up = asyncio.create_task(self._follower.catch_up(self._unit, cursors))
        if more and not unsettled:
            return False
        return await self._caught_up() and await self._settle(cursors)

    async def close(self) -> None:
        """Break off what is under way; both stores are as if it had crashed."""
        if self._catching_up is not None:
            await end(self._catching_up)

    def _is_time(self, behind: int) -> bool:
        """Not while the other store is away, and in a deep backlog only now and then."""
        backlog_until_s = self._followed_at_s + BACKLOG_INTERVAL_S if behind >= BACKLOG_ENTRIES else 0.0
        return asyncio.get_running_loop().time() >= max(self._not_before_s, backlog_until_s)

    async def _caught_up(self) -> bool:
        """Wait for what is under way; True when something needs both sides to stand still."""
        task, self._catching_up = self._catching_up, None
        if task is None:
            return False
        try:
            return self._succeeded(await task)
        except asyncio.CancelledError:
            await end(task)
            raise
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - the other store is away: PostgreSQL's numbers go on meanwhile
            return self._failed(error)

    async def _settle(self, cursors: Mapping[int, int]) -> bool:
        try:
            return self._succeeded(await self._follower.settle(self._unit, cursors))
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            return self._failed(error)

    def _succeeded(self, more: bool) -> bool:
        self._failures = 0
        self._followed_at_s = asyncio.get_running_loop().time()
        return more

    def _failed(self, error: Exception) -> bool:
        self._failures += 1
        self._not_before_s = asyncio.get_running_loop().time() + delay_s(self._failures, self._rng)
        self._log.warning("follower_behind", error=repr(error), attempt=self._failures)
        return False
