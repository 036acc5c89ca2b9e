"""Retention: of whom nothing was heard for as long as their tenant keeps what is about people, nobody knows any more.

What counts is when an entry was received, never when it says that it happened, which a sender could choose. The log
stays as it is: what goes is the row that says whose a number is, as when somebody is forgotten, and personal fields
beside the log. Unlike who was forgotten, whoever comes back is let in, as somebody new. Who has a standing no to
something is kept, because otherwise it would not be known any more.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from coliseum import db
from coliseum.clock import Clock
from coliseum.errors import ColiseumError
from coliseum.telemetry import Log, described
from coliseum.trail.record import Deed, Trail

SQL: Final = db.statements("coliseum.privacy")
ACTION: Final = "people.expire"
ACTOR: Final = "processor"
EVERY: Final = timedelta(days=1)
STEP_MAX: Final = timedelta(days=2)
LOOKED_EVERY_S: Final = 3_600.0
RUN_S_MAX: Final = 6 * 3_600.0
"""A run that takes longer waits for a server that nobody hears any more."""
CLOSE_S: Final = 3.0
CLOCKS_APART_MAX: Final = timedelta(days=1)
PEOPLE_FOUND_MAX: Final = 500_000
"""So many numbers are held in memory at once; there are more looks when there are more."""
PEOPLE_AT_ONCE: Final = 1_000
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ClocksDisagree(ColiseumError):
    """The clocks of this machine and of the database are a day apart: one is wrong, and nothing is deleted."""


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

    It works on connections of its own, for as long as it takes. ``asked_by``: who wants it now, and up to the very
    moment. A run that breaks off has done a part for good, and the next one does the rest. One tenant's failure
    keeps no other from its turn.

    Raises:
        ClocksDisagree: see there.
        Exception: the last of what the database raised; everything else was done.
    """
    failure: Exception | None = None
    done = []
    async with _connected(database, "processor") as reader, _connected(database, "owner") as owner:
        await _check_clock(reader, now)
        if not await reader.fetchval(SQL["try_retention_lock"]):  # given back by the end of its connection
            return []
        for record in await reader.fetch(SQL["kept_without_end"]):
            async with _tenant(owner, record["tenant_id"]):
                await owner.execute(SQL["retention_ended"], record["tenant_id"])
        for kept in await db.rows(reader, Kept, SQL["kept_for"], now, tenant_id):
            cutoff = kept.wanted if asked_by else cutoff_of(kept, now)
            if cutoff is None:
                continue
            try:
                done.append(await _Run(reader, owner, trail, kept, cutoff, now, asked_by or ACTOR).run())
            except (*db.UNREACHABLE, db.PostgresError) as error:
                failure = error
                Log().warning("retention_failed", tenant=kept.tenant_id, error=described(error))
    if failure is not None:
        raise failure
    return done


async def unheard_of(database: db.Database, now: datetime, tenant_id: int) -> tuple[datetime, int] | None:
    """Up to when ``retain`` would go if it were asked now, and how many people would be nobody any more.

    None: no end is set. Counts at most ``PEOPLE_FOUND_MAX``. Needs the pool ``processor``.
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
            async with asyncio.timeout(RUN_S_MAX):
                done = await retain(database, trail, clock())
            for each in done:
                Log().info("people_expired", tenant=each.tenant_id, people=each.people, personal=each.personal)
        except ClocksDisagree as error:
            Log().warning("retention_waits", error=described(error))
        except (*db.UNREACHABLE, db.PostgresError) as error:
            Log().warning("retention_failed", error=described(error))
        await asyncio.sleep(LOOKED_EVERY_S)


class _Run:
    """One tenant's turn."""

    def __init__(
        self, reader: db.Connection, owner: Any, trail: Trail, kept: Kept, cutoff: datetime, now: datetime, actor: str
    ) -> None:
        self._reader = reader
        self._owner = owner
        self._trail = trail
        self._kept = kept
        self._tenant_id = kept.tenant_id
        self._cutoff = cutoff
        self._now = now
        self._actor = actor

    async def run(self) -> Expired:
        people = 0
        while True:
            # What comes after these heads is looked at again when somebody's row is deleted.
            heads = await db.rows(self._reader, _Head, SQL["retention_heads"], self._tenant_id)
            found = await self._reader.fetchval(SQL["unheard_of"], self._tenant_id, self._cutoff, PEOPLE_FOUND_MAX)
            for first in range(0, len(found), PEOPLE_AT_ONCE):
                people += await self._expire(found[first : first + PEOPLE_AT_ONCE], heads)
            if len(found) < PEOPLE_FOUND_MAX:
                break
        return Expired(self._tenant_id, self._cutoff, people, await self._expire_personal())

    async def _expire(self, people: list[int], heads: list[_Head]) -> int:
        async with _tenant(self._owner, self._tenant_id):
            await self._owner.execute("SET LOCAL enable_seqscan = off")  # few rows, by their keys
            # As when one person is forgotten: nobody is stored meanwhile, and erasures commit in their order.
            await self._owner.execute(SQL["lock_people"], self._tenant_id)
            await self._owner.execute(SQL["lock_erasures"])
            # Each statement from here on sees what was committed before the one before it had its locks.
            await self._owner.execute(SQL["hold_people"], self._tenant_id, people)
            meanwhile: set[int] = set()
            for each in heads:
                asked = (self._tenant_id, each.partition, each.head, self._cutoff)
                meanwhile |= set(await self._owner.fetchval(SQL["heard_of_meanwhile"], *asked))
            unheard = [person for person in people if person not in meanwhile]
            gone: int = await self._owner.fetchval(SQL["expire_people"], self._tenant_id, unheard)
            if gone:
                await self._tell({"people": gone})
        return gone

    async def _expire_personal(self) -> int:
        """Of people who are still known, what is older; and note that all was done."""
        kept = self._kept
        again = kept.done_months == kept.months and kept.done_cutoff is not None and kept.done_cutoff <= self._cutoff
        since = kept.done_cutoff - EVERY if again and kept.done_cutoff is not None else BEGINNING
        async with _tenant(self._owner, self._tenant_id):
            done: str = await self._owner.execute(SQL["expire_personal"], self._tenant_id, self._cutoff, since)
            personal = int(done.rpartition(" ")[2])
            await self._owner.execute(SQL["expire_warnings"], self._tenant_id, self._cutoff)
            await self._owner.execute(SQL["told_long_ago"], self._tenant_id, self._now - EVERY)
            await self._owner.execute(SQL["retained"], self._tenant_id, kept.months, self._cutoff, self._now)
            if personal:
                await self._tell({"personal": personal})
        return personal

    async def _tell(self, what: dict[str, object]) -> None:
        detail = {**what, "before": self._cutoff.isoformat(), "months": self._kept.months}
        deed = Deed(actor=self._actor, action=ACTION, target="people", detail=detail)
        await self._trail.record(self._owner, self._tenant_id, deed)


@asynccontextmanager
async def _connected(database: db.Database, right: db.Right) -> AsyncIterator[Any]:
    """A connection outside the pools: those are watched, and what stands still for ten seconds is ended."""
    connection = await db.connect(database.url, right)
    try:
        yield connection
    except BaseException:
        connection.terminate()  # a server that does not answer would never say goodbye, and a processor never end
        raise
    await connection.close(timeout=CLOSE_S)


@asynccontextmanager
async def _tenant(owner: Any, tenant_id: int) -> AsyncIterator[None]:
    """A transaction of the owner's that sees one tenant's rows only."""
    async with owner.transaction():
        await owner.execute("SELECT set_config('coliseum.tenant', $1, true)", str(tenant_id))
        yield


async def _check_clock(connection: db.Connection, now: datetime) -> None:
    theirs: datetime = await connection.fetchval("SELECT now()")
    if abs(theirs - now) >= CLOCKS_APART_MAX:
        raise ClocksDisagree(f"It is {now.isoformat()} here, and {theirs.isoformat()} in the database.")
