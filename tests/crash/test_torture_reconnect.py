"""What hears no more connects anew, by itself and soon."""

import asyncio
from urllib.parse import urlsplit

import asyncpg
import pytest

from coliseum import db, kv
from support.background import Background
from torture.proxy import Kind, Proxy, Toxic
from torture.stage import with_port


async def woken_within(store: kv.KeyValue, woken: kv.WakeUps, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not woken.is_set():
            await store.wake([7])
            await asyncio.sleep(0.05)
    assert woken.take() == {7}


@pytest.mark.parametrize("kind", ["half_open", "blackhole"])
async def test_wake_ups_come_again_after_a_connection_went_dead(
    valkey_url: str, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kv, "SILENCE_S", 0.5)
    direct = kv.KeyValue(valkey_url)
    with Background() as background:
        proxy = Proxy(background, urlsplit(valkey_url).port or 0)
        through = kv.KeyValue(with_port(valkey_url, proxy.port))
        async with through.wake_ups() as woken:
            await woken_within(direct, woken, 5)
            proxy.set(Toxic(kind))
            proxy.set(Toxic())
            woken.take()
            await woken_within(direct, woken, 10)
        await through.close()
    await direct.close()


async def test_a_listener_of_a_quiet_server_stays_connected(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kv, "SILENCE_S", 0.1)
    store = kv.KeyValue(valkey_url)
    async with store.wake_ups() as woken:
        await woken_within(store, woken, 5)
        before = await store.raw.client_list(_type="pubsub")
        await asyncio.sleep(0.5)
        after = await store.raw.client_list(_type="pubsub")
        assert [each["id"] for each in after] == [each["id"] for each in before]
        await woken_within(store, woken, 5)
    await store.close()


async def test_a_connection_that_answers_no_more_is_given_up_with_all_others(database_url: str) -> None:
    with Background() as background:
        proxy = Proxy(background, urlsplit(database_url).port or 0)
        database = await db.Database.open(with_port(database_url, proxy.port), owner=4)
        async with database.connection("owner") as one, database.connection("owner") as other:
            assert await one.fetchval("SELECT 1") == await other.fetchval("SELECT 1") == 1
        proxy.set(Toxic("half_open"))
        proxy.set(Toxic())
        begun_s = asyncio.get_running_loop().time()
        with pytest.raises(db.UNREACHABLE):
            async with database.transaction("owner", held_max_s=0.5) as connection:
                await connection.fetchval("SELECT 1")
        assert asyncio.get_running_loop().time() - begun_s < 2
        database.hang_up()
        async with asyncio.timeout(2), database.connection("owner") as connection:
            assert await connection.fetchval("SELECT 1") == 1
        await database.close()


async def lost_one(database: db.Database, within_s: float) -> int:
    """Look until connections were found lost; how many."""
    async with asyncio.timeout(within_s):
        while not (lost := await database.hang_up_lost("processor", idle_s=1)):
            await asyncio.sleep(0.1)
    return lost


@pytest.mark.parametrize("begun", [True, False])
async def test_a_step_that_nobody_hears_is_ended_while_other_connections_live(
    migrated_database: str, *, begun: bool
) -> None:
    with Background() as background:
        proxy = Proxy(background, urlsplit(migrated_database).port or 0)
        database = await db.Database.open(with_port(migrated_database, proxy.port), processor=3)
        cut = asyncio.Event()

        async def wait_for_ever() -> None:
            async with database.connection("processor") as connection:
                if begun:
                    await connection.execute("BEGIN")
                cut.set()
                await asyncio.sleep(0.2)
                await connection.fetchval("SELECT 1")

        step = asyncio.create_task(wait_for_ever())
        await cut.wait()
        proxy.set(Toxic("half_open"))
        proxy.set(Toxic())
        assert await lost_one(database, 10) == 1
        with pytest.raises(db.UNREACHABLE):
            await step
        await database.close()


async def test_a_statement_that_takes_long_is_let_finish(migrated_database: str) -> None:
    database = await db.Database.open(migrated_database, processor=3)

    async def work() -> int:
        async with database.transaction("processor") as connection:
            await connection.execute("SELECT pg_sleep(3.5)")
            return int(await connection.fetchval("SELECT 7"))

    step = asyncio.create_task(work())
    while not step.done():
        assert await database.hang_up_lost("processor", idle_s=1) == 0
        await asyncio.sleep(0.1)
    assert await step == 7
    await database.close()


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DiskFullError("could not extend file"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        asyncpg.PostgresIOError("could not fsync file"),
    ],
)
def test_a_server_in_distress_is_out_of_reach_and_not_a_fault_of_ours(error: Exception) -> None:
    assert isinstance(error, db.UNREACHABLE)


async def test_a_failure_over_a_connection_that_was_just_given_up_is_a_server_that_is_away(database_url: str) -> None:
    said = RuntimeError("unable to perform operation on <TCPTransport closed=True>; the handler is closed")
    database = await db.Database.open(database_url, owner=1)

    async def fail(error: Exception, *, given_up: bool) -> None:
        async with database.connection("owner"):
            if given_up:
                database.hang_up()
            raise error

    with pytest.raises(db.UNREACHABLE):
        await fail(said, given_up=True)
    with pytest.raises(RuntimeError, match="something else"):
        await fail(RuntimeError("something else"), given_up=False)
    await database.close()
    assert isinstance(said, kv.FAILED)
