"""Pools of connections, one for each set of rights, and transactions over them."""

import asyncio
import logging
import weakref
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Self, cast

import asyncpg
import msgspec

from coliseum.db.rows import Connection
from coliseum.db.sessions import (
    CONNECT_S,
    HELD_MAX_S,
    IDLE_IN_TRANSACTION_S,
    KEPT_MAX,
    TIMEOUT_S,
    UNREACHABLE,
    Right,
    server_settings,
)
from coliseum.errors import StoreUnavailable

SESSIONS_AT_WORK = """
SELECT pid FROM pg_stat_activity
WHERE pid = ANY($1) AND (state = 'active' OR state_change > clock_timestamp() - make_interval(secs => $2))
"""
logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)  # whoever needs a connection says it, as a line of JSON


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


class RoleNotTaken(StoreUnavailable):
    """A connection does not have the rights it asked for; it is not used."""

    hint = "Connect to PostgreSQL itself, or through a pooler that hands the start-up parameter `role` on."


async def _check_role(connection: Any, right: Right) -> None:
    """Whether a new connection took its role on: a pooler may have dropped that, and policies would not hold."""
    if right != "owner":
        role = await connection.fetchval("SELECT current_user")
        if role != f"coliseum_{right}":
            raise RoleNotTaken(f"A connection that asked for the role coliseum_{right} has the role {role}.")


def _ended(connection: Any) -> bool:
    """Whether a pooled connection was closed or given up."""
    try:
        closed: bool = connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it back by itself
        return True
    return closed


async def connect(url: str, right: Right = "owner") -> Any:
    """One connection outside the pools, for migrations and long exclusive work; the caller closes it."""
    connection = await asyncpg.connect(url, timeout=TIMEOUT_S, server_settings=server_settings(right))
    try:
        await _check_role(connection, right)
        await _prepare(connection)
    except BaseException:
        connection.terminate()
        raise
    return connection


class Database:
    """The pools of one process. Open with ``Database.open``; close it when the process ends."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._pools: dict[Right, Any] = {}
        self._connections: weakref.WeakSet[Any] = weakref.WeakSet()
        self._kept: dict[Right, list[Any]] = {right: [] for right in KEPT_MAX}
        self._waiting: Counter[Right] = Counter()
        self._used_since_s: dict[Any, float] = {}

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
                    init=partial(database._adopt, right),
                    reset=_reset if right in ("capture", "app", "accounts") else None,
                    timeout=CONNECT_S,
                    server_settings=server_settings(right),
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

    async def _adopt(self, right: Right, connection: Any) -> None:
        await _check_role(connection, right)
        await _prepare(connection)
        self._connections.add(connection)

    def hang_up(self) -> None:
        """End every connection of this process at once: what they were doing fails, and later uses connect anew.

        For a server that is out of reach: a connection that nobody hears any more may look alive for hours.
        """
        for connection in list(self._connections):
            connection.terminate()

    async def hang_up_lost(self, right: Right, idle_s: float = IDLE_IN_TRANSACTION_S) -> int:
        """End the connections in use that PostgreSQL does nothing for; returns how many.

        Whoever uses one waits for an answer that will never come: one direction of it is dead, and the session has
        ended or been idle for ``idle_s`` seconds. Behind a pooler, which has sessions of its own, none is ended.
        """
        before_s = asyncio.get_running_loop().time() - idle_s - 1
        used = [connection for connection, since_s in self._used_since_s.items() if since_s < before_s]
        pids = {connection.get_server_pid(): connection for connection in used if not _ended(connection)}
        if not pids:
            return 0
        async with self.transaction(right, held_max_s=CONNECT_S) as asking:
            await asking.execute("SET LOCAL ROLE NONE")  # the sessions of one's own user can be looked at
            if await asking.fetchval("SELECT pg_backend_pid()") != asking.get_server_pid():
                return 0
            found = await asking.fetch(SESSIONS_AT_WORK, list(pids), idle_s)
        lost = pids.keys() - {record["pid"] for record in found}
        for pid in lost:
            pids[pid].terminate()
        return len(lost)

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
        self._used_since_s[connection] = asyncio.get_running_loop().time()
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
            del self._used_since_s[connection]
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
    async def tenant(
        self, tenant_id: int, right: Right = "app", *, snapshot: bool = False
    ) -> AsyncIterator[Connection]:
        """A transaction that can see one tenant's rows only, by row-level security."""
        async with self.transaction(right, snapshot=snapshot) as connection:
            await connection.execute("SELECT set_config('coliseum.tenant', $1, true)", str(tenant_id))
            yield connection
