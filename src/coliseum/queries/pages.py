"""The two places where rows of a board can be read: the live board in Valkey, and PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Literal, assert_never

import msgspec

from coliseum import db, kv
from coliseum.boards.board import Board, Keys, member, number
from coliseum.boards.totals import Ranked, Stored

SQL = db.statements("coliseum.queries")
Source = Literal["live", "rollups", "log"]
ROW_FIELDS = 5
"""What the script says of each row."""


class Page(msgspec.Struct, frozen=True):
    """Up to ``limit`` rows in display order, behind ``after``: the (score, tie, entity) of the last row before.

    Or from ``place`` on, which counts from 1.
    """

    limit: int
    after: tuple[int, int, int] | None = None
    place: int | None = None


class Around(msgspec.Struct, frozen=True):
    """``limit`` rows with this entity in their middle."""

    entity: int
    limit: int


class Members(msgspec.Struct, frozen=True):
    """Where these entities stand; ``alone``: on the board of these alone."""

    entities: tuple[int, ...]
    alone: bool


Part = Page | Around | Members
"""Which rows of a board."""


class Found(msgspec.Struct, frozen=True):
    """Rows before names are known.

    Of a live board ``state`` is what Valkey says of the tenant's boards: as long as it is the same, so are they.
    ``catalog`` is the state of the catalogue among it.
    """

    rows: list[Ranked]
    members: int
    position: list[int]
    source: Source
    state: str = ""
    catalog: str = ""

    @property
    def entities(self) -> list[int]:
        """Who is on the page."""
        return [row.entity for row in self.rows]


class Nothing(Enum):
    """Why Valkey gave no page."""

    COLD = auto()
    """The board is not live, and is asked for now; or Valkey is away."""
    UNCHANGED = auto()
    """The state is the one that the reader knows, and so the page is, too."""


async def read_live(
    store: kv.KeyValue, tenant_id: int, board: Board, part: Part, now: datetime | None, known_state: str = ""
) -> Found | Nothing:
    """Rows of a live board, unless the tenant's boards are still in the state that the reader knows.

    ``now``: the board is asked for, and kept or made live; None: it is only looked at.
    """
    keys = Keys(tenant_id)
    name = board.name
    args: list[object] = [
        name,
        "" if now is None else int(now.timestamp()),
        known_state,
        board.ties.scale,
        *_asked(board, part),
    ]
    try:
        reply = await store.script(
            "coliseum.queries", "read_board", [keys.state, keys.boards, keys.wanted, keys.board(name)], args
        )
        if not reply and now is not None:
            await store.wake([tenant_id])  # the processor makes wanted boards live
    except kv.FAILED:
        return Nothing.COLD
    if not reply:
        return Nothing.COLD
    if reply == 1:
        return Nothing.UNCHANGED
    state, members, flat = reply
    words = state.decode().split(" ")
    fields = dict(zip(words[::2], words[1::2], strict=True))
    partitions = sorted(int(field[1:]) for field in fields if field[0] == "p")
    position = [int(fields[f"p{partition}"]) for partition in partitions]
    rows = _ranked(board, flat, members, following=not isinstance(part, Members))
    if isinstance(part, Members):
        rows.sort(key=lambda row: row.place)
        rows = _alone(rows) if part.alone else rows
        members = len(rows) if part.alone else members
    return Found(rows, members, position, "live", " ".join(words), fields.get("catalog", ""))


def _asked(board: Board, part: Part) -> list[object]:
    match part:
        case Page(limit, _, place) if place is not None:
            return ["from", limit, place - 1]
        case Page(limit, after):
            if after is None:
                return ["page", limit]
            total, tie, entity = after
            return ["page", limit, repr(board.ties.score(total, tie)), member(entity)]
        case Around(entity, limit):
            return ["around", limit, member(entity)]
        case Members(entities):
            return ["members", *map(member, entities)]
        case _:
            assert_never(part)


def _ranked(board: Board, flat: Sequence[object], members: int, *, following: bool) -> list[Ranked]:
    """The rows of the script's answer; dense ranks only when they can be counted from the first row on.

    ``following``: between one row and the next there is nobody.
    """
    ties = board.ties
    rows: list[Ranked] = []
    dense: int | None = None
    for key, score, place, count, better in zip(*(flat[field::ROW_FIELDS] for field in range(ROW_FIELDS)), strict=True):
        assert isinstance(key, bytes) and isinstance(place, int) and isinstance(count, int)  # noqa: S101, PT018 - the script's types
        total, tie = ties.read(_double(score))
        if not following:
            dense = 1 if count == 0 else None
        elif not rows:
            dense = 1 if count == 0 and place == 0 else None
        elif dense is not None and total != rows[-1].value:
            dense += 1
        above = None if count == 0 else ties.read(_double(better))[0]
        rows.append(Ranked(number(key), total, tie, count + 1, dense, place + 1, above, members))
    return rows


def _double(score: object) -> float:
    return float(score.decode() if isinstance(score, bytes) else str(score))


def _alone(rows: Sequence[Ranked]) -> list[Ranked]:
    """The board of these members alone; they come in the order of the whole board."""
    alone: list[Ranked] = []
    for place, row in enumerate(rows, 1):
        before = alone[-1] if alone else None
        if before is not None and before.value == row.value:
            rank, dense, better = before.rank, before.dense or 0, before.better
        else:
            rank, dense = place, 1 if before is None else (before.dense or 0) + 1
            better = None if before is None else before.value
        alone.append(Ranked(row.entity, row.value, row.tie, rank, dense, place, better, len(rows), overall=row.rank))
    return alone


async def read_stored(
    connection: db.Connection,
    tenant_id: int,
    stored: Stored,
    part: Part,
    position: Mapping[int, int] | None = None,
) -> Found:
    """Rows of a board from PostgreSQL: from the rollups as they are, or from the log up to a position."""
    match part:
        case Page(limit, _, place) if place is not None:
            rows = await stored.from_place(connection, place, limit)
        case Page():
            rows = await stored.page(connection, part.after, part.limit)
        case Around():
            rows = await stored.around(connection, part.entity, part.limit)
        case Members():
            read = stored.among if part.alone else stored.of_members
            rows = await read(connection, part.entities)
    if rows:
        members = rows[0].members
    else:
        alone = isinstance(part, Members) and part.alone
        members = 0 if alone or part == Page(getattr(part, "limit", 0)) else await stored.size(connection)
    if position is not None:
        return Found(rows, members, [position[partition] for partition in sorted(position)], "log")
    return Found(rows, members, await read_position(connection, tenant_id), "rollups")


async def read_position(connection: db.Connection, tenant_id: int) -> list[int]:
    """How far the rollups have come: the next offset of each partition."""
    return [row["offset"] for row in await connection.fetch(SQL["position"], tenant_id)]
