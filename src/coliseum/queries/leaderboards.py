"""Leaderboards: from the live board in Valkey when there is one, otherwise exactly the same from the rollups."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime

import msgspec

from coliseum import db, kv
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, epoch_seconds, member
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind
from coliseum.metrics.windows import Window
from coliseum.queries.ask import Filters, Subject
from coliseum.queries.names import NOBODY, Named, Names, names_of
from coliseum.queries.pages import Found, Nothing, read_live, read_stored

LIMIT_MAX = 1_000


class BoardRow(msgspec.Struct, frozen=True, gc=False):
    """A row of a board: its standard competition rank (1, 2, 2, 4), who it is, and the score."""

    rank: int
    id: str
    name: str
    picture: str | None
    score: int


class BoardPage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of a board, and where it stands: the window, and the next offset of each partition of the log."""

    metric: str
    unit: str
    currency: str | None
    entity: str
    window: str
    window_start: datetime | None
    window_end: datetime | None
    filters: dict[str, str]
    members: int
    position: list[int]
    source: str
    rows: list[BoardRow]
    next_cursor: str | None


class Question(msgspec.Struct, frozen=True):
    """Which page of which board; equal questions that are asked at one moment have one answer.

    ``after``: score and entity of the last row of the page before.
    """

    tenant: Tenant
    subject: Subject
    window: Window
    filters: Filters
    limit: int
    after: tuple[int, int] | None

    @property
    def tenant_id(self) -> int:
        """Whose board it is."""
        return self.tenant.tenant_id

    @property
    def board(self) -> Board:
        """The board that is asked for."""
        subject, window = self.subject, self.window
        start = epoch_seconds(window.start)
        return Board(subject.metric.name, subject.currency, subject.kind, window.name, start, *self.filters.single)


def question_of(
    tenant: Tenant, subject: Subject, window: Window, filters: Filters, *, limit: int, cursor: str | None
) -> Question:
    """What is asked.

    Raises:
        QueryInvalid: the tenant as a whole has no board, or the limit or the cursor is none.
    """
    if subject.kind is Kind.TENANT:
        raise QueryInvalid("A board is of artists, events or the like; the tenant as a whole has a series.", "entity")
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    return Question(tenant, subject, window, filters, limit, _after(cursor))


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
    """A page of a board, in display order: best first, inside a tie the entity that is known longest.

    Read for this caller alone (``SharedReads`` is for many). ``names``: those that the process remembers.

    Raises:
        QueryInvalid: the limit or the cursor is none.
        StoreUnavailable: PostgreSQL is away. When Valkey is, the rollups answer.
    """
    question = question_of(tenant, subject, window, filters, limit=limit, cursor=cursor)
    live = await read_live(store, question.tenant_id, question.board, question.after, limit, now)
    if isinstance(live, Nothing):
        return await stored_page(database, question)
    names = names or Names(database)
    known = await names.of(question.tenant_id, subject.kind, live.catalog, live.entities, now)
    return page_of(question, live, known.names)


async def stored_page(database: db.Database, question: Question) -> BoardPage:
    """The page from the rollups, names and all in one snapshot."""
    tenant_id, kind = question.tenant_id, question.subject.kind
    async with database.tenant(tenant_id, snapshot=True) as connection:
        found = await read_stored(connection, question.tenant, question.board, question.after, question.limit)
        names = await names_of(connection, tenant_id, kind, found.entities)
    return page_of(question, found, names)


def page_of(question: Question, found: Found, names: Mapping[int, Named]) -> BoardPage:
    """What was found, in words."""
    subject, window = question.subject, question.window
    rows = [
        BoardRow(rank, known.id, known.name, known.picture, score)
        for entity, score, rank in found.rows
        for known in (names.get(entity, NOBODY),)
    ]
    name, value = question.filters.single
    return BoardPage(
        metric=subject.metric.name,
        unit=subject.metric.unit,
        currency=subject.currency or None,
        entity=subject.kind.label,
        window=window.name,
        window_start=window.start,
        window_end=window.end,
        filters={name: value} if name else {},
        members=found.members,
        position=found.position,
        source=found.source,
        rows=rows,
        next_cursor=_cursor(found.rows[-1]) if len(found.rows) == question.limit else None,
    )


def _cursor(row: tuple[int, int, int]) -> str:
    entity, score, _ = row
    return base64.urlsafe_b64encode(msgspec.json.encode([score, entity])).decode().rstrip("=")


def _after(cursor: str | None) -> tuple[int, int] | None:
    if cursor is None:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        score, entity = msgspec.json.decode(packed, type=tuple[int, int])
        member(entity)
    except (binascii.Error, ValueError, msgspec.DecodeError, OverflowError):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor") from None
    if abs(score) > 2**53 or entity >= 2**63:
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor")
    return score, entity
