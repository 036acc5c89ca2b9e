"""Ending tasks for certain."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

CANCEL_AGAIN_S = 0.2


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until each has ended; what they raised stays in them.

    Cancels again and again: before Python 3.12 ``asyncio.wait_for``, which libraries use for every command they send,
    could lose a cancellation that arrived as the command ended (python/cpython#86296). What a task has to do before it
    ends, it does with ``finish``: on a busy machine the next cancellation comes long before that is done.
    """
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=CANCEL_AGAIN_S)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # seen: the loop need not complain of it


async def finish(work: Coroutine[Any, Any, None], within_s: float) -> None:
    """Do this to its end, however often the task that waits for it is cancelled meanwhile; then that goes on.

    What is not done after ``within_s`` seconds is broken off, so that it holds nothing up for ever. Raises what the
    work raises, unless there was a cancellation.
    """
    loop = asyncio.get_running_loop()
    task, until_s = asyncio.create_task(work), loop.time() + within_s
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        left_s = until_s - loop.time()
        if left_s <= 0:
            task.cancel()
        try:
            await asyncio.wait((task,), timeout=left_s if left_s > 0 else CANCEL_AGAIN_S)
        except asyncio.CancelledError as error:
            cancelled = error
    failed = None if task.cancelled() else task.exception()
    if cancelled is not None:
        raise cancelled
    if failed is not None:
        raise failed


def lost_cancellation() -> bool:
    """Whether the running task was cancelled, and an error of its clean-up has taken the cancellation's place."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def until_signal(*work: Coroutine[Any, Any, None]) -> None:
    """Run these until the first ends or a signal asks to stop; then cancel them all and let them finish."""
    loop = asyncio.get_running_loop()
    tasks = [asyncio.create_task(each) for each in work]

    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    signalled = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([*tasks, signalled], return_when=asyncio.FIRST_COMPLETED)
    await end(signalled, *tasks)
    for task in tasks:
        if task in done and not task.cancelled():
            task.result()
