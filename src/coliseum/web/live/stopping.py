"""Having the last word: a signal to stop is heard here first, and by the web server when everybody has been told.

Of WebSockets the server lets go as soon as it is told to stop; a close frame that says why must have been sent before.
A signal wakes the event loop by a byte that Python writes to a file. Once somebody watches, that file is ours, and
what comes is handed on to the loop's own.
"""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from coliseum.web.live.hub import Hub

SIGNALS = (signal.SIGTERM, signal.SIGINT)
NO_FILE = -1
BYTES_MAX = 4_096


@contextmanager
def stop_held_back(hub: Hub) -> Iterator[None]:
    """When a signal asks this process to end and somebody watches, let all of them hear it before the server does.

    Outside the main thread signals cannot be heard.
    """
    word = _LastWord(hub)
    if threading.current_thread() is threading.main_thread():
        hub.when_watched = word.listen
    try:
        yield
    finally:
        word.close()


class _LastWord:
    """Takes the signals' place before the running loop, from the first viewer on."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._loops_own = NO_FILE
        self._sockets: tuple[socket.socket, socket.socket] | None = None
        self._waiting: asyncio.Task[None] | None = None

    def listen(self) -> None:
        """Take it; only while the loop runs that will be told to stop."""
        if self._sockets is not None:
            return
        ours, pythons = self._sockets = socket.socketpair()
        for each in self._sockets:
            each.setblocking(False)
        self._loops_own = signal.set_wakeup_fd(pythons.fileno(), warn_on_full_buffer=False)
        asyncio.get_running_loop().add_reader(ours, self._hear)

    def close(self) -> None:
        """Give it back, if the loop has not taken it back by itself."""
        if self._sockets is None:
            return
        ours, pythons = self._sockets
        present = signal.set_wakeup_fd(NO_FILE)
        signal.set_wakeup_fd(self._loops_own if present == pythons.fileno() else present, warn_on_full_buffer=False)
        asyncio.get_running_loop().remove_reader(ours)
        ours.close()
        pythons.close()

    def _hear(self) -> None:
        assert self._sockets is not None  # noqa: S101 - it is read from them
        for number in self._sockets[0].recv(BYTES_MAX):
            if number not in SIGNALS or self._waiting is not None:  # a second signal is handed on at once
                self._hand_on(number)
                continue
            self._hub.stop()
            self._waiting = asyncio.get_running_loop().create_task(self._hub.emptied())
            self._waiting.add_done_callback(partial(self._hand_on_after, number))

    def _hand_on_after(self, number: int, _: asyncio.Task[None]) -> None:
        self._hand_on(number)

    def _hand_on(self, number: int) -> None:
        if self._loops_own != NO_FILE:
            with suppress(OSError):
                os.write(self._loops_own, bytes((number,)))
