"""The bounded queue between business code and the delivering thread."""

import threading
import time
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One encoded event and when it was queued (monotonic seconds)."""

    id: str
    body: bytes
    queued_at_s: float


class Buffer:
    """First in, first out; many threads put, one takes.

    Its state is guarded by one condition over a re-entrant lock: a signal handler that tracks while its own
    thread is inside ``put`` does not deadlock.

    Args:
        events_max: how many events may be unsettled at once.
        bytes_max: how many bytes of them may wait.
        batch_events_max: the most that one ``take`` returns.
        batch_bytes_max: the same in bytes.
        linger_s: how long the oldest event may wait for company.
    """

    def __init__(
        self, *, events_max: int, bytes_max: int, batch_events_max: int, batch_bytes_max: int, linger_s: float
    ) -> None:
        self._events_max = events_max
        self._bytes_max = bytes_max
        self._batch_events_max = batch_events_max
        self._batch_bytes_max = batch_bytes_max
        self._linger_s = linger_s
        self._changed = threading.Condition(threading.RLock())
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._put = 0
        self._taken = 0
        self._settled = 0
        self._hurry_to = 0
        self._closed = False

    @property
    def queued(self) -> int:
        """Events that were put and are not settled."""
        return self._put - self._settled

    def put(self, event_id: str, body: bytes) -> bool:
        """Queue an event; False when the buffer is full or closed. Never waits for room."""
        with self._changed:
            full = self.queued >= self._events_max or self._bytes + len(body) > self._bytes_max
            if full or self._closed:
                return False
            self._items.append(Item(event_id, body, time.monotonic()))
            self._bytes += len(body)
            self._put += 1
            if len(self._items) in {1, self._batch_events_max}:
                self._changed.notify_all()
            return True

    def take(self) -> list[Item]:
        """Wait for events and return the next batch; an empty list when the buffer is closed and empty."""
        with self._changed:
            while not self._items:
                if self._closed:
                    return []
                self._changed.wait()
            while self._may_wait():
                self._changed.wait(self._items[0].queued_at_s + self._linger_s - time.monotonic())
            return self._pop()

    def settle(self, count: int) -> None:
        """Say that ``count`` events that were taken are done with, whatever became of them."""
        with self._changed:
            self._settled += count
            self._changed.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Hurry the events that are queued now and wait until they are settled; False when time ran out."""
        with self._changed:
            target = self._put
            self._hurry_to = max(self._hurry_to, target)
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._settled >= target, timeout_s)

    def close(self) -> None:
        """Let nothing in any more; what is queued can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def clear(self) -> int:
        """Throw away what is not taken and return how many that were."""
        with self._changed:
            count = len(self._items)
            self._items.clear()
            self._bytes = 0
            self.settle(count)
            return count

    def _may_wait(self) -> bool:
        due_at_s = self._items[0].queued_at_s + self._linger_s if self._items else 0.0
        hurried = self._closed or self._taken < self._hurry_to
        return not hurried and len(self._items) < self._batch_events_max and time.monotonic() < due_at_s

    def _pop(self) -> list[Item]:
        batch: list[Item] = []
        batch_bytes = 0
        while self._items and len(batch) < self._batch_events_max:
            batch_bytes += len(self._items[0].body) + 1
            if batch and batch_bytes > self._batch_bytes_max:
                break
            batch.append(self._items.popleft())
        self._bytes -= sum(len(item.body) for item in batch)
        self._taken += len(batch)
        return batch
