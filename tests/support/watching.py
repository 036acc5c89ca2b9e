"""A database that tells what it was asked for, and answers when it is let."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from coliseum import db


class WatchedDatabase(db.Database):
    """A database on the pools of another: it notes what is asked for, and holds each until ``let_go``, or fails it."""

    def __init__(self, database: db.Database) -> None:
        self.__dict__.update(database.__dict__)
        self.asked: list[Any] = []
        self.let_go = asyncio.Event()
        self.error: Exception | None = None

    @asynccontextmanager
    async def connection(self, right: db.Right, *, held_max_s: float | None = None) -> AsyncIterator[db.Connection]:
        async with super().connection(right, held_max_s=held_max_s) as connection:
            yield cast("db.Connection", _Watched(connection, self))

    async def until_asked(self, statements: int) -> None:
        """Return when so many statements are or were under way."""
        async with asyncio.timeout(10):
            while len(self.asked) < statements:
                await asyncio.sleep(0)


class _Watched:
    def __init__(self, connection: db.Connection, database: WatchedDatabase) -> None:
        self._connection = connection
        self._database = database

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        if "privacy_erasures" in query:  # who was forgotten is asked beside what is watched
            return await self._connection.fetch(query, *args)
        self._database.asked.append(args[-1])
        await self._database.let_go.wait()
        if self._database.error is not None:
            raise self._database.error
        return await self._connection.fetch(query, *args)
