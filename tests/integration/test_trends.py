"""Trending and breaking as they are asked for: what they mean, what is refused, and that equal questions are one."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

import pytest

from coliseum.clock import utc_now
from coliseum.queries.together import READINGS_MAX, Together
from support.festival import event, vote
from support.live import conducted, send
from support.services import Platform, World

pytestmark = pytest.mark.long

NOON = utc_now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=2)


async def ask(world: World, platform: Platform, path: str, **query: object) -> Any:
    words = urlencode({"metric": "votes", **query})
    reply = await world.http.get(f"/api/{path}?{words}", platform.server)
    assert reply.status == 200, reply
    return reply.json


def voted(artist: str, weight: int, at: datetime) -> dict[str, Any]:
    return vote(artistId=artist, weight=weight, at=at.isoformat())


async def test_a_unit_counts_half_after_a_half_life(world: World, platform: Platform) -> None:
    await send(world, platform, [voted("now", 8, NOON), voted("then", 8, NOON - timedelta(hours=24)),
                                 voted("between", 8, NOON - timedelta(hours=12))])  # fmt: skip
    await conducted(world, platform)
    told = await ask(world, platform, "trending", at=NOON.isoformat(), explain="true")
    found = {row["id"]: row["score"] for row in told["rows"]}
    assert list(found) == ["now", "between", "then"]
    assert (found["now"], found["then"], found["between"]) == (8, 4, pytest.approx(8 * 0.5**0.5, abs=1e-6))
    assert [len(row["hours"]) for row in told["rows"]] == [1, 1, 1]
    assert told["windowEnd"] == (NOON + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert (told["halfLifeHours"], told["unit"], told["members"], told["position"]) == (24, "points", 3, [3])


async def test_time_alone_moves_nobody(world: World, platform: Platform) -> None:
    rng = random.Random(4)
    events = [
        voted(f"artist-{n}", rng.randint(1, 1_000), NOON - timedelta(hours=rng.randint(0, 40)))
        for n in range(80) for _ in range(3)
    ]  # fmt: skip
    await send(world, platform, events)
    await conducted(world, platform)
    orders, sums = set(), set()
    for hours in range(32):
        at = (NOON + timedelta(hours=hours)).isoformat()
        told = await ask(world, platform, "trending", at=at, half_life_hours=3, limit=100)
        orders.add(tuple((row["rank"], row["id"]) for row in told["rows"]))
        top = int(told["rows"][0]["weighted"])
        sums.add(tuple(Fraction(int(row["weighted"]), top) for row in told["rows"]))
        if hours == 24:
            assert 0 < told["rows"][0]["score"] < 1_000
    # The oldest of it is 72 hours old at most: 24 half-lives, so nothing has fallen out.
    assert (len(orders), len(sums)) == (1, 1)


async def test_who_counts_more_than_ever_is_breaking(world: World, platform: Platform) -> None:
    days = [NOON - timedelta(days=n) for n in range(2, 29)]
    steady = [voted("steady", 100, day) for day in [*days, NOON]]
    rising = [voted("rising", 4, day) for day in days] + [voted("rising", 40, NOON)]
    rare = [voted("rare", 1, days[9]), voted("rare", 12, NOON), voted("quiet", 9, NOON), voted("new", 30, NOON)]
    await send(world, platform, [*steady, *rising, *rare])
    await conducted(world, platform)
    told = await ask(world, platform, "breaking", at=NOON.isoformat())
    found = {row["id"]: (row["recent"], row["baselineTotal"], row["ratio"], row["newcomer"]) for row in told["rows"]}
    assert list(found.items()) == [
        ("new", (30, 0, 30.0, True)),  # as if there had been one unit each day
        ("rare", (12, 1, 12.0, False)),
        ("rising", (40, 108, 10.37, False)),
        ("steady", (100, 2_700, 1.04, False)),
    ]
    assert told["rows"][3]["baseline"] == 96.43
    only = await ask(world, platform, "breaking", at=NOON.isoformat(), min_baseline=1, min_support=13)
    assert [(row["rank"], row["id"]) for row in only["rows"]] == [(1, "rising"), (2, "steady")]


async def test_equal_members_share_a_rank_and_who_is_known_longest_comes_first(
    world: World, platform: Platform
) -> None:
    await send(
        world, platform, [voted(name, weight, NOON) for name, weight in [("b", 20), ("a", 20), ("c", 30), ("d", 11)]]
    )
    await send(world, platform, [event("catalog.artist", artistId="a", name="Agnetha", picture="https://x/a")])
    await conducted(world, platform)
    for path in ("trending", "breaking"):
        told = await ask(world, platform, path, at=NOON.isoformat(), limit=3)
        assert [(row["rank"], row["name"]) for row in told["rows"]] == [(1, "c"), (2, "b"), (2, "Agnetha")]
        assert (told["rows"][2]["picture"], told["members"]) == ("https://x/a", 4)


TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(("question", "field", "says"), [
    ("trending?metric=voters", "metric", "there are views, interests, tickets, attendance"),
    ("breaking?metric=listeners&entity=track", "metric", "there are views, interests"),
    ("trending?metric=hits", "metric", "there are attendance"),
    ("trending?metric=votes&entity=tenant", "entity", "votes has artist, event, fan"),
    ("trending?metric=votes&entity=track", "entity", "votes is kept for artist, event, fan"),
    ("trending?metric=votes&half_life_hours=0", "half_life_hours", "from 1 to 2160"),
    ("trending?metric=votes&half_life_hours=2161", "half_life_hours", "from 1 to 2160"),
    ("trending?metric=votes&half_life_hours=x", "half_life_hours", "int"),
    ("trending?metric=votes&limit=0", "limit", "from 1 to 1000"),
    ("trending?metric=votes&limit=21&explain=true", "limit", "from 1 to 20"),
    ("trending?metric=votes&limit=5&explain=true&half_life_hours=2160", "limit", "from 1 to 1"),
    (f"trending?metric=votes&at={TOMORROW}".replace("+", "%2B"), "at", "from 1900-01-01T00:00:00Z to now"),
    (f"breaking?metric=votes&at={TOMORROW}".replace("+", "%2B"), "at", "from 1900-01-01T00:00:00Z to now"),
    ("breaking?metric=votes&at=1899-12-31", "at", "from 1900-01-01T00:00:00Z to now"),
    ("breaking?metric=votes&hours=169", "hours", "from 1 to 168"),
    ("breaking?metric=votes&min_support=0", "min_support", "from 1 to"),
    ("breaking?metric=votes&min_baseline=-1", "min_baseline", "from 0 to"),
    ("breaking?metric=votes&city=a&genre=b&event=c", "city", "At most 2 filters"),
    ("breaking?metric=votes&half_life_hours=24", "half_life_hours", "no parameter"),
    ("trending?metric=votes&window=day", "window", "no parameter"),
])  # fmt: skip
async def test_what_cannot_be_asked_is_refused_with_what_can(
    world: World, sender: Platform, question: str, field: str, says: str
) -> None:
    reply = await world.http.get(f"/api/{question}", sender.server)
    assert (reply.status, reply.code) == (400, "invalid_query")
    assert (reply.json["field"], says in reply.json["detail"]) == (field, True), reply.json


async def test_an_event_that_comes_between_is_in_the_next_answer(world: World, platform: Platform) -> None:
    conductor = await conducted(world, platform)
    for weight in range(1, 4):
        await send(world, platform, [voted("abba", weight, NOON)])
        await conductor.quiesce()
        answers = await asyncio.gather(
            *(ask(world, platform, "trending", at=NOON.isoformat()) for _ in range(10)),
            *(ask(world, platform, "breaking", at=NOON.isoformat(), min_support=1) for _ in range(10)),
        )
        assert {answer["position"][0] for answer in answers} == {weight}
        assert all(answer["rows"][0]["id"] == "abba" for answer in answers)


class Readings:
    """Readings that end when they are told to, and are counted."""

    def __init__(self) -> None:
        self.begun = self.running = self.most = 0
        self.go = asyncio.Event()

    async def read(self) -> bytes:
        self.begun += 1
        number = self.begun
        self.running += 1
        self.most = max(self.most, self.running)
        await self.go.wait()
        self.running -= 1
        return b"%d" % number


async def test_who_comes_during_a_reading_shares_the_next_one() -> None:
    together, readings = Together(), Readings()
    early = [together.body("q", readings.read) for _ in range(5)]
    while not readings.begun:
        await asyncio.sleep(0)
    late = [together.body("q", readings.read) for _ in range(5)]
    late[0].cancel()
    readings.go.set()
    assert [await each for each in early] == [b"1"] * 5
    assert [await each for each in late[1:]] == [b"2"] * 4
    await together.drain()
    assert (readings.begun, together._waiting) == (2, {})


async def test_only_a_few_readings_run_at_a_time() -> None:
    together, readings = Together(), Readings()
    asked = [together.body(number, readings.read) for number in range(9)]
    while readings.running < READINGS_MAX:
        await asyncio.sleep(0)
    readings.go.set()
    await asyncio.gather(*asked)
    assert (readings.begun, readings.most) == (9, READINGS_MAX)


async def test_a_failure_is_told_to_all_who_waited_for_it() -> None:
    together = Together()

    async def fail() -> bytes:
        raise OSError("nobody is there")

    answers = await asyncio.gather(*(together.body("q", fail) for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [OSError] * 3
    await together.drain()
    assert not together._waiting
