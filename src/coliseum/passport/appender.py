"""Batches form by themselves: while one commit is in flight, requests queue, and the next commit takes all of them.

There is no timer: an idle log commits a single event at once, a busy one in batches up to a limit. When much is queued,
a second append is sent while the first is in flight: the database takes it up the moment the first has committed,
without waiting for this process to hear of it. The queue is bounded in events; when it is full the answer is a refusal
with a time to come back, never a loss.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from coliseum import db
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable
from coliseum.passport.append import append
from coliseum.passport.entries import NewEntry, Outcome, Unstorable
from coliseum.passport.storing import ClaimConflict

CONFLICT_RETRIES_MAX = 8
APPENDS_MAX = 2
SECOND_APPEND_EVENTS_MIN = 500
"""So many events queue before a second append is sent: fewer are better off in one commit with those still to come."""
LOOK_AFTER_CONFLICT_COMMITS = 16
"""For so many commits a partition looks for known ids, after one that met a known id without having looked."""
GATHER_TURNS = 3
"""So many turns of the event loop are given to requests that are nearly there, before the next commit is cut."""
UNSTORABLE = (*db.DATA_ERRORS, ValueError, ArithmeticError)
"""What an entry raises that the database refuses, or that cannot even be written down for it."""


class _Submission:
    """Entries of one request for one partition, and the future that its request waits on."""

    __slots__ = ("entries", "outcomes")

    def __init__(self, entries: Sequence[NewEntry], outcomes: asyncio.Future[list[Outcome]]) -> None:
        self.entries = entries
        self.outcomes = outcomes


class _Line:
    """What is queued for one partition, how many events that is, and how many appends are under way."""

    __slots__ = ("appends", "events", "partition", "queue", "tenant_id")

    def __init__(self, tenant_id: int, partition: int) -> None:
        self.tenant_id = tenant_id
        self.partition = partition
        self.queue: deque[_Submission] = deque()
        self.events = 0
        self.appends = 0

    def push(self, submission: _Submission) -> None:
        self.queue.append(submission)
        self.events += len(submission.entries)

    def cut(self, events_max: int) -> list[_Submission]:
        """Take from the queue what the next commit is to hold."""
        batch = [self.queue.popleft()]
        size = len(batch[0].entries)
        while self.queue and size + len(self.queue[0].entries) <= events_max:
            batch.append(self.queue.popleft())
            size += len(batch[-1].entries)
        self.events -= size
        return batch

    def has_work(self, others: int) -> bool:
        """Whether an append is to be sent, when so many others are under way."""
        return bool(self.queue) and (others == 0 or (others < APPENDS_MAX and self.events >= SECOND_APPEND_EVENTS_MIN))


class Appender:
    """Appends for one process: a task or two per partition that has work. All methods belong to one event loop."""

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
        self._lines: dict[tuple[int, int], _Line] = {}
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
            PersonTaken: somebody in these entries, or in those that shared their commit, was stored by another
                process; nothing of this call was stored.
        """
        if self._queued_events + len(entries) > self._queue_events_max:
            raise RequestRefused(Refusal.OVERLOADED, "The log cannot keep up; send this again later.")
        submission = _Submission(entries, asyncio.get_running_loop().create_future())
        self._queued_events += len(entries)
        line = self._lines.get((tenant_id, partition))
        if line is None:
            line = self._lines[tenant_id, partition] = _Line(tenant_id, partition)
        line.push(submission)
        if line.has_work(line.appends):
            line.appends += 1
            worker = asyncio.create_task(self._work(line))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return await submission.outcomes

    async def drain(self) -> None:
        """Wait until everything that was submitted is decided."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def _work(self, line: _Line) -> None:
        try:
            while line.has_work(line.appends - 1):
                for _ in range(GATHER_TURNS):
                    await asyncio.sleep(0)
                if line.has_work(line.appends - 1):  # the other one may have taken it meanwhile
                    batch = line.cut(self._batch_events_max)
                    await self._store(line.tenant_id, line.partition, batch)
                    self._queued_events -= sum(len(submission.entries) for submission in batch)
        finally:
            line.appends -= 1
            if line.appends == 0:
                del self._lines[line.tenant_id, line.partition]

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
