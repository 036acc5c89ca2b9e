"""A tenant whose time is the test's: events arrive when the test says, and windows close when it looks."""

import json
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from coliseum import wiring
from coliseum.capture.draft import Request
from coliseum.capture.gates import TimeLimits
from coliseum.capture.pipeline import Pipeline
from coliseum.passport.appender import Appender
from coliseum.passport.subjects import Subjects
from coliseum.passport.suppression import Suppression
from coliseum.processor.projection import Projection
from coliseum.processor.runner import Limits, Runner
from coliseum.projections.seasons import SeasonCloser
from support.asgi import Reply
from support.conductor import ATTEMPTS_MAX, Conductor, NoWaiting
from support.festival import vote
from support.services import SECRET_KEY, Platform, World

CLOSED = """
    SELECT (ARRAY['day', 'week', 'month'])[grain] AS window, starts_at, ends_at, closed_at, position, boards
    FROM coliseum_closings WHERE tenant_id = $1 ORDER BY closed_at, ends_at, grain
"""
ROWS = """
    SELECT n.id, l.place, l.rank, l.score FROM coliseum_leaderboards l
    JOIN coliseum_names n ON n.tenant_id = l.tenant_id AND n.num = l.entity
    WHERE l.tenant_id = $1 AND l.metric = $2 AND l.kind = $3 AND l.grain = $4 AND l.starts_at = $5 ORDER BY l.place
"""
SEASONS = "SELECT count(*) FROM coliseum_seasons WHERE tenant_id = $1"

Open = Callable[..., Awaitable["Era"]]
"""Opens the era of a new tenant at a moment, in a time zone, with some partitions."""


class Era:
    """One tenant, what it sends at ``now``, a reader of its log, and a closer of its windows."""

    def __init__(self, world: World, platform: Platform, now: datetime) -> None:
        self.world = world
        self.platform = platform
        self.tenant = platform.tenant
        self.now = now
        self.projection: Projection = wiring.PROJECTIONS["coliseum"]
        self.closer = SeasonCloser(self.clock)

    def clock(self) -> datetime:
        return self.now

    async def begin(self) -> "Era":
        conductor = Conductor(self.world, self.platform, random.Random(0))
        await conductor.take()
        self.unit = conductor.units["coliseum"]
        return self

    async def send(self, *events: Mapping[str, Any], historical: bool = False) -> None:
        """Append events that arrive now; those without a time of their own happen now."""
        appender = Appender(
            self.world.database, self.clock, queue_events_max=10_000, append_batch_events_max=1_000,
            on_commit=lambda _: None,
        )  # fmt: skip
        limits = TimeLimits(too_old=timedelta(days=760), future=timedelta(minutes=5))
        pipeline = Pipeline(
            self.world.database, Subjects(self.world.database, Suppression(SECRET_KEY)), appender,
            self.world.services.tally, limits,
        )  # fmt: skip
        asked = Request(
            self.tenant, trusted=True, strict=False, source="test", received_at=self.now, historical=historical
        )
        results = await pipeline.capture([json.dumps(event).encode() for event in events], asked)
        await appender.drain()
        assert {result.status for result in results} == {"accepted"}, results

    async def votes(self, scores: Mapping[str, int], at: datetime | None = None) -> None:
        """These many points for these artists."""
        happened = (at or self.now).isoformat()
        if scores:
            await self.send(*(vote(artistId=artist, weight=n, at=happened) for artist, n in scores.items()))

    async def read(self) -> None:
        """The rollups read all there is."""
        runner = Runner(
            self.world.database, "conductor", self.unit, self.projection, None, Limits(1_000, ATTEMPTS_MAX, 1.0),
            NoWaiting(),
        )  # fmt: skip
        while await runner.round():
            pass

    async def close(self) -> int:
        """Close whatever is due; how many windows that were."""
        closed = 0
        while await self.closer.close_next(self.world.database, self.tenant):
            closed += 1
        return closed

    async def pass_to(self, now: datetime) -> int:
        """Time goes on to this moment, everything is read, and what is due is closed."""
        self.now = now
        await self.read()
        return await self.close()

    async def closed(self, window: str | None = None) -> list[Mapping[str, Any]]:
        """The closings, in the order in which they were made."""
        found = await self.world.fetch(CLOSED, self.tenant.tenant_id)
        return [row for row in found if window in {None, row["window"]}]

    async def rows(
        self, start: datetime, *, metric: str = "votes", kind: int = 1, grain: int = 1
    ) -> list[tuple[str, int, int, int]]:
        """A season's rows: id, place, rank, score."""
        found = await self.world.fetch(ROWS, self.tenant.tenant_id, metric, kind, grain, start)
        return [(row["id"], row["place"], row["rank"], row["score"]) for row in found]

    async def scores(self, start: datetime, **more: Any) -> dict[str, int]:
        """Of a season of votes by artist: the scores."""
        return {entity: score for entity, _, _, score in await self.rows(start, **more)}

    async def count(self) -> int:
        """How many seasons there are."""
        return int(await self.world.value(SEASONS, self.tenant.tenant_id))

    async def numbers(self, ids: Sequence[str]) -> list[int]:
        """The numbers of artists."""
        sql = "SELECT id, num FROM coliseum_names WHERE tenant_id = $1 AND kind = 'artist' AND id = ANY ($2)"
        found = {row["id"]: row["num"] for row in await self.world.fetch(sql, self.tenant.tenant_id, list(ids))}
        return [found[each] for each in ids]

    async def ask(self, path: str, **query: object) -> Reply:
        """What a route answers."""
        words = urlencode({name: value for name, value in query.items() if value is not None})
        return await self.world.http.get(f"/api/{path}?{words}", self.platform.server)


def opener(world: World) -> Open:
    """Opens eras of one world."""

    async def open_era(now: datetime, zone: str = "UTC", partitions: int = 1) -> Era:
        return await Era(world, await world.platform(zone=zone, partitions=partitions), now).begin()

    return open_era
