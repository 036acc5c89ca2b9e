"""Being told that the server is about to stop, while it still waits for open streams to end by themselves.

The web server reports the end of the application's life only after the last answer is complete. A stream of events
has no end of its own, so it must learn of the signal directly.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_of_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` in the running loop when a signal asks this process to end; earlier handlers go on working.

    Outside the main thread signals cannot be heard; whoever runs a loop there ends its streams another way.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    earlier = {number: signal.getsignal(number) for number in SIGNALS}

    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)
        handler = earlier[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number, handler in earlier.items():
        if callable(handler):
            signal.signal(number, heard)
            signal.siginterrupt(number, False)  # as the loop had it: system calls go on
    try:
        yield
    finally:
        for number, handler in earlier.items():
            if signal.getsignal(number) is heard:
                signal.signal(number, handler)
