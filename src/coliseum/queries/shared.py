"""Equal reads are one read: requests for a page that arrive while it is being read wait for the next reading.

As with appends there is no timer: an idle board is read at once, a busy one once for all who are waiting. Whoever asks
gets an answer that was read after the question arrived, so sharing makes no answer older.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from coliseum import db, kv
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board
from coliseum.clock import Clock
from coliseum.queries.leaderboards import BoardPage, ids_in, moved_of, page_of, part_of, stored_page
from coliseum.queries.names import Known, Names
from coliseum.queries.pages import Found, Nothing, read_live
from coliseum.queries.question import Question

QUESTIONS_MAX = 1_000
"""Questions that are known at a time; of more, equal ones may be read apart."""
KEPT_BYTES_MAX = 65_536
"""A larger answer is not kept for the next reading."""


class Answer(msgspec.Struct, frozen=True):
    """A page as JSON, where it was read (``live``, ``rollups`` or ``log``), and a tag that is equal for equal pages."""

    body: bytes
    source: str
    tag: str


class _Last(msgspec.Struct, frozen=True):
    """An answer as it was sent last, with what it was made of."""

    state: str
    known: Known
    answer: Answer


class SharedReads:
    """The boards that one process reads. All methods belong to one event loop."""

    def __init__(self, database: db.Database, store: kv.KeyValue, clock: Clock) -> None:
        self.database = database
        self.store = store
        self.clock = clock
        self.names = Names(database)
        self._reads: OrderedDict[Question, SharedRead] = OrderedDict()
        self._workers: set[asyncio.Task[None]] = set()

    def of(self, question: Question) -> "SharedRead":
        """What everybody who asks this shares."""
        read = self._reads.get(question)
        if read is None:
            read = self._reads[question] = SharedRead(self, question)
            if len(self._reads) > QUESTIONS_MAX:
                self._reads.popitem(last=False)
        self._reads.move_to_end(question)
        return read

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a reading; it is held until it ends."""
        worker = asyncio.create_task(work)
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def drain(self) -> None:
        """Wait until everybody has an answer."""
        while self._workers:
            await asyncio.wait(self._workers)


class SharedRead:
    """The answer to one question, for all who ask it."""

    def __init__(self, reads: SharedReads, question: Question) -> None:
        self._reads = reads
        self._question = question
        self._board = question.board
        self._waiting: list[asyncio.Future[Answer]] = []
        self._working = False
        self._last: _Last | None = None

    @property
    def tenant(self) -> Tenant:
        """Whose board it is, as the tenant was when it was asked for."""
        return self._question.tenant

    def answer(self) -> asyncio.Future[Answer]:
        """The page, read after this call.

        Raises:
            StoreUnavailable: as ``leaderboard``, when it is awaited.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        if not self._working:
            self._working = True
            self._reads.start(self._work())
        return answer

    async def _work(self) -> None:
        while self._waiting:
            # Whoever comes from here on waits for the next reading: this one may be older than their question.
            waiting, self._waiting = self._waiting, []
            try:
                answer = await self._read()
            except Exception as error:  # noqa: BLE001 - every waiting request must hear of it, whatever it is
                for each in waiting:
                    if not each.done():
                        each.set_exception(error)
            else:
                for each in waiting:
                    if not each.done():
                        each.set_result(answer)
        self._working = False

    async def _read(self) -> Answer:
        reads, question, last = self._reads, self._question, self._last
        now = reads.clock()
        if last is not None and not last.known.holds(now):
            last = self._last = None
        found = await self._read_live(question, self._board, now, "" if last is None else last.state)
        if found is Nothing.UNCHANGED and last is not None:
            return last.answer
        self._last = None
        if found is Nothing.COLD and (before := question.just_before(now)) is not None:
            # The window has just moved on; until the board has, too, the one before is the newest that is at hand.
            earlier = await self._read_live(before, before.board, now, "", looks=True)
            found, question = (earlier, before) if isinstance(earlier, Found) else (found, question)
        if isinstance(found, Nothing):
            return answer_of(await stored_page(reads.database, question))
        known = await reads.names.of(question.tenant_id, question.subject.kind, found.catalog, found.entities, now)
        moved = None
        if question.movement:
            async with reads.database.tenant(question.tenant_id) as connection:
                moved = await moved_of(connection, question, found)
        answer = answer_of(page_of(question, found, known.names, moved))
        if len(answer.body) <= KEPT_BYTES_MAX and question is self._question:
            self._last = _Last(found.state, known, answer)
        return answer

    async def _read_live(
        self, question: Question, board: Board, now: datetime, known_state: str, *, looks: bool = False
    ) -> Found | Nothing:
        """What the live board says, when it can say all that is asked. ``looks``: without asking for it."""
        reads = self._reads
        if not question.can_be_live:
            return Nothing.COLD
        numbers = await reads.names.numbers(question.tenant_id, question.subject.kind, ids_in(question), now)
        part = part_of(question, numbers)
        if part is None:
            return Nothing.COLD
        found = await read_live(reads.store, question.tenant_id, board, part, None if looks else now, known_state)
        if isinstance(found, Found) and question.ranking == "dense" and any(row.dense is None for row in found.rows):
            return Nothing.COLD
        return found


def answer_of(page: BoardPage) -> Answer:
    """The page as it is sent."""
    body = msgspec.json.encode(page)
    return Answer(body, page.source, blake2b(body, digest_size=12).hexdigest())
