"""Refusals for lack of permission: whoever tries what they may not do leaves a trace, when it is known who it is.

What would have changed something stands in the audit trail; what would have been read, in the process's log, without
addresses of people or what they asked for. What a caller tries again and again is counted and told with their next
entry, so that nobody can flood either.
"""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from coliseum import db
from coliseum.accounts.callers import Caller
from coliseum.clock import Clock
from coliseum.errors import Refusal
from coliseum.telemetry import Log
from coliseum.trail.record import Deed, Trail
from coliseum.web.problems import STATUS

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
EVERY: Final = timedelta(minutes=1)
EACH_MAX: Final = 10
"""Entries of one caller in a minute."""
TENANT_MAX: Final = 60
"""Entries of all callers of one tenant in a minute."""
REMEMBERED_MAX: Final = 10_000
PATIENCE_S: Final = 2.0
"""So long an entry may take; the answer has been sent before it."""


class _Count(msgspec.Struct):
    """What one caller, or one tenant, has tried since a moment."""

    since: datetime
    entries: int = 0
    untold: int = 0


class Refusals:
    """Records refusals of one web process."""

    def __init__(self, database: db.Database, trail: Trail, clock: Clock) -> None:
        self._database = database
        self._trail = trail
        self._clock = clock
        self._counts: OrderedDict[tuple[int, str], _Count] = OrderedDict()

    async def note(self, scope: Any, caller: Caller, action: str, code: Refusal, address: str) -> None:
        """Record that a request was refused, when that is for lack of permission; in a transaction of its own."""
        if STATUS.get(code) != 403:
            return
        tenant_id = caller.tenant.tenant_id
        if scope["method"] in SAFE:
            self._log(tenant_id, caller.actor, action, code)
            return
        own, all_ = self._count(tenant_id, caller.actor), self._count(tenant_id, "")
        if own.entries >= EACH_MAX or all_.entries >= TENANT_MAX:
            own.untold += 1
            return
        detail: dict[str, object] = {"code": str(code)}
        if own.untold:
            detail["untold"] = own.untold
        own.entries, all_.entries, own.untold = own.entries + 1, all_.entries + 1, 0
        deed = Deed(
            actor=caller.actor, action=action, target=f"{scope['method']} {scope['path']}", outcome="refused",
            address=address, detail=detail,
        )  # fmt: skip
        try:
            async with (
                asyncio.timeout(PATIENCE_S),
                self._database.tenant(tenant_id, "accounts") as connection,
            ):
                await self._trail.record(connection, tenant_id, deed)
        except (*db.UNREACHABLE, db.PostgresError) as error:
            Log().error("refusal_not_recorded", error=type(error).__name__, actor=caller.actor, action=action)

    def _log(self, tenant_id: int, actor: str, action: str, code: Refusal) -> None:
        own, all_ = self._count(tenant_id, f"{actor} reads"), self._count(tenant_id, " reads")
        if own.entries >= EACH_MAX or all_.entries >= TENANT_MAX:
            own.untold += 1
            return
        untold = {"untold": own.untold} if own.untold else {}
        own.entries, all_.entries, own.untold = own.entries + 1, all_.entries + 1, 0
        Log().warning("read_refused", tenant_id=tenant_id, actor=actor, action=action, code=str(code), **untold)

    def _count(self, tenant_id: int, actor: str) -> _Count:
        now = self._clock()
        count = self._counts.get((tenant_id, actor))
        if count is None or not timedelta() <= now - count.since < EVERY:
            count = _Count(now, untold=0 if count is None else count.untold)
            self._counts[tenant_id, actor] = count
            self._counts.move_to_end((tenant_id, actor))
            if len(self._counts) > REMEMBERED_MAX:
                self._counts.popitem(last=False)
        return count
