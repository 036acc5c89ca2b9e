"""What tenants are told of: each message with its cause, once, and exact."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from coliseum import wiring
from coliseum.announce.announcements import Announcements
from coliseum.hooks.thresholds import Threshold, put_threshold
from coliseum.hooks.topics import DATA
from coliseum.processor.runner import Limits, Runner
from support.conductor import NoWaiting
from support.era import Era, Open, opener
from support.festival import event, vote
from support.poison import Spoilt
from support.receiving import endpoint
from support.services import Platform, World, opened_world

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
URL = "http://127.0.0.1:9/hook"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, outbound_private=True) as opened:
        yield opened


@pytest.fixture
def era(world: World) -> Open:
    return opener(world)


async def told(world: World, platform: Platform) -> list[tuple[str, dict[str, Any]]]:
    """Every message, in the order in which they were put; each is what its topic says."""
    found = await world.fetch(
        "SELECT topic, payload FROM hooks_messages WHERE tenant_id = $1 ORDER BY created_at, message_id",
        platform.tenant_id,
    )
    for row in found:
        msgspec.convert(row["payload"], DATA[row["topic"]])
    return [(row["topic"], row["payload"]) for row in found]


class Watched:
    """An era whose numbers are looked at."""

    def __init__(self, era: Era) -> None:
        self.era = era
        self.announcements = Announcements(era.clock)

    async def votes(self, **scores: int) -> None:
        await self.era.votes(scores)
        await self.look()

    async def look(self) -> None:
        await self.era.read()
        await self.announcements.announce(self.era.world.database, self.era.tenant)

    async def told(self) -> list[dict[str, Any]]:
        return [data for _, data in await told(self.era.world, self.era.platform)]


async def put_rule(world: World, platform: Platform, era: Era, name: str, **rule: Any) -> None:
    """A rule that is put at the era's time."""
    async with world.database.tenant(platform.tenant_id, "accounts") as connection:
        await put_threshold(connection, era.tenant, name, Threshold(**rule), "key:1", era.now)


async def test_a_threshold_is_told_once_a_window(world: World, era: Open) -> None:
    one = await era(NOON)
    await endpoint(world, one.platform, URL, "threshold.reached")
    await put_rule(
        world, one.platform, one, "nova", metric="votes", entity="artist", id="nova", window="day", value=100
    )
    watched = Watched(one)
    await watched.votes(nova=99, abba=500)
    assert await watched.told() == []
    await watched.votes(nova=1)
    [first] = await watched.told()
    assert (first["name"], first["value"], first["threshold"], first["id"]) == ("nova", 100, 100, "nova")
    assert (first["windowStart"], first["windowEnd"]) == ("2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z")
    await watched.votes(nova=50)
    await watched.look()
    one.now += DAY
    await watched.votes(nova=99)
    assert len(await watched.told()) == 1
    await watched.votes(nova=2)
    assert [data["value"] for data in await watched.told()] == [100, 101]


async def test_a_threshold_counts_what_comes_within_ten_minutes_of_the_end(world: World, era: Open) -> None:
    one = await era(NOON)
    await endpoint(world, one.platform, URL, "threshold.reached")
    await put_rule(world, one.platform, one, "hourly", metric="votes", window="hour", value=10)
    watched = Watched(one)
    await watched.votes(nova=9)
    one.now = NOON + HOUR + timedelta(minutes=9)
    await one.votes({"nova": 1}, at=NOON + timedelta(minutes=59))
    one.now += timedelta(hours=5)  # nobody has looked for hours, and the entry is still to be read
    await watched.look()
    [late] = await watched.told()
    assert (late["value"], late["windowStart"]) == (10, "2026-03-10T12:00:00Z")
    await one.votes({"nova": 90}, at=NOON + timedelta(minutes=30))
    await watched.look()
    assert len(await watched.told()) == 1
    open_since = "SELECT open_since FROM hooks_thresholds WHERE tenant_id = $1"
    assert await world.value(open_since, one.tenant.tenant_id) == NOON + timedelta(hours=5)


async def test_thresholds_of_money_of_fans_counted_and_of_the_whole_tenant(world: World, era: Open) -> None:
    one = await era(NOON)
    await endpoint(world, one.platform, URL, "threshold.reached")
    await put_rule(world, one.platform, one, "all", metric="votes", window="all", value=3)
    await put_rule(
        world, one.platform, one, "voters", metric="voters", entity="artist", id="nova", window="month", value=2
    )
    await put_rule(world, one.platform, one, "money", metric="money_spent", window="year", value=900)
    watched = Watched(one)
    paid = event("treasury.money_spent", amountCents=900, currency="eur", reason="bar", at=one.now.isoformat())
    await one.send(
        vote(artistId="nova", userId="a", at=one.now.isoformat(), weight=3),
        vote(artistId="nova", userId="b", at=one.now.isoformat()), paid,
    )  # fmt: skip
    await watched.look()
    found = {data["name"]: data for data in await watched.told()}
    assert {name: data["value"] for name, data in found.items()} == {"all": 4, "voters": 2, "money": 900}
    assert (found["money"]["currency"], found["all"]["windowStart"], found["all"]["id"]) == ("eur", None, None)


async def test_two_processors_that_look_at_once_tell_once(world: World, era: Open) -> None:
    one = await era(NOON)
    await endpoint(
        world,
        one.platform,
        URL,
        "threshold.reached",
        "board.leader_changed",
        boards=[{"board": "votes-artist", "window": "day"}],
    )
    await put_rule(world, one.platform, one, "r", metric="votes", window="day", value=5)
    lookers = [Announcements(one.clock) for _ in range(4)]
    await one.votes({"abba": 1})
    await one.read()
    await asyncio.gather(*(each.announce(world.database, one.tenant) for each in lookers))
    await one.votes({"nova": 9})
    await one.read()
    for _ in range(3):
        await asyncio.gather(*(each.announce(world.database, one.tenant) for each in lookers))
    assert sorted(topic for topic, _ in await told(world, one.platform)) == [
        "board.leader_changed",
        "threshold.reached",
    ]


async def test_a_look_that_fails_tells_nothing_and_forgets_nothing(world: World, era: Open) -> None:
    one = await era(NOON)
    await endpoint(world, one.platform, URL, "threshold.reached")
    await put_rule(world, one.platform, one, "r", metric="votes", window="day", value=5)
    await one.votes({"nova": 9})
    await one.read()
    announcements = Announcements(one.clock)
    await world.execute(
        "ALTER TABLE hooks_messages ADD CONSTRAINT broken CHECK (topic <> 'threshold.reached') NOT VALID"
    )
    try:
        with pytest.raises(Exception, match="broken"):
            await announcements.announce(world.database, one.tenant)
    finally:
        await world.execute("ALTER TABLE hooks_messages DROP CONSTRAINT broken")
    assert await world.value("SELECT count(*) FROM hooks_crossings WHERE tenant_id = $1", one.tenant.tenant_id) == 0
    await announcements.announce(world.database, one.tenant)
    await announcements.announce(world.database, one.tenant)
    assert len(await told(world, one.platform)) == 1


async def test_a_board_is_told_when_others_lead(world: World, era: Open) -> None:
    one = await era(NOON)
    boards = [{"board": "votes-artist", "window": "day", "top": 2}]
    await endpoint(world, one.platform, URL, "board.leader_changed", boards=boards)
    watched = Watched(one)
    await watched.votes(abba=10, nova=5, lumen=1)
    assert await watched.told() == []  # how it stood when it was looked at first
    await watched.votes(abba=10, nova=10)
    assert await watched.told() == []
    await watched.votes(nova=10)
    [changed] = await watched.told()
    assert [(row["rank"], row["id"], row["score"]) for row in changed["rows"]] == [(1, "nova", 25), (2, "abba", 20)]
    assert changed["before"] == ["abba", "nova"]
    assert (changed["board"], changed["window"], changed["top"]) == ("votes-artist", "day", 2)
    await watched.votes(lumen=100)
    assert (await watched.told())[-1]["before"] == ["nova", "abba"]


async def test_a_new_window_begins_without_leaders(world: World, era: Open) -> None:
    one = await era(NOON)
    await endpoint(
        world, one.platform, URL, "board.leader_changed", boards=[{"board": "votes-artist", "window": "day"}]
    )
    watched = Watched(one)
    await watched.votes(abba=10)
    one.now += DAY
    await watched.look()
    assert await watched.told() == []
    await watched.votes(abba=1)
    [first] = await watched.told()
    assert (first["before"], first["rows"][0]["id"]) == ([], "abba")


async def test_a_rolling_window_moves_on_and_does_not_begin_anew(world: World, era: Open) -> None:
    one = await era(NOON)
    await endpoint(
        world, one.platform, URL, "board.leader_changed", boards=[{"board": "votes-artist", "window": "24h"}]
    )
    watched = Watched(one)
    await watched.votes(abba=10)
    one.now += 2 * HOUR
    await watched.votes(nova=5)
    assert await watched.told() == []
    one.now += 23 * HOUR
    await watched.look()  # what abba got is a day old
    [changed] = await watched.told()
    assert (changed["before"], changed["rows"][0]["id"]) == (["abba"], "nova")


async def test_without_named_boards_the_tenants_own_are_told(world: World, era: Open) -> None:
    one = await era(NOON)
    board = {"metric": "votes", "entity": "artist", "windows": ["week"], "eligibility": {"minFans": 2}}
    reply = await world.http.send("PUT", "/api/boards/mine", json.dumps(board).encode(), one.platform.server)
    assert reply.status == 201
    await endpoint(world, one.platform, URL, "board.leader_changed")
    watched = Watched(one)
    await watched.votes(abba=10)
    fans = [vote(artistId="nova", userId=f"f{n}", at=one.now.isoformat()) for n in range(2)]
    await one.send(*fans)
    await watched.look()
    [changed] = await watched.told()
    assert (changed["board"], [row["id"] for row in changed["rows"]], changed["before"]) == ("mine", ["nova"], [])


async def test_a_season_is_told_with_a_link_that_reads_it(world: World, era: Open) -> None:
    one = await era(NOON)
    await endpoint(world, one.platform, URL, "season.ended")
    await one.votes({"abba": 10, "nova": 5})
    assert await one.pass_to(NOON + DAY) >= 1
    ended = [data for _, data in await told(world, one.platform)]
    assert [data["window"] for data in ended] == ["day"]
    assert ended[0]["startsAt"] == "2026-03-10T00:00:00Z"
    boards = {(each["metric"], each["entity"]): each for each in ended[0]["seasons"]}
    season = boards["votes", "artist"]
    assert season["members"] == 2
    reply = await world.http.get(season["link"], one.platform.server)
    assert [row["id"] for row in reply.json["rows"]] == ["abba", "nova"]
    assert await one.close() == 0
    assert len(await told(world, one.platform)) == len(ended)


async def test_a_window_without_seasons_is_not_told(world: World, era: Open) -> None:
    one = await era(NOON)
    await endpoint(world, one.platform, URL, "season.ended")
    await one.votes({"abba": 1})
    await one.pass_to(NOON + 3 * DAY)
    assert len(await told(world, one.platform)) == 1


async def test_an_entry_that_is_put_aside_is_told_of(world: World, era: Open) -> None:
    one = await era(NOON)
    await endpoint(world, one.platform, URL, "dead_letter.added")
    poison = vote(artistId="nova", at=one.now.isoformat())
    await one.send(poison)
    ill = Spoilt(wiring.PROJECTIONS["coliseum"], {poison["id"]}, ValueError("ill"))
    runner = Runner(world.database, "conductor", one.unit, ill, None, Limits(1, 2, 1.0), NoWaiting())
    while await runner.round():
        pass
    assert await told(world, one.platform) == [
        ("dead_letter.added", {"consumer": "coliseum", "partition": 0, "offset": 0, "id": poison["id"],
                               "type": "coliseum.vote_cast"}),
    ]  # fmt: skip


async def test_a_revoked_key_is_told_of_once(world: World, platform: Platform) -> None:
    await endpoint(world, platform, URL, "key.revoked")
    for _ in range(2):
        async with world.database.tenant(platform.tenant_id, "accounts") as connection:
            await connection.execute(
                "UPDATE accounts_keys SET revoked_at = now() WHERE tenant_id = $1 AND kind = 'browser'",
                platform.tenant_id,
            )
    [(topic, data)] = await told(world, platform)
    assert (topic, data["kind"]) == ("key.revoked", "browser")
    assert platform.browser_key.startswith(data["prefix"])
    assert platform.browser_key not in str(data)
