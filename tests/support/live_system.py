"""A running system whose boards are watched: events in over HTTP, keys revoked, tickets made."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from coliseum import db, operations
from coliseum.ids import secret_digest
from coliseum.settings import Settings
from support.festival import vote
from support.sockets import Socket, connected
from support.system import System


@dataclass
class Watched:
    """One tenant of a running system."""

    system: System
    key: str
    browser_key: str

    @property
    def port(self) -> int:
        return self.system.port

    async def request(self, method: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, Any]:
        """One request; the status and the JSON."""
        return await asyncio.to_thread(self._request, method, path, body, self.key if key is None else key)

    async def votes(self, **scores: int) -> list[int]:
        """Store votes; the answer's positions are not waited for."""
        events = [vote(artistId=name, weight=score) for name, score in scores.items()]
        status, answer = await self.request("POST", "/api/passport/batch", {"events": events})
        assert status == 201, answer
        return [result["offset"] for result in answer["results"]]

    async def ticket(self) -> str:
        """A new ticket."""
        status, answer = await self.request("POST", "/api/live/tickets")
        assert status == 201, answer
        return str(answer["ticket"])

    async def board(self, **parameters: str) -> Any:
        """The board as the API answers it."""
        return (await self.request("GET", "/api/leaderboards?" + urlencode({"metric": "votes", **parameters})))[1]

    async def revoke(self, key: str) -> None:
        """From now on this key is none."""
        connection = await db.connect(self.system.environ["DATABASE_URL"])
        try:
            done = await connection.execute(
                "UPDATE accounts_keys SET revoked_at = now() WHERE secret_digest = $1", secret_digest(key)
            )
            assert done == "UPDATE 1"
        finally:
            await connection.close()

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[Socket]:
        """A WebSocket with the server key."""
        async with connected(self.port, key=self.key) as socket:
            yield socket

    def _request(self, method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            answer = response.read()
            return response.status, json.loads(answer) if answer else None
        finally:
            connection.close()


async def watched_tenant(system: System, slug: str, **options: Any) -> Watched:
    """Make a tenant of a running system."""
    made = await operations.create_tenant(Settings(database_url=system.environ["DATABASE_URL"]), slug=slug, **options)
    return Watched(system, made.server_key, made.browser_key)
