"""A task that is to end does end."""

import asyncio

import pytest

from coliseum.tasks import CANCEL_AGAIN_S, end, whole


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


async def test_what_is_ended_has_ended_also_when_whoever_ends_it_is_cancelled() -> None:
    let_go = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await whole(_wait(let_go))

    task = asyncio.create_task(slow())
    await asyncio.sleep(0)
    ending = asyncio.create_task(end(task))
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


async def test_tidying_up_is_done_to_its_end_however_often_it_is_cancelled() -> None:
    steps = []

    async def tidy() -> None:
        for step in range(3):
            steps.append(step)
            await asyncio.sleep(CANCEL_AGAIN_S * 1.2)

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await whole(tidy())

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end(task)
    assert task.cancelled()
    assert steps == [0, 1, 2]


async def test_what_fails_while_tidying_up_is_raised() -> None:
    async def tidy() -> None:
        raise ValueError("why")

    with pytest.raises(ValueError, match="why"):
        await whole(tidy())


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
