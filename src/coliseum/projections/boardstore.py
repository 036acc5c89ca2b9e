"""The live boards of one tenant in Valkey: their state, and the eight scripts that may change them.

Every script checks the fence (the holder's epoch) and, where it matters, the cursors; so whatever happened to Valkey
or to this process in between, a change is applied at its place in the log or not at all.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import msgspec

from coliseum import kv
from coliseum.boards.board import WHOLE, Board, Keys, board_named, member
from coliseum.errors import ColiseumError, LeaseLost
from coliseum.metrics.registry import Unique
from coliseum.projections.deltas import Changes
from coliseum.projections.turns import Turn

PACKAGE = "coliseum.projections"
AT_ONCE = 1_000
"""So many are read or written in one command, which holds Valkey for a few milliseconds."""


class BoardsMoved(ColiseumError):
    """Valkey's state is not the one that was read: begin again from what it is now."""


class State(msgspec.Struct, frozen=True):
    """What Valkey says: which edition of the rollups it was made of, and how far each partition has been read."""

    edition: int
    cursors: dict[int, int]


class BoardStore:
    """One tenant's boards, as one holder of the tenant's unit may change them."""

    def __init__(self, store: kv.KeyValue, tenant_id: int, epoch: int) -> None:
        self._store = store
        self.keys = Keys(tenant_id)
        self._epoch = epoch

    async def take_over(self) -> State | None:
        """Fence off earlier holders and read the state; None when there is none.

        Raises:
            LeaseLost: a later holder has been here.
        """
        try:
            flat = await self._store.script(PACKAGE, "take_over", [self.keys.state], [self._epoch])
        except kv.Refused as error:
            raise LeaseLost from error
        fields = dict(zip(map(bytes.decode, flat[::2]), flat[1::2], strict=True))
        if "edition" not in fields:
            return None
        cursors = {int(name[1:]): int(value) for name, value in fields.items() if name[0] == "p"}
        return State(int(fields["edition"]), cursors)

    async def reset(self, edition: int, cursors: Mapping[int, int]) -> None:
        """Forget all boards (they become wanted again) and stand at these cursors.

        Raises:
            LeaseLost: a later holder has been here.
        """
        args: list[object] = [self._epoch, edition, *(n for pair in cursors.items() for n in pair)]
        keys = [self.keys.state, self.keys.boards, self.keys.wanted]
        try:
            await self._store.script(PACKAGE, "reset_boards", keys, args)
        except kv.Refused as error:
            raise LeaseLost from error

    async def live(self) -> dict[Board, int]:
        """The live boards and when each was last asked for, in Unix seconds."""
        fields = await self._store.raw.hgetall(self.keys.boards)
        return {board_named(name.decode()): int(asked) for name, asked in fields.items()}

    async def wanted(self) -> set[Board]:
        """The boards that were asked for and are not live."""
        return {board_named(name.decode()) for name in await self._store.raw.smembers(self.keys.wanted)}

    async def apply(
        self,
        partition: int,
        start: int,
        end: int,
        changes: Changes,
        remake: Iterable[Board],
        *,
        catalog_changed: bool = False,
    ) -> None:
        """Add the changes of the entries from ``start`` to ``end`` and advance the cursor, atomically.

        Boards in ``remake`` stop being live and become wanted, in the same moment. ``catalog_changed``: names that
        readers remember are out of date.

        Raises:
            BoardsMoved: the cursor is not at ``start``, or another holder has been here.
        """
        names = [board.name for board in remake]
        keys = [self.keys.state, self.keys.boards, self.keys.wanted]
        args: list[object] = [self._epoch, partition, start, end, "c" if catalog_changed else "", len(names), *names]
        parts = {id(change): change for some in changes.values() for change in some}
        args.append(len(parts))
        for change in parts.values():
            args += (change.members, change.sums, change.lasts or b"")
        places = {key: place for place, key in enumerate(parts, 1)}
        for board, some in changes.items():
            keys += (self.keys.board(board.name), self.keys.fans(board.name))
            ties = board.ties
            args += (
                _form(board),
                board.name,
                ties.base_ms,
                ties.bits,
                len(some),
                *(places[id(change)] for change in some),
            )
        await self._guarded("apply_deltas", keys, args)

    async def scores(self, board: Board, members: Sequence[bytes]) -> list[float | None]:
        """See ``Held.scores``."""
        key, found = self.keys.board(board.name), []
        for start in range(0, len(members), AT_ONCE):
            found += await self._store.raw.zmscore(key, members[start : start + AT_ONCE])
        return found

    async def pairs(self, board: Board, pairs: Sequence[bytes]) -> list[int]:
        """See ``Held.pairs``."""
        key, found = self.keys.fans(board.name), []
        for start in range(0, len(pairs), AT_ONCE):
            found += await self._store.raw.hmget(key, pairs[start : start + AT_ONCE])
        return [int(total or 0) for total in found]

    async def turn(self, old: Board, new: Board, turned: Turn, cursors: Mapping[int, int], now_s: int) -> None:
        """Make a board of a rolling window the next hour's, in one moment; it was asked for at ``now_s``.

        Raises:
            BoardsMoved: the cursors are not those at which it was worked out, or another holder has been here.
        """
        boards = (old, new)
        keys = [self.keys.state, self.keys.boards, self.keys.wanted]
        keys += [key for board in boards for key in (self.keys.board(board.name), self.keys.fans(board.name))]
        args: list[object] = [self._epoch, old.name, new.name, now_s, _form(old)]
        args += [len(cursors), *(n for pair in cursors.items() for n in pair)]
        for _, _, words in turned.commands(*keys[3:5]):
            args += [len(words), *words]
        ended = old.ties.nothing_before(new.start * 1_000)
        args += [0] if ended is None else [2, *ended]
        await self._guarded("turn_board", keys, args)

    async def set_aside(self, old: Board, new: Board, turned: Turn) -> None:
        """Take a board that nobody needs any more out of sight, and change it to what ``install`` makes live.

        Raises:
            BoardsMoved: something of it was evicted, or another holder has been here.
        """
        scores, fans = self._aside(self.keys.board(new.name)), self._aside(self.keys.fans(new.name))
        keys = [self.keys.state, self.keys.boards, self.keys.wanted]
        keys += [self.keys.board(old.name), self.keys.fans(old.name), scores, fans]
        await self._guarded("set_aside", keys, [self._epoch, old.name, _form(old)])
        for verb, key, words in turned.commands(scores, fans):
            for start in range(0, len(words), AT_ONCE):
                some = words[start : start + AT_ONCE]
                await self._guarded("change_aside", [self.keys.state, key], [self._epoch, verb, *some])
        ended = old.ties.nothing_before(new.start * 1_000)
        if ended is not None:
            await self._guarded("change_aside", [self.keys.state, scores], [self._epoch, "ZREMRANGEBYSCORE", *ended])

    async def fill_totals(self, board: Board, rows: Iterable[tuple[int, int, int]]) -> None:
        """Write members (entity, total, Unix millisecond of the last entry) aside, where no reader looks yet."""
        ties = board.ties
        key, left = self._aside(self.keys.board(board.name)), iter(rows)
        while some := list(islice(left, AT_ONCE)):
            scores = {member(entity): ties.score(total, ties.order(total, last_ms)) for entity, total, last_ms in some}
            await self._store.raw.zadd(key, scores)

    async def fill_pairs(self, board: Board, rows: Iterable[tuple[int, int, int]]) -> None:
        """Write (member, fan, total) aside, where no reader looks yet."""
        fields = {member(entity) + member(fan): total for entity, fan, total in rows}
        if fields:
            await self._store.raw.hset(self._aside(self.keys.fans(board.name)), mapping=fields)

    async def begin(self, board: Board) -> None:
        """Begin to fill a board aside: remove what an earlier, broken-off filling left, and put the mark there."""
        scores, fans = self._aside(self.keys.board(board.name)), self._aside(self.keys.fans(board.name))
        await self._store.raw.unlink(scores, fans)
        await self._store.raw.zadd(scores, {WHOLE: math.inf})
        if isinstance(board.declared, Unique):
            await self._store.raw.hset(fans, WHOLE, 0)

    async def install(self, board: Board, cursors: Mapping[int, int], now_s: int) -> None:
        """Make the filled board live, if the cursors are still those at which it was filled.

        Raises:
            BoardsMoved: they are not, something of it was evicted, or another holder has been here.
        """
        zset, fans = self.keys.board(board.name), self.keys.fans(board.name)
        keys = [
            self.keys.state,
            self.keys.boards,
            self.keys.wanted,
            zset,
            self._aside(zset),
            fans,
            self._aside(fans),
        ]
        args: list[object] = [
            self._epoch,
            board.name,
            now_s,
            _form(board),
            *(n for pair in cursors.items() for n in pair),
        ]
        await self._guarded("install_board", keys, args)

    async def drop(self, boards: Iterable[Board]) -> None:
        """Stop keeping these boards.

        Raises:
            BoardsMoved: another holder has been here.
        """
        names = [board.name for board in boards]
        data = [key for name in names for key in (self.keys.board(name), self.keys.fans(name))]
        await self._guarded("drop_boards", [self.keys.state, self.keys.boards, *data], [self._epoch, *names])

    async def _guarded(self, name: str, keys: list[str], args: list[object]) -> None:
        try:
            await self._store.script(PACKAGE, name, keys, args)
        except kv.Refused as error:
            if str(error).startswith(("FENCED", "MOVED")):
                raise BoardsMoved(str(error)) from error
            raise

    @staticmethod
    def _aside(key: str) -> str:
        return f"{key}:filling"


def _form(board: Board) -> str:
    """What the scripts call a board's kind: of unique fans, or of totals."""
    return "u" if isinstance(board.declared, Unique) else "t"
