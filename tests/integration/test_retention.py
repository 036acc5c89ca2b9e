"""Of whom nothing was heard for as long as their tenant keeps what is about people, nobody knows any more."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coliseum import db
from coliseum.audit.verify import verify as verify_numbers
from coliseum.passport.subjects import BELIEVED_S
from coliseum.privacy import retention
from coliseum.privacy.retention import SQL, Expired, retain, unheard_of
from coliseum.trail.verify import verify
from support.consenting import say, word
from support.festival import event, spent, vote
from support.forgetting import number_of
from support.page import processing
from support.services import SECRET_KEY, Platform, World
from support.trail import entries_of

pytestmark = pytest.mark.long


async def send(world: World, platform: Platform, *events: dict[str, Any]) -> None:
    reply = await world.http.post("/api/passport/batch", list(events), platform.server)
    assert reply.status == 201, reply


async def keeping(world: World, platform: Platform, months: int | None) -> None:
    """The tenant keeps what is about people for so long."""
    reply = await world.http.send("PATCH", "/api/tenant", b'{"retentionMonths": %s}' % _json(months), platform.server)
    assert reply.status == 200, reply


def _json(months: int | None) -> bytes:
    return b"null" if months is None else b"%d" % months


async def long_ago(world: World, platform: Platform, months: int) -> None:
    """Everything that the log holds was received so many months earlier than it was."""
    for table in ("passport_entries", "passport_subjects"):
        await world.execute(
            f"UPDATE {table} SET created_at = created_at - make_interval(months => $2) WHERE tenant_id = $1",  # noqa: S608
            platform.tenant_id, months,
        )  # fmt: skip


async def run(world: World, platform: Platform) -> Expired:
    [done] = await retain(
        world.database, world.services.trail, datetime.now(UTC), tenant_id=platform.tenant_id, asked_by="operator"
    )
    return done


async def known(world: World, platform: Platform) -> set[str]:
    rows = await world.fetch("SELECT user_id FROM passport_subjects WHERE tenant_id = $1", platform.tenant_id)
    return {row["user_id"] for row in rows}


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


async def test_personal_fields_end_by_age_for_everybody(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PERSONAL_AT_ONCE", 2)
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


async def test_many_are_let_go_some_at_a_time_and_a_run_that_breaks_off_is_gone_on_with(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PEOPLE_AT_ONCE", 10)
    monkeypatch.setattr(retention, "PEOPLE_FOUND_MAX", 25)
    await send(world, platform, *(vote(userId=f"fan-{number}") for number in range(60)))
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    assert (await unheard_of(world.database, datetime.now(UTC), platform.tenant_id) or (0, 0))[1] == 25
    right, turns = retention._Run._expire, 0

    async def breaking(self: Any, people: list[int], heads: Any) -> int:
        nonlocal turns
        turns += 1
        if turns == 3:
            raise OSError("broken off")
        return await right(self, people, heads)

    monkeypatch.setattr(retention._Run, "_expire", breaking)
    with pytest.raises(OSError, match="broken off"):
        await run(world, platform)
    assert len(await known(world, platform)) == 40
    assert (await run(world, platform)).people == 40
    assert await known(world, platform) == set()
    erased = await world.value(
        "SELECT count(DISTINCT certificate) FROM privacy_erasures WHERE tenant_id = $1 AND requested_by = 'retention'",
        platform.tenant_id,
    )
    assert erased == 60


async def test_who_is_heard_of_while_it_is_under_way_stays(world: World, platform: Platform) -> None:
    await send(world, platform, vote(userId="ada"), vote(userId="ben"), vote(userId="cleo"))
    await long_ago(world, platform, 13)
    numbers = [await number_of(world, platform, fan) for fan in ("ada", "ben", "cleo")]
    heads = await world.fetch(SQL["retention_heads"], platform.tenant_id)
    await send(world, platform, vote(userId="ben"),
               event("social.follow", userId="dan", targetType="user", targetId="cleo"))  # fmt: skip
    async with world.database.tenant(platform.tenant_id, "owner") as connection:
        gone = await connection.fetchval(
            SQL["expire_people"], platform.tenant_id, numbers, [row["partition"] for row in heads],
            [row["head"] for row in heads], datetime.now(UTC),
        )  # fmt: skip
    assert gone == 1
    assert await known(world, platform) == {"ben", "cleo", "dan"}


async def test_two_processors_do_not_do_it_at_once(world: World, platform: Platform) -> None:
    await send(world, platform, vote(userId="ada"))
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    now = datetime.now(UTC)
    other = await db.connect(world.settings.database_url or "", "processor")
    try:
        assert await other.fetchval(SQL["try_retention_lock"])
        assert await retain(world.database, world.services.trail, now, tenant_id=platform.tenant_id) == []
        assert await known(world, platform) == {"ada"}
    finally:
        await other.close()
    assert len(await retain(world.database, world.services.trail, now, tenant_id=platform.tenant_id)) == 1
    assert await retain(world.database, world.services.trail, now, tenant_id=platform.tenant_id) == []
    assert await known(world, platform) == set()


@pytest.mark.parametrize(("ahead", "left"), [(timedelta(days=2), {"ada"}), (timedelta(0), set())])
async def test_nothing_is_deleted_by_a_clock_that_the_database_contradicts(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch, ahead: timedelta, left: set[str]
) -> None:
    monkeypatch.setattr(retention, "LOOKED_EVERY_S", 0.02)
    await send(world, platform, vote(userId="ada"))
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    looking = asyncio.create_task(
        retention.retain_regularly(world.database, world.services.trail, lambda: datetime.now(UTC) + ahead)
    )
    try:
        async with asyncio.timeout(2 if left else 20):
            while await known(world, platform):
                await asyncio.sleep(0.02)
    except TimeoutError:
        pass
    finally:
        looking.cancel()
        await asyncio.wait([looking])
    assert await known(world, platform) == left
