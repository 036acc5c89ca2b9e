"""Boards: told when others lead than before, or in another order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.announce.thresholds import EVER, SQL
from coliseum.boards.board import epoch_seconds
from coliseum.boards.declaration import Declaration
from coliseum.boards.declared import board_named, board_of, list_boards
from coliseum.boards.totals import Ranked, Stored
from coliseum.errors import QueryInvalid
from coliseum.hooks.endpoints import BoardWatch
from coliseum.hooks.messages import DATA_BYTES_MAX, encoded, put
from coliseum.hooks.topics import Leader, LeaderChanged
from coliseum.metrics.registry import KINDS, Kind
from coliseum.metrics.windows import ROLLING_HOURS, Window, window_at
from coliseum.queries.declared import eligible_page
from coliseum.queries.names import Named, names_of
from coliseum.queries.pages import Page

OWN_BOARDS_MAX: Final = 50
"""Of so many of its own boards a tenant is told that names none."""
NAME_MAX: Final = 100

Watch = tuple[str, str, int]
"""Board, window, and how many of the first members."""


class Told(msgspec.Struct, frozen=True):
    """The first members of a board as they were told last."""

    board: str
    window: str
    top: int
    starts_at: datetime
    entities: list[int]


class Watching(msgspec.Struct, frozen=True):
    """An endpoint that wants to be told of numbers."""

    endpoint_id: int
    thresholds: bool
    leaders: bool
    boards: list[dict[str, object]]

    @property
    def watches(self) -> list[BoardWatch]:
        """The boards that it names."""
        return msgspec.convert(self.boards, list[BoardWatch])


async def tell_leaders(
    connection: db.Connection, tenant: Tenant, endpoints: Sequence[Watching], now: datetime, position: list[int]
) -> None:
    """Tell of each watched board whose first members are others than they were when it was told last."""
    told = {
        (each.board, each.window, each.top): each
        for each in await db.rows(connection, Told, SQL["told_leaders"], tenant.tenant_id)
    }
    declared, watched = await _watched(connection, tenant, endpoints)
    for watch, endpoint_ids in watched.items():
        looking = _Board(tenant, declared[watch[0]], watch, now, position)
        await looking.look(connection, told.pop(watch, None), endpoint_ids)
    for gone in told:  # nobody wants to know of it any more; who asks for it again begins anew
        await connection.execute(SQL["forget_leaders"], tenant.tenant_id, *gone)


async def _watched(
    connection: db.Connection, tenant: Tenant, endpoints: Iterable[Watching]
) -> tuple[dict[str, Declaration], dict[Watch, list[int]]]:
    """Who wants to know of which boards, by what is declared now; boards that are not there are left out."""
    own: list[Declaration] | None = None
    declared: dict[str, Declaration | None] = {}
    watched: dict[Watch, list[int]] = {}
    for endpoint in endpoints:
        watches = endpoint.watches
        if not watches:
            if own is None:
                boards = await list_boards(connection, tenant)
                own = [board.declaration for board in boards if not board.built_in][:OWN_BOARDS_MAX]
                declared |= {each.name: each for each in own}
            watches = [BoardWatch(each.name) for each in own]
        for watch in watches:
            if watch.board not in declared:
                board = await board_named(connection, tenant, watch.board)
                declared[watch.board] = None if board is None else board.declaration
            found = declared[watch.board]
            window = None if found is None else watch.window or found.windows[0]
            if found is not None and window in found.windows and KINDS[found.entity] is not Kind.FAN:
                watched.setdefault((watch.board, window, watch.top), []).append(endpoint.endpoint_id)
    return {name: each for name, each in declared.items() if each is not None}, watched


class _Board:
    """One watched board, looked at in one snapshot."""

    def __init__(
        self, tenant: Tenant, declaration: Declaration, watch: Watch, now: datetime, position: list[int]
    ) -> None:
        self._tenant = tenant
        self._declaration = declaration
        self._watch = watch
        self._window = window_at(watch[1], now, tenant.zone)
        self._position = position

    async def look(self, connection: db.Connection, told: Told | None, endpoint_ids: Sequence[int]) -> None:
        try:
            rows = await self._first(connection)
        except QueryInvalid:
            return  # votes cannot be counted back on so large a board
        start, entities = self._window.start or EVER, [row.entity for row in rows]
        if told is not None and told.starts_at == start and told.entities == entities:
            return
        if told is not None:
            before = told.entities if told.starts_at == start or self._rolls else []
            if before != entities:
                await self._tell(connection, rows, before, endpoint_ids)
        await connection.execute(SQL["remember_leaders"], self._tenant.tenant_id, *self._watch, start, entities)

    @property
    def _rolls(self) -> bool:
        """Whether the window moves on instead of beginning anew."""
        return self._window.name in ROLLING_HOURS

    async def _first(self, connection: db.Connection) -> list[Ranked]:
        tenant, declaration, top = self._tenant, self._declaration, self._watch[2]
        if declaration.selective:
            return (await eligible_page(connection, tenant, declaration, self._window, Page(top))).rows
        board = board_of(declaration, self._window.name, epoch_seconds(self._window.start))
        return await Stored(tenant, board, self._window).page(connection, None, top)

    async def _tell(
        self, connection: db.Connection, rows: Sequence[Ranked], before: list[int], endpoint_ids: Sequence[int]
    ) -> None:
        declaration, kind = self._declaration, KINDS[self._declaration.entity]
        everybody = {row.entity for row in rows} | set(before)
        names = await names_of(connection, self._tenant.tenant_id, kind, everybody)
        window: Window = self._window
        data = LeaderChanged(
            board=declaration.name, title=declaration.title, metric=declaration.metric, unit=declaration.counted.unit,
            currency=declaration.currency, entity=declaration.entity, window=window.name, window_start=window.start,
            window_end=window.end, top=self._watch[2],
            rows=[Leader(row.rank, *_called(names, row.entity), row.value) for row in rows],
            before=[_called(names, entity)[0] for entity in before], position=self._position,
        )  # fmt: skip
        await put(connection, self._tenant.tenant_id, fitting(data), endpoint_ids)


def fitting(data: LeaderChanged) -> LeaderChanged:
    """The message without what there is no room for: who led before, then the last rows."""
    if len(encoded(data)) > DATA_BYTES_MAX:
        data = msgspec.structs.replace(data, before=None)
    while len(encoded(data)) > DATA_BYTES_MAX:
        data = msgspec.structs.replace(data, rows=data.rows[:-1])
    return data


def _called(names: Mapping[int, Named], entity: int) -> tuple[str, str]:
    known = names.get(entity)
    return ("", "") if known is None else (known.id, (known.name or "")[:NAME_MAX])
