"""Breakdowns against the model: the parts are the whole, narrowing is the part, comparing is asking for that period."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest

from coliseum.metrics.registry import BY_NAME
from coliseum.queries.breakdown_asked import splits_of, targets
from support.chance import CITIES, EVENTS, GENRES
from support.model import UNIQUES, Fact, Model, bounds, parsed
from support.play import Play
from support.services import World

pytestmark = pytest.mark.long

CHOICES = {"city": CITIES, "genre": GENRES, "event": EVENTS}
ROUNDS = 60


@pytest.fixture(scope="module", params=["Europe/Vienna", "America/Sao_Paulo", "Asia/Kolkata"])
async def played(world: World, request: pytest.FixtureRequest) -> Play:
    """A tenant after some hundred events about the days on which clocks are changed, everything read."""
    playing = Play(world, await world.platform(zone=request.param, partitions=2), seed=7)
    await playing.conductor.take()
    for _ in range(14):
        await playing.send(catalog=0.2)
    await playing.conductor.quiesce()
    await playing.cold.close()
    return playing


async def ask(played: Play, path: str = "query", **query: Any) -> Any:
    words = urlencode({name: value for name, value in query.items() if value is not None})
    reply = await played.world.http.get(f"/api/{path}?{words}", played.platform.server)
    assert reply.status == 200, (path, query, reply)
    return reply.json


def random_question(played: Play) -> dict[str, Any]:
    """Anything that can be asked."""
    rng = played.rng
    metric = BY_NAME[rng.choice(sorted(BY_NAME))]
    split = rng.choice(splits_of(metric))
    most = 0 if targets(metric) else 1 if split in ("city", "genre") else 2
    names = rng.sample(sorted(CHOICES), rng.randint(0, most))
    window = rng.choice(["day", "week", "month", "year", "7d", "28d", "90d", "all"])
    grain = rng.choice(["none", "hour", "day", "week", "month"])
    if (window in ("all", "year", "90d") and grain == "hour") or (metric.name in UNIQUES and window == "all"):
        grain = "none"
    return {
        "metric": metric.name, "split": split, "window": window, "at": rng.choice(played.anchors).isoformat(),
        "grain": grain, "currency": "eur" if metric.money else None, "limit": rng.randint(1, 6),
        "compare": "none" if window == "all" else rng.choice(["none", "previous", "year"]),
        **{name: rng.choice(CHOICES[name]) for name in names},
    }  # fmt: skip


def stored(metric: str) -> str:
    return f"{metric}:eur" if BY_NAME[metric].money else metric


def total_of(model: Model, metric: str, since: datetime | None, until: datetime | None, filters: dict[str, str]) -> int:
    """The whole, by going through every event."""
    sums: dict[str, int] = defaultdict(int)
    for fact in model.facts:
        if fact.metric == UNIQUES.get(metric, stored(metric)) and within(fact, since, until):
            passes = all(model._passes(fact.context, name, wanted) for name, wanted in filters.items())
            sums[fact.entities.get("fan", "")] += fact.amount * passes
    return sum(value > 0 for value in sums.values()) if metric in UNIQUES else sum(sums.values())


def within(fact: Fact, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or fact.at >= since) and (until is None or fact.at < until)


def lines(told: Any) -> list[Any]:
    return [*told["parts"], told["others"], told["rest"]]


async def test_the_parts_the_others_and_the_rest_are_the_whole(played: Play) -> None:
    filled = 0
    for _ in range(ROUNDS):
        asked = random_question(played)
        told = await ask(played, **asked)
        total = told["total"]
        for name in ("value", "before"):
            if total[name] is not None:
                assert sum(line[name] for line in lines(told)) == total[name], asked
        for name in ("values", "beforeValues"):
            assert [sum(column) for column in zip(*(line[name] for line in lines(told)), strict=True)] == total[name]
        if told["grain"] and asked["metric"] not in UNIQUES:
            for line in (total, *lines(told)):
                assert sum(line["values"]) == line["value"], asked
        values = [part["value"] for part in told["parts"]]
        assert values == sorted(values, reverse=True)
        assert len(values) == min(asked["limit"], told["members"])
        filled += bool(total["value"])
    assert filled > ROUNDS / 4


async def test_the_total_is_the_models_with_every_filter_and_in_every_bucket(played: Play) -> None:
    filled = 0
    for _ in range(ROUNDS):
        asked = random_question(played)
        told = await ask(played, **asked)
        filters = {name: asked[name] for name in CHOICES if name in asked}
        since, until = bounds(asked["window"], datetime.fromisoformat(asked["at"]), played.model.zone)
        assert told["total"]["value"] == total_of(played.model, asked["metric"], since, until, filters), asked
        buckets = told["period"]["buckets"]
        if buckets and asked["metric"] != "listeners":
            starts = [max(parsed(each), since) if since else parsed(each) for each in buckets]
            ends = [*starts[1:], until or starts[-1] + timedelta(days=40)]
            expected = [
                total_of(played.model, asked["metric"], *each, filters) for each in zip(starts, ends, strict=True)
            ]
            assert told["total"]["values"] == expected, asked
            filled += any(expected)
    assert filled > ROUNDS / 12


async def test_without_split_and_filter_it_says_what_metrics_says(played: Play) -> None:
    for metric in BY_NAME:
        anchor = played.rng.choice(played.anchors)
        day = anchor.astimezone(played.model.zone).date()
        query: dict[str, Any] = {"metric": metric, "currency": "eur" if BY_NAME[metric].money else None, "grain": "day"}
        told = await ask(
            played, **query, **{"from": str(day - timedelta(days=9)), "last": str(day + timedelta(days=9))}
        )
        series = await ask(played, "metrics", **query, **{"from": told["period"]["from"], "to": told["period"]["to"]})
        assert told["total"]["value"] == series["total"]
        assert told["total"]["values"] == [point["value"] for point in series["points"]]
        assert told["period"]["buckets"] == [point["start"] for point in series["points"]]
        assert told["position"] == series["position"]
        assert len(told["period"]["buckets"]) == 19


async def test_a_part_is_what_asking_for_it_alone_says(played: Play) -> None:
    compared = 0
    for metric in BY_NAME:
        for split in splits_of(BY_NAME[metric])[1:]:
            query: dict[str, Any] = {
                "metric": metric,
                "currency": "eur" if BY_NAME[metric].money else None,
                "window": "all",
            }
            told = await ask(played, **query, split=split, limit=50)
            for part in told["parts"][:4]:
                if split in ("city", "genre"):
                    alone = (await ask(played, **query, **{split: part["id"]}))["total"]["value"]
                else:
                    board = await ask(played, "leaderboards", **query, entity=split, ids=part["id"])
                    alone = board["rows"][0]["score"]
                assert part["value"] == alone, (query, split, part)
                compared += 1
    assert compared > 40


async def test_comparing_is_asking_for_that_period(played: Play) -> None:
    compared = 0
    for _ in range(ROUNDS):
        asked = random_question(played)
        if asked["compare"] == "none":
            continue
        told = await ask(played, **asked)
        there = {name: value for name, value in asked.items() if name not in ("window", "at", "compare")}
        then = told["compared"]
        again = await ask(played, **{**there, "limit": 50}, **{"from": then["from"], "to": then["to"]})
        assert again["total"]["value"] == told["total"]["before"], asked
        assert again["total"]["values"] == told["total"]["beforeValues"], asked
        parts = {part["id"]: part for part in again["parts"]}
        for part in told["parts"]:
            assert part["before"] == parts.get(part["id"], {"value": 0})["value"], asked
        compared += bool(told["total"]["before"])
        ends = parsed(told["period"]["from"])
        assert parsed(then["to"]) <= ends or asked["compare"] == "year"
    assert compared > 2


async def test_every_number_has_entries_that_add_up_to_it(played: Play) -> None:
    explained = 0
    for metric in BY_NAME:
        if targets(BY_NAME[metric]):
            continue
        for filters in ({}, {"city": CITIES[0]}, {"genre": GENRES[0]}, {"event": EVENTS[0], "city": CITIES[1]}):
            query: dict[str, Any] = {
                "metric": metric,
                "currency": "eur" if BY_NAME[metric].money else None,
                "window": "all",
                **filters,
            }
            told, why = await ask(played, **query), await ask(played, "explain", **query, limit=1000)
            assert why["value"] == told["total"]["value"], query
            if metric not in UNIQUES:
                assert why["value"] == sum(entry["value"] for entry in why["entries"]), query
            explained += bool(why["entries"])
    assert explained > 10


@pytest.mark.parametrize("zone", ["Europe/Vienna", "America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe"])
async def test_a_day_on_which_clocks_are_changed_is_a_day(world: World, zone: str) -> None:
    day = {"Europe/Vienna": "2026-03-29", "America/Sao_Paulo": "2018-11-04", "Pacific/Apia": "2011-12-31",
           "Australia/Lord_Howe": "2026-04-05"}[zone]  # fmt: skip
    platform = await world.platform(zone=zone)
    words = urlencode({"metric": "votes", "from": day, "last": day, "grain": "hour", "compare": "previous"})
    reply = await world.http.get(f"/api/query?{words}", platform.server)
    assert reply.status == 200, reply
    hours = {"Europe/Vienna": 23, "America/Sao_Paulo": 23, "Pacific/Apia": 24, "Australia/Lord_Howe": 25}[zone]
    told = reply.json
    assert len(told["period"]["buckets"]) == hours
    assert told["compared"]["to"] == told["period"]["from"]
    starts = [parsed(each) for each in (*told["period"]["buckets"], told["period"]["to"])]
    assert all(timedelta() < after - before <= timedelta(hours=1) for before, after in pairwise(starts))
