"""PostgreSQL: pools, tenant transactions, statements from files, rows as typed structs.

Nothing else imports asyncpg. Four pools stand for four sets of rights (see the first migration):

- ``capture`` appends to the log; it bypasses row-level security, because COPY is refused under it;
- ``app`` reads for one tenant at a time, under row-level security;
- ``processor`` serves every tenant's projections;
- ``owner`` is the role of the URL itself: migrations and partition upkeep.
"""

import asyncio
import logging
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal, Protocol, Self, TypeVar, cast

import asyncpg
import asyncpg.pgproto.pgproto
import msgspec

from coliseum.errors import StoreUnavailable

Right = Literal["capture", "app", "processor", "owner"]
TIMEOUT_S = 30.0
CONNECT_S = 5.0
IDLE_IN_TRANSACTION_S = 10
HELD_MAX_S: Mapping[Right, float] = MappingProxyType({"capture": 15.0, "app": TIMEOUT_S + 5})
"""How long a pooled connection is used at one go. PostgreSQL lets no statement of these rights run that long: then it
must be out of reach."""
STATEMENT_S: Mapping[Right, int] = MappingProxyType({"capture": 12, "app": int(TIMEOUT_S)})
LOCK_S: Mapping[Right, int] = MappingProxyType({"capture": 11, "app": int(TIMEOUT_S / 2)})
"""A lock is waited for longer than a session that holds it may be idle in its transaction."""
KEPT_MAX: Mapping[Right, int] = MappingProxyType({"capture": 3})
"""Connections that are kept at hand between uses: giving one back to the pool and taking it again costs several tasks
and timers, more than a short statement does. Capture looks people up on one while it appends on two others."""

UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # an idle connection that was just told that it is ended
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,  # no connection, disk or memory left
    asyncpg.PostgresIOError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    TimeoutError,
)
"""What is raised when PostgreSQL is away, restarting, full or stuck: nothing was committed, or nobody can know."""

CONFLICTS = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""What is raised when two transactions stood in each other's way: nothing was kept, and another try may succeed."""

DATA_ERRORS = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""What is raised when a statement cannot digest its input, however often it is tried."""

PostgresError = asyncpg.PostgresError
InsufficientPrivilege = asyncpg.InsufficientPrivilegeError
UniqueViolation = asyncpg.UniqueViolationError
Uuid = asyncpg.pgproto.pgproto.UUID
"""A ``uuid.UUID`` made of 16 bytes in a tenth of the time."""

logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)  # whoever needs a connection says it, as a line of JSON

Row = TypeVar("Row", bound=msgspec.Struct)


class Connection(Protocol):
    """The part of an asyncpg connection that this project uses."""

    async def execute(self, query: str, *args: object) -> str: ...
    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None: ...
    async def fetch(self, query: str, *args: object) -> list[Mapping[str, Any]]: ...
    async def fetchrow(self, query: str, *args: object) -> Mapping[str, Any] | None: ...
    async def fetchval(self, query: str, *args: object) -> Any: ...
    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[Sequence[object]], columns: Iterable[str]
    ) -> str: ...
    def transaction(self, *, isolation: Any = ..., readonly: bool = ..., deferrable: bool = ...) -> Any: ...
    def cursor(self, query: str, *args: object, prefetch: int | None = ...) -> Any: ...


def statements(package: str) -> Mapping[str, str]:
    """The SQL files of a package's ``sql`` folder, by their names without the ending: one statement each."""
    folder = resources.files(package) / "sql"
    return MappingProxyType(
        {
            entry.name.removesuffix(".sql"): entry.read_text()
            for entry in folder.iterdir()
            if entry.name.endswith(".sql")
        }
    )


async def rows(connection: Connection, row_type: type[Row], sql: str, *args: object) -> list[Row]:
    """Run a query; each row becomes a ``row_type`` by column names."""
    records = await connection.fetch(sql, *args)
    if records and tuple(records[0].keys()) == row_type.__struct_fields__:  # in the order of the fields
        return [row_type(*record.values()) for record in records]
    return [row_type(**record) for record in records]


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + (value if isinstance(value, bytes) else msgspec.json.encode(value)),
        decoder=lambda data: msgspec.json.decode(data[1:]),
    )


async def _reset(connection: Any) -> None:
    """Capture and app leave nothing in a session, so that giving a connection back needs no round trip."""
    if connection.is_in_transaction():
        await connection.reset()


def _ended(connection: Any) -> bool:
    """Whether a pooled connection was closed or given up."""
    try:
        closed: bool = connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it back by itself
        return True
    return closed


async def connect(url: str, right: Right = "owner") -> Any:
    """One connection outside the pools, for migrations and long exclusive work; the caller closes it."""
    connection = await asyncpg.connect(url, timeout=TIMEOUT_S, server_settings=_server_settings(right))
    await _prepare(connection)
    return connection


def _server_settings(right: Right) -> dict[str, str]:
    settings = {
        "application_name": f"coliseum-{right}",
        "timezone": "UTC",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_S}s",
        "jit": "off",
        # A client that vanished without a word is noticed within half a minute, and its connection given up.
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "4",
        "synchronous_commit": "on",  # whatever the server or the role says: an acknowledged event is on disk
    }
    if right != "owner":
        settings["role"] = f"coliseum_{right}"
    if right == "processor":
        settings["work_mem"] = "64MB"  # a batch is sorted and hashed in memory
        settings["plan_cache_mode"] = "force_custom_plan"  # one statement serves batches of one entry and of 100,000
    if right == "capture":
        # Everything is looked up by its index, however small the tables were when a plan was made and kept.
        settings |= {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
    if right in STATEMENT_S:
        settings["statement_timeout"] = f"{STATEMENT_S[right]}s"
        settings["lock_timeout"] = f"{LOCK_S[right]}s"
    return settings


class Database:
    """The pools of one process. Open with ``Database.open``; close it when the process ends."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._pools: dict[Right, Any] = {}
        self._connections: weakref.WeakSet[Any] = weakref.WeakSet()
        self._kept: dict[Right, list[Any]] = {right: [] for right in KEPT_MAX}
        self._waiting: Counter[Right] = Counter()

    @classmethod
    async def open(cls, url: str, **sizes: int) -> Self:
        """Connect the named pools, for instance ``capture=8, app=8``: the most connections of each.

        Raises:
            StoreUnavailable: PostgreSQL could not be reached.
        """
        database = cls(url)
        try:
            for name, size in sizes.items():
                right = cast("Right", name)
                database._pools[right] = await asyncpg.create_pool(
                    url,
                    min_size=1,
                    max_size=size,
                    init=database._adopt,
                    reset=_reset if right in ("capture", "app") else None,
                    timeout=CONNECT_S,
                    server_settings=_server_settings(right),
                    max_inactive_connection_lifetime=300,
                )
        except (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError) as error:
            raise StoreUnavailable(
                f"PostgreSQL refuses: {error}.", hint="`coliseum migrate` prepares the database."
            ) from error
        except (*UNREACHABLE, asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
            raise StoreUnavailable(f"PostgreSQL could not be reached: {error}") from error
        return database

    async def close(self) -> None:
        """Close all pools; connections in use get a moment to finish."""
        for right, kept in self._kept.items():
            while kept:
                await self._pools[right].release(kept.pop())
        for pool in self._pools.values():
            try:
                async with asyncio.timeout(5):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    async def _adopt(self, connection: Any) -> None:
        await _prepare(connection)
        self._connections.add(connection)

    def hang_up(self) -> None:
        """End every connection of this process at once: what they were doing fails, and later uses connect anew.

        For a server that is out of reach: a connection that nobody hears any more may look alive for hours.
        """
        for connection in list(self._connections):
            connection.terminate()

    @asynccontextmanager
    async def connection(self, right: Right, *, held_max_s: float | None = None) -> AsyncIterator[Connection]:
        """A pooled connection with the given rights, outside any transaction.

        It is waited for no longer than ``held_max_s`` seconds, and ended when it is held for longer than that. Without
        it, capture's and app's are ended after ``HELD_MAX_S``, and all others of this process with them.
        """
        connection = await self._take(right, TIMEOUT_S if held_max_s is None else held_max_s)
        give_up = self.hang_up if held_max_s is None else connection.terminate
        limit_s = HELD_MAX_S.get(right) if held_max_s is None else held_max_s
        watch = asyncio.get_running_loop().call_later(limit_s, give_up) if limit_s is not None else None
        fit = False
        try:
            yield connection
            fit = True
        except RuntimeError as error:
            if _ended(connection):  # the event loop's own word for what was ended meanwhile
                raise ConnectionResetError("the connection to PostgreSQL was given up") from error
            raise
        finally:
            if watch is not None:
                watch.cancel()
            await self._give_back(right, connection, fit=fit)

    async def _take(self, right: Right, wait_s: float) -> Any:
        """A connection that is at hand, or one of the pool's."""
        kept = self._kept.get(right)
        while kept:
            connection = kept.pop()
            if not _ended(connection):
                return connection
            await self._pools[right].release(connection)
        self._waiting[right] += 1
        try:
            return await self._pools[right].acquire(timeout=wait_s)
        finally:
            self._waiting[right] -= 1

    async def _give_back(self, right: Right, connection: Any, *, fit: bool) -> None:
        """To the pool; or it is kept at hand, when it is fit for its next use and nobody waits for the pool."""
        kept = self._kept.get(right)
        room = kept is not None and len(kept) < KEPT_MAX[right] and not self._waiting[right]
        if kept is not None and room and fit and not _ended(connection):
            kept.append(connection)
        else:
            await self._pools[right].release(connection)

    @asynccontextmanager
    async def transaction(
        self, right: Right, *, snapshot: bool = False, held_max_s: float | None = None
    ) -> AsyncIterator[Connection]:
        """A transaction; ``snapshot`` makes all its reads see one moment (repeatable read)."""
        async with (
            self.connection(right, held_max_s=held_max_s) as connection,
            connection.transaction(isolation="repeatable_read" if snapshot else None),
        ):
            yield connection

    @asynccontextmanager
    async def tenant(self, tenant_id: int, *, snapshot: bool = False) -> AsyncIterator[Connection]:
        """A transaction that can see one tenant's rows only, by row-level security."""
        async with self.transaction("app", snapshot=snapshot) as connection:
            await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(tenant_id))
            yield connection
