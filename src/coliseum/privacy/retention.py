"""Retention: of whom nothing was heard for as long as their tenant keeps what is about people, nobody knows any more.

What counts is when an entry was received, never when it says that it happened, which a sender could choose. The log
stays as it is: what goes is the row that says whose a number is, as when somebody is forgotten, and personal fields
beside the log. Unlike who was forgotten, whoever comes back is let in, as somebody new. Who has a standing no to
something is kept, because otherwise it would not be known any more.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum import db
from coliseum.clock import Clock
from coliseum.telemetry import Log, described
from coliseum.trail.record import Deed, Trail

SQL: Final = db.statements("coliseum.privacy")
ACTION: Final = "people.expire"
ACTOR: Final = "processor"
EVERY: Final = timedelta(days=1)
STEP_MAX: Final = timedelta(days=2)
LOOKED_EVERY_S: Final = 3_600.0
CLOCKS_APART_MAX: Final = timedelta(days=1)
PEOPLE_FOUND_MAX: Final = 500_000
"""So many numbers are held in memory at once; there are more looks when there are more."""
PEOPLE_AT_ONCE: Final = 1_000
PERSONAL_AT_ONCE: Final = 20_000


class Kept(msgspec.Struct, frozen=True):
    """For how long a tenant keeps what is about people, and how far that was done."""

    tenant_id: int
    months: int
    wanted: datetime
    """The moment that was so many months ago."""
    done_months: int | None
    done_cutoff: datetime | None
    ran_at: datetime | None


class Expired(msgspec.Struct, frozen=True):
    """What a run did for one tenant: how many people are nobody any more, and how many entries lost personal fields."""

    tenant_id: int
    cutoff: datetime
    people: int
    personal: int


class _Head(msgspec.Struct, frozen=True):
    partition: int
    head: int


def cutoff_of(kept: Kept, now: datetime) -> datetime | None:
    """Up to when to go in a run that nobody asked for; None: it is not time yet.

    Once a day, and after the first time at most ``STEP_MAX`` further, so that a clock that jumps ahead by a year costs
    nobody a year. A clock that was set back waits until it is where it was.
    """
    if kept.ran_at is None or kept.done_cutoff is None or kept.done_months != kept.months:
        return kept.wanted
    if now - kept.ran_at < EVERY:
        return None
    return min(kept.wanted, kept.done_cutoff + STEP_MAX)


async def retain(
    database: db.Database, trail: Trail, now: datetime, *, tenant_id: int | None = None, asked_by: str | None = None
) -> list[Expired]:
    """Let go of whoever was not heard of for long enough, for all tenants or one; when nobody else is at it.

    Needs the pools ``processor`` and ``owner``. ``asked_by``: who wants it now, and up to the very moment. A run
    that breaks off has done a part for good, and the next one does the rest.
    """
    done = []
    async with _alone(database) as connection:
        if connection is None:
            return []
        for kept in await db.rows(connection, Kept, SQL["kept_for"], now, tenant_id):
            cutoff = kept.wanted if asked_by else cutoff_of(kept, now)
            if cutoff is not None:
                done.append(await _Run(database, trail, kept, cutoff, now, asked_by or ACTOR).run(connection))
    return done


async def unheard_of(database: db.Database, now: datetime, tenant_id: int) -> tuple[datetime, int] | None:
    """Up to when ``retain`` would go if it were asked now, and how many people would be nobody any more.

    None: no end is set. Counts at most ``PEOPLE_FOUND_MAX``.
    """
    async with database.connection("processor") as connection:
        kept = await db.rows(connection, Kept, SQL["kept_for"], now, tenant_id)
        if not kept:
            return None
        found = await connection.fetchval(SQL["unheard_of"], tenant_id, kept[0].wanted, PEOPLE_FOUND_MAX)
    return kept[0].wanted, len(found)


async def retain_regularly(database: db.Database, trail: Trail, clock: Clock) -> None:
    """Look every hour whether it is time, for as long as the process lives."""
    while True:
        try:
            if await _clocks_agree(database, clock()):
                for each in await retain(database, trail, clock()):
                    Log().info("people_expired", tenant=each.tenant_id, people=each.people, personal=each.personal)
        except (*db.UNREACHABLE, db.PostgresError) as error:
            Log().warning("retention_failed", error=described(error))
        await asyncio.sleep(LOOKED_EVERY_S)


class _Run:
    """One tenant's turn."""

    def __init__(
        self, database: db.Database, trail: Trail, kept: Kept, cutoff: datetime, now: datetime, actor: str
    ) -> None:
        self._database = database
        self._trail = trail
        self._kept = kept
        self._tenant_id = kept.tenant_id
        self._cutoff = cutoff
        self._now = now
        self._actor = actor

    async def run(self, connection: db.Connection) -> Expired:
        people = 0
        while True:
            # What comes after these heads is looked at again when somebody's row is deleted.
            heads = await db.rows(connection, _Head, SQL["retention_heads"], self._tenant_id)
            found = await connection.fetchval(SQL["unheard_of"], self._tenant_id, self._cutoff, PEOPLE_FOUND_MAX)
            for first in range(0, len(found), PEOPLE_AT_ONCE):
                people += await self._expire(found[first : first + PEOPLE_AT_ONCE], heads)
            if len(found) < PEOPLE_FOUND_MAX:
                break
        return Expired(self._tenant_id, self._cutoff, people, await self._expire_personal())

    async def _expire(self, people: list[int], heads: list[_Head]) -> int:
        async with self._database.tenant(self._tenant_id, "owner") as connection:
            # As when one person is forgotten: nobody is stored meanwhile, and erasures commit in their order.
            await connection.execute(SQL["lock_people"], self._tenant_id)
            await connection.execute(SQL["lock_erasures"])
            gone: int = await connection.fetchval(
                SQL["expire_people"], self._tenant_id, people,
                [each.partition for each in heads], [each.head for each in heads], self._now,
            )  # fmt: skip
            if gone:
                await self._tell(connection, {"people": gone})
        return gone

    async def _expire_personal(self) -> int:
        """Of people who are still known, what is older; and note that all was done."""
        personal = 0
        while True:
            async with self._database.tenant(self._tenant_id, "owner") as connection:
                done = await connection.execute(SQL["expire_personal"], self._tenant_id, self._cutoff, PERSONAL_AT_ONCE)
                deleted = int(done.rpartition(" ")[2])
                personal += deleted
                if deleted == PERSONAL_AT_ONCE:
                    continue
                await connection.execute(SQL["expire_warnings"], self._tenant_id, self._cutoff)
                await connection.execute(SQL["retained"], self._tenant_id, self._kept.months, self._cutoff, self._now)
                if personal:
                    await self._tell(connection, {"personal": personal})
                return personal

    async def _tell(self, connection: db.Connection, what: dict[str, object]) -> None:
        detail = {**what, "before": self._cutoff.isoformat(), "months": self._kept.months}
        deed = Deed(actor=self._actor, action=ACTION, target="people", detail=detail)
        await self._trail.record(connection, self._tenant_id, deed)


@asynccontextmanager
async def _alone(database: db.Database) -> AsyncIterator[db.Connection | None]:
    """A connection on which nobody else does the same; None: somebody does."""
    async with database.connection("processor") as connection:
        if not await connection.fetchval(SQL["try_retention_lock"]):
            yield None
            return
        try:
            yield connection
        finally:
            await connection.execute(SQL["retention_unlock"])


async def _clocks_agree(database: db.Database, now: datetime) -> bool:
    """Whether the database has the same day: of two clocks that do not agree, one is wrong, and nothing is deleted."""
    async with database.connection("processor") as connection:
        theirs: datetime = await connection.fetchval("SELECT now()")
    if abs(theirs - now) < CLOCKS_APART_MAX:
        return True
    Log().warning("retention_waits", clock=now.isoformat(), database_clock=theirs.isoformat())
    return False
