"""Boards with eligibility and count-back against the model: random festivals, windows, filters and demands."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from coliseum.boards.declaration import SUPPORTED
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import BY_NAME, base_of
from coliseum.metrics.windows import window_at
from coliseum.queries import declared as module
from coliseum.web.ui.lines import ALL_TIME
from support.chance import CITIES, EVENTS, GENRES
from support.declaring import declared, expected, named, page, pages, whole
from support.festival import vote
from support.live import conducted, send
from support.play import WINDOWS, Play
from support.services import Platform, World

pytestmark = pytest.mark.long


@pytest.fixture(scope="module", params=["Europe/Vienna", "America/Sao_Paulo"])
async def played(world: World, request: pytest.FixtureRequest) -> Play:
    """A tenant after some hundred events, everything read."""
    playing = Play(world, await world.platform(zone=request.param, partitions=2), seed=35)
    await playing.conductor.take()
    for _ in range(14):
        await playing.send(catalog=0.2)
    await playing.conductor.quiesce()
    await playing.cold.close()
    return playing


def random_declaration(rng: random.Random) -> dict[str, Any]:
    metric = rng.choice([*BY_NAME.values(), *[BY_NAME["votes"]] * 4])
    entity = rng.choice(metric.boards)
    filters = {"city": rng.choice(CITIES), "genre": rng.choice(GENRES), "event": rng.choice(EVENTS)}
    wanted = {"minScore": rng.randint(-2, 9), "maxScore": rng.randint(9, 90)}
    if "fan" in base_of(metric).kinds and entity in SUPPORTED:
        wanted["minFans"] = rng.randint(1, 4)
    board: dict[str, Any] = {
        "metric": metric.name, "entity": entity,
        "filters": {name: filters[name] for name in rng.sample(list(filters), rng.choice([0, 0, 0, 1, 1, 2]))},
        "eligibility": {name: wanted[name] for name in rng.sample(list(wanted), rng.randint(0, len(wanted)))},
    }  # fmt: skip
    if metric.name == "votes" and entity != "fan":
        board["tieRule"] = rng.choice(["first", "countback", "countback"])
    return board


async def test_every_selective_board_is_the_models(world: World, played: Play) -> None:
    rng, platform = random.Random(351), played.platform
    filled = cut = 0
    for _ in range(150):
        board = random_declaration(rng)
        declaration = declared(platform, **board)
        window, at = (
            rng.choice([*WINDOWS, *["all"] * 6, "year", "month"]),
            rng.choice([*played.anchors, played.chance.instant()]),
        )
        stretch = window_at(window, at, platform.tenant.zone)
        found = await page(world, platform, declaration, stretch)
        rows = await named(world, platform, declaration.entity, found)
        wanted = expected(played.model, declaration, window, at)
        assert {row[0]: row[1:] for row in rows} == wanted, (board, window, at)
        assert found.members == len(rows) == len(wanted)
        assert (await pages(world, platform, declaration, stretch, rng.randint(1, 3))) == found
        everybody = declared(platform, **{**board, "eligibility": {}})
        filled += len(rows) > 0
        cut += len(rows) < (await page(world, platform, everybody, stretch, limit=1)).members
    assert filled > 40
    assert cut > 20


async def test_every_selective_board_stood_as_the_model_did(world: World, played: Play) -> None:
    rng, platform = random.Random(352), played.platform
    heads = {partition: head async for partition, head in _heads(world, platform)}
    filled = changed = 0
    for _ in range(120):
        board = random_declaration(rng)
        declaration = declared(platform, **board)
        window, at = rng.choice([*WINDOWS, *["all"] * 9]), rng.choice([*played.anchors, played.chance.instant()])
        stretch = window_at(window, at, platform.tenant.zone)
        position = {partition: rng.randint(head // 3, head) for partition, head in heads.items()}
        found = await page(world, platform, declaration, stretch, position=position)
        rows = await named(world, platform, declaration.entity, found)
        wanted = expected(played.model.as_of(position), declaration, window, at)
        assert {row[0]: row[1:] for row in rows} == wanted, (board, window, at, position)
        assert (found.members, found.position) == (len(wanted), [position[each] for each in sorted(position)])
        assert await pages(world, platform, declaration, stretch, rng.randint(1, 3), position) == found
        assert await whole(world, platform, declaration, stretch, position) == (found.members, found.rows)
        place = rng.randint(1, len(rows) + 1)
        some = await page(world, platform, declaration, stretch, limit=2, place=place, position=position)
        assert some.rows == found.rows[place - 1 : place + 1]
        filled += len(rows) > 0
        changed += wanted != expected(played.model, declaration, window, at)
        full = await page(world, platform, declaration, stretch, position=heads)
        assert full == await page(world, platform, declaration, stretch)
        assert await whole(world, platform, declaration, stretch) == (full.members, full.rows)
    assert filled > 35
    assert changed > 30


async def _heads(world: World, platform: Platform) -> AsyncIterator[tuple[int, int]]:
    rows = await world.fetch("SELECT partition, head FROM passport_heads WHERE tenant_id = $1", platform.tenant_id)
    for row in rows:
        yield row["partition"], row["head"]


async def test_an_empty_board_and_a_page_past_its_end_know_how_many_there_are(world: World, platform: Platform) -> None:
    board = declared(platform, metric="votes", entity="artist", tieRule="countback", eligibility={"minFans": 2})
    nothing = await page(world, platform, board, ALL_TIME)
    assert (nothing.rows, nothing.members, nothing.position) == ([], 0, [0])
    await send(world, platform, [vote(userId=f"fan-{n}", artistId="abba") for n in range(2)])
    await conducted(world, platform)
    [row] = (await page(world, platform, board, ALL_TIME)).rows
    past = await page(world, platform, board, ALL_TIME, after=(row.value, row.tie, row.entity))
    assert (past.rows, past.members, past.position) == ([], 1, [2])
    # Whoever the page before ended with has another score by now: the next one begins with the next score.
    assert (await page(world, platform, board, ALL_TIME, after=(9, 0, row.entity))).rows == [row]
    assert (await page(world, platform, board, ALL_TIME, after=(1, 0, row.entity))).rows == []


async def test_votes_are_counted_back_on_boards_of_bounded_size(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COUNTBACK_MEMBERS_MAX", 3)
    await send(world, platform, [vote(artistId=f"artist-{n}", weight=1 + n // 2) for n in range(4)])
    await conducted(world, platform)
    board = {"metric": "votes", "entity": "artist"}
    back = declared(platform, **board, tieRule="countback")
    with pytest.raises(QueryInvalid, match="at most 3 members; declared has 4") as caught:
        await page(world, platform, back, ALL_TIME)
    assert caught.value.field == "tieRule"
    fewer = declared(platform, **board, tieRule="countback", eligibility={"minScore": 2})
    assert [(row.value, row.rank) for row in (await page(world, platform, fewer, ALL_TIME)).rows] == [(2, 1), (2, 1)]
    first = declared(platform, **board, eligibility={"minFans": 1})
    assert (await page(world, platform, first, ALL_TIME)).members == 4
    now = datetime.now(UTC)
    assert (await page(world, platform, first, window_at("hour", now, platform.tenant.zone))).members in {0, 4}
