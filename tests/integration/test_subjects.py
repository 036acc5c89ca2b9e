"""People become numbers: one statement for all who wait, and one number a person."""

import asyncio
from typing import Any

import pytest

from coliseum.passport.subjects import Subjects
from coliseum.passport.suppression import Suppression
from support.services import SECRET_KEY, Platform, World
from support.watching import WatchedDatabase


@pytest.fixture
def database(world: World) -> WatchedDatabase:
    return WatchedDatabase(world.database)


@pytest.fixture
def subjects(database: WatchedDatabase) -> Subjects:
    return Subjects(database, Suppression(SECRET_KEY))


Asked = asyncio.Task[dict[str, int]]


def ask(subjects: Subjects, platform: Platform, *user_ids: str) -> Asked:
    """Somebody asks for these people; what they hear is the people's numbers."""

    async def numbers() -> dict[str, int]:
        found = await subjects.resolve(platform.tenant_id, user_ids)
        return {user_id: subject.subject_id for user_id, subject in found.items()}

    return asyncio.create_task(numbers())


async def remembered(subjects: Subjects, platform: Platform, database: WatchedDatabase, *user_ids: str) -> Any:
    """The numbers of people for whom nobody asks the database again; each has one of their own."""
    statements = len(database.asked)
    numbers = await ask(subjects, platform, *user_ids)
    assert len(database.asked) == statements
    assert len(set(numbers.values())) == len(user_ids)
    return numbers


async def crowd(subjects: Subjects, platform: Platform, database: WatchedDatabase) -> tuple[Asked, list[Asked]]:
    """Somebody whose statement is under way, and twenty who came meanwhile."""
    first = ask(subjects, platform, "first")
    await database.until_asked(1)
    others = [ask(subjects, platform, f"fan-{n}", f"fan-{n + 1}", "first") for n in range(20)]
    await asyncio.sleep(0)
    return first, others


async def test_whoever_comes_while_a_statement_is_under_way_is_served_by_one_next_statement(
    platform: Platform, database: WatchedDatabase, subjects: Subjects
) -> None:
    first, others = await crowd(subjects, platform, database)
    assert len(database.asked) == 1
    database.let_go.set()
    told = await asyncio.gather(first, *others)
    fans = sorted(f"fan-{n}" for n in range(21))
    assert database.asked == [["first"], fans]  # nobody is looked up, and given a number, twice
    numbers = await remembered(subjects, platform, database, "first", *fans)
    assert told[1:] == [{user: numbers[user] for user in (f"fan-{n}", f"fan-{n + 1}", "first")} for n in range(20)]


async def test_a_statement_that_fails_is_heard_by_all_who_wait_for_it_and_by_nobody_else(
    platform: Platform, database: WatchedDatabase, subjects: Subjects
) -> None:
    first, others = await crowd(subjects, platform, database)
    database.error = OSError("nobody is there")
    database.let_go.set()
    heard = await asyncio.gather(first, *others, return_exceptions=True)
    assert heard == [database.error] * 21
    database.error = None
    told = await ask(subjects, platform, "first", "fan-7")
    assert told == await remembered(subjects, platform, database, "first", "fan-7")


async def test_who_gives_up_waiting_takes_nothing_from_the_others(
    platform: Platform, database: WatchedDatabase, subjects: Subjects
) -> None:
    first, others = await crowd(subjects, platform, database)
    gone = [first, *others[::2]]
    for task in gone:
        task.cancel()
    assert all(isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*gone, return_exceptions=True))
    database.let_go.set()
    told = await asyncio.gather(*others[1::2])
    numbers = await remembered(subjects, platform, database, "first", *(f"fan-{n}" for n in range(1, 21)))
    for n, each in zip(range(1, 20, 2), told, strict=True):
        assert each == {user: numbers[user] for user in (f"fan-{n}", f"fan-{n + 1}", "first")}
    assert len(database.asked) == 2


async def test_when_all_who_waited_gave_up_the_next_one_is_served(
    platform: Platform, database: WatchedDatabase, subjects: Subjects
) -> None:
    first, others = await crowd(subjects, platform, database)
    for task in (first, *others):
        task.cancel()
    await asyncio.gather(first, *others, return_exceptions=True)
    database.error = OSError("nobody hears it")
    database.let_go.set()
    await database.until_asked(2)
    database.error = None
    assert await ask(subjects, platform, "late") == await remembered(subjects, platform, database, "late")
