"""Plays the festival: the catalog, the days before, and then the present for as long as it is let."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Any, Protocol

from coliseum.demo.stories import STORY_S_MAX, Event, tell
from coliseum.demo.world import catalog

HISTORY_DAYS = 3
HISTORY_FLUSH_EVENTS = 2000
EVENTS_PER_STORY = 1.25
SWING_PERIOD_MIN = 7.0


class Sink(Protocol):
    """What the player needs of a client."""

    def track(self, type: str, **fields: Any) -> str | None:  # noqa: A002 - the client's own name
        """Take an event."""

    def flush(self, timeout_s: float = ...) -> bool:
        """Wait until all that was taken is delivered."""


class Player:
    """Plays one festival into one sink.

    Args:
        sink: takes the events.
        seed: of the festival; the same seed is the same festival.
        rate: events a second, on the average.
        clock: the present.
        wait: lets seconds pass; True when it is time to stop.
    """

    def __init__(
        self, sink: Sink, *, seed: int, rate: float, clock: Callable[[], datetime], wait: Callable[[float], bool]
    ) -> None:
        self._sink = sink
        self._seed = seed
        self._stories_per_minute = rate * 60 / EVENTS_PER_STORY
        self._clock = clock
        self._wait = wait

    def run(self, minutes: float | None = None) -> None:
        """Play until it is time to stop, or for so many minutes of the present."""
        started_at = self._clock()
        for event in catalog(self._seed, started_at.date()):
            self._sink.track(**event)
        # Boards show names from the first moment on.
        self._sink.flush(30)
        first_minute = int(started_at.timestamp() // 60)
        if self._play_history(first_minute):
            return
        ends_at = None if minutes is None else started_at + timedelta(minutes=minutes)
        self._play_present(first_minute, started_at, ends_at)

    def _play_history(self, until_minute: int) -> bool:
        # A story that is not over yet belongs to the present.
        last_minute = until_minute - math.ceil(STORY_S_MAX / 60)
        sent = 0
        for minute in range(until_minute - HISTORY_DAYS * 24 * 60, last_minute):
            for event in self._past(minute):
                self._sink.track(**event)
                sent += 1
                if sent % HISTORY_FLUSH_EVENTS == 0:
                    self._sink.flush(30)
                    if self._wait(0):
                        return True
        self._sink.flush(30)
        return self._wait(0)

    def _past(self, minute: int) -> Iterator[Event]:
        """The first stories of a minute that has passed: two in the evening, one by day, few at night."""
        hour = datetime.fromtimestamp(minute * 60, UTC).hour
        count = 2 if 17 <= hour < 23 else 1 if hour >= 8 else int(minute % 4 == 0)
        for number in range(count):
            yield from tell(self._seed, minute, number)

    def _play_present(self, minute: int, started_at: datetime, ends_at: datetime | None) -> None:
        """Send each event when its time has come. Stories that began before the start are left out."""
        upcoming: list[tuple[datetime, str, Event]] = []
        while True:
            for number in range(self._count(minute)):
                story = tell(self._seed, minute, number)
                if story[0]["at"] >= started_at:
                    for event in story:
                        heappush(upcoming, (event["at"], event["id"], event))
            minute += 1
            horizon = datetime.fromtimestamp(minute * 60, UTC)
            while upcoming and upcoming[0][0] < horizon:
                at, _, event = heappop(upcoming)
                if ends_at is not None and at > ends_at:
                    return
                if self._wait(max(0.0, (at - self._clock()).total_seconds())):
                    return
                self._sink.track(**event)
            if self._wait(max(0.0, (horizon - self._clock()).total_seconds())):
                return

    def _count(self, minute: int) -> int:
        """How many stories begin in a minute: about the rate, swelling and ebbing."""
        swing = 1 + 0.3 * math.sin(2 * math.pi * minute / SWING_PERIOD_MIN)
        return max(1, round(self._stories_per_minute * swing))
