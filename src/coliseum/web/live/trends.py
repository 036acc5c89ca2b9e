"""Where the pages of trending and breaking boards come from: read from the rollups, once for all who watch."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum import db
from coliseum.boards.declaration import Declaration
from coliseum.errors import Refusal, RequestRefused
from coliseum.metrics.registry import Kind
from coliseum.queries.breaking import Breaking, BreakingBoard, breaking
from coliseum.queries.declared import Declarations
from coliseum.queries.pages import read_position
from coliseum.queries.public import REST_FACTOR
from coliseum.queries.trend_asked import trend_from
from coliseum.queries.trending import Trending, TrendingBoard, trending
from coliseum.web.live.versions import BOARD
from coliseum.web.live.wishes import TRENDS, Wish

EVERY_S: Final = 0.5
"""Hours are compared no more often than this, however much is counted; after a long reading, more rarely."""


class TrendSource:
    """A trending or breaking board's page. It is read anew when something was counted, or another hour has begun."""

    shape = BOARD

    def __init__(
        self,
        wish: Wish,
        database: db.Database,
        declarations: Declarations,
        clock: Callable[[], datetime],
        gate: asyncio.Semaphore,
    ) -> None:
        """``gate``: is passed to read."""
        self.until: datetime | None = None
        self.meaning: object = None
        self.of_fans = wish.of_fans
        self._kind = TRENDS[wish.kind]
        self._tenant, self._parameters = wish.tenant, dict(wish.parameters)
        self._database = database
        self._declarations = declarations
        self._clock = clock
        self._gate = gate
        self._last: tuple[Trending | Breaking, list[int], bytes] | None = None
        self._rests_until_s = 0.0

    async def read(self) -> bytes:
        """See ``Source``.

        Raises:
            RequestRefused: ``not_found``: there is no board of that name, or not any more.
        """
        question = await self._asked()
        loop, last = asyncio.get_running_loop(), self._last
        known = last is not None and last[0] == question
        rest_s = self._rests_until_s - loop.time()
        if last is not None and known and rest_s > 0:
            self.until = self._clock() + timedelta(seconds=rest_s)
            return last[2]
        self.until = None if "at" in self._parameters else question.asked.end
        async with self._gate:
            if last is not None and known and await self._position() == last[1]:
                return last[2]
            began_s = loop.time()
            board = await self._board(question)
            ended_s = loop.time()
        self._rests_until_s = ended_s + max(EVERY_S, REST_FACTOR * (ended_s - began_s))
        body = msgspec.json.encode(board)
        self._last = question, board.position, body
        self.meaning = question
        self.of_fans = question.asked.subject.kind is Kind.FAN
        return body

    async def _board(self, question: Trending | Breaking) -> TrendingBoard | BreakingBoard:
        if isinstance(question, Trending):
            return await trending(self._database, question)
        return await breaking(self._database, question)

    async def _asked(self) -> Trending | Breaking:
        """What the parameters ask for now."""
        return trend_from(self._tenant, self._kind, self._parameters, await self._declared(), self._clock())

    async def _declared(self) -> Declaration | None:
        name = self._parameters.get("board")
        if name is None:
            return None
        found = await self._declarations.named(self._tenant, name)
        if found is None:
            raise RequestRefused(Refusal.NOT_FOUND, "there is no board of that name of yours, or not any more", "board")
        return found.declaration

    async def _position(self) -> list[int]:
        tenant_id = self._tenant.tenant_id
        async with self._database.tenant(tenant_id) as connection:
            return await read_position(connection, tenant_id)
