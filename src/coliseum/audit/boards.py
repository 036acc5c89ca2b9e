"""The check of the live boards: each one whole, at the place in the log where it stands."""

import asyncio

from coliseum import db, kv
from coliseum.accounts.tenants import Tenant
from coliseum.audit.difference import Difference
from coliseum.boards.board import Board, Keys, board_named, number
from coliseum.boards.totals import unix_ms, window_of
from coliseum.metrics.registry import Unique, stored_name
from coliseum.metrics.windows import ROLLING_HOURS

SQL = db.statements("coliseum.audit")
LOOKS = 4
"""A board may be changing while the catalogue is read: only a difference that stays is one."""
LOOK_GAP_S = 0.25


async def check_boards(database: db.Database, store: kv.KeyValue, tenant: Tenant) -> list[Difference]:
    """Every live board of a tenant against the log."""
    keys = Keys(tenant.tenant_id)
    differences: list[Difference] = []
    for name in sorted(await store.raw.hkeys(keys.boards)):
        differences += await _check(database, store, tenant, board_named(name.decode()))
    return differences


async def _check(database: db.Database, store: kv.KeyValue, tenant: Tenant, board: Board) -> list[Difference]:
    found: list[Difference] = []
    for look in range(LOOKS):
        if look:
            await asyncio.sleep(LOOK_GAP_S)
        read = await _read(store, tenant, board)
        if read is None:
            return []  # it was dropped meanwhile
        cursors, members = read
        expected = await _expected(database, tenant, board, cursors)
        found = [
            Difference(tenant.slug, "board", f"{board.name} {entity}", _said(members, entity), _said(expected, entity))
            for entity in sorted(members.keys() | expected.keys())
            if members.get(entity) != expected.get(entity) and not _rolled_out(board, members, expected, entity)
        ]
        if not found:
            break
    return found


Scores = dict[int, tuple[int, int]]
"""Of each member the total and its place in time among equals; a total of nothing counts, because its moment does."""


def _said(scores: Scores, entity: int) -> str:
    total, tie = scores.get(entity, (0, 0))
    return f"{total} (tie {tie})"


def _rolled_out(board: Board, members: Scores, expected: Scores, entity: int) -> bool:
    """Whether all that a member had has left a rolling window; what is left of it is taken away now and then."""
    return board.window in ROLLING_HOURS and entity not in expected and members[entity][0] == 0


async def _read(store: kv.KeyValue, tenant: Tenant, board: Board) -> tuple[dict[int, int], Scores] | None:
    """The board's cursors and members, read in one moment."""
    keys = Keys(tenant.tenant_id)
    name = board.name
    reply = await store.script("coliseum.audit", "dump_board", [keys.state, keys.boards, keys.board(name)], [name])
    if not reply:
        return None
    state, flat = reply
    fields = dict(zip(state[::2], state[1::2], strict=True))
    cursors = {int(field[1:]): int(value) for field, value in fields.items() if field.startswith(b"p")}
    ties = board.ties
    members = {number(key): ties.read(float(score)) for key, score in zip(flat[::2], flat[1::2], strict=True)}
    return cursors, members


async def _expected(database: db.Database, tenant: Tenant, board: Board, cursors: dict[int, int]) -> Scores:
    metric, ties = board.declared, board.ties
    window = window_of(tenant, board)
    filters = board.filters
    async with database.transaction("processor", snapshot=True) as connection:
        await connection.execute(SQL["plan_checks"])
        rows = await connection.fetch(
            SQL["expected_board"],
            tenant.tenant_id,
            stored_name(metric, board.currency or None),
            board.kind.label,
            window.start,
            window.end,
            board.bill,
            filters.get("city"),
            filters.get("genre"),
            filters.get("event"),
            isinstance(metric, Unique),
            list(cursors),
            list(cursors.values()),
        )
    return {
        row["entity"]: (
            row["value"],
            0 if row["last_at"] is None else ties.order(row["value"], unix_ms(row["last_at"])),
        )
        for row in rows
    }
