"""Declared boards for whoever asks, without a key: read once for all, and selective ones not all the time.

A selective board is read from PostgreSQL, and counting votes back may take the log. Nobody who asks for it can make
that happen more than once in ``PAGES_FOR`` for a board and window, nor for more than a part of the time, nor more than
``READS_MAX`` times at once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import Declaration
from coliseum.boards.declared import DeclaredBoard
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind
from coliseum.metrics.windows import Window
from coliseum.queries.ask import filters_of, subject_of, window_of
from coliseum.queries.declared import eligible_page
from coliseum.queries.kept import Bounds, Kept
from coliseum.queries.leaderboards import BoardPage, ids_in, page_of, part_of
from coliseum.queries.names import Named, names_of, numbers_of
from coliseum.queries.pages import Found, Page
from coliseum.queries.positions import position_asked
from coliseum.queries.question import PageOf, Question, Wanted, question_of
from coliseum.queries.shared import SharedReads
from coliseum.queries.total import Total, total_of

ROWS_MAX: Final = 100
PAGES_FOR: Final = timedelta(seconds=2)
"""How long a page of a selective board is shown at least before it is read anew."""
REST_FACTOR: Final = 3
"""It is shown for so many times as long as its reading took, so that a board is read for a quarter of the time."""
PAGES_MAX: Final = 500
"""Selective boards and windows of which a page is kept."""
READS_MAX: Final = 2
"""Selective boards that are read at a time."""


class _Page(msgspec.Struct, frozen=True):
    found: Found
    names: Mapping[int, Named]


class PublicBoard(BoardPage, frozen=True, rename="camel"):
    """A public board: a page, and what people call it."""

    title: str


class PublicTotal(Total, frozen=True, rename="camel"):
    """How much a public board counts in all, and what people call it."""

    title: str


class PublicPages:
    """The public boards that one process reads. All methods belong to one event loop."""

    def __init__(self, database: db.Database, reads: SharedReads) -> None:
        self._database = database
        self._reads = reads
        bounds = Bounds(PAGES_FOR, REST_FACTOR, PAGES_MAX, READS_MAX)
        self._pages: Kept[_Page] = Kept(reads.clock, reads.start, bounds)
        self._totals: Kept[Total] = Kept(reads.clock, reads.start, bounds)

    async def body(
        self, tenant: Tenant, board: DeclaredBoard, window: str | None, limit: int, *, movement: bool = False
    ) -> bytes:
        """The first rows of a declared board as JSON. A selective board has no movement: it is shown without.

        Raises:
            QueryInvalid: the board has no such window, or the limit is none.
            StoreUnavailable: as ``leaderboard``.
        """
        declaration = board.declaration
        if not 1 <= limit <= ROWS_MAX:
            raise QueryInvalid(f"limit is from 1 to {ROWS_MAX}.", "limit")
        question = question_about(tenant, declaration, window, self._reads.clock(), wanted=Wanted(limit))
        if not declaration.selective:
            question = msgspec.structs.replace(question, movement=movement)
            return _titled(declaration, (await self._reads.of(question).answer()).body)
        page = await self._pages.of(_key(board, question), lambda: self._page_now(declaration, question))
        found = msgspec.structs.replace(page.found, rows=page.found.rows[:limit])
        return _titled(declaration, msgspec.json.encode(page_of(question, found, page.names)))

    async def total(self, tenant: Tenant, board: DeclaredBoard, window: str | None) -> bytes:
        """What a declared board counts in all, as JSON; its declaration must allow that.

        Raises:
            QueryInvalid: the board has no such window.
        """
        declaration = board.declaration
        question = question_about(tenant, declaration, window, self._reads.clock(), wanted=Wanted())
        event = declaration.filters.event
        kind = "tenant" if event is None else Kind.EVENT.label
        subject = subject_of(tenant, declaration.metric, kind, declaration.currency)
        total = await self._totals.of(
            _key(board, question), lambda: total_of(self._database, tenant, subject, event, question.window)
        )
        return _titled(declaration, msgspec.json.encode(total))

    async def _page_now(self, declaration: Declaration, question: Question) -> _Page:
        all_rows = msgspec.structs.replace(question, rows=PageOf(ROWS_MAX))
        return _Page(*await read_selective(self._database, declaration, all_rows))


def _key(board: DeclaredBoard, question: Question) -> tuple[int, str, int, Window]:
    """Tenant, name, revision and window."""
    return question.tenant_id, board.declaration.name, board.revision, question.window


def _titled(declaration: Declaration, body: bytes) -> bytes:
    """An answer, which is an object, with the board's title in it."""
    return b'{"title":%s,%s' % (msgspec.json.encode(declaration.title), body[1:])


async def selective_page(database: db.Database, declaration: Declaration, question: Question) -> BoardPage:
    """The page of a selective board that is asked for, read for this caller alone.

    Raises:
        QueryInvalid: as ``eligible_page``.
    """
    return page_of(question, *await read_selective(database, declaration, question))


async def read_selective(
    database: db.Database, declaration: Declaration, question: Question
) -> tuple[Found, Mapping[int, Named]]:
    """A page of a selective board, and what is known of who is on it, in one snapshot.

    Raises:
        QueryInvalid: as ``eligible_page``, or the log has not been read as far as ``as_of`` says.
    """
    tenant, kind = question.tenant, question.subject.kind
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        position = await position_asked(connection, question)
        numbers = await numbers_of(connection, tenant.tenant_id, kind, ids_in(question))
        part = part_of(question, numbers) or Page(0)  # around somebody for whom nothing was counted: no rows
        page = await eligible_page(connection, tenant, declaration, question.window, part, position)
        found = Found(page.rows, page.members, page.position, "rollups" if position is None else "log")
        return found, await names_of(connection, tenant.tenant_id, kind, found.entities, position)


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
