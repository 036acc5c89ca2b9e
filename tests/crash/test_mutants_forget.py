"""Wrong variants by which somebody who was forgotten comes back: each is seen by a check that the right one passes."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from coliseum.errors import StoreUnavailable
from coliseum.passport import subjects as remembering
from coliseum.passport.subjects import Subjects
from support.festival import vote
from support.forgetting import forget, number_of
from support.mutants import swap_sql
from support.services import Platform, World
from support.trial import Capturing

APPEND, STORE = "passport_append", "passport_store_people"
HELD = "PERFORM privacy_hold_people(tenant);"
LOOKED = "FROM privacy_suppressed f WHERE f.tenant_id = tenant AND f.digest = p.digest"
SLOWLY = "PERFORM pg_sleep(0.6);"
BEFORE_INSERT = "INSERT INTO passport_subjects"


@asynccontextmanager
async def changed(world: World, function: str, *changes: tuple[str, str]) -> AsyncIterator[None]:
    """A function of the database with parts replaced, for as long as this lasts."""
    sql = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = $1"
    right = wrong = await world.value(sql, function)
    for old, new in changes:
        assert old in wrong, f"{function} has changed: this mutant must follow it"
        wrong = wrong.replace(old, new, 1)
    await world.execute(wrong)
    try:
        yield
    finally:
        await world.execute(right)


async def sent_late(world: World, platform: Platform, *, at_once: bool = False) -> None:
    """A process meets somebody, they are forgotten, and then it stores what names them; nobody may come back."""
    process = Capturing(world, platform)
    await process.prepare()
    await process.subjects.resolve(platform.tenant_id, ["ada"])
    if at_once:  # forgotten while the append that stores them is under way
        sending = asyncio.create_task(process.capture([vote(userId="ada")]))
        await asyncio.sleep(0.2)
        assert (await forget(world, platform, "ada")).status == 200
        await sending
    else:
        assert (await forget(world, platform, "ada")).status == 200
        await process.capture([vote(userId="ada")])
        assert len(process.told.refused) == 1
    assert await number_of(world, platform, "ada") is None


async def test_nobody_comes_back_with_a_late_event(world: World, platform: Platform) -> None:
    await sent_late(world, platform)


async def test_an_append_that_looks_for_no_mark_is_seen(world: World, platform: Platform) -> None:
    async with changed(world, APPEND, (LOOKED, f"{LOOKED} AND false")):
        with pytest.raises(AssertionError):
            await sent_late(world, platform)


@pytest.mark.parametrize("held", [True, False])
async def test_an_append_that_holds_nobody_off_is_seen(world: World, platform: Platform, held: bool) -> None:
    changes = [(f"        {BEFORE_INSERT}", f"        {SLOWLY}\n        {BEFORE_INSERT}")]
    if not held:
        changes.append((HELD, "NULL;"))
    async with changed(world, APPEND, *changes):
        if held:
            await sent_late(world, platform, at_once=True)
        else:
            with pytest.raises(AssertionError):
                await sent_late(world, platform, at_once=True)


async def test_a_look_up_that_looks_for_no_mark_is_seen(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap_sql(monkeypatch, remembering, {"resolve_subjects": ("WHERE s.key IS NULL AND", "WHERE false AND")})
    with pytest.raises(StoreUnavailable):
        await sent_late(world, platform)


@pytest.mark.parametrize("looks", [True, False])
async def test_a_crowd_that_is_stored_without_looking_for_marks_is_seen(
    world: World, platform: Platform, looks: bool
) -> None:
    async def crowd() -> None:
        process = Capturing(world, platform)
        await process.prepare()
        found = await process.subjects.resolve(platform.tenant_id, ["ada"])
        await forget(world, platform, "ada")
        async with world.database.connection("capture") as connection:
            await process.subjects._store(connection, platform.tenant_id, list(found.values()))
        assert await number_of(world, platform, "ada") is None

    if looks:
        await crowd()
        return
    async with changed(world, STORE, (LOOKED, f"{LOOKED} AND false")):
        with pytest.raises(AssertionError):
            await crowd()


@pytest.mark.parametrize("believes", [False, True])
async def test_a_process_that_believes_what_it_remembers_for_ever_is_seen(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch, believes: bool
) -> None:
    process = Capturing(world, platform)
    await process.prepare()
    process.subjects._asked_at = -math.inf
    await process.capture([vote(userId="ada")])
    await forget(world, platform, "ada")
    if believes:
        monkeypatch.setattr(remembering, "ASKED_AGAIN_S", math.inf)
    await asyncio.sleep(remembering.BELIEVED_S)
    await process.capture([vote(userId="ada")])
    assert len(process.told.accepted) == 1 + believes


async def test_a_process_that_remembers_whom_it_has_just_heard_to_be_forgotten_is_seen(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Subjects._look_up

    async def late(self: Subjects, tenant_id: int, user_ids: set[str]) -> object:
        found, before = await right(self, tenant_id, user_ids), self._last_erasure
        await forget(world, platform, "ada")
        await self._ask_who_is_forgotten()
        self._last_erasure = before if wrong else self._last_erasure
        return found

    for wrong in (False, True):
        await world.http.post("/api/passport/batch", [vote(userId="ada")], platform.server)
        await world.execute("DELETE FROM privacy_suppressed WHERE tenant_id = $1", platform.tenant_id)
        await world.services.pipeline._subjects._ask_who_is_forgotten()
        await world.http.post("/api/passport/batch", [vote(userId="ada")], platform.server)
        process = Capturing(world, platform)
        await process.prepare()
        await process.subjects.resolve(platform.tenant_id, ["somebody"])
        with monkeypatch.context() as patch:
            patch.setattr(Subjects, "_look_up", late)
            await process.subjects.resolve(platform.tenant_id, ["ada"])
        assert ("ada" in process.subjects._young.get(platform.tenant_id, {})) == wrong
