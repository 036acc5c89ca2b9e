"""The wish to stop, as told by a signal; long work looks at it and ends by itself."""

import signal
import time
from types import FrameType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupt:
    """Set by the first of `SIGNALS` while entered; further ones change nothing. Main thread only."""

    def __init__(self) -> None:
        self._wanted = False
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        """Begin to take the signals."""
        self._before = {number: signal.signal(number, self._take) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def is_wanted(self) -> bool:
        """Whether a stop is wanted."""
        return self._wanted

    def pause(self, seconds: float) -> None:
        """Wait; a little less when a stop is wanted meanwhile."""
        if not self._wanted:
            time.sleep(seconds)

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        self._wanted = True
