"""Places in a queue that is served one at a time, and when whoever finds none of them free should come again."""

import math
import random
import time
from collections.abc import Callable
from typing import Final

from coliseum.errors import Refusal, RequestRefused

FIRST_GUESS_S: Final = 0.04
"""How long one takes, until one has been served."""
WEIGHT: Final = 0.1
WAIT_S_MAX: Final = 30


class Places:
    """Counts who waits, and gives everybody who is turned away a turn of their own.

    A crowd that is told to come back after one second comes back as a crowd. So each is told the second in which, by
    what one has taken so far, there will be room for them after all who were told before (virtual scheduling, as in
    the generic cell rate algorithm of ITU-T I.371). Turns are promised for ``WAIT_S_MAX`` seconds ahead; who comes
    beyond them is spread over the later half of these. Used on one event loop.
    """

    def __init__(self, places: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._places = places
        self._taken = 0
        self._each_s = FIRST_GUESS_S
        self._promised_s = 0.0
        self._monotonic = monotonic

    @property
    def taken(self) -> int:
        """How many wait or are served."""
        return self._taken

    @property
    def full(self) -> bool:
        """Whether nobody may come now."""
        return self._taken >= self._places

    def enter(self) -> None:
        """Take a place.

        Raises:
            RequestRefused: ``rate_limited``, with ``retry_after_s``: all are taken.
        """
        if self.full:
            raise self.refusal()
        self._taken += 1

    def leave(self, served_s: float | None = None) -> None:
        """Give the place back; ``served_s``: how long being served took, without the wait for it."""
        self._taken -= 1
        if served_s is not None:
            self._each_s += WEIGHT * (served_s - self._each_s)

    def refusal(self) -> RequestRefused:
        """What to tell somebody for whom there is no place: each has a turn of their own."""
        now_s = self._monotonic()
        turn_s = max(now_s + self._taken * self._each_s, self._promised_s) + self._each_s
        if turn_s > now_s + WAIT_S_MAX:
            wait_s = random.randint(WAIT_S_MAX // 2, WAIT_S_MAX)  # noqa: S311 - it spreads, and keeps no secret
        else:
            self._promised_s = turn_s
            wait_s = max(1, math.ceil(turn_s - now_s))
        unit = "a second" if wait_s == 1 else f"{wait_s} seconds"
        return RequestRefused(
            Refusal.RATE_LIMITED, f"too many are logging in at this moment; come back in {unit}", retry_after_s=wait_s
        )
