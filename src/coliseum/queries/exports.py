"""A whole board, from PostgreSQL, for a file."""

from collections.abc import AsyncIterator

import msgspec

from coliseum import db
from coliseum.boards.totals import Stored
from coliseum.queries.leaderboards import BoardPage, page_of, rows_of, stored_page
from coliseum.queries.names import names_of
from coliseum.queries.pages import Found
from coliseum.queries.positions import plan_log, position_of
from coliseum.queries.question import PageOf, Question

ROWS_MAX = 1_000_000
"""The best so many rows of a board are exported."""


async def export(database: db.Database, question: Question) -> AsyncIterator[BoardPage]:
    """The board that is asked about, whole, a few thousand rows at a time; at least one page, be it empty.

    All of it is one snapshot. Limit and cursor say nothing; rows that were asked for by id are those alone.

    Raises:
        QueryInvalid: as ``stored_page``.
        StoreUnavailable: PostgreSQL is away, or takes too long.
    """
    if not isinstance(question.rows, PageOf):
        yield await stored_page(database, question)
        return
    tenant_id = question.tenant_id
    async with database.tenant(tenant_id, snapshot=True) as connection:
        read = await position_of(connection, tenant_id, question.as_of)
        as_of = read if question.as_of else None
        if as_of:
            await plan_log(connection)
        stored = Stored(question.tenant, question.board, question.window, as_of)
        found = Found([], 0, [read[part] for part in sorted(read)], "log" if as_of else "rollups")
        page = page_of(question, found, {})
        empty = True
        async for rows in stored.whole(connection, ROWS_MAX):
            entities, members = [row.entity for row in rows], rows[0].members
            names = await names_of(connection, tenant_id, question.subject.kind, entities, as_of)
            some = rows_of(question, rows, members, names)
            yield msgspec.structs.replace(page, members=members, rows=some)
            empty = False
        if empty:
            yield page
