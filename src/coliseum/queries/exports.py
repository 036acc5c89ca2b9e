"""A whole board, from PostgreSQL, for a file."""

from collections.abc import AsyncIterator, Mapping

import msgspec

from coliseum import db
from coliseum.boards.declaration import Declaration
from coliseum.boards.totals import Ranked, Stored
from coliseum.queries.declared import eligible_whole
from coliseum.queries.leaderboards import BoardPage, page_of, rows_of, stored_page
from coliseum.queries.names import names_of
from coliseum.queries.pages import Found
from coliseum.queries.positions import position_asked, position_of
from coliseum.queries.public import selective_page
from coliseum.queries.question import PageOf, Question

ROWS_MAX = 1_000_000
"""The best so many rows of a board are exported."""


async def export(
    database: db.Database, question: Question, declaration: Declaration | None = None
) -> AsyncIterator[BoardPage]:
    """The board that is asked about, whole, a few thousand rows at a time; at least one page, be it empty.

    All of it is one snapshot. Limit and cursor say nothing; rows that were asked for by id are those alone.
    ``declaration``: the board's, when it was asked for by name; with eligibility or count-back it says who is on it.

    Raises:
        QueryInvalid: as ``stored_page`` or ``eligible_page``.
        StoreUnavailable: PostgreSQL is away, or takes too long.
    """
    selective = declaration if declaration is not None and declaration.selective else None
    if not isinstance(question.rows, PageOf):
        if selective is None:
            yield await stored_page(database, question)
        else:
            yield await selective_page(database, selective, question)
        return
    tenant_id = question.tenant_id
    async with database.tenant(tenant_id, snapshot=True) as connection:
        as_of = await position_asked(connection, question)
        read = as_of or await position_of(connection, tenant_id, None)
        found = Found([], 0, [read[part] for part in sorted(read)], "log" if as_of else "rollups")
        page = page_of(question, found, {})
        empty = True
        async for members, rows in _chunks(connection, question, selective, as_of):
            entities = [row.entity for row in rows]
            names = await names_of(connection, tenant_id, question.subject.kind, entities, as_of)
            some = rows_of(question, rows, members, names)
            yield msgspec.structs.replace(page, members=members, rows=some)
            empty = False
        if empty:
            yield page


async def _chunks(
    connection: db.Connection, question: Question, selective: Declaration | None, as_of: Mapping[int, int] | None
) -> AsyncIterator[tuple[int, list[Ranked]]]:
    """How many members there are, and some of them."""
    tenant, window = question.tenant, question.window
    if selective is not None:
        async for members, rows in eligible_whole(connection, tenant, selective, window, ROWS_MAX, as_of):
            yield members, rows
        return
    async for rows in Stored(tenant, question.board, window, as_of).whole(connection, ROWS_MAX):
        yield rows[0].members, rows
