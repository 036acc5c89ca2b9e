"""A tenant's own boards: kept in PostgreSQL, changed one transaction at a time, and those that are pinned."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, epoch_seconds
from coliseum.boards.declaration import NAME, Declaration, built_in
from coliseum.errors import Refusal, RequestRefused
from coliseum.metrics.registry import KINDS
from coliseum.metrics.windows import WINDOWS, window_at

SQL = db.statements("coliseum.boards")
BOARDS_MAX = 200
"""Boards that one tenant may declare."""


class DeclaredBoard(msgspec.Struct, frozen=True, rename="camel"):
    """A board as it is declared now. ``revision``: rises with every change; 0 for a board that is built in."""

    declaration: Declaration
    revision: int
    built_in: bool
    created_at: datetime | None = None
    changed_at: datetime | None = None


class _Row(msgspec.Struct, frozen=True):
    declaration: dict[str, Any]
    revision: int
    created_at: datetime
    changed_at: datetime

    @property
    def board(self) -> DeclaredBoard:
        declaration = msgspec.convert(self.declaration, Declaration)
        return DeclaredBoard(declaration, self.revision, built_in=False, created_at=self.created_at,
                             changed_at=self.changed_at)  # fmt: skip


Match = frozenset[int]
"""The revisions of which the present one must be, for a change to be made; none of them: any, but there must be one."""


async def list_boards(connection: db.Connection, tenant: Tenant) -> list[DeclaredBoard]:
    """The tenant's own boards and the built-in ones, by name. One of its own takes the place of the built-in one."""
    own = [row.board for row in await db.rows(connection, _Row, SQL["declared_boards"], tenant.tenant_id)]
    boards = {each.name: DeclaredBoard(each, 0, built_in=True) for each in built_in(tenant)}
    boards |= {board.declaration.name: board for board in own}
    return [boards[name] for name in sorted(boards)]


async def board_named(connection: db.Connection, tenant: Tenant, name: str) -> DeclaredBoard | None:
    """The board of that name, the tenant's own or a built-in one; ``name`` may be any text."""
    return await _own(connection, tenant, name) or _built_in(tenant, name)


async def declare(
    connection: db.Connection,
    tenant: Tenant,
    declaration: Declaration,
    match: Match | None = None,
    check_count: Callable[[int], None] = lambda _: None,
) -> tuple[DeclaredBoard, bool]:
    """Make a board, or put this in the place of the one of its name; and whether it was made.

    ``check_count`` is told how many there are before one is added, and raises when there may be no more.

    The same again changes nothing, the revision included. Needs a transaction; changes of one tenant's boards are made
    one after the other.

    Raises:
        RequestRefused: ``changed_meanwhile`` or ``too_many_boards``.
    """
    present = await _locked(connection, tenant, declaration.name, match)
    if present is not None and present.declaration == declaration:
        return present, False
    if present is None:
        there_are = int(await connection.fetchval(SQL["count_declared"], tenant.tenant_id))
        if there_are >= BOARDS_MAX:
            raise RequestRefused(Refusal.TOO_MANY_BOARDS, f"a tenant declares at most {BOARDS_MAX} boards")
        check_count(there_are)
    args = (tenant.tenant_id, declaration.name, msgspec.json.encode(declaration))
    stored = await db.rows(connection, _Row, SQL["declare_board"], *args)
    return stored[0].board, present is None


async def withdraw(connection: db.Connection, tenant: Tenant, name: str, match: Match | None = None) -> bool:
    """Remove a board that the tenant has declared; False when there is none. ``name`` may be any text.

    Needs a transaction. A built-in board of that name is there again.

    Raises:
        RequestRefused: ``changed_meanwhile``.
    """
    if await _locked(connection, tenant, name, match) is None:
        return False
    await connection.execute(SQL["withdraw_board"], tenant.tenant_id, name)
    return True


async def pinned(connection: db.Connection, tenant: Tenant, now: datetime) -> set[Board]:
    """The boards that the tenant wants to be live although nobody reads them, in the windows that hold ``now``.

    Those that are selective are left out, since they are never live.
    """
    rows = await db.rows(connection, _Row, SQL["pinned_declared"], tenant.tenant_id)
    declarations = [declaration for row in rows if not (declaration := row.board.declaration).selective]
    starts = {name: epoch_seconds(window_at(name, now, tenant.zone).start) for name in WINDOWS}
    return {
        board_of(declaration, window, start)
        for declaration in declarations
        for window, start in starts.items()
        if window in declaration.windows
    }


async def _own(connection: db.Connection, tenant: Tenant, name: str) -> DeclaredBoard | None:
    if not NAME.fullmatch(name):
        return None
    rows = await db.rows(connection, _Row, SQL["declared_board"], tenant.tenant_id, name)
    return rows[0].board if rows else None


def _built_in(tenant: Tenant, name: str) -> DeclaredBoard | None:
    return next((DeclaredBoard(each, 0, built_in=True) for each in built_in(tenant) if each.name == name), None)


async def _locked(connection: db.Connection, tenant: Tenant, name: str, match: Match | None) -> DeclaredBoard | None:
    """The tenant's own board of that name, which nobody else changes until this transaction ends."""
    await connection.execute(SQL["lock_declared"], tenant.tenant_id)
    own = await _own(connection, tenant, name)
    present = own or _built_in(tenant, name)
    if match is not None and (present is None or (match and present.revision not in match)):
        what = "there is none" if present is None else f"its revision is {present.revision}"
        raise RequestRefused(Refusal.CHANGED_MEANWHILE, f"the board is not the one that If-Match names: {what}")
    return own


def _filters(declaration: Declaration) -> list[tuple[str, str]]:
    filters = msgspec.structs.asdict(declaration.filters)
    return [(name, value) for name, value in filters.items() if value is not None]


def board_of(declaration: Declaration, window: str, start: int) -> Board:
    """The board that a declaration narrows down, in a window that begins at this Unix second."""
    filters = [part for pair in _filters(declaration) for part in pair]
    kind = KINDS[declaration.entity]
    return Board(declaration.metric, declaration.currency or "", kind, window, start, *filters)
