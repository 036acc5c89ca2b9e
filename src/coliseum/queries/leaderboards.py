"""Leaderboards: from the live board in Valkey when there is one, otherwise exactly the same from PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from coliseum import db, kv
from coliseum.accounts.tenants import Tenant
from coliseum.boards.totals import Ranked, Stored
from coliseum.metrics.windows import Window
from coliseum.queries.ask import Filters, Subject
from coliseum.queries.movement import Movement, movement
from coliseum.queries.names import NOBODY, Named, Names, names_of, numbers_of
from coliseum.queries.pages import (
    Around,
    Found,
    Members,
    Nothing,
    Page,
    Part,
    read_live,
    read_position,
    read_stored,
)
from coliseum.queries.positions import position_asked
from coliseum.queries.question import AroundOf, MembersOf, PageOf, Question, question_of

HUNDREDTHS = 2


class BoardRow(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A row of a board: its rank, who it is, and the score.

    ``percentile``: of how many of the others the rank is better, in percent; ``to_next``: what is missing to the next
    better score, null at the top; ``overall_rank``: on the whole board, when the board is that of some members alone.
    When movement is asked for, what ``coliseum.queries.movement.Movement`` says. ``forgotten``: only there, and true,
    for a person who was forgotten: ``name`` is null, and ``id`` is nobody's.
    """

    rank: int
    id: str
    name: str | None
    picture: str | None
    score: int
    percentile: float
    to_next: int | None
    overall_rank: int | msgspec.UnsetType = msgspec.UNSET
    previous_rank: int | msgspec.UnsetType | None = msgspec.UNSET
    movement: int | msgspec.UnsetType | None = msgspec.UNSET
    peak: int | msgspec.UnsetType | None = msgspec.UNSET
    periods: int | msgspec.UnsetType | None = msgspec.UNSET
    status: str | msgspec.UnsetType | None = msgspec.UNSET
    forgotten: bool | msgspec.UnsetType = msgspec.UNSET


class BoardPage(msgspec.Struct, frozen=True, rename="camel"):
    """Rows of a board, and where it stands: the window, and the next offset of each partition of the log."""

    metric: str
    unit: str
    currency: str | None
    entity: str
    window: str
    window_start: datetime | None
    window_end: datetime | None
    filters: dict[str, str]
    ranking: str
    members: int
    position: list[int]
    source: str
    rows: list[BoardRow]
    next_cursor: str | None


async def leaderboard(
    database: db.Database,
    store: kv.KeyValue,
    tenant: Tenant,
    subject: Subject,
    window: Window,
    filters: Filters,
    *,
    limit: int,
    cursor: str | None,
    now: datetime,
    names: Names | None = None,
) -> BoardPage:
    """A page of a board, in display order. Read for this caller alone (``SharedReads`` is for many).

    ``names``: those that the process remembers.

    Raises:
        QueryInvalid: the limit or the cursor is none.
        StoreUnavailable: PostgreSQL is away. When Valkey is, the rollups answer.
    """
    question = question_of(tenant, subject, window, filters, limit=limit, cursor=cursor)
    assert isinstance(question.rows, PageOf)  # noqa: S101 - nothing else was asked for
    part = Page(question.rows.limit, question.rows.after)
    live = await read_live(store, question.tenant_id, question.board, part, now)
    if isinstance(live, Nothing):
        return await stored_page(database, question)
    names = names or Names(database)
    known = await names.of(question.tenant_id, subject.kind, live.catalog, live.entities, now)
    return page_of(question, live, known.names)


async def stored_page(database: db.Database, question: Question) -> BoardPage:
    """The page from PostgreSQL, names and all in one snapshot.

    Raises:
        QueryInvalid: the log has not been read as far as ``as_of`` says.
    """
    tenant_id, kind = question.tenant_id, question.subject.kind
    async with database.tenant(tenant_id, snapshot=True) as connection:
        position = await position_asked(connection, question)
        numbers = await numbers_of(connection, tenant_id, kind, ids_in(question))
        stored = Stored(question.tenant, question.board, question.window, position)
        part = part_of(question, numbers)
        if part is None:
            at = await read_position(connection, tenant_id) if position is None else list(position.values())
            found = Found([], await stored.size(connection), at, "rollups" if position is None else "log")
        else:
            found = await read_stored(connection, tenant_id, stored, part, position)
        names = await names_of(connection, tenant_id, kind, found.entities, position)
        moved = await moved_of(connection, question, found)
    return page_of(question, found, names, moved)


async def moved_of(connection: db.Connection, question: Question, found: Found) -> Mapping[int, Movement] | None:
    """How the rows have moved since the window before, if that is asked; the connection is the tenant's own."""
    if not question.movement:
        return None
    ranks = [row.rank if row.overall is None else row.overall for row in found.rows]
    return await movement(connection, question.tenant, question.board, found.entities, ranks)


def ids_in(question: Question) -> tuple[str, ...]:
    """The ids whose numbers have to be known."""
    match question.rows:
        case AroundOf():
            return (question.rows.id,)
        case MembersOf():
            return question.rows.ids
    return ()


def part_of(question: Question, numbers: Mapping[str, int]) -> Part | None:
    """Which rows, by numbers; None: around somebody for whom nothing was ever counted."""
    match question.rows:
        case AroundOf(id_, limit):
            return Around(numbers[id_], limit) if id_ in numbers else None
        case MembersOf(ids, alone):
            return Members(tuple(numbers[each] for each in ids if each in numbers), alone)
        case PageOf(limit, after, place):
            return Page(limit, after, place)


def page_of(
    question: Question, found: Found, names: Mapping[int, Named], moved: Mapping[int, Movement] | None = None
) -> BoardPage:
    """What was found, in words."""
    subject, window, rows = question.subject, question.window, question.rows
    more = isinstance(rows, PageOf) and len(found.rows) == rows.limit
    return BoardPage(
        metric=subject.metric.name,
        unit=subject.metric.unit,
        currency=subject.currency or None,
        entity=subject.kind.label,
        window=window.name,
        window_start=window.start,
        window_end=window.end,
        filters=question.filters.given,
        ranking=question.ranking,
        members=found.members,
        position=found.position,
        source=found.source,
        rows=rows_of(question, found.rows, found.members, names, moved),
        next_cursor=_cursor(question, found.rows[-1]) if more else None,
    )


def rows_of(
    question: Question,
    rows: Sequence[Ranked],
    members: int,
    names: Mapping[int, Named],
    moved: Mapping[int, Movement] | None = None,
) -> list[BoardRow]:
    """Rows in words."""
    others, dense, ordinal = max(1, members - 1), question.ranking == "dense", question.ranking == "ordinal"
    return [
        BoardRow(
            (row.dense or row.rank) if dense else row.place if ordinal else row.rank,
            known.id,
            known.name,
            known.picture,
            row.value,
            round(100 * (members - row.rank) / others, HUNDREDTHS) if members > 1 else 100.0,
            None if row.better is None else row.better - row.value,
            msgspec.UNSET if row.overall is None else row.overall,
            *_moves(moved, row.entity),
            known.mark,
        )
        for row in rows
        for known in (names.get(row.entity, NOBODY),)
    ]


def _moves(moved: Mapping[int, Movement] | None, entity: int) -> tuple[Any, Any, Any, Any, Any]:
    """What a row says of movement, in the order of its fields; nothing when nobody has asked for it."""
    if moved is None:
        return (msgspec.UNSET,) * 5
    of = moved[entity]
    return of.previous_rank, of.movement, of.peak, of.periods, of.status


def _cursor(question: Question, row: Ranked) -> str:
    return question.cursor(row.value, row.tie, row.entity)
