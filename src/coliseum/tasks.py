"""Ending tasks for certain."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

CANCEL_AGAIN_S = 0.2


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until each has ended, also when this is cancelled itself; what they raised stays in them.

    Cancels again and again: before Python 3.12 ``asyncio.wait_for``, which libraries use for every command they send,
    could lose a cancellation that arrived as the command ended (python/cpython#86296).
    """
    waiting = set(tasks)
    cancelled: asyncio.CancelledError | None = None
    while waiting:
        for task in waiting:
            task.cancel()
        try:
            _, waiting = await asyncio.wait(waiting, timeout=CANCEL_AGAIN_S)
        except asyncio.CancelledError as error:
            cancelled = error
            waiting = {task for task in waiting if not task.done()}
    for task in tasks:
        if not task.cancelled():
            task.exception()  # seen: the loop need not complain of it
    if cancelled is not None:
        raise cancelled


async def whole(work: Coroutine[Any, Any, None]) -> None:
    """Do all of this, however often whoever waits is cancelled meanwhile; then the cancellation is raised.

    For tidying up: ``end`` cancels again and again, and what is tidied up only in part leaves tasks behind for which
    nobody waits.
    """
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled


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
