"""Of whom nothing was heard for as long as their tenant keeps what is about people, nobody knows any more."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coliseum.audit.verify import verify as verify_numbers
from coliseum.passport.subjects import BELIEVED_S
from coliseum.privacy.retention import retain, unheard_of
from coliseum.trail.verify import verify
from support.consenting import say, word
from support.festival import event, spent, vote
from support.forgetting import number_of
from support.page import processing
from support.retaining import keeping, known, long_ago, run, send
from support.services import SECRET_KEY, Platform, World
from support.trail import entries_of

pytestmark = pytest.mark.long


async def test_who_was_not_heard_of_for_long_enough_is_nobody_and_who_was_stays(
    world: World, platform: Platform
) -> None:
    await send(world, platform, *(vote(userId=fan) for fan in ("ada", "ben", "cleo")))
    await long_ago(world, platform, 13)
    await send(world, platform, vote(userId="ben"), event("social.follow", userId="dan", targetType="user",
                                                        targetId="cleo"))  # fmt: skip
    before = await world.entries(platform)
    await keeping(world, platform, 12)
    assert (await run(world, platform)).people == 1
    assert await known(world, platform) == {"ben", "cleo", "dan"}
    assert await world.entries(platform) == before
    assert (await run(world, platform)).people == 0


async def test_received_is_what_counts_and_not_when_it_is_said_to_have_happened(
    world: World, platform: Platform
) -> None:
    then = (datetime.now(UTC) - timedelta(days=500)).isoformat()
    reply = await world.http.post("/api/passport/batch?historical=true", [vote(userId="ada", at=then)], platform.server)
    assert reply.status == 201, reply
    await keeping(world, platform, 12)
    assert (await run(world, platform)).people == 0


async def test_without_an_end_nobody_is_let_go(world: World, platform: Platform) -> None:
    await send(world, platform, vote(userId="ada"))
    await long_ago(world, platform, 200)
    assert await unheard_of(world.database, datetime.now(UTC), platform.tenant_id) is None
    now = datetime.now(UTC)
    assert await retain(world.database, world.services.trail, now, tenant_id=platform.tenant_id) == []
    assert await known(world, platform) == {"ada"}


async def test_of_another_tenant_nobody_is_let_go(world: World, platform: Platform) -> None:
    other = await world.platform()
    for each in (platform, other):
        await send(world, each, vote(userId="ada"))
        await long_ago(world, each, 13)
    await keeping(world, platform, 12)
    await keeping(world, other, 14)
    done = await retain(world.database, world.services.trail, datetime.now(UTC))
    people = {each.tenant_id: each.people for each in done}
    assert (people[platform.tenant_id], people[other.tenant_id]) == (1, 0)
    assert await known(world, other) == {"ada"}


async def fan_rows(world: World, platform: Platform, until: int) -> list[dict[str, Any]]:
    """The board of fans by votes, once its second row has that score."""
    board = "/api/leaderboards?entity=fan&metric=votes&window=all"
    async with processing(world), asyncio.timeout(20):
        while True:
            rows: list[dict[str, Any]] = (await world.http.get(board, platform.server)).json["rows"]
            if len(rows) == 2 and rows[1]["score"] == until:
                return rows
            await asyncio.sleep(0.05)


async def test_numbers_stay_what_they_were_and_the_row_on_a_board_is_without_a_name(
    world: World, platform: Platform
) -> None:
    await send(world, platform, vote(userId="ada", weight=7), spent(userId="ada"), vote(userId="ben"))
    await long_ago(world, platform, 13)
    await send(world, platform, vote(userId="ben", weight=2))
    assert [row["id"] for row in await fan_rows(world, platform, 3)] == ["ada", "ben"]
    number = await number_of(world, platform, "ada")
    await keeping(world, platform, 12)
    assert (await run(world, platform)).people == 1
    await asyncio.sleep(BELIEVED_S)
    await send(world, platform, vote(userId="ben"))
    rows = await fan_rows(world, platform, 4)
    assert [(row["id"], row["score"], row.get("forgotten", False)) for row in rows] == [
        (f"forgotten:{number}", 7, True), ("ben", 4, False),
    ]  # fmt: skip
    assert await verify_numbers(world.database, world.store, [platform.tenant]) == []


async def test_who_comes_back_is_let_in_as_somebody_new(world: World, platform: Platform) -> None:
    await send(world, platform, vote(userId="ada"))
    before = await number_of(world, platform, "ada")
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    await run(world, platform)
    await asyncio.sleep(BELIEVED_S)
    await send(world, platform, vote(userId="ada"))
    assert await number_of(world, platform, "ada") not in (None, before)
    suppressed = "SELECT count(*) FROM privacy_suppressed WHERE tenant_id = $1"
    async with world.database.connection("capture") as connection:
        assert await connection.fetchval(suppressed, platform.tenant_id) == 0


async def test_who_has_said_no_is_kept_so_that_it_is_known(world: World, platform: Platform) -> None:
    for fan, granted in (("no", False), ("yes", True), ("back", False), ("back", True)):
        await say(world, platform, fan, granted=granted)
    await send(world, platform, word("ads", granted=False, purpose="advertising"))
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    assert (await run(world, platform)).people == 2
    assert await known(world, platform) == {"no", "ads"}


async def test_personal_fields_end_by_age_for_everybody(world: World, platform: Platform) -> None:
    bought = [spent(userId="ada", stripePaymentIntentId=f"pi_{number}") for number in range(6)]
    await send(world, platform, *bought[:5])
    await long_ago(world, platform, 13)
    await send(world, platform, bought[5])
    await keeping(world, platform, 12)
    done = await run(world, platform)
    assert (done.people, done.personal) == (0, 5)
    left = await world.fetch("SELECT fields FROM passport_personal WHERE tenant_id = $1", platform.tenant_id)
    assert [row["fields"]["stripePaymentIntentId"] for row in left] == ["pi_5"]


async def test_what_quoted_a_refused_event_ends_by_age(world: World, platform: Platform) -> None:
    await world.http.post("/api/passport/log", vote(userId="ada", weight="heavy"), platform.server)
    await world.services.tally._write()
    told = "SELECT count, last_message <> '' AS quoted FROM capture_warnings WHERE tenant_id = $1"
    assert [tuple(row.values()) for row in await world.fetch(told, platform.tenant_id)] == [(1, True)]
    await keeping(world, platform, 12)
    await run(world, platform)
    assert [tuple(row.values()) for row in await world.fetch(told, platform.tenant_id)] == [(1, True)]
    await world.execute(
        "UPDATE capture_warnings SET last_at = last_at - interval '13 months' WHERE tenant_id = $1", platform.tenant_id
    )
    await run(world, platform)
    assert [tuple(row.values()) for row in await world.fetch(told, platform.tenant_id)] == [(1, False)]


async def test_the_trail_says_how_many_and_nobodys_name(world: World, platform: Platform) -> None:
    await send(world, platform, spent(userId="ada-lovelace"), spent(userId="ben-lovelace"))
    await long_ago(world, platform, 13)
    await send(world, platform, vote(userId="ben-lovelace"))
    await keeping(world, platform, 12)
    done = await run(world, platform)
    told = [row for row in await entries_of(world, platform) if row["action"] == "people.expire"]
    before = done.cutoff.isoformat()
    assert [(row["actor"], row["target"], row["detail"]) for row in told] == [
        ("operator", "people", {"people": 1, "before": before, "months": 12}),
    ]
    assert "lovelace" not in str(told)
    assert (await verify(world.database, [SECRET_KEY], {})).bad == []
