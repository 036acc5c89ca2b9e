"""Batches form by themselves: while one commit is in flight, requests queue, and the next commit takes all of them.

There is no timer: an idle log commits a single event at once, a busy one in batches up to a limit. The queue is
bounded in events; when it is full the answer is a refusal with a time to come back, never a loss.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from coliseum import db
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable
from coliseum.passport.append import ClaimConflict, append
from coliseum.passport.entries import NewEntry, Outcome, Unstorable

CONFLICT_RETRIES_MAX = 8
LOOK_AFTER_CONFLICT_COMMITS = 16
"""For so many commits a partition looks for known ids, after one that met a known id without having looked."""
UNSTORABLE = (*db.DATA_ERRORS, ValueError, ArithmeticError)
"""What an entry raises that the database refuses, or that cannot even be written down for it."""


class _Submission:
    """Entries of one request for one partition, and the future that its request waits on."""

    __slots__ = ("entries", "outcomes")

    def __init__(self, entries: Sequence[NewEntry], outcomes: asyncio.Future[list[Outcome]]) -> None:
        self.entries = entries
        self.outcomes = outcomes


class Appender:
    """Appends for one process: one task per partition that has work. All methods belong to one event loop."""

    def __init__(
        self,
        database: db.Database,
        clock: Clock,
        *,
        queue_events_max: int,
        append_batch_events_max: int,
        on_commit: Callable[[int], None],
    ) -> None:
        """``on_commit`` is told the tenant after each commit that stored something; it must not block."""
        self._database = database
        self._clock = clock
        self._queue_events_max = queue_events_max
        self._batch_events_max = append_batch_events_max
        self._on_commit = on_commit
        self._queues: dict[tuple[int, int], deque[_Submission]] = {}
        self._looks_left: dict[tuple[int, int], int] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._queued_events = 0

    @property
    def queued_events(self) -> int:
        """Events accepted into the queue and not yet decided."""
        return self._queued_events

    async def submit(self, tenant_id: int, partition: int, entries: Sequence[NewEntry]) -> list[Outcome]:
        """Store entries durably; one outcome each.

        A caller that is cancelled leaves its entries in the queue: they may or may not be stored.

        Raises:
            RequestRefused: the queue is full; nothing of this call was stored.
            StoreUnavailable: the database is away; what this call sent may have been stored.
        """
        if self._queued_events + len(entries) > self._queue_events_max:
            raise RequestRefused(Refusal.OVERLOADED, "The log cannot keep up; send this again later.")
        submission = _Submission(entries, asyncio.get_running_loop().create_future())
        self._queued_events += len(entries)
        queue = self._queues.get((tenant_id, partition))
        if queue is None:
            queue = self._queues[tenant_id, partition] = deque()
            worker = asyncio.create_task(self._work(tenant_id, partition, queue))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        queue.append(submission)
        return await submission.outcomes

    async def drain(self) -> None:
        """Wait until everything that was submitted is decided."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def _work(self, tenant_id: int, partition: int, queue: deque[_Submission]) -> None:
        while queue:
            batch = [queue.popleft()]
            size = len(batch[0].entries)
            while queue and size + len(queue[0].entries) <= self._batch_events_max:
                batch.append(queue.popleft())
                size += len(batch[-1].entries)
            await self._store(tenant_id, partition, batch)
            self._queued_events -= size
        del self._queues[tenant_id, partition]

    async def _store(self, tenant_id: int, partition: int, batch: Sequence[_Submission]) -> None:
        entries = [entry for submission in batch for entry in submission.entries]
        try:
            outcomes = await self._append(tenant_id, partition, entries)
        except Exception as error:  # noqa: BLE001 - every waiting request must hear of it, whatever it is
            for submission in batch:
                if not submission.outcomes.done():
                    submission.outcomes.set_exception(_as_store_error(error))
            return
        self._on_commit(tenant_id)
        start = 0
        for submission in batch:
            stop = start + len(submission.entries)
            if not submission.outcomes.done():
                submission.outcomes.set_result(outcomes[start:stop])
            start = stop

    async def _append(self, tenant_id: int, partition: int, entries: Sequence[NewEntry]) -> list[Outcome]:
        try:
            return await self._append_once(tenant_id, partition, entries)
        except UNSTORABLE as error:
            # One entry that the database cannot hold must not take its neighbours down: halve until it stands alone.
            if len(entries) == 1:
                return [Unstorable(str(error))]
            half = len(entries) // 2
            first = await self._append(tenant_id, partition, entries[:half])
            return first + await self._append(tenant_id, partition, entries[half:])

    async def _append_once(self, tenant_id: int, partition: int, entries: Sequence[NewEntry]) -> list[Outcome]:
        for attempt in range(CONFLICT_RETRIES_MAX):
            try:
                async with self._database.connection("capture") as connection:
                    look = self._looks(tenant_id, partition)
                    return await append(connection, tenant_id, partition, entries, self._clock(), look=look)
            except (ClaimConflict, *db.CONFLICTS):
                self._looks_left[tenant_id, partition] = LOOK_AFTER_CONFLICT_COMMITS
                await asyncio.sleep(0.001 * attempt)
        raise StoreUnavailable("Other appends hold these ids; send this again.")

    def _looks(self, tenant_id: int, partition: int) -> bool:
        """Whether the next append is to look for known ids first."""
        left = self._looks_left.pop((tenant_id, partition), 0)
        if left > 1:
            self._looks_left[tenant_id, partition] = left - 1
        return left > 0


def _as_store_error(error: Exception) -> Exception:
    if isinstance(error, db.UNREACHABLE):
        return StoreUnavailable(f"PostgreSQL did not answer: {error}")
    return error
