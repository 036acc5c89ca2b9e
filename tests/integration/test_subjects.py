"""People become numbers: one statement for all who wait, and one number a person."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from coliseum import db
from coliseum.passport.subjects import Subjects
from support.services import Platform, World


class WatchedDatabase(db.Database):
    """A database on the pools of another one: it counts the statements, and holds each until ``let_go``, or fails it."""

    def __init__(self, database: db.Database) -> None:
        self.__dict__.update(database.__dict__)
        self.asked: list[list[str]] = []
        self.let_go = asyncio.Event()
        self.error: Exception | None = None

    @asynccontextmanager
    async def connection(self, right: db.Right, *, held_max_s: float | None = None) -> AsyncIterator[db.Connection]:
        async with super().connection(right, held_max_s=held_max_s) as connection:
            yield cast("db.Connection", _Watched(connection, self))

    async def until_asked(self, statements: int) -> None:
        """Return when so many statements are or were under way."""
        async with asyncio.timeout(10):
            while len(self.asked) < statements:
                await asyncio.sleep(0)


class _Watched:
    def __init__(self, connection: db.Connection, database: WatchedDatabase) -> None:
        self._connection = connection
        self._database = database

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        self._database.asked.append(args[1])
        await self._database.let_go.wait()
        if self._database.error is not None:
            raise self._database.error
        return await self._connection.fetch(query, *args)


@pytest.fixture
def database(world: World) -> WatchedDatabase:
    return WatchedDatabase(world.database)


@pytest.fixture
def subjects(database: WatchedDatabase) -> Subjects:
    return Subjects(database)


Asked = asyncio.Task[dict[str, int]]


def ask(subjects: Subjects, platform: Platform, *user_ids: str) -> Asked:
    """Somebody asks for these people; what they hear is the people's numbers."""

    async def numbers() -> dict[str, int]:
        found = await subjects.resolve(platform.tenant_id, user_ids)
        return {user_id: subject.subject_id for user_id, subject in found.items()}

    return asyncio.create_task(numbers())


async def stored(world: World, platform: Platform) -> dict[str, int]:
    """What the database says of a tenant's people; a person with two numbers would be an error."""
    rows = await world.fetch(
        "SELECT user_id, subject_id FROM passport_subjects WHERE tenant_id = $1", platform.tenant_id
    )
    numbers = {row["user_id"]: row["subject_id"] for row in rows}
    assert len(numbers) == len(set(numbers.values())) == len(rows)
    return numbers


async def crowd(subjects: Subjects, platform: Platform, database: WatchedDatabase) -> tuple[Asked, list[Asked]]:
    """Somebody whose statement is under way, and twenty who came meanwhile."""
    first = ask(subjects, platform, "first")
    await database.until_asked(1)
    others = [ask(subjects, platform, f"fan-{n}", f"fan-{n + 1}", "first") for n in range(20)]
    await asyncio.sleep(0)
    return first, others


async def test_whoever_comes_while_a_statement_is_under_way_is_served_by_one_next_statement(
    world: World, platform: Platform, database: WatchedDatabase, subjects: Subjects
) -> None:
    first, others = await crowd(subjects, platform, database)
    assert len(database.asked) == 1
    database.let_go.set()
    told = await asyncio.gather(first, *others)
    assert database.asked == [["first"], sorted({"first", *(f"fan-{n}" for n in range(21))})]
    numbers = await stored(world, platform)
    assert told == [
        {"first": numbers["first"]},
        *({user: numbers[user] for user in (f"fan-{n}", f"fan-{n + 1}", "first")} for n in range(20)),
    ]
    again = await ask(subjects, platform, *numbers)
    assert again == numbers
    assert len(database.asked) == 2  # they are remembered


async def test_a_statement_that_fails_is_heard_by_all_who_wait_for_it_and_by_nobody_else(
    world: World, platform: Platform, database: WatchedDatabase, subjects: Subjects
) -> None:
    first, others = await crowd(subjects, platform, database)
    database.error = OSError("nobody is there")
    database.let_go.set()
    heard = await asyncio.gather(first, *others, return_exceptions=True)
    assert heard == [database.error] * 21
    assert not await stored(world, platform)
    database.error = None
    told = await ask(subjects, platform, "first", "fan-7")
    assert told == await stored(world, platform)


async def test_who_gives_up_waiting_takes_nothing_from_the_others(
    world: World, platform: Platform, database: WatchedDatabase, subjects: Subjects
) -> None:
    first, others = await crowd(subjects, platform, database)
    gone = [first, *others[::2]]
    for task in gone:
        task.cancel()
    assert all(isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*gone, return_exceptions=True))
    database.let_go.set()
    told = await asyncio.gather(*others[1::2])
    numbers = await stored(world, platform)
    for n, each in zip(range(1, 20, 2), told, strict=True):
        assert each == {user: numbers[user] for user in (f"fan-{n}", f"fan-{n + 1}", "first")}
    assert len(database.asked) == 2


async def test_when_all_who_waited_gave_up_the_next_one_is_served(
    world: World, platform: Platform, database: WatchedDatabase, subjects: Subjects
) -> None:
    first, others = await crowd(subjects, platform, database)
    for task in (first, *others):
        task.cancel()
    await asyncio.gather(first, *others, return_exceptions=True)
    database.error = OSError("nobody hears it")
    database.let_go.set()
    await database.until_asked(2)
    database.error = None
    assert await ask(subjects, platform, "late") == {"late": (await stored(world, platform))["late"]}


async def test_a_person_has_one_number_however_many_processes_ask_at_once(world: World, platform: Platform) -> None:
    processes = [Subjects(world.database), Subjects(world.database)]
    tasks = [
        ask(processes[n % 2], platform, *(f"fan-{fan}" for fan in range(start, start + 30)))
        for n in range(40)
        for start in ((n * 7) % 100, (n * 11) % 100)
    ]
    told = await asyncio.gather(*tasks)
    numbers = await stored(world, platform)
    assert all(numbers[user_id] == number for each in told for user_id, number in each.items())
    assert numbers.keys() == {user_id for each in told for user_id in each}


async def test_a_person_whom_another_process_is_just_making_is_waited_for(world: World, platform: Platform) -> None:
    async with world.database.transaction("owner") as connection:
        number = await connection.fetchval(
            "INSERT INTO passport_subjects (tenant_id, user_id, key) VALUES ($1, 'fan', $2) RETURNING subject_id",
            platform.tenant_id,
            bytes(32),
        )
        told = ask(Subjects(world.database), platform, "fan", "other")
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        async with asyncio.timeout(10), world.database.connection("owner") as looking:
            while not await looking.fetchval(waits):
                await asyncio.sleep(0.005)
    assert (await told)["fan"] == number
    assert await told == await stored(world, platform)
