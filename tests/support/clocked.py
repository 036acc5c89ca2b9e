"""A web process and a processor whose time is the test's: hours turn when the test says so."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from coliseum import kv
from coliseum.accounts.keys import KeyRing
from coliseum.queries.shared import SharedReads
from coliseum.web.api.boards import Boards
from coliseum.web.app import build_app
from coliseum.wiring import open_services
from support.asgi import Http, Reply
from support.conductor import Conductor
from support.model import bounds
from support.services import Platform, World

NOW = datetime(2031, 5, 14, 12, 20, tzinfo=UTC)
"""Where a test's time begins."""
NOWHERE = "redis://127.0.0.1:1"
IDLE_S = 4 * 3_600


@dataclass
class Clocked:
    """One tenant, asked live and cold, and followed. All of it knows the time from ``now``."""

    world: World
    platform: Platform
    now: datetime
    seed: int = 1
    conductor: Conductor = field(init=False)

    def __post_init__(self) -> None:
        self.away = kv.KeyValue(NOWHERE)
        self.live, self.cold = self._process(self.world.store), self._process(self.away)
        self.conductor = Conductor(
            self.world, self.platform, random.Random(self.seed), clock=self.clock, idle_s=IDLE_S
        )  # fmt: skip

    def clock(self) -> datetime:
        return self.now

    def _process(self, store: kv.KeyValue) -> Http:
        world = self.world
        app = build_app(lambda: open_services(world.settings), "test")
        app.state.services = msgspec.structs.replace(
            world.services, clock=self.clock, keys=KeyRing(world.services.database, self.clock),
            boards=Boards(SharedReads(world.database, store, self.clock)),
        )  # fmt: skip
        return Http(app)

    async def begin(self) -> None:
        await self.conductor.take()
        await self.settle()

    async def close(self) -> None:
        for runner in self.conductor.runners.values():
            await runner.close()
        await self.away.close()

    async def settle(self) -> None:
        """Everything is read and followed; a board that had to be remade is, by the round after."""
        await self.conductor.quiesce()
        await self.conductor.quiesce()

    async def send(self, *events: dict[str, Any]) -> list[dict[str, Any]]:
        """Store events in one batch; where each of them stands now."""
        reply = await self.live.post("/api/passport/batch?historical=true", list(events), self.platform.server)
        assert reply.status == 201, reply
        results: list[dict[str, Any]] = reply.json["results"]
        return results

    async def told(self, *events: dict[str, Any]) -> None:
        """Send and follow."""
        await self.send(*events)
        await self.settle()

    async def get(self, *, cold: bool = False, headers: dict[str, str] | None = None, **query: Any) -> Reply:
        words = urlencode({name.rstrip("_"): value for name, value in query.items() if value is not None})
        process = self.cold if cold else self.live
        return await process.get(f"/api/leaderboards?{words}", {**self.platform.server, **(headers or {})})

    async def ask(self, *, cold: bool = False, **query: Any) -> dict[str, Any]:
        reply = await self.get(cold=cold, **query)
        assert reply.status == 200, (query, reply)
        assert reply.headers["coliseum-source"] == reply.json["source"]
        page: dict[str, Any] = reply.json
        return page

    async def explain(self, **query: Any) -> dict[str, Any]:
        """The entries behind a number."""
        reply = await self.live.get(f"/api/explain?{urlencode(query)}", self.platform.server)
        assert reply.status == 200, (query, reply)
        told: dict[str, Any] = reply.json
        return told

    async def both(self, **query: Any) -> dict[str, Any]:
        """The live answer, which is in everything that of the rollups; asked until it is live."""
        if (live := await self.ask(**query))["source"] != "live":
            await self.settle()
            live = await self.ask(**query)
        cold = await self.ask(cold=True, **query)
        assert (live["source"], cold["source"]) == ("live", "rollups"), query
        assert {**live, "source": ""} == {**cold, "source": ""}, query
        return live

    def turn(self, hours: int = 1, *, seconds: float = 1) -> None:
        """The clock goes on to so many seconds after an hour of this tenant's zone turned."""
        _, end = bounds("hour", self.now, ZoneInfo(self.platform.tenant.time_zone))
        assert end is not None
        self.now = end + timedelta(hours=hours - 1, seconds=seconds)
