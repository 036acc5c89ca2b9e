"""Connections that are kept at hand between uses: nobody waits for one in vain, and none that ended is used."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from coliseum import db
from support.services import World


@pytest.fixture
async def small(world: World) -> AsyncIterator[db.Database]:
    """A database of which capture has two connections."""
    database = await db.Database.open(world.database.url, capture=2)
    yield database
    await database.close()


async def backend(database: db.Database) -> int:
    """Use a connection for a moment; the process that serves it."""
    async with database.connection("capture") as connection:
        return int(await connection.fetchval("SELECT pg_backend_pid()"))


async def test_the_same_connection_is_used_again(small: db.Database) -> None:
    assert len({await backend(small) for _ in range(5)}) == 1


async def test_a_connection_that_ended_while_it_was_kept_is_replaced(world: World, small: db.Database) -> None:
    ended = await backend(small)
    async with world.database.connection("owner") as connection:
        await connection.execute("SELECT pg_terminate_backend($1, 5000)", ended)
    async with asyncio.timeout(10):
        while True:
            try:
                served_by = await backend(small)
                break
            except db.UNREACHABLE:  # it ended in this very moment
                continue
    assert served_by != ended
    small.hang_up()
    assert await backend(small) not in {ended, served_by}


async def test_whoever_waits_is_served_before_a_connection_is_kept(small: db.Database) -> None:
    served = await asyncio.gather(*[backend(small) for _ in range(40)])
    assert len(set(served)) == 2
    async with asyncio.timeout(10), small.connection("capture"), small.connection("capture"):
        waiting = asyncio.create_task(backend(small))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert await waiting in served


async def test_a_connection_whose_statement_was_cancelled_or_failed_serves_the_next(
    world: World, small: db.Database
) -> None:
    async def sleep() -> None:
        async with small.connection("capture") as connection:
            await connection.execute("SELECT pg_sleep(60)")

    for _ in range(3):
        task = asyncio.create_task(sleep())
        async with asyncio.timeout(10), world.database.connection("owner") as looking:
            while not await looking.fetchval("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"):
                await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(db.DATA_ERRORS):
            async with small.connection("capture") as connection:
                await connection.fetchval("SELECT 1 / 0")
        assert await backend(small)
