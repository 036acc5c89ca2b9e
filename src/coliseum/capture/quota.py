"""The gate that a month's number of events is held at.

How much of the month is used up is a projection of the log plus what was appended since, so that no counter of its own
can be wrong. A process believes one reading of it for ``BELIEVED_S``, and adds what it lets through itself. Of what
other processes accept in that time, and of what was on its way here while the reading was made, it does not know: so a
tenant can be over its number by at most what is accepted for it within ``BELIEVED_S``.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from coliseum import db
from coliseum.accounts.usage import month_after, month_of, used_in_month
from coliseum.capture.draft import Draft, Included, Request, Standing
from coliseum.errors import EventRefused, Refusal

SQL = db.statements("coliseum.capture")
BELIEVED_S = 1.0
TENANTS_MAX = 10_000


class _Known(msgspec.Struct):
    """A standing, and when it was read, by the event loop's clock."""

    standing: Standing
    read_s: float


class Quota:
    """What one process knows of how much its tenants have used. Safe for many tasks at once."""

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self.known: OrderedDict[int, _Known] = OrderedDict()
        self._reading: dict[int, asyncio.Task[Standing]] = {}

    async def hold(self, drafts: list[Draft], request: Request) -> list[Draft]:
        """Those that fit into the month; the others are refused. What the log has already passes, and takes no room."""
        included = request.included
        if included is None or not drafts:
            return drafts
        standing = await self._standing(request)
        if standing.room(included.events) >= len(drafts):
            standing.take(drafts)
            return drafts
        known = await self._known_ids(request.tenant.tenant_id, drafts)
        # From here on nothing is awaited, so that no two requests take the same room.
        standing = await self._standing(request)
        return _fitting(drafts, known, standing, included, request.received_at)

    async def _standing(self, request: Request) -> Standing:
        """How the month stands; read anew when what is known is too old, or of another month."""
        tenant_id, month = request.tenant.tenant_id, month_of(request.received_at)
        known = self.known.get(tenant_id)
        if known is not None and known.standing.month == month and _now_s() - known.read_s < BELIEVED_S:
            return known.standing
        task = self._reading.get(tenant_id)
        if task is None:
            task = self._reading[tenant_id] = asyncio.create_task(self._read(tenant_id, month))
            task.add_done_callback(_heard)
        # A task of its own, so that who gives up waiting takes nothing from the others.
        return await asyncio.shield(task)

    async def _read(self, tenant_id: int, month: datetime) -> Standing:
        try:
            async with self._database.connection("capture") as connection:
                standing = Standing(month, await used_in_month(connection, tenant_id, month))
        finally:
            del self._reading[tenant_id]
        self.known[tenant_id] = _Known(standing, _now_s())
        self.known.move_to_end(tenant_id)
        if len(self.known) > TENANTS_MAX:
            self.known.popitem(last=False)
        return standing

    async def _known_ids(self, tenant_id: int, drafts: Sequence[Draft]) -> frozenset[str]:
        async with self._database.connection("capture") as connection:
            found = await connection.fetch(SQL["known_ids"], tenant_id, [draft.id for draft in drafts])
        return frozenset(record["id"] for record in found)


def _fitting(
    drafts: Sequence[Draft], known: Collection[str], standing: Standing, included: Included, received_at: datetime
) -> list[Draft]:
    passed: list[Draft] = []
    ids: set[str] = set()
    for draft in drafts:
        if draft.id not in known and draft.id not in ids:
            if standing.room(included.events) < 1:
                draft.refusal = _refusal(included, received_at)
                continue
            standing.take([draft])
            ids.add(draft.id)
        passed.append(draft)
    return passed


def _refusal(included: Included, received_at: datetime) -> EventRefused:
    until = month_after(month_of(received_at))
    return EventRefused(
        Refusal.QUOTA_EXCEEDED,
        f"the {included.events} events of this month are used up; the next month begins at {until:%Y-%m-%dT%H:%MZ}",
        limit="eventsPerMonth",
        plan=included.lifted_by,
        reset_at=until,
    )


def _heard(task: asyncio.Task[Standing]) -> None:
    """Whoever waits hears of an error; when nobody does, the next request reads again."""
    if not task.cancelled():
        task.exception()


def _now_s() -> float:
    return asyncio.get_running_loop().time()
