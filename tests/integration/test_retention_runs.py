"""Runs of retention: some people at a time, broken off, beside whoever sends at that moment, and by clocks that are wrong."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coliseum import db
from coliseum.passport import subjects
from coliseum.passport.subjects import BELIEVED_S, ERASURES_READ_MAX, Subjects
from coliseum.passport.subjects import SQL as PASSPORT
from coliseum.passport.suppression import Suppression
from coliseum.privacy import retention
from coliseum.privacy.retention import SQL, ClocksDisagree, retain, unheard_of
from support.commanding import command
from support.consenting import say
from support.festival import event, spent, vote
from support.forgetting import forget, number_of
from support.retaining import keeping, known, long_ago, once, run, send
from support.services import SECRET_KEY, Platform, World

pytestmark = pytest.mark.long


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


async def test_who_is_heard_of_while_it_is_under_way_stays(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(world, platform, vote(userId="ada"), vote(userId="ben"), vote(userId="cleo"))
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    right = retention._Run._expire

    async def late(self: Any, people: list[int], heads: Any) -> int:
        assert len(people) == 3
        follow = event("social.follow", userId="dan", targetType="user", targetId="cleo")
        await send(world, platform, vote(userId="ben"), follow)
        return await right(self, people, heads)

    monkeypatch.setattr(retention._Run, "_expire", late)
    assert (await run(world, platform)).people == 1
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


async def test_a_no_that_is_on_its_way_is_waited_for_and_counts(world: World, platform: Platform) -> None:
    await send(world, platform, vote(userId="ada"))
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    number = await number_of(world, platform, "ada")
    saying = await db.connect(world.settings.database_url or "", "capture")
    try:
        transaction = saying.transaction()
        await transaction.start()
        await saying.execute(
            'INSERT INTO privacy_consents (tenant_id, subject_id, purpose, granted, partition, "offset") '
            "VALUES ($1, $2, 'analytics', false, 0, 99)", platform.tenant_id, number,
        )  # fmt: skip
        running = asyncio.create_task(run(world, platform))
        await asyncio.sleep(0.5)
        assert not running.done()
        await transaction.commit()
        assert (await running).people == 0
    finally:
        await saying.close()
    assert await known(world, platform) == {"ada"}


async def test_a_no_to_a_process_that_still_believes_the_old_number_is_kept_under_the_new_one(
    world: World, platform: Platform
) -> None:
    await send(world, platform, vote(userId="ada"), vote(userId="ben"))
    before = await number_of(world, platform, "ada")
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    await world.services.pipeline._subjects.resolve(platform.tenant_id, ["ada", "ben"])
    assert (await run(world, platform)).people == 2
    await say(world, platform, "ada", granted=False)
    now = await number_of(world, platform, "ada")
    assert now not in (None, before)
    async with world.database.connection("capture") as connection:
        words = await connection.fetch(
            "SELECT subject_id, granted FROM privacy_consents WHERE tenant_id = $1", platform.tenant_id
        )
    assert [tuple(row.values()) for row in words] == [(now, False)]


async def test_an_end_that_was_taken_away_and_set_again_acts_at_once(world: World, platform: Platform) -> None:
    now = datetime.now(UTC)
    await send(world, platform, vote(userId="ada"))
    await keeping(world, platform, 12)
    assert [each.people for each in await once(world, platform, now)] == [0]
    await world.execute(
        "UPDATE privacy_retention SET cutoff = cutoff - interval '1 year' WHERE tenant_id = $1", platform.tenant_id
    )
    await long_ago(world, platform, 13)
    await keeping(world, platform, None)
    assert await once(world, platform, now) == []
    await keeping(world, platform, 12)
    assert [each.people for each in await once(world, platform, now)] == [1]


async def test_nobody_can_ask_for_it_with_a_clock_that_the_database_contradicts(
    world: World, platform: Platform
) -> None:
    await send(world, platform, vote(userId="ada"))
    await keeping(world, platform, 12)
    ahead = datetime.now(UTC) + timedelta(days=500)
    with pytest.raises(ClocksDisagree):
        await retain(world.database, world.services.trail, ahead, tenant_id=platform.tenant_id, asked_by="operator")
    assert await known(world, platform) == {"ada"}


async def test_a_new_process_asks_nothing_about_those_who_went_before_it(world: World, platform: Platform) -> None:
    await send(world, platform, *(vote(userId=f"fan-{number}") for number in range(30)))
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    await run(world, platform)
    async with world.database.connection("capture") as connection:
        rows = await connection.fetch(PASSPORT["forgotten_since"], None, ERASURES_READ_MAX)
        newest = rows[0]["last"]
        few = await connection.fetch(PASSPORT["forgotten_since"], newest - 3, ERASURES_READ_MAX)
        many = await connection.fetch(PASSPORT["forgotten_since"], newest - 30, 29)
    assert [row["subject_id"] for row in rows] == [None]
    assert len(few) == 3
    assert [row["subject_id"] for row in many] == [None]


async def test_when_many_became_nobody_between_two_questions_everybody_is_asked_for_anew(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subjects, "ERASURES_READ_MAX", 5)
    await send(world, platform, *(vote(userId=f"fan-{number}") for number in range(30)))
    process = Subjects(world.database, Suppression(SECRET_KEY))
    before = await process.resolve(platform.tenant_id, ["fan-0"])
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    await run(world, platform)
    await asyncio.sleep(BELIEVED_S)
    after = await process.resolve(platform.tenant_id, ["fan-0"])
    assert after["fan-0"].subject_id != before["fan-0"].subject_id


async def test_what_processes_have_heard_long_ago_is_not_kept(world: World, platform: Platform) -> None:
    await send(world, platform, vote(userId="ada"), vote(userId="ben"))
    await forget(world, platform, "ben")
    await long_ago(world, platform, 13)
    await keeping(world, platform, 12)
    await run(world, platform)
    told = "SELECT count(*) FROM privacy_erasures WHERE tenant_id = $1"
    assert await world.value(told, platform.tenant_id) == 2
    await world.execute(
        "UPDATE privacy_erasures SET erased_at = erased_at - interval '2 days' WHERE tenant_id = $1", platform.tenant_id
    )
    await run(world, platform)
    assert await world.value(told, platform.tenant_id) == 1  # of ben, who has a certificate


async def test_personal_fields_go_with_who_is_let_go(world: World, platform: Platform) -> None:
    await send(world, platform, spent(userId="ada", stripePaymentIntentId="pi_old"))
    await world.execute(
        "UPDATE passport_subjects SET created_at = created_at - interval '13 months' WHERE tenant_id = $1",
        platform.tenant_id,
    )
    number = await number_of(world, platform, "ada")
    async with world.database.tenant(platform.tenant_id, "owner") as connection:
        assert await connection.fetchval(SQL["expire_people"], platform.tenant_id, [number]) == 1
    assert await world.value("SELECT count(*) FROM passport_personal WHERE subject_id = $1", number) == 0


@pytest.mark.parametrize("months", [12, None])
async def test_an_operator_sees_first_how_many_they_would_be(
    world: World, platform: Platform, months: int | None
) -> None:
    await send(world, platform, vote(userId="ada"))
    await long_ago(world, platform, 13)
    await keeping(world, platform, months)
    slug = platform.tenant.slug
    code, printed = await command(world, "privacy", "retain", slug, "--dry-run")
    without = f"{slug} keeps what is about people without an end."
    assert (code, printed.startswith("1 people were not heard of since 20" if months else without)) == (0, True), (
        printed
    )
    assert await known(world, platform) == {"ada"}
    code, printed = await command(world, "privacy", "retain", slug)
    assert (code, printed.startswith("1 people were" if months else "Nothing was done")) == (0, True), printed
    assert await known(world, platform) == (set() if months else {"ada"})
    assert (await command(world, "privacy", "retain", "no-such-tenant"))[0] == 1
