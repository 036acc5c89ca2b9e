"""Stores that break at a chosen operation: before it is done, or after it was done and before anybody heard of it.

Nothing here knows a statement, a script or how many there are. A first pass without faults writes down every
operation that it sees, and each of these is then a point at which to break.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from enum import Enum
from inspect import iscoroutine
from typing import Any, NamedTuple, TypeVar

import asyncpg
from asyncpg.cursor import CursorFactory
from asyncpg.prepared_stmt import PreparedStatement
from asyncpg.transaction import Transaction
from valkey.asyncio import Valkey
from valkey.exceptions import ConnectionError as ValkeyConnectionError

from coliseum import db, kv

Result = TypeVar("Result")


class Way(Enum):
    """How an operation breaks; the caller hears the same in both cases."""

    FAILED = "failed"
    PERSISTED = "failed but persisted"


class Point(NamedTuple):
    """An operation: the n-th of its task or thread.

    These are numbered by when they first asked for something, so that tasks that run at once may take turns.
    """

    lane: int
    number: int


class Operation(NamedTuple):
    """What was about to be done; ``doomed``: without a commit that is still to come, it will not have been."""

    name: str
    doomed: bool


class Breaking:
    """Counts operations by attempts, and breaks each attempt at one point at most."""

    def __init__(self) -> None:
        self.points: dict[Point, Operation] = {}
        self.broke = False
        self._armed: Point | None = None
        self._way = Way.FAILED
        self._lanes: dict[object, int] = {}
        self._counts: Counter[int] = Counter()
        self._lock = threading.Lock()

    def begin(self, point: Point | None = None, way: Way = Way.FAILED) -> None:
        """Begin an attempt that is to break at ``point``, or at none."""
        self.points, self.broke, self._armed, self._way = {}, False, point, way
        self._lanes, self._counts = {}, Counter()

    def ask(self) -> int:
        """The lane of this task or thread, which asks for something: a connection, or an operation."""
        return self._lanes.setdefault(_current(), len(self._lanes))

    def arrive(self, name: str, *, doomed: bool = False) -> Way | None:
        """Count an operation that is about to be done; the way in which it is to break, if it is the one."""
        with self._lock:
            lane = self.ask()
            point = Point(lane, self._counts[lane])
            self._counts[lane] += 1
            self.points[point] = Operation(name, doomed)
            if point != self._armed:
                return None
            self.broke = True
            return self._way

    async def do(
        self,
        name: str,
        work: Callable[[], Awaitable[Result]],
        lost: Callable[[], Exception],
        *,
        doomed: bool = False,
    ) -> Result:
        """Do an operation, unless it is to break: then raise what ``lost`` makes, before it or after it."""
        way = self.arrive(name, doomed=doomed)
        if way is Way.FAILED:
            raise lost()
        result = await work()
        if way is Way.PERSISTED:
            raise lost()
        return result


def _current() -> object:
    try:
        return asyncio.current_task() or threading.current_thread()
    except RuntimeError:
        return threading.current_thread()


class _Wrapped:
    """Something of asyncpg's, whose every operation is counted, and everything that it hands out."""

    def __init__(self, inner: Any, connection: Any, breaking: Breaking) -> None:
        self._inner = inner
        self._connection = connection
        self._breaking = breaking

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **more: Any) -> Any:
            made = found(*args, **more)
            if not iscoroutine(made):
                return self._wrap(made)
            return self._operation(made, f"{name} {' '.join(str(args[0]).split())[:60]}" if args else name)

        return call

    async def _operation(self, made: Coroutine[Any, Any, Any], label: str) -> Any:
        try:
            doomed = self._connection.is_in_transaction()
            return self._wrap(await self._breaking.do(label, lambda: made, self._lost, doomed=doomed))
        finally:
            made.close()  # it may never have begun

    def _wrap(self, made: Any) -> Any:
        for kind, wrapper in ((Transaction, _Transaction), (CursorFactory, _Cursor), (PreparedStatement, _Wrapped)):
            if isinstance(made, kind):
                return wrapper(made, self._connection, self._breaking)
        return made

    def _lost(self) -> Exception:
        """The connection is gone, and with it whatever was not committed."""
        self._connection.terminate()
        return asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")


class _Transaction(_Wrapped):
    async def __aenter__(self) -> None:
        await self._breaking.do("begin", self._inner.__aenter__, self._lost, doomed=True)

    async def __aexit__(self, *raised: object) -> None:
        if self._connection.is_closed():
            await self._inner.__aexit__(*raised)
        else:
            name = "commit" if raised[0] is None else "rollback"
            await self._breaking.do(name, lambda: self._inner.__aexit__(*raised), self._lost)


class _Cursor(_Wrapped):
    async def __aiter__(self) -> AsyncIterator[Any]:
        rows = self._inner.__aiter__()
        while True:
            try:
                if getattr(rows, "_buffer", None):  # what was fetched ahead is no operation
                    yield await rows.__anext__()
                else:
                    yield await self._breaking.do("fetch", rows.__anext__, self._lost, doomed=True)
            except StopAsyncIteration:
                return


class BreakingDatabase(db.Database):
    """A database on the pools of another one, whose operations are counted and may break."""

    def __init__(self, database: db.Database, breaking: Breaking) -> None:
        self.__dict__.update(database.__dict__)
        self.breaking = breaking

    @asynccontextmanager
    async def connection(self, right: db.Right, *, held_max_s: float | None = None) -> AsyncIterator[db.Connection]:
        self.breaking.ask()  # whoever has to wait for a connection is overtaken by others
        async with super().connection(right, held_max_s=held_max_s) as connection:
            yield _Wrapped(connection, connection, self.breaking)


class _BreakingClient(Valkey):
    """A client whose commands are counted, whoever sends them; a pipeline is one operation."""

    breaking: Breaking

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        parent: Any = super().execute_command
        return await self.breaking.do(f"valkey {args[0]}", lambda: parent(*args, **options), _away)

    def pipeline(self, *args: Any, **more: Any) -> Any:
        parent: Any = super().pipeline
        made: Any = parent(*args, **more)
        execute = made.execute
        made.execute = lambda *args, **more: self.breaking.do("pipeline", lambda: execute(*args, **more), _away)
        return made


def _away() -> Exception:
    return ValkeyConnectionError("Connection closed by server.")


class BreakingStore(kv.KeyValue):
    """Valkey over the connections of another store, whose operations are counted and may break."""

    def __init__(self, store: kv.KeyValue, breaking: Breaking) -> None:
        self.__dict__.update(store.__dict__)
        self._whole = store
        make: Any = _BreakingClient
        client = make(connection_pool=store.raw.connection_pool)
        client.breaking = breaking
        self._client = client
        self._breaking = breaking
        self._scripts = {}

    async def script(self, package: str, name: str, keys: Sequence[str], args: Sequence[object]) -> Any:
        """Run a script, which is one operation, on the other store's connection for scripts."""
        return await self._breaking.do(f"valkey {name}", lambda: self._whole.script(package, name, keys, args), _away)
