"""Ending tasks for certain."""

import asyncio
from typing import Any

CANCEL_AGAIN_S = 0.2


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until each has ended; what they raised stays in them.

    Cancels again and again: before Python 3.12 ``asyncio.wait_for``, which libraries use for every command they send,
    could lose a cancellation that arrived as the command ended (python/cpython#86296).
    """
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=CANCEL_AGAIN_S)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # seen: the loop need not complain of it
