"""A run of random actions on one tenant, the model beside it, and the comparison of everything with the model."""

import math
import random
from collections import defaultdict
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coliseum import kv
from coliseum.audit.verify import verify
from coliseum.errors import LeaseLost
from coliseum.metrics.registry import BY_NAME
from coliseum.queries.ask import filters_of, subject_of, window_of
from coliseum.queries.leaderboards import BoardPage, leaderboard
from support.chance import CITIES, EVENTS, FANS, GENRES, Chance
from support.conductor import Conductor
from support.model import ROLLING, Model, bounds, bucket
from support.services import Platform, World
from support.standing import numbers, standing

WINDOWS = ("hour", "day", "week", "month", "year", "all", *ROLLING)
CHOICES = {"city": CITIES, "genre": GENRES, "event": EVENTS}
FOLLOWED = 3
ANCHORS = {
    "UTC": ["2026-03-01T00:00:00+00:00", "2025-12-31T23:30:00+00:00"],
    "Europe/Vienna": ["2026-03-29T01:00:00+00:00", "2025-10-26T01:00:00+00:00"],
    "Asia/Kolkata": ["2026-02-28T18:30:00+00:00", "2026-01-04T18:30:00+00:00"],
    "Atlantic/Azores": ["2025-10-26T00:30:00+00:00", "2026-03-29T00:30:00+00:00"],
    "America/Sao_Paulo": ["2018-11-04T03:00:00+00:00", "2019-02-17T02:00:00+00:00"],
}


class Play:
    """One run of random actions on one tenant, and the model that runs beside it."""

    def __init__(self, world: World, platform: Platform, seed: int) -> None:
        self.world = world
        self.platform = platform
        self.tenant = platform.tenant
        self.rng = random.Random(seed)
        self.anchors = [datetime.fromisoformat(text) for text in ANCHORS[self.tenant.time_zone]]
        self.chance = Chance(self.rng, self.anchors)
        self.model = Model(ZoneInfo(self.tenant.time_zone))
        self.conductor = Conductor(world, platform, self.rng)
        self.cold = kv.KeyValue("redis://127.0.0.1:1")

    async def send(self, *, catalog: float = 0.1) -> None:
        events = [
            self.chance.catalog() if self.rng.random() < catalog else self.chance.event()
            for _ in range(self.rng.randint(1, 30))
        ]
        reply = await self.world.http.post(
            "/api/passport/batch?historical=true", {"events": events}, self.platform.server
        )
        assert reply.status == 201, reply
        # What takes something back is stored after the rest of its batch.
        pairs = sorted(zip(events, reply.json["results"], strict=True), key=lambda pair: refers(pair[0]))
        for event, result in pairs:
            self.model.accept(event, result["partition"], result["offset"])

    async def crash(self) -> None:
        """Another node takes over; what the old one still tries is refused."""
        old = list(self.conductor.runners.values())
        await self.conductor.take()
        for runner in old:
            with pytest.raises(LeaseLost):
                await runner.round()

    async def misfortune(self) -> None:
        self.conductor.store.failures_a_hundred = 40
        await self.conductor.rounds(6)
        self.conductor.store.failures_a_hundred = 0

    async def ask(self) -> None:
        board = self.random_board()
        await self.page(board, self.world.store, limit=self.rng.randint(1, 5))

    async def run(self, actions: int) -> None:
        await self.conductor.take()
        for _ in range(actions):
            match self.rng.choices(range(7), [8, 12, 6, 2, 3, 2, 1])[0]:
                case 0:
                    await self.send()
                case 1:
                    await self.conductor.rounds(self.rng.randint(1, 4))
                case 2:
                    await self.ask()
                case 3:
                    await self.crash()
                case 4:
                    await self.misfortune()
                case 5:
                    await self.conductor.tidy()
                case _:
                    await self.world.forget_boards(self.platform)

    def random_board(self) -> dict[str, Any]:
        metric = self.rng.choice(list(BY_NAME.values()))
        names = self.rng.sample(sorted(CHOICES), self.rng.choice([0, 0, 1, 1, 2]))
        return {
            "metric": metric.name, "entity": self.rng.choice(metric.boards), "window": self.rng.choice(WINDOWS),
            "at": self.rng.choice([*self.anchors, self.chance.instant()]),
            "currency": self.rng.choice(["eur", "sek"]) if metric.money else None,
            "filters": {name: self.rng.choice(CHOICES[name]) for name in names},
        }  # fmt: skip

    async def page(
        self, board: dict[str, Any], store: kv.KeyValue, *, limit: int = 1_000, cursor: str | None = None
    ) -> BoardPage:
        filters = board["filters"]
        return await leaderboard(
            self.world.database, store, self.tenant,
            subject_of(self.tenant, board["metric"], board["entity"], board["currency"]),
            window_of(self.tenant, board["window"], board["at"].isoformat(), board["at"]),
            filters_of(filters.get("city"), filters.get("genre"), filters.get("event")),
            limit=limit, cursor=cursor, now=datetime.now(UTC),
        )  # fmt: skip

    async def check(self, sample: int) -> None:
        """Everything agrees with the model, once the faults have stopped."""
        await self.conductor.quiesce()
        await self.check_rollups()
        await self.check_treasury()
        await self.check_affinities()
        await self.check_profiles()
        chosen = [self.random_board() for _ in range(sample)]
        for board in chosen:
            await self.page(board, self.world.store)
        await self.conductor.quiesce()
        for _ in range(FOLLOWED):  # what comes now finds all of them live
            await self.send(catalog=0)
            await self.conductor.quiesce()
        filled = sum([await self.check_board(board) for board in chosen])
        assert filled > sample / 10
        assert await verify(self.world.database, self.world.store, [self.tenant]) == []

    async def check_board(self, board: dict[str, Any]) -> bool:
        """The live board, the cold board and the model are one, page by page; returns whether anybody is on it."""
        live, cold = await self.page(board, self.world.store), await self.page(board, self.cold)
        assert (live.source, cold.source) == ("live", "rollups"), board
        assert live.rows == cold.rows, board
        assert (live.members, live.position, live.next_cursor) == (cold.members, cold.position, cold.next_cursor)
        stored = f"{board['metric']}:{board['currency']}" if board["currency"] else board["metric"]
        since, until = bounds(board["window"], board["at"], self.model.zone)
        stands = self.model.stands(stored, board["entity"], since, until, board["filters"])
        known, shown = (
            await numbers(self.world, self.platform, board["entity"]),
            partial(self.model.shown, board["entity"]),
        )
        expected = standing(stands, known, board["window"], since, shown)
        assert (live.window_start, live.window_end) == (since, until)
        assert [(row.id, row.name, row.score, row.rank) for row in live.rows] == [
            (row.id, row.name, row.score, row.rank) for row in expected
        ], board
        assert live.members == len(expected)
        for store in (self.world.store, self.cold):
            rows, cursor = [], None
            for _ in range(len(expected) + 1):
                page = await self.page(board, store, limit=2, cursor=cursor)
                rows += page.rows
                cursor = page.next_cursor
                if cursor is None:
                    break
            assert rows == live.rows, board
        return bool(expected)

    async def check_rollups(self) -> None:
        rows = await self.world.fetch(ROLLUPS, self.platform.tenant_id)
        by_grain: dict[int, dict[Any, int]] = defaultdict(dict)
        for row in rows:
            if row["value"]:
                by_grain[row["grain"]][row["metric"], row["kind"], row["entity"], row["bucket"]] = int(row["value"])
        same(by_grain[0], self.model.hourly())
        for grain, window in ((1, "day"), (2, "week"), (3, "month")):
            zone = self.model.zone
            found = {(*key[:3], key[3].astimezone(zone).date()): value for key, value in by_grain[grain].items()}
            assert len(found) == len(by_grain[grain])
            # What fans did is kept by the hour only.
            expected = self.model.totals(partial(bucket, window=window, zone=zone))
            same(found, {key: value for key, value in expected.items() if key[1] != "fan"})

    async def check_treasury(self) -> None:
        rows = await self.world.fetch(BALANCES, self.platform.tenant_id)
        assert {row["currency"] for row in rows} == {currency for _, currency in self.model.transfers}
        people: dict[tuple[str, str], dict[str, int]] = {}
        sums: dict[str, int] = defaultdict(int)
        for row in rows:
            sums[row["currency"]] += row["earned"] + row["refunded"] - row["spent"]
            if row["user_id"] is not None:
                people[row["user_id"], row["currency"]] = {
                    kind: int(row[kind]) for kind in ("spent", "earned", "refunded") if row[kind]
                }
        assert set(sums.values()) <= {0}
        same(people, self.model.transfers)
        for (fan, currency), moved in self.model.transfers.items():
            path = f"/api/treasury/statement?userId={fan}&currency={currency}"
            told = (await self.world.http.get(path, self.platform.server)).json
            balance = moved.get("earned", 0) + moved.get("refunded", 0) - moved.get("spent", 0)
            assert told["balance"] == balance
            assert told["spent"] == moved.get("spent", 0)

    async def check_affinities(self) -> None:
        rows = await self.world.fetch(AFFINITIES, self.platform.tenant_id)
        zone = self.model.zone
        found = {
            (row["user_id"], row["day"].astimezone(zone).date(), row["artist"], row["event"], row["city"]): row[
                "weight"
            ]
            for row in rows
        }
        expected = {place: weight for place, weight in self.model.affinities.items() if weight}
        same({place: weight for place, weight in found.items() if weight}, expected)

    async def check_profiles(self) -> None:
        zone = self.model.zone
        expected = {place: weight for place, weight in self.model.affinities.items() if weight}
        now = datetime.now(UTC)
        for fan in FANS:
            told = (await self.world.http.get(f"/api/mediaid/profile?userId={fan}", self.platform.server)).json
            drawn: dict[str, float] = defaultdict(float)
            for (who, day, artist, _, _), weight in expected.items():
                if who == fan and artist:
                    age = now - datetime(day.year, day.month, day.day, tzinfo=zone)
                    drawn[artist] += weight * 2 ** (-(age.total_seconds() / 86_400) / 90)
            for each in told["artists"]:
                assert math.isclose(each["weight"], drawn[each["id"]], rel_tol=0.01, abs_tol=1e-5)


def refers(event: dict[str, Any]) -> bool:
    return event["type"] in {"coliseum.vote_voided", "treasury.money_refunded"}


def same(found: dict[Any, Any], expected: dict[Any, Any]) -> None:
    """Equal; otherwise the first few places where they are not."""
    places = [place for place in {**found, **expected} if found.get(place) != expected.get(place)]
    assert not places, [(place, found.get(place), expected.get(place)) for place in places[:5]]


ROLLUPS = """
    SELECT m.id AS metric, k.name AS kind, r.grain, r.bucket,
           CASE r.kind WHEN 0 THEN '' WHEN 3 THEN s.user_id ELSE n.id END AS entity, sum(r.value) AS value
    FROM (
        SELECT tenant_id, generation, metric, kind, grain, bucket, entity::bigint, value FROM coliseum_rollups
        UNION ALL
        SELECT i.tenant_id, generation, metric, kind, g.grain, coliseum_bucket(g.label, hour, t.time_zone), entity, value
        FROM coliseum_hours i
        JOIN accounts_tenants t USING (tenant_id)
        CROSS JOIN (VALUES (0, 'hour'), (1, 'day'), (2, 'week'), (3, 'month')) AS g (grain, label)
        UNION ALL
        SELECT tenant_id, generation, metric, 3, 0, hour, fan, value FROM coliseum_fan_hours
    ) AS r
    JOIN processor_units u ON u.tenant_id = r.tenant_id AND u.consumer = 'coliseum' AND u.generation = r.generation
    JOIN unnest(ARRAY['tenant', 'artist', 'event', 'fan', 'track', 'city', 'venue', 'leaderboard', 'report'])
        WITH ORDINALITY AS k (name, num) ON k.num - 1 = r.kind
    JOIN coliseum_names m ON m.tenant_id = r.tenant_id AND m.num = r.metric
    LEFT JOIN coliseum_names n ON n.tenant_id = r.tenant_id AND n.num = r.entity
    LEFT JOIN passport_subjects s ON s.tenant_id = r.tenant_id AND s.subject_id = r.entity
    WHERE r.tenant_id = $1
    GROUP BY 1, 2, 3, 4, 5
"""
BALANCES = """
    SELECT s.user_id, b.currency, b.spent, b.earned, b.refunded FROM treasury_balances b
    LEFT JOIN passport_subjects s ON s.tenant_id = b.tenant_id AND s.subject_id = b.subject_id
    WHERE b.tenant_id = $1
"""
AFFINITIES = """
    SELECT s.user_id, a.day, a.artist, a.event, a.city, sum(a.weight)::bigint AS weight
    FROM mediaid_affinities a
    JOIN passport_subjects s ON s.tenant_id = a.tenant_id AND s.subject_id = a.subject_id
    WHERE a.tenant_id = $1
    GROUP BY 1, 2, 3, 4, 5
"""
