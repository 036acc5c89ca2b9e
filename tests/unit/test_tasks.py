"""A task that is to end does end."""

import asyncio

import pytest

from coliseum.tasks import CANCEL_AGAIN_S, end, finish, lost_cancellation


async def test_a_task_that_loses_a_cancellation_is_cancelled_again() -> None:
    lost = 0

    async def work() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                lost += 1
                if lost == 3:
                    raise

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end(task)
    assert task.cancelled()
    assert lost == 3


async def test_what_a_task_raised_stays_in_it() -> None:
    async def work() -> None:
        raise ValueError("why")

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    await end(task)
    assert isinstance(task.exception(), ValueError)


async def test_what_has_to_be_finished_is_however_often_it_is_cancelled() -> None:
    done: list[str] = []

    async def clean_up() -> None:
        for step in ("first", "second"):
            await asyncio.sleep(1.5 * CANCEL_AGAIN_S)
            done.append(step)

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await finish(clean_up(), 5)
            done.append("not after a cancellation")

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end(task)
    assert task.cancelled()
    assert done == ["first", "second"]


async def test_what_is_ended_has_ended_also_when_whoever_finishes_that_is_cancelled() -> None:
    let_go = asyncio.Event()

    async def wait() -> None:
        await let_go.wait()

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await finish(wait(), 5)

    task = asyncio.create_task(slow())
    await asyncio.sleep(0)
    ending = asyncio.create_task(finish(end(task), 5))
    await asyncio.sleep(0)
    for _ in range(3):
        ending.cancel()
        await asyncio.sleep(0)
        assert not ending.done()
    let_go.set()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await ending
    assert task.cancelled()


async def test_what_cannot_be_finished_is_broken_off() -> None:
    broken_off = 0

    async def clean_up() -> None:
        nonlocal broken_off
        while broken_off < 2:  # it loses the first cancellation
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                broken_off += 1

    async with asyncio.timeout(5):
        await finish(clean_up(), 0.05)
    assert broken_off == 2


async def test_what_goes_wrong_while_it_is_finished_is_raised() -> None:
    async def clean_up() -> None:
        raise ValueError("why")

    with pytest.raises(ValueError, match="why"):
        await finish(clean_up(), 5)


async def test_an_error_in_the_place_of_a_cancellation_is_known_from_one_without() -> None:
    found: list[bool] = []

    async def work(forever: asyncio.Event) -> None:
        try:
            try:
                await forever.wait()
            finally:
                raise OSError("the connection is closed")
        except OSError:
            found.append(lost_cancellation())

    at_once = asyncio.Event()
    at_once.set()
    await work(at_once)
    task = asyncio.create_task(work(asyncio.Event()))
    await asyncio.sleep(0)
    task.cancel()
    await task
    assert found == [False, True]
