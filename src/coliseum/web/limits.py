"""How often somebody may do something. Counted in Valkey, so that all processes count together.

Windows are fixed and begin at whole multiples of their length, so one command counts, and when a window ends is known
without asking. Across the border of two windows twice the limit can pass; that is what this form costs.
"""

import asyncio
from typing import Literal, cast

import msgspec
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, Storage
from limits.storage import storage_from_string

from coliseum import kv
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable

PATIENCE_S = 0.5
"""Valkey has this long to count; after that it is away."""
AWAY_S = 1.0
"""Valkey that was away is not asked again for so long, so that no request waits for what will not come."""
MINUTE_S = 60


class Rate(msgspec.Struct, frozen=True):
    """How a limit stands after a request was counted."""

    limit: int
    window_s: int
    used: int
    reset_s: int
    """Seconds until the window ends."""

    @property
    def allowed(self) -> bool:
        """Whether the request that was counted is within the limit."""
        return self.used <= self.limit

    @property
    def remaining(self) -> int:
        """How many more there may be in this window."""
        return max(0, self.limit - self.used)


class Limiter:
    """Counts over the connections of ``store``, which closes them. Owned by one process; safe for many tasks at once.

    While Valkey is away, an ``open`` limiter counts within this process alone, and a ``closed`` one lets nothing
    through: it is for what must not be tried without being counted, such as log-ins.
    """

    def __init__(self, store: kv.KeyValue, clock: Clock, *, fail: Literal["open", "closed"]) -> None:
        self._store = store
        self._clock = clock
        self._fail = fail
        scheme, _, rest = store.url.partition("://")
        uri = f"async+{scheme.replace('redis', 'valkey')}://{rest}"
        self._shared = cast("Storage", storage_from_string(uri, connection_pool=store.raw.connection_pool))
        self._own = MemoryStorage()
        self._away_until_s = 0.0

    async def hit(self, what: str, who: str, limit: int, window_s: int = MINUTE_S) -> Rate:
        """Count one; how the limit stands then. ``what`` names the limit, ``who`` whose it is.

        Raises:
            StoreUnavailable: Valkey is away, and this limiter fails closed.
        """
        now = int(self._clock().timestamp())
        reset_s = window_s - now % window_s
        key = _key(what, who, limit, window_s, now)
        used = await self._count(key, window_s)
        return Rate(limit, window_s, used, reset_s)

    async def check(self, what: str, who: str, limit: int, window_s: int = MINUTE_S) -> Rate:
        """As ``hit``.

        Raises:
            RequestRefused: ``rate_limited``: this was one too many.
            StoreUnavailable: as for ``hit``.
        """
        rate = await self.hit(what, who, limit, window_s)
        if not rate.allowed:
            raise refused(
                rate, f"there were more than {limit} of these in {window_s} seconds; wait until they are over"
            )
        return rate

    async def forget(self, what: str, who: str, limit: int, window_s: int = MINUTE_S) -> None:
        """Begin the present window anew, as after a log-in that succeeded; nothing is lost if Valkey is away."""
        key = _key(what, who, limit, window_s, int(self._clock().timestamp()))
        await self._own.clear(key)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._shared.clear(key)
        except kv.FAILED:
            self._away()

    async def _count(self, key: str, window_s: int) -> int:
        if asyncio.get_running_loop().time() >= self._away_until_s:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    return await self._shared.incr(key, window_s)
            except kv.FAILED:
                self._away()
        if self._fail == "closed":
            raise StoreUnavailable("Valkey did not answer, and this may not be tried without being counted.")
        return await self._own.incr(key, window_s)

    def _away(self) -> None:
        self._away_until_s = asyncio.get_running_loop().time() + AWAY_S


def refused(rate: Rate, message: str, *, limit: str | None = None, plan: str | None = None) -> RequestRefused:
    """The refusal of a request that was one too many; it says when the next window begins."""
    return RequestRefused(Refusal.RATE_LIMITED, message, limit=limit, plan=plan, retry_after_s=rate.reset_s)


def _key(what: str, who: str, limit: int, window_s: int, now: int) -> str:
    item = RateLimitItemPerSecond(limit, window_s, namespace="coliseum")
    return item.key_for(what, who, str(now // window_s))
