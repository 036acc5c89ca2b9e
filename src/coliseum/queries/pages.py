"""The two places where a page of a board can be read: the live board in Valkey, and the rollups."""

from datetime import datetime
from enum import Enum, auto

import msgspec

from coliseum import db, kv
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, Keys, member, number
from coliseum.boards.totals import page

SQL = db.statements("coliseum.queries")


class Found(msgspec.Struct, frozen=True):
    """A page before names are known. ``rows``: (entity, score, rank).

    Of a live board ``state`` is what Valkey says of the tenant's boards: as long as it is the same, so are they.
    ``catalog`` is the state of the catalogue among it.
    """

    rows: list[tuple[int, int, int]]
    members: int
    position: list[int]
    source: str
    state: str = ""
    catalog: str = ""

    @property
    def entities(self) -> list[int]:
        """Who is on the page."""
        return [row[0] for row in self.rows]


class Nothing(Enum):
    """Why Valkey gave no page."""

    COLD = auto()
    """The board is not live, and is asked for now; or Valkey is away."""
    UNCHANGED = auto()
    """The state is the one that the reader knows, and so the page is, too."""


async def read_live(
    store: kv.KeyValue,
    tenant_id: int,
    board: Board,
    after: tuple[int, int] | None,
    limit: int,
    now: datetime,
    known_state: str = "",
) -> Found | Nothing:
    """The page of a live board, unless the tenant's boards are still in the state that the reader knows."""
    keys = Keys(tenant_id)
    name = board.name
    args: list[object] = [name, int(now.timestamp()), limit, known_state]
    if after is not None:
        args += [-after[0], member(after[1])]
    try:
        reply = await store.script(
            "coliseum.queries", "read_board", [keys.state, keys.boards, keys.wanted, keys.board(name)], args
        )
    except kv.FAILED:
        return Nothing.COLD
    if not reply:
        await store.wake([tenant_id])  # the processor makes wanted boards live
        return Nothing.COLD
    if reply == 1:
        return Nothing.UNCHANGED
    state, members, rank, first, flat = reply
    state = state.decode()
    words = state.split(" ")
    fields = dict(zip(words[::2], words[1::2], strict=True))
    partitions = sorted(int(field[1:]) for field in fields if field[0] == "p")
    position = [int(fields[f"p{partition}"]) for partition in partitions]
    return Found(_ranked(flat, rank, first), members, position, "live", state, fields.get("catalog", ""))


def _ranked(flat: list[bytes], rank: int, first: int) -> list[tuple[int, int, int]]:
    """Rows with competition ranks: the first one's is known, a lower score's is its place in the order."""
    rows: list[tuple[int, int, int]] = []
    before = None
    for place, (key, negated) in enumerate(zip(flat[::2], flat[1::2], strict=True), start=first + 1):
        if before is not None and negated != before:
            rank = place
        before = negated
        rows.append((number(key), -int(float(negated)), rank))
    return rows


async def read_stored(
    connection: db.Connection, tenant: Tenant, board: Board, after: tuple[int, int] | None, limit: int
) -> Found:
    """The page of a board from the rollups."""
    ranked = await page(connection, tenant, board, after, limit)
    rows = [(row.entity, row.value, row.rank) for row in ranked]
    if ranked:
        members = ranked[0].members
    else:
        first = await page(connection, tenant, board, None, 1) if after else []
        members = first[0].members if first else 0
    return Found(rows, members, await position(connection, tenant.tenant_id), "rollups")


async def position(connection: db.Connection, tenant_id: int) -> list[int]:
    """How far the rollups have come: the next offset of each partition."""
    return [row["offset"] for row in await connection.fetch(SQL["position"], tenant_id)]
