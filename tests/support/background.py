"""An event loop of its own thread, so that proxies and held connections live on while the main thread waits."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")
CALL_TIMEOUT_S = 60.0


class Background:
    """Owned by one run; ``call`` may be used from any other thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.at_end: list[Callable[[], None]] = []
        """Called on the loop when all ends."""
        self._thread = threading.Thread(target=self.loop.run_forever, name="background-loop", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.call(self._end_tasks())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(CALL_TIMEOUT_S)
        self.loop.close()

    def call(self, work: Coroutine[Any, Any, T], timeout_s: float = CALL_TIMEOUT_S) -> T:
        """Run a coroutine on the loop and wait for what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout_s)

    async def _end_tasks(self) -> None:
        for call in self.at_end:
            call()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)  # transports that were closed just now say goodbye


@contextmanager
def held(work: AbstractAsyncContextManager[T], timeout_s: float = 180.0) -> Iterator[T]:
    """What an asynchronous context gives, while it is open on a loop of its own.

    For fixtures beside Playwright, whose loop runs in the main thread as long as its browser does.
    """
    with Background() as background:
        given = background.call(work.__aenter__(), timeout_s)
        try:
            yield given
        finally:
            background.call(work.__aexit__(None, None, None), timeout_s)
