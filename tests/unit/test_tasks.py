"""A task that is to end does end."""

import asyncio

from coliseum.tasks import end


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
