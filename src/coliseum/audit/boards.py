"""The check of the live boards: each one whole, at the place in the log where it stands."""

import asyncio

from coliseum import db, kv
from coliseum.accounts.tenants import Tenant
from coliseum.audit.difference import Difference
from coliseum.boards.board import Board, Keys, board_named, number, start_instant
from coliseum.metrics.registry import Kind, Metric, Unique, stored_name
from coliseum.metrics.windows import GRAINS, bucket_end

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
            Difference(
                tenant.slug,
                "board",
                f"{board.name} {entity}",
                str(members.get(entity, 0)),
                str(expected.get(entity, 0)),
            )
            for entity in sorted(members.keys() | expected.keys())
            if members.get(entity, 0) != expected.get(entity, 0)
        ]
        if not found:
            break
    return found


async def _read(store: kv.KeyValue, tenant: Tenant, board: Board) -> tuple[dict[int, int], dict[int, int]] | None:
    """The board's cursors and members, read in one moment."""
    keys = Keys(tenant.tenant_id)
    name = board.name
    reply = await store.script("coliseum.audit", "dump_board", [keys.state, keys.boards, keys.board(name)], [name])
    if not reply:
        return None
    state, flat = reply
    fields = dict(zip(state[::2], state[1::2], strict=True))
    cursors = {int(field[1:]): int(value) for field, value in fields.items() if field.startswith(b"p")}
    members = {number(key): -int(float(score)) for key, score in zip(flat[::2], flat[1::2], strict=True)}
    return cursors, members


async def _expected(database: db.Database, tenant: Tenant, board: Board, cursors: dict[int, int]) -> dict[int, int]:
    metric = board.declared
    start = start_instant(board)
    end = None if start is None else bucket_end(start, GRAINS[board.window], tenant.zone)
    bill = isinstance(metric, Metric) and metric.bill and board.kind is Kind.ARTIST
    filters = {board.filter: board.filter_value}
    async with database.transaction("processor", snapshot=True) as connection:
        await connection.execute(SQL["plan_checks"])
        rows = await connection.fetch(
            SQL["expected_board"],
            tenant.tenant_id,
            stored_name(metric, board.currency or None),
            board.kind.label,
            start,
            end,
            bill,
            filters.get("city"),
            filters.get("genre"),
            filters.get("event"),
            isinstance(metric, Unique),
            list(cursors),
            list(cursors.values()),
        )
    return {row["entity"]: row["value"] for row in rows}
