"""Keeps the live boards in Valkey up with the rollups, and makes boards live when they are pinned or asked for.

Valkey holds the boards' own cursors beside them. After each step of the rollups this follower reads the log from
those cursors and adds what it finds. When Valkey comes back empty, older, or from another life of the database, the
cursors say so, and all boards are remade from the rollups. A board is filled only while both cursors stand at the
same place, which is the case between two steps.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from coliseum import db, kv
from coliseum.boards.board import Board, epoch_seconds
from coliseum.boards.declared import pinned as declared_pinned
from coliseum.boards.totals import pairs, totals
from coliseum.clock import Clock
from coliseum.metrics.registry import KINDS, METRICS, Unique
from coliseum.metrics.windows import window_at
from coliseum.processor.projection import Batch, Unit
from coliseum.processor.step import parked_offsets, read_cursors
from coliseum.projections.boardstore import BoardsMoved, BoardStore, State
from coliseum.projections.deltas import LiveBoards, count_range, learn_names
from coliseum.projections.prepared import Gains, Prepared
from coliseum.projections.turns import ahead, predecessor, successors, turn
from coliseum.telemetry import Log, described

SQL = db.statements("coliseum.projections")
PINNED_KINDS = ("artist", "event")
PINNED_WINDOWS = ("day", "week", "all")
RANGE_ENTRIES_MIN, RANGE_ENTRIES_MAX = 50, 20_000
UPDATES_WANTED = 10_000
"""One script call holds Valkey for about 30 ms at this many updates."""
REMAKE_BEHIND_ENTRIES = 200_000
"""Further behind than this, remaking the boards from the rollups is quicker than reading on."""
FILLS_A_ROUND_MAX = 16
DECLARED_FOR = timedelta(seconds=2)
"""How long a tenant's list of pinned boards is believed."""


class _Ranges:
    """How many entries to add in one script call, learnt from how many updates the last ones made."""

    def __init__(self) -> None:
        self.entries = 500

    def learn(self, updates: int) -> None:
        """Aim at the wanted number of updates a call."""
        if updates > UPDATES_WANTED * 2:
            self.entries = max(RANGE_ENTRIES_MIN, self.entries // 2)
        elif updates < UPDATES_WANTED:
            self.entries = min(RANGE_ENTRIES_MAX, self.entries * 2)


class BoardsFollower:
    """Follows the rollups of every tenant whose unit this process holds."""

    def __init__(
        self,
        database: db.Database,
        store: kv.KeyValue,
        clock: Clock,
        idle_s: int,
        prepared: Prepared | None = None,
        moved: Callable[[int], None] = lambda _: None,
    ) -> None:
        """``prepared``: where the projection leaves what its steps add; ``moved``: hears whose boards have moved."""
        self._database = database
        self._store = store
        self._clock = clock
        self._idle_s = idle_s
        self._ranges = _Ranges()
        self._prepared = prepared or Prepared()
        self._pinned: dict[int, tuple[datetime | None, set[Board]]] = {}
        self._tell = moved

    async def catch_up(self, unit: Unit, cursors: Mapping[int, int]) -> bool:
        """See ``Follower.catch_up``."""
        boards = self._boards(unit)
        try:
            state = await boards.take_over()
            state = await self._sound(unit, boards, state, cursors)
            for partition, end in cursors.items():
                await self._catch_up(unit, boards, partition, state.cursors[partition], end)
            missing, idle = await self._out_of_place(unit, boards)
        except BoardsMoved as moved:
            return _moved(unit, moved)
        return bool(missing or idle)

    async def leave(self, unit: Unit, cursors: Mapping[int, int]) -> bool:
        """See ``Follower.leave``: all boards become wanted, and are answered from the rollups."""
        boards = self._boards(unit)
        await boards.take_over()
        await boards.reset(unit.edition, cursors)
        return True

    async def settle(self, unit: Unit, cursors: Mapping[int, int]) -> bool:
        """See ``Follower.settle``: make pinned and wanted boards live, a few at a time; drop those nobody reads."""
        boards = self._boards(unit)
        try:
            missing, idle = await self._out_of_place(unit, boards)
            live, now = await boards.live(), self._clock()
            for board in list(missing)[:FILLS_A_ROUND_MAX]:
                before = predecessor(board, live, unit.tenant, now)
                if before is None or not await self._turn(unit, boards, before, board, cursors, missing[board]):
                    await self._fill(unit, boards, board, cursors, missing[board])
                if before is not None:
                    del live[before]
            if idle:
                await boards.drop(idle)
        except BoardsMoved as moved:
            return _moved(unit, moved)
        return len(missing) > FILLS_A_ROUND_MAX

    def _boards(self, unit: Unit) -> BoardStore:
        return BoardStore(self._store, unit.tenant.tenant_id, unit.epoch)

    async def _sound(self, unit: Unit, boards: BoardStore, state: State | None, cursors: Mapping[int, int]) -> State:
        """The state to go on from; all boards are remade when Valkey's is missing, impossible or far behind."""
        reason = _unsound(state, unit.edition, cursors)
        if reason is None and state is not None:
            return state
        Log(tenant=unit.tenant.slug).warning("boards_reset", reason=reason)
        await boards.reset(unit.edition, cursors)
        return State(unit.edition, dict(cursors))

    async def _catch_up(self, unit: Unit, boards: BoardStore, partition: int, start: int, end: int) -> None:
        if start == end:
            return
        live = self._index(unit, await boards.live())
        gains = self._prepared.take(unit.tenant.tenant_id, unit.generation, partition, start, end, live.boards)
        while start < end:
            if gains is None:
                stop = min(end, start + self._ranges.entries)
                gains = await self._gains(unit, live, partition, start, stop)
                self._ranges.learn(sum(change.updates for parts in gains.changes.values() for change in parts))
            remake = live.following_catalog if gains.catalog_changed else []
            await boards.apply(
                partition, start, gains.end, gains.changes, remake, catalog_changed=gains.catalog_changed
            )
            self._tell(unit.tenant.tenant_id)
            if remake:
                live = LiveBoards(live.boards.difference(remake), unit.tenant.zone)
            start, gains = gains.end, None

    def _index(self, unit: Unit, boards: Mapping[Board, int]) -> LiveBoards:
        """The tenant's boards, indexed; kept until they change."""
        tenant_id = unit.tenant.tenant_id
        live = self._prepared.expected(tenant_id, unit.generation)
        if live is None or live.boards != boards.keys():
            live = LiveBoards(boards, unit.tenant.zone)
            self._prepared.expect(tenant_id, unit.generation, live)
        return live

    async def _gains(self, unit: Unit, live: LiveBoards, partition: int, start: int, stop: int) -> Gains:
        """What a range adds, read from the log."""
        tenant = unit.tenant
        async with self._database.transaction("processor", snapshot=True) as connection:
            catalog_changed = await connection.fetchval(
                SQL["catalog_changed"], tenant.tenant_id, partition, start, stop
            )
            if not live.boards:
                return Gains(start, stop, live.boards, {}, catalog_changed)
            skip = await parked_offsets(connection, unit, partition, start, stop)
            batch = Batch(tenant, unit.generation, partition, start, stop, skip)
            await connection.execute(SQL["plan_batch"])
            names = await learn_names(connection, batch)
            changes = await count_range(connection, batch, live, names, store=False)
        return Gains(start, stop, live.boards, changes, catalog_changed)

    async def _out_of_place(self, unit: Unit, boards: BoardStore) -> tuple[dict[Board, int], list[Board]]:
        """What is pinned or wanted and not live, with when it was asked for; and what is live and nobody reads."""
        now = self._clock()
        live = await boards.live()
        pinned = pinned_boards(unit, now) | await self._declared(unit, now)
        idle_before = int(now.timestamp()) - self._idle_s
        now_s = int(now.timestamp())
        wanted = dict.fromkeys(pinned | await boards.wanted(), now_s)
        asked_for = {board: asked for board, asked in live.items() if asked >= idle_before}
        turned = successors(asked_for, unit.tenant, now)
        beside = {
            each: asked for each, asked in successors(wanted, unit.tenant, now).items() if ahead(each, unit.tenant, now)
        }
        kept = beside | turned | dict.fromkeys(pinned, now_s)
        missing = {board: asked for board, asked in sorted((kept | wanted).items()) if board not in live}
        return missing, [board for board, asked in live.items() if asked < idle_before and board not in kept]

    async def _declared(self, unit: Unit, now: datetime) -> set[Board]:
        """The boards that the tenant has declared as pinned; asked for again after a moment."""
        since, pinned = self._pinned.get(unit.tenant.tenant_id, (None, set()))
        if since is None or not since <= now < since + DECLARED_FOR:
            async with self._database.transaction("processor") as connection:
                pinned = await declared_pinned(connection, unit.tenant, now)
            self._pinned[unit.tenant.tenant_id] = now, pinned
        return pinned

    async def _turn(
        self, unit: Unit, boards: BoardStore, old: Board, new: Board, cursors: Mapping[int, int], asked_s: int
    ) -> bool:
        """Let a rolling window move on; False when it is better filled anew.

        In one moment when the board is asked for already, little by little when it is not.
        """
        now = self._clock()
        async with self._database.transaction("processor", snapshot=True) as connection:
            if await read_cursors(connection, unit) != cursors:
                raise BoardsMoved
            turned = await turn(connection, boards, unit.tenant, old, new)
        if turned is None:
            return False
        if ahead(new, unit.tenant, now):
            await boards.set_aside(old, new, turned)
            await boards.install(new, cursors, asked_s)
        else:
            await boards.turn(old, new, turned, cursors, asked_s)
        return True

    async def _fill(
        self, unit: Unit, boards: BoardStore, board: Board, cursors: Mapping[int, int], asked_s: int
    ) -> None:
        await boards.begin(board)
        async with self._database.transaction("processor", snapshot=True) as connection:
            if await read_cursors(connection, unit) != cursors:
                raise BoardsMoved
            async for chunk in totals(connection, unit.tenant, board):
                await boards.fill_totals(board, [(row.entity, row.value, row.last_ms) for row in chunk])
            if isinstance(board.declared, Unique):
                async for some in pairs(connection, unit.tenant, board):
                    await boards.fill_pairs(board, [(row.entity, row.fan, row.value) for row in some])
        await boards.install(board, cursors, asked_s)
        self._tell(unit.tenant.tenant_id)


def pinned_boards(unit: Unit, now: datetime) -> set[Board]:
    """The boards that are always kept: every summed metric's artists and events, by day, by week and for all time.

    Boards of unique fans are kept while they are watched: each remembers every pair of member and fan.
    """
    zone = unit.tenant.zone
    starts = {name: epoch_seconds(window_at(name, now, zone).start) for name in PINNED_WINDOWS}
    return {
        Board(metric.name, unit.tenant.currency if metric.money else "", KINDS[kind], window, start)
        for metric in METRICS
        for kind in metric.boards
        if kind in PINNED_KINDS
        for window, start in starts.items()
    }


def _moved(unit: Unit, moved: BoardsMoved) -> bool:
    """Say that boards are elsewhere than was thought; True: there is more to do."""
    Log(tenant=unit.tenant.slug).warning("follower_behind", error=described(moved))
    return True


def _unsound(state: State | None, edition: int, cursors: Mapping[int, int]) -> str | None:
    """Why Valkey's state cannot be gone on from; None when it can."""
    if state is None:
        return "Valkey has no state"
    if state.edition != edition:
        return "the numbers behind the cursors have changed"
    if state.cursors.keys() != cursors.keys():
        return "the log has other partitions"
    if any(state.cursors[partition] > cursor for partition, cursor in cursors.items()):
        return "the boards are ahead of the rollups"
    if sum(cursors.values()) - sum(state.cursors.values()) > REMAKE_BEHIND_ENTRIES:
        return "the boards are far behind the rollups"
    return None
