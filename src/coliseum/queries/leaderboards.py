"""Leaderboards: from the live board in Valkey when there is one, otherwise exactly the same from the rollups."""

import base64
import binascii
from datetime import datetime

import msgspec

from coliseum import db, kv
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, Keys, epoch_seconds, member, number
from coliseum.boards.totals import page
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind
from coliseum.metrics.windows import Window
from coliseum.queries.ask import Filters, Subject
from coliseum.queries.names import NOBODY, Named, names_of

SQL = db.statements("coliseum.queries")
LIMIT_MAX = 1_000


class BoardRow(msgspec.Struct, frozen=True):
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


class _Page(msgspec.Struct, frozen=True):
    """(entity, score, rank) of each row, before names are known."""

    rows: list[tuple[int, int, int]]
    members: int
    position: list[int]
    source: str


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
) -> BoardPage:
    """A page of a board, in display order: best first, inside a tie the entity that is known longest.

    Raises:
        QueryInvalid: the limit or the cursor is none.
        StoreUnavailable: PostgreSQL is away. When Valkey is, the rollups answer.
    """
    if subject.kind is Kind.TENANT:
        raise QueryInvalid("A board is of artists, events or the like; the tenant as a whole has a series.", "entity")
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    after = _after(cursor)
    board = Board(
        subject.metric.name,
        subject.currency,
        subject.kind,
        window.name,
        epoch_seconds(window.start),
        *filters.single,
    )
    found = await _live_page(store, tenant, board, after, limit, now)
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        if found is None:
            found = await _stored_page(connection, tenant, board, after, limit)
        names = await names_of(connection, tenant.tenant_id, subject.kind, [row[0] for row in found.rows])
    return _board_page(subject, window, filters, found, names, full=len(found.rows) == limit)


def _board_page(
    subject: Subject, window: Window, filters: Filters, found: _Page, names: dict[int, Named], *, full: bool
) -> BoardPage:
    rows = [
        BoardRow(rank, known.id, known.name, known.picture, score)
        for entity, score, rank in found.rows
        for known in (names.get(entity, NOBODY),)
    ]
    name, value = filters.single
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
        next_cursor=_cursor(found.rows[-1]) if full else None,
    )


async def _live_page(
    store: kv.KeyValue, tenant: Tenant, board: Board, after: tuple[int, int] | None, limit: int, now: datetime
) -> _Page | None:
    keys = Keys(tenant.tenant_id)
    name = board.name
    args: list[object] = [name, int(now.timestamp()), limit]
    if after is not None:
        args += [-after[0], member(after[1])]
    try:
        reply = await store.script(
            "coliseum.queries", "read_board", [keys.state, keys.boards, keys.wanted, keys.board(name)], args
        )
    except kv.FAILED:
        return None
    if not reply:
        await store.wake([tenant.tenant_id])  # the processor makes wanted boards live
        return None
    members, rank, first, state, flat = reply
    fields = dict(zip(state[::2], state[1::2], strict=True))
    partitions = sorted(int(key[1:]) for key in fields if key.startswith(b"p"))
    rows = _ranked(flat, rank, first)
    return _Page(rows, members, [int(fields[b"p%d" % partition]) for partition in partitions], "live")


def _ranked(flat: list[bytes], rank: int, first: int) -> list[tuple[int, int, int]]:
    """Rows with competition ranks: the first one's is known, a lower score's is its place in the order."""
    rows: list[tuple[int, int, int]] = []
    for place, (key, negated) in enumerate(zip(flat[::2], flat[1::2], strict=True), start=first + 1):
        score = -int(float(negated))
        if rows and score != rows[-1][1]:
            rank = place
        rows.append((number(key), score, rank))
    return rows


async def _stored_page(
    connection: db.Connection, tenant: Tenant, board: Board, after: tuple[int, int] | None, limit: int
) -> _Page:
    ranked = await page(connection, tenant, board, after, limit)
    rows = [(row.entity, row.value, row.rank) for row in ranked]
    if ranked:
        members = ranked[0].members
    else:
        first = await page(connection, tenant, board, None, 1) if after else []
        members = first[0].members if first else 0
    return _Page(rows, members, await position(connection, tenant.tenant_id), "rollups")


async def position(connection: db.Connection, tenant_id: int) -> list[int]:
    """How far the rollups have come: the next offset of each partition."""
    return [row["offset"] for row in await connection.fetch(SQL["position"], tenant_id)]


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
