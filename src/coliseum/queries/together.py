"""Equal questions that are asked at one moment are read once, and only a few readings run at a time.

As with boards (``shared``), whoever asks gets an answer that was read after the question arrived: who comes while a
reading is under way waits for the next one, together with everybody else who has come meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

READINGS_MAX = 2
"""Readings of one process that run at a time: each may keep a connection busy for seconds."""


class Together:
    """The questions that are being answered in one process. All methods belong to one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, list[asyncio.Future[bytes]]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._free = asyncio.Semaphore(READINGS_MAX)

    def body(self, question: Hashable, read: Callable[[], Awaitable[bytes]]) -> asyncio.Future[bytes]:
        """The answer, read after this call, by ``read`` of this or an equal question.

        Raises:
            Exception: whatever reading raised, when it is awaited.
        """
        body: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        if question in self._waiting:
            self._waiting[question].append(body)
            return body
        self._waiting[question] = [body]
        worker = asyncio.create_task(self._work(question, read))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)
        return body

    async def drain(self) -> None:
        """Wait until everybody has an answer."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def _work(self, question: Hashable, read: Callable[[], Awaitable[bytes]]) -> None:
        while self._waiting[question]:
            async with self._free:
                # Whoever comes from here on waits for the next reading: this one may be older than their question.
                asking = [each for each in self._waiting[question] if not each.done()]
                self._waiting[question] = []
                if asking:
                    await self._answer(asking, read)
        del self._waiting[question]

    async def _answer(self, asking: list[asyncio.Future[bytes]], read: Callable[[], Awaitable[bytes]]) -> None:
        try:
            body = await read()
        except Exception as error:  # noqa: BLE001 - every waiting request must hear of it, whatever it is
            for each in asking:
                if not each.done():
                    each.set_exception(error)
        else:
            for each in asking:
                if not each.done():
                    each.set_result(body)
