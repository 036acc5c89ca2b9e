"""Where the pages of a board come from, asked for by what is counted or by the name of a declared board."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from typing import Protocol

from coliseum import db
from coliseum.boards.declaration import Declaration
from coliseum.boards.declared import DeclaredBoard
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable
from coliseum.metrics.registry import Kind
from coliseum.queries.asked import moves_on, question_from, question_of_declared
from coliseum.queries.declared import Declarations
from coliseum.queries.pages import read_position
from coliseum.queries.public import REST_FACTOR, selective_page
from coliseum.queries.question import Question
from coliseum.queries.shared import SharedRead, SharedReads, answer_of
from coliseum.web.live.versions import BOARD
from coliseum.web.live.wishes import Wish


class BoardSource:
    """A board's page. When the window ends, or another declaration takes its place, the question is another one."""

    shape = BOARD

    def __init__(
        self,
        wish: Wish,
        reads: SharedReads,
        declarations: Declarations,
        clock: Callable[[], datetime],
        gate: asyncio.Semaphore,
    ) -> None:
        """``gate``: is passed to read what is not live."""
        self.until: datetime | None = None
        self.meaning: object = None
        self.of_fans = wish.of_fans
        self._tenant, self._parameters = wish.tenant, dict(wish.parameters)
        self._reads = reads
        self._declarations = declarations
        self._clock = clock
        self._gate = gate
        self._declared: DeclaredBoard | None = None
        self._page: _Page | None = None

    async def read(self) -> bytes:
        """See ``Source``.

        Raises:
            RequestRefused: ``not_found``: there is no board of that name, or not any more.
        """
        declared, now = await self._believed(), self._clock()
        if self._page is None or declared != self._declared or (self.until is not None and now >= self.until):
            self._page = self._asked(declared, now)
        return await self._page.body()

    def _asked(self, declared: DeclaredBoard | None, now: datetime) -> "_Page":
        """What the parameters ask for now."""
        tenant, given = self._tenant, self._parameters
        if declared is None:
            question = question_from(tenant, given, now)
        else:
            question = question_of_declared(tenant, declared.declaration, given, now)
        self._declared = declared
        self.until = question.window.end if moves_on(given) else None
        self.meaning = self.until, 0 if declared is None else declared.revision
        self.of_fans = question.subject.kind is Kind.FAN
        if declared is not None and declared.declaration.selective:
            return _SelectivePage(self._reads.database, declared.declaration, question, self._gate)
        return _SharedPage(self._reads.of(question), self._gate)

    async def _believed(self) -> DeclaredBoard | None:
        """The declared board, when it is asked for by name. While PostgreSQL is away, what was declared is believed."""
        name = self._parameters.get("board")
        if name is None:
            return None
        try:
            found = await self._declarations.named(self._tenant, name)
        except (*db.UNREACHABLE, db.PostgresError, StoreUnavailable):
            if self._declared is None:
                raise
            return self._declared
        if found is None:
            raise RequestRefused(Refusal.NOT_FOUND, "there is no board of that name of yours, or not any more", "board")
        return found


class _Page(Protocol):
    """The answer to one question."""

    async def body(self) -> bytes:
        """The page as JSON."""


class _SharedPage:
    """By the reads that all who ask for it share."""

    def __init__(self, read: SharedRead, gate: asyncio.Semaphore) -> None:
        self._read = read
        self._gate = gate
        self._live = True

    async def body(self) -> bytes:
        async with nullcontext() if self._live else self._gate:
            answer = await self._read.answer()
        self._live = answer.source == "live"
        return answer.body


class _SelectivePage:
    """Of a board on which scores alone do not decide: read anew when something was counted, and not all the time."""

    def __init__(
        self, database: db.Database, declaration: Declaration, question: Question, gate: asyncio.Semaphore
    ) -> None:
        self._database = database
        self._declaration = declaration
        self._question = question
        self._gate = gate
        self._last: tuple[list[int], bytes] | None = None
        self._rests_until_s = 0.0

    async def body(self) -> bytes:
        loop, last = asyncio.get_running_loop(), self._last
        if last is not None and loop.time() < self._rests_until_s:
            return last[1]
        async with self._gate:
            if last is not None and await self._position() == last[0]:
                return last[1]
            began_s = loop.time()
            page = await selective_page(self._database, self._declaration, self._question)
            ended_s = loop.time()
        self._rests_until_s = ended_s + REST_FACTOR * (ended_s - began_s)
        body = answer_of(page).body
        self._last = page.position, body
        return body

    async def _position(self) -> list[int]:
        tenant_id = self._question.tenant_id
        async with self._database.tenant(tenant_id) as connection:
            return await read_position(connection, tenant_id)
