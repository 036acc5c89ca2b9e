"""Entries as they arrive, for whoever debugs: one reader a process, however many watch.

The reader looks at a tenant's log when some process says that it has grown, at most four times a second, and reads the
newest ``SAMPLE`` entries at most. A flood is thus shown as a sample, and every message says how many have truly come.
A viewer that takes its messages too slowly misses some, and holds nobody up.
"""

import asyncio
import heapq
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress

import msgspec

from coliseum import db, kv
from coliseum.accounts.tenants import Tenant
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable
from coliseum.queries.entries import SQL, EntryLine, EntryQuestion, EntryRow, line_of
from coliseum.tasks import end
from coliseum.telemetry import Log, described

VIEWERS_MAX = 200
SAMPLE = 100
LINES_MAX = 30
GAP_S = 0.25
POLL_S = 1.0
HEARTBEAT_S = 15.0
STREAM_S_MAX = 300.0
"""A stream then ends, and its viewer comes back and is asked again who they are."""
RATE_S = 5.0
WAITING_MAX = 8
HEARTBEAT = b": still here\n\n"
STALE = b"event: stale\ndata: {}\n\n"


class Arrived(msgspec.Struct, frozen=True, rename="camel"):
    """What a message says: the newest of what has come, how much has come, and how fast it comes."""

    entries: list[EntryLine]
    arrived: int
    per_second: float
    sampled: bool
    head: int


class Turn(msgspec.Struct, frozen=True):
    """What one look has found."""

    rows: list[EntryRow]
    arrived: int
    per_second: float
    head: int


class _Tail:
    """One tenant's log as far as it was looked at. Owned by the reader."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.viewers: set[_Viewer] = set()
        self.looked_at = 0.0
        self._seen: dict[int, int] | None = None
        self._pace: deque[tuple[float, int]] = deque()
        self._looking = asyncio.Lock()

    async def look(self, database: db.Database) -> Turn | None:
        """What has come since the last look; None when nothing has."""
        async with self._looking:
            self.looked_at = time.monotonic()
            async with database.tenant(self.tenant.tenant_id, snapshot=True) as connection:
                heads = await self._heads(connection)
                seen, self._seen = self._seen if self._seen is not None else heads, heads
                arrived = sum(head - seen.get(partition, 0) for partition, head in heads.items())
                rows = await self._rows(connection, seen, heads) if arrived else []
            self._pace.append((self.looked_at, arrived))
            while self._pace[0][0] < self.looked_at - RATE_S:
                self._pace.popleft()
            if not arrived:
                return None
            return Turn(rows, arrived, round(sum(count for _, count in self._pace) / RATE_S, 1), sum(heads.values()))

    async def newest(self, database: db.Database) -> Turn:
        """The newest entries, for somebody who begins to watch; ``look`` tells what comes after them."""
        async with self._looking, database.tenant(self.tenant.tenant_id, snapshot=True) as connection:
            heads = await self._heads(connection)
            if self._seen is None:
                self._seen = heads
            return Turn(await self._rows(connection, {}, heads), 0, 0.0, sum(heads.values()))

    async def _heads(self, connection: db.Connection) -> dict[int, int]:
        found = await connection.fetch(SQL["log_heads"], self.tenant.tenant_id)
        return {row["partition"]: row["head"] for row in found}

    async def _rows(self, connection: db.Connection, seen: dict[int, int], heads: dict[int, int]) -> list[EntryRow]:
        lists = [
            await db.rows(
                connection, EntryRow, SQL["log_entries"], self.tenant.tenant_id, partition,
                max(seen.get(partition, 0), head - SAMPLE), head, *[None] * 8, SAMPLE,
            )
            for partition, head in heads.items()
        ]  # fmt: skip
        return list(heapq.merge(*lists, key=lambda row: row.created_at, reverse=True))[:SAMPLE]


class _Viewer:
    """Somebody who watches: what they want to see, and what is on its way to them."""

    def __init__(self, question: EntryQuestion) -> None:
        self._question = question
        self._waiting: deque[bytes] = deque(maxlen=WAITING_MAX)
        self._news = asyncio.Event()

    def tell(self, message: bytes) -> None:
        """Have a message sent; the oldest that waits makes room for it."""
        self._waiting.append(message)
        self._news.set()

    def show(self, turn: Turn) -> None:
        """Have what was found sent, as far as it is what they want."""
        rows = [row for row in turn.rows if self._wants(row)]
        told = Arrived(
            [line_of(row, {}, {}) for row in rows[:LINES_MAX]], turn.arrived, turn.per_second,
            turn.arrived > len(turn.rows) or (turn.arrived > 0 and len(rows) > LINES_MAX), turn.head,
        )  # fmt: skip
        self.tell(b"data: " + msgspec.json.encode(told) + b"\n\n")

    def _wants(self, row: EntryRow) -> bool:
        asked = self._question
        pairs = (
            (asked.event_type, row.event_type), (asked.artist, row.artist_id), (asked.event, row.event_id),
            (asked.track, row.track_id), (asked.source, row.source),
        )  # fmt: skip
        return all(wanted is None or wanted == value for wanted, value in pairs)

    async def next(self) -> bytes | None:
        """The next message; None when there is none for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_S):
                while not self._waiting:
                    self._news.clear()
                    await self._news.wait()
                return self._waiting.popleft()
        return None


class Tails:
    """Owns the reader and knows who watches. Lives in one event loop; works only while somebody watches."""

    def __init__(self, database: db.Database, store: kv.KeyValue) -> None:
        self._database = database
        self._store = store
        self._tails: dict[int, _Tail] = {}
        self._reader: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def messages(self, tenant: Tenant, question: EntryQuestion) -> AsyncIterator[bytes]:
        """The stream of one viewer.

        Raises:
            RequestRefused: ``overloaded``, when this process has all the viewers that it serves.
        """
        if self._closing.is_set() or sum(len(tail.viewers) for tail in self._tails.values()) >= VIEWERS_MAX:
            raise RequestRefused(Refusal.OVERLOADED, "too many are watching; the page itself can be reloaded")
        return self._messages(tenant, _Viewer(question))

    def close(self) -> None:
        """End all streams."""
        self._closing.set()
        for tail in self._tails.values():
            for viewer in tail.viewers:
                viewer.tell(b"")

    async def stop(self) -> None:
        """End all streams, and the reader."""
        self.close()
        if self._reader is not None:
            await end(self._reader)

    async def _messages(self, tenant: Tenant, viewer: _Viewer) -> AsyncIterator[bytes]:
        tail = self._tails.setdefault(tenant.tenant_id, _Tail(tenant))
        tail.viewers.add(viewer)
        until = time.monotonic() + STREAM_S_MAX
        try:
            yield b"retry: 1000\n\n"
            viewer.show(await tail.newest(self._database))
            if self._reader is None or self._reader.done():
                self._reader = asyncio.create_task(self._read())
            while not self._closing.is_set() and time.monotonic() < until:
                message = await viewer.next()
                if message != b"":
                    yield HEARTBEAT if message is None else message
        finally:
            tail.viewers.discard(viewer)
            if not tail.viewers:
                self._tails.pop(tenant.tenant_id, None)

    async def _read(self) -> None:
        async with self._store.wake_ups() as woken:
            while self._tails and not self._closing.is_set():
                grown, now = woken.take(), time.monotonic()
                for tenant_id, tail in list(self._tails.items()):
                    if tenant_id in grown or now - tail.looked_at >= POLL_S:
                        await self._look(tail)
                await asyncio.sleep(GAP_S)
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S - GAP_S):
                        await woken.wait()

    async def _look(self, tail: _Tail) -> None:
        try:
            turn = await tail.look(self._database)
        except (*db.UNREACHABLE, db.PostgresError, StoreUnavailable) as error:
            Log().warning("capture_failed", error=described(error), path="/t/{slug}/log/live")
            for viewer in tail.viewers:
                viewer.tell(STALE)
            return
        if turn is not None:
            for viewer in tail.viewers:
                viewer.show(turn)
