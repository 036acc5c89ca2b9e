"""Declared boards for whoever asks, without a key: read once for all, and selective ones not all the time.

A selective board is read from PostgreSQL, and counting votes back may take the log. Nobody who asks for it can make
that happen more than once in ``PAGES_FOR`` for a board and window, nor for more than a part of the time, nor more than
``READS_MAX`` times at once.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import Declaration
from coliseum.boards.declared import DeclaredBoard
from coliseum.errors import QueryInvalid
from coliseum.metrics.windows import Window
from coliseum.queries.ask import filters_of, subject_of, window_of
from coliseum.queries.declared import eligible_page
from coliseum.queries.leaderboards import BoardPage, ids_in, page_of, part_of
from coliseum.queries.names import Named, names_of, numbers_of
from coliseum.queries.pages import Found, Page
from coliseum.queries.question import PageOf, Question, Wanted, question_of
from coliseum.queries.shared import SharedReads

ROWS_MAX: Final = 100
PAGES_FOR: Final = timedelta(seconds=2)
"""How long a page of a selective board is shown at least before it is read anew."""
REST_FACTOR: Final = 3
"""It is shown for so many times as long as its reading took, so that a board is read for a quarter of the time."""
PAGES_MAX: Final = 500
"""Selective boards and windows of which a page is kept."""
READS_MAX: Final = 2
"""Selective boards that are read at a time."""

Key = tuple[int, str, int, Window]
"""Tenant, name, revision and window."""


class _Page(msgspec.Struct, frozen=True):
    since: datetime
    until: datetime
    found: Found
    names: Mapping[int, Named]


class PublicPages:
    """The public boards that one process reads. All methods belong to one event loop."""

    def __init__(self, database: db.Database, reads: SharedReads) -> None:
        self._database = database
        self._reads = reads
        self._kept: OrderedDict[Key, _Page] = OrderedDict()
        self._reading: dict[Key, asyncio.Future[_Page]] = {}
        self._room = asyncio.Semaphore(READS_MAX)

    async def body(self, tenant: Tenant, board: DeclaredBoard, window: str | None, limit: int) -> bytes:
        """The first rows of a declared board as JSON.

        Raises:
            QueryInvalid: the board has no such window, or the limit is none.
            StoreUnavailable: as ``leaderboard``.
        """
        declaration = board.declaration
        if not 1 <= limit <= ROWS_MAX:
            raise QueryInvalid(f"limit is from 1 to {ROWS_MAX}.", "limit")
        question = question_about(tenant, declaration, window, self._reads.clock(), wanted=Wanted(limit))
        if not declaration.selective:
            return (await self._reads.of(question).answer()).body
        page = await self._page(board, question)
        found = msgspec.structs.replace(page.found, rows=page.found.rows[:limit])
        return msgspec.json.encode(page_of(question, found, page.names))

    async def _page(self, board: DeclaredBoard, question: Question) -> _Page:
        """The page as it was kept, or read for everybody who waits for it."""
        key = (question.tenant_id, board.declaration.name, board.revision, question.window)
        kept, now = self._kept.get(key), self._reads.clock()
        if kept is not None and kept.since <= now < kept.until:
            return kept
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.get_running_loop().create_future()
            self._reads.start(self._read(key, board.declaration, question, reading))
        # Whoever gives up waiting takes nothing from the others.
        return await asyncio.shield(reading)

    async def _read(
        self, key: Key, declaration: Declaration, question: Question, reading: asyncio.Future[_Page]
    ) -> None:
        try:
            async with self._room:
                page = await self._page_now(declaration, question)
        except Exception as error:  # noqa: BLE001 - every waiting request must hear of it, whatever it is
            reading.set_exception(error)
            reading.exception()  # heard, also when nobody waits any more
        else:
            self._kept[key] = page
            self._kept.move_to_end(key)
            if len(self._kept) > PAGES_MAX:
                self._kept.popitem(last=False)
            reading.set_result(page)
        finally:
            del self._reading[key]

    async def _page_now(self, declaration: Declaration, question: Question) -> _Page:
        since = self._reads.clock()
        all_rows = msgspec.structs.replace(question, rows=PageOf(ROWS_MAX))
        found, names = await read_selective(self._database, declaration, all_rows)
        now = self._reads.clock()
        return _Page(since, now + max(PAGES_FOR, REST_FACTOR * (now - since)), found, names)


async def selective_page(database: db.Database, declaration: Declaration, question: Question) -> BoardPage:
    """The page of a selective board that is asked for, read for this caller alone.

    Raises:
        QueryInvalid: as ``eligible_page``.
    """
    return page_of(question, *await read_selective(database, declaration, question))


async def read_selective(
    database: db.Database, declaration: Declaration, question: Question
) -> tuple[Found, Mapping[int, Named]]:
    """A page of a selective board, and what is known of who is on it, in one snapshot."""
    tenant = question.tenant
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        numbers = await numbers_of(connection, tenant.tenant_id, question.subject.kind, ids_in(question))
        part = part_of(question, numbers) or Page(0)  # around somebody for whom nothing was counted: no rows
        page = await eligible_page(connection, tenant, declaration, question.window, part)
        found = Found(page.rows, page.members, page.position, "rollups")
        return found, await names_of(connection, tenant.tenant_id, question.subject.kind, found.entities)


def question_about(
    tenant: Tenant,
    declaration: Declaration,
    window: str | None,
    now: datetime,
    *,
    wanted: Wanted,
) -> Question:
    """Which rows of which board a declaration means, in one of its windows: the first when none is named.

    Raises:
        QueryInvalid: the board is not declared for that window, or limit or cursor are none.
    """
    name = declaration.windows[0] if window is None else window
    if name not in declaration.windows:
        allowed = ", ".join(declaration.windows)
        raise QueryInvalid(f"This board has no window {name!r}; there are {allowed}.", "window")
    subject = subject_of(tenant, declaration.metric, declaration.entity, declaration.currency)
    filters = declaration.filters
    return question_of(
        tenant, subject, window_of(tenant, name, None, now), filters_of(filters.city, filters.genre, filters.event),
        wanted=wanted,
    )  # fmt: skip
