"""Seasons stay as they are: nobody may change them, nobody else sees them, and processors close them by themselves."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from coliseum import db, wiring
from coliseum.accounts.tenants import Tenant
from coliseum.audit.seasons import check_seasons
from coliseum.boards.seasons import GRACE
from coliseum.processor.closing import Closing
from coliseum.processor.leases import Leases
from coliseum.processor.processor import Processor
from coliseum.processor.rebuild import rebuild
from coliseum.processor.runner import Limits
from coliseum.projections.seasons import SeasonCloser
from coliseum.tasks import end
from support.conductor import NoWaiting
from support.era import Era, Open

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)  # a Wednesday
DAY = timedelta(days=1)
TODAY = datetime(2026, 5, 13, tzinfo=UTC)
MIDNIGHT = TODAY + DAY
MOMENT = timedelta(seconds=1)


async def test_no_role_of_the_service_can_change_or_delete_a_season(era: Open) -> None:
    day = await era(NOON)
    await day.votes({"abba": 1})
    await day.pass_to(MIDNIGHT + GRACE)
    for right in ("app", "capture", "processor"):
        for table in ("coliseum_closings", "coliseum_seasons", "coliseum_leaderboards"):
            for sql in (f"UPDATE {table} SET tenant_id = tenant_id", f"DELETE FROM {table}", f"TRUNCATE {table}"):  # noqa: S608
                async with day.world.database.connection(right) as connection:
                    with pytest.raises(db.InsufficientPrivilege):
                        await connection.execute(sql)
    async with day.world.database.connection("app") as connection:
        with pytest.raises(db.InsufficientPrivilege):
            await connection.execute("INSERT INTO coliseum_leaderboards DEFAULT VALUES")
    assert await day.scores(TODAY) == {"abba": 1}


async def test_another_tenant_sees_nothing_of_a_season(era: Open) -> None:
    day, other = await era(NOON), await era(NOON)
    await day.votes({"abba": 1})
    await day.pass_to(MIDNIGHT + GRACE)
    for table in ("coliseum_closings", "coliseum_seasons", "coliseum_leaderboards"):
        counts = []
        for each in (day, other):
            async with day.world.database.tenant(each.tenant.tenant_id) as connection:
                counts.append(await connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608
        assert counts[0] > 0
        assert counts[1] == 0
    assert (await other.ask("seasons", metric="votes", window="day")).json["seasons"] == []
    assert (await other.ask("seasons/board", metric="votes", window="day")).code == "not_found"


async def test_a_rebuild_leaves_seasons_as_they_were(era: Open) -> None:
    day = await era(NOON)
    await day.votes({"abba": 1})
    await day.pass_to(MIDNIGHT + GRACE)
    await day.votes({"abba": 8}, at=NOON)
    before = await day.closed(), await day.rows(TODAY)
    await day.read()
    await rebuild(day.world.database, day.tenant, wiring.PROJECTIONS["coliseum"], 1_000)
    assert (await day.closed(), await day.rows(TODAY)) == before
    await day.begin()
    day.now = NOON + 2 * DAY
    assert await day.close() == 1
    assert not await check_seasons(day.world.database, day.tenant)


async def test_a_runner_closes_beside_its_rounds(era: Open) -> None:
    day = await era(NOON)
    await day.votes({"abba": 1})
    day.now = NOON + 3 * DAY
    await day.read()
    closing = Closing(day.world.database, day.unit, day.closer, NoWaiting())
    closing.start_if_due()
    task = closing._task
    assert task is not None
    closing.start_if_due()
    assert closing._task is task
    await task
    closing.start_if_due()  # it was looked at a moment ago
    assert closing._task is task
    assert len(await day.closed("day")) == 3
    await closing.close()


class Telling(SeasonCloser):
    """Says when nothing is left to close for a tenant."""

    def __init__(self, era: Era) -> None:
        super().__init__(era.clock)
        self._tenant_id = era.tenant.tenant_id
        self.done = asyncio.Event()

    async def close_next(self, database: db.Database, tenant: Tenant) -> bool:
        more = await super().close_next(database, tenant)
        if tenant.tenant_id == self._tenant_id and not more:
            self.done.set()
        return more


async def test_a_processor_closes_whatever_ended_while_there_was_none(era: Open) -> None:
    day = await era(NOON)
    await day.votes({"abba": 1})
    await day.pass_to(NOON)
    day.now = NOON + 3 * DAY
    closer = Telling(day)
    await day.world.execute("UPDATE processor_units SET expires_at = '-infinity'")
    processor = Processor(
        day.world.database, Leases(day.world.database, "closing", 3), wiring.PROJECTIONS, {}, {},
        Limits(1_000, 5, 3_600), 3, {"coliseum": closer},
    )  # fmt: skip
    async with day.world.store.wake_ups() as woken:
        running = asyncio.create_task(processor.run(woken))
        try:
            async with asyncio.timeout(30):
                await closer.done.wait()
        finally:
            await end(running)
    assert [row["starts_at"] for row in await day.closed("day")] == [TODAY, TODAY + DAY, TODAY + 2 * DAY]
    assert await day.scores(TODAY) == {"abba": 1}


async def test_a_closing_that_fails_is_tried_again_later(era: Open) -> None:
    day = await era(NOON)
    await day.votes({"abba": 1})
    day.now = NOON + DAY
    await day.read()
    closing = Closing(day.world.database, day.unit, Failing(day), NoWaiting())
    closing.start_if_due()
    await closing._task  # type: ignore[misc]
    assert await day.closed() == []
    closing._not_before_s = 0.0
    closing.start_if_due()
    await closing._task  # type: ignore[misc]
    assert await day.scores(TODAY) == {"abba": 1}


class Failing(SeasonCloser):
    """Fails at its first look, after the rows were written."""

    def __init__(self, era: Era) -> None:
        super().__init__(era.clock)
        self.failed = False

    async def _close_next(self, connection: db.Connection, tenant: Tenant) -> bool:
        more = await super()._close_next(connection, tenant)
        if not self.failed:
            self.failed = True
            raise OSError("the connection broke")
        return more
