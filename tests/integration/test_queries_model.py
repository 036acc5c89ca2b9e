"""Series and explanations against the model: every point, every total, every entry behind a number."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest

from coliseum.metrics.registry import BY_NAME
from support.chance import ARTISTS, CITIES, EVENTS, FANS, TRACKS, VENUES
from support.model import bucket, parsed
from support.play import Play
from support.services import World

pytestmark = pytest.mark.long

IDS = {"artist": ARTISTS, "event": EVENTS, "fan": FANS, "track": TRACKS, "city": CITIES, "venue": VENUES, "tenant": [""],
       "leaderboard": ["weekly"], "report": ["weekly"]}  # fmt: skip


@pytest.fixture(scope="module", params=["Europe/Vienna", "America/Sao_Paulo", "Atlantic/Azores"])
async def played(world: World, request: pytest.FixtureRequest) -> Play:
    """A tenant after some hundred events, everything read."""
    playing = Play(world, await world.platform(zone=request.param, partitions=2), seed=11)
    await playing.conductor.take()
    for _ in range(12):
        await playing.send(catalog=0.2)
    await playing.conductor.quiesce()
    await playing.cold.close()
    return playing


async def ask(played: Play, path: str, **query: object) -> Any:
    words = urlencode({name: value for name, value in query.items() if value is not None})
    reply = await played.world.http.get(f"/api/{path}?{words}", played.platform.server)
    assert reply.status == 200, (path, query, reply)
    return reply.json


async def test_every_explanation_adds_up_to_its_score(played: Play) -> None:
    explained = 0
    for _ in range(100):
        board = played.random_board()
        page = await played.page(board, played.world.store)
        for row in page.rows[:2]:
            query = {
                "metric": board["metric"], "entity": board["entity"], "id": row.id, "window": board["window"],
                "at": board["at"].isoformat(), "currency": board["currency"],
                **board["filters"],
            }  # fmt: skip
            entries, cursor = [], None
            while True:
                told = await ask(played, "explain", **query, limit=7, cursor=cursor)
                entries += told["entries"]
                cursor = told["nextCursor"]
                if cursor is None:
                    break
            assert told["value"] == row.score, query
            assert told["count"] == len(entries)
            if board["metric"] not in {"voters", "listeners"}:
                assert sum(entry["value"] for entry in entries) == row.score, query
            places = [(entry["partition"], entry["offset"]) for entry in entries]
            assert places == sorted(set(places))
            assert {entry["id"] for entry in entries} <= played.model.by_id.keys()
            explained += 1
    assert explained > 30


def points_of(played: Play, metric: str, kind: str, entity: str, grain: str, start: datetime, end: datetime) -> int:
    """The value of one point, by the model."""
    if metric != "listeners":
        return played.model.board(metric, kind, grain, start).get(entity, 0)
    plays: dict[str, int] = {}
    for fact in played.model.facts:
        hour = bucket(fact.at, "hour", played.model.zone)
        assert isinstance(hour, datetime)
        if fact.metric == "plays" and fact.context.get(kind) == entity and end - timedelta(days=28) <= hour < end:
            plays[fact.entities["fan"]] = plays.get(fact.entities["fan"], 0) + fact.amount
    return sum(total > 0 for total in plays.values())


@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
async def test_every_point_of_a_series_is_the_models(played: Play, grain: str) -> None:
    some = 0
    for metric in BY_NAME.values():
        for kind in ("tenant", *metric.boards):
            if kind == "tenant" and metric.name in {"voters", "listeners"}:
                continue
            anchor, span = played.rng.choice(played.anchors), {"hour": 1, "day": 20, "week": 50, "month": 200}[grain]
            entity = played.rng.choice(IDS[kind])
            told = await ask(
                played, "metrics", metric=metric.name, entity=kind, id=entity or None, grain=grain,
                currency="eur" if metric.money else None,
                **{"from": (anchor - timedelta(days=span)).isoformat(), "to": (anchor + timedelta(days=span)).isoformat()},
            )  # fmt: skip
            starts = [parsed(point["start"]) for point in told["points"]] + [parsed(told["to"])]
            assert starts == sorted(set(starts))
            assert starts[0] == parsed(told["from"])
            stored = f"{metric.name}:eur" if metric.money else metric.name
            expected = [points_of(played, stored, kind, entity, grain, start, end) for start, end in pairwise(starts)]
            assert [point["value"] for point in told["points"]] == expected, (metric.name, kind, entity)
            if metric.name not in {"voters", "listeners"}:
                assert told["total"] == sum(expected)
            some += any(expected)
    assert some > 5


async def test_the_position_is_the_end_of_the_log(played: Play) -> None:
    told = await ask(played, "metrics", metric="votes")
    heads = await played.world.fetch(
        "SELECT head FROM passport_heads WHERE tenant_id = $1 ORDER BY partition", played.platform.tenant_id
    )
    assert told["position"] == [row["head"] for row in heads]
    assert parsed(told["to"]) > datetime.now(UTC) - timedelta(days=1)
