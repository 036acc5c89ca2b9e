"""A person is forgotten: nothing says who it was, nobody brings them back, and every total stays as it is."""

import asyncio
import random
from typing import Any

import pytest

from coliseum.audit.verify import verify as verify_numbers
from coliseum.clock import utc_now
from coliseum.passport import subjects as remembering
from coliseum.passport.subjects import CROWD_PEOPLE_MIN, Subjects
from coliseum.passport.suppression import Suppression
from coliseum.privacy.sweep import sweep
from coliseum.trail.verify import verify
from support.festival import event, spent, vote
from support.forgetting import forget, number_of
from support.services import SECRET_KEY, Platform, World
from support.trail import entries_of
from support.watching import WatchedDatabase


async def send(world: World, platform: Platform, *events: dict[str, Any]) -> list[dict[str, Any]]:
    reply = await world.http.post("/api/passport/batch", list(events), platform.server)
    assert reply.status in (201, 207, 400), reply
    results: list[dict[str, Any]] = reply.json["results"]
    return results


def another_process(world: World) -> Subjects:
    return Subjects(world.database, Suppression(SECRET_KEY))


async def test_the_rows_that_say_who_it_was_are_gone_and_the_log_is_as_it_was(world: World, platform: Platform) -> None:
    await send(world, platform, spent(userId="ada", stripePaymentIntentId="pi_1"), vote(userId="ben"))
    before, number = await world.entries(platform), await number_of(world, platform, "ada")
    reply = await forget(world, platform, "ada")
    assert reply.status == 200, reply
    assert sorted(reply.json) == ["certificate", "forgottenAt"]
    assert reply.headers["cache-control"] == "no-store"
    assert await world.entries(platform) == before
    assert await number_of(world, platform, "ada") is None
    assert await number_of(world, platform, "ben") is not None
    left = "SELECT count(*) FROM passport_personal WHERE tenant_id = $1 AND subject_id = $2"
    assert await world.value(left, platform.tenant_id, number) == 0


async def test_the_answer_is_the_same_whether_there_was_anybody_or_not(world: World, platform: Platform) -> None:
    await send(world, platform, vote(userId="ada"))
    replies = [await forget(world, platform, who) for who in ("ada", "ada", "nobody")]
    assert {reply.status for reply in replies} == {200}
    assert {tuple(reply.json) for reply in replies} == {("certificate", "forgottenAt")}
    assert len({reply.json["certificate"] for reply in replies}) == 3
    assert {reply.headers["content-length"] for reply in replies if "content-length" in reply.headers} <= {
        str(len(replies[0].body))
    }
    async with world.database.connection("owner") as connection:
        suppressed = await connection.fetchval(
            "SELECT count(*) FROM privacy_suppressed WHERE tenant_id = $1", platform.tenant_id
        )
    assert suppressed == 2


async def test_the_trail_says_that_it_was_done_and_not_of_whom(world: World, platform: Platform) -> None:
    await send(world, platform, vote(userId="ada-lovelace"))
    number = await number_of(world, platform, "ada-lovelace")
    done = (await forget(world, platform, "ada-lovelace")).json
    last = (await entries_of(world, platform))[-1]
    assert (last["action"], last["target"], last["outcome"]) == ("person.forget", "person", "done")
    assert last["detail"] == {"certificate": done["certificate"], "subject": number}
    assert "lovelace" not in str(dict(last))
    assert (await verify(world.database, [SECRET_KEY], {})).bad == []


@pytest.mark.parametrize("body", [{}, {"userId": ""}, {"userId": "x" * 129}, {"userId": 5}, {"userId": "a\x00b"},
                                  {"userId": "a", "more": 1}, [], None])  # fmt: skip
async def test_whoever_is_not_named_rightly_is_not_forgotten(world: World, platform: Platform, body: Any) -> None:
    reply = await world.http.post("/api/people/forget", body, platform.server)
    assert reply.status == 400, reply
    assert await world.value("SELECT count(*) FROM privacy_erasures WHERE tenant_id = $1", platform.tenant_id) == 0


async def test_what_names_them_later_is_refused_by_name_and_counted_without_them(
    world: World, platform: Platform
) -> None:
    known = vote(userId="ada-lovelace")
    await send(world, platform, known, vote(userId="ben"))
    await forget(world, platform, "ada-lovelace")
    await asyncio.sleep(remembering.BELIEVED_S)
    events = [
        vote(userId="ada-lovelace"), known, vote(userId="ben"),
        event("social.follow", userId="ben", targetType="user", targetId="ada-lovelace"),
        event("coliseum.vote_voided", userId="ada-lovelace", voteId=known["id"], reason=""),
    ]  # fmt: skip
    results = await send(world, platform, *events)
    said = [(each["status"], each.get("code"), each.get("field")) for each in results]
    gone = ("refused", "person_forgotten", "userId")
    assert said == [gone, gone, ("accepted", None, None), ("refused", "person_forgotten", "targetId"), gone]
    assert await number_of(world, platform, "ada-lovelace") is None
    single = await world.http.post("/api/passport/log", vote(userId="ada-lovelace"), platform.server)
    assert (single.status, single.code) == (409, "person_forgotten")
    await world.services.tally._write()
    warnings = (await world.http.get("/api/warnings", platform.server)).json
    assert "person_forgotten" in str(warnings)
    assert "lovelace" not in str(warnings)


async def test_an_id_that_begins_as_those_of_the_forgotten_is_nobodys(world: World, platform: Platform) -> None:
    follow = event("social.follow", userId="ben", targetType="user", targetId="forgotten:7")
    results = await send(world, platform, vote(userId="forgotten:7"), follow, vote(userId="forgotten"))
    assert [each["status"] for each in results] == ["refused", "refused", "accepted"]
    assert [each.get("code") for each in results] == ["invalid_payload", "invalid_payload", None]


async def test_other_processes_drop_them_within_two_seconds_and_what_they_added_is_swept(
    world: World, platform: Platform
) -> None:
    await send(world, platform, spent(userId="ada"))
    other = another_process(world)
    number = (await other.resolve(platform.tenant_id, ["ada"]))["ada"].subject_id
    await forget(world, platform, "ada")
    stale = (await other.resolve(platform.tenant_id, ["ada"]))["ada"]
    assert (stale.subject_id, stale.is_forgotten) == (number, False)
    # What such a process may have stored in these two seconds.
    await world.execute(
        "INSERT INTO passport_personal VALUES ($1, 0, 999, $2, '{\"stripePaymentIntentId\": \"pi_late\"}')",
        platform.tenant_id, number,
    )  # fmt: skip
    await asyncio.sleep(remembering.BELIEVED_S)
    found = await other.resolve(platform.tenant_id, ["ada", "ben"])
    assert found["ada"].is_forgotten
    assert not found["ben"].is_forgotten
    assert other._young.get(platform.tenant_id, {}).keys() == {"ben"}
    assert await sweep(world.database, utc_now()) == 1
    assert await sweep(world.database, utc_now()) == 0


async def test_a_look_up_that_was_under_way_is_not_remembered(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(world, platform, vote(userId="ada"))
    watched = WatchedDatabase(world.database)
    slow = Subjects(watched, Suppression(SECRET_KEY))
    looking = asyncio.create_task(slow.resolve(platform.tenant_id, ["ada"]))
    await watched.until_asked(1)
    # It has its answer, and does not know it yet.
    right = Subjects._look_up

    async def late(self: Subjects, tenant_id: int, user_ids: set[str]) -> Any:
        found = await right(self, tenant_id, user_ids)
        await forget(world, platform, "ada")
        await self._ask_who_is_forgotten()
        return found

    watched.let_go.set()
    await looking
    slow._young, slow._old = {}, {}
    monkeypatch.setattr(Subjects, "_look_up", late)
    found = await slow.resolve(platform.tenant_id, ["ada"])
    monkeypatch.undo()
    assert not found["ada"].is_forgotten
    assert slow._young.get(platform.tenant_id, {}) == {}
    assert (await slow.resolve(platform.tenant_id, ["ada"]))["ada"].is_forgotten


async def test_an_older_database_makes_nobody_known(world: World, platform: Platform) -> None:
    await send(world, platform, vote(userId="ada"))
    process = another_process(world)
    await process.resolve(platform.tenant_id, ["ada"])
    process._last_erasure = 1_000_000_000
    await process._ask_who_is_forgotten()
    assert process._young == {}


@pytest.mark.parametrize("many", [1, 2 * CROWD_PEOPLE_MIN])
async def test_nobody_whom_another_process_has_just_met_is_stored_after_they_were_forgotten(
    world: World, platform: Platform, many: int
) -> None:
    await send(world, platform, vote(userId="somebody"))
    other = another_process(world)
    met = await other.resolve(platform.tenant_id, ["ada"])
    assert met["ada"].is_new
    await forget(world, platform, "ada")
    if many > 1:  # a crowd is stored beside the append
        async with world.database.connection("capture") as connection:
            await other._store(connection, platform.tenant_id, [met["ada"]])
        assert met["ada"].is_new
    world.services.pipeline._subjects._remember(platform.tenant_id, {"ada": met["ada"]})
    results = await send(world, platform, vote(userId="ada"), *(vote(userId=f"fan-{n}") for n in range(many)))
    assert results[0].get("code") == "person_forgotten"
    assert {each["status"] for each in results[1:]} == {"accepted"}
    assert await number_of(world, platform, "ada") is None


async def test_nobody_comes_back_in_a_race(world: World) -> None:
    platform = await world.platform(partitions=3)
    rng = random.Random(5)

    async def sender(number: int) -> None:
        for _ in range(6):
            fans = [f"fan-{rng.randrange(12)}" for _ in range(3)]
            await send(world, platform, *(vote(userId=fan) for fan in [*fans, f"other-{number}"]))
            if rng.random() < 0.2:
                world.services.pipeline._subjects._young.pop(platform.tenant_id, None)

    async def forgetter() -> None:
        for number in range(12):
            assert (await forget(world, platform, f"fan-{number}")).status == 200
            assert await number_of(world, platform, f"fan-{number}") is None

    await asyncio.gather(forgetter(), *(sender(number) for number in range(6)))
    left = await world.fetch("SELECT user_id FROM passport_subjects WHERE tenant_id = $1", platform.tenant_id)
    assert not [row["user_id"] for row in left if row["user_id"].startswith("fan-")]
    assert await verify_numbers(world.database, world.store, [platform.tenant]) == []


async def test_whoever_is_known_costs_no_statement_more(world: World, platform: Platform) -> None:
    await send(world, platform, vote(userId="ada"))
    watched = WatchedDatabase(world.database)
    watched.let_go.set()
    process = Subjects(watched, Suppression(SECRET_KEY))
    await process.resolve(platform.tenant_id, ["ada"])
    for _ in range(1_000):
        await process.resolve(platform.tenant_id, ["ada"])
    assert watched.asked == [["ada"]]


async def test_one_tenant_forgets_nobody_of_another(world: World, platform: Platform) -> None:
    other = await world.platform()
    for each in (platform, other):
        await send(world, each, vote(userId="ada"))
    await forget(world, platform, "ada")
    await asyncio.sleep(remembering.BELIEVED_S)
    assert await number_of(world, other, "ada") is not None
    assert [each["status"] for each in await send(world, other, vote(userId="ada"))] == ["accepted"]
    mine = Suppression(SECRET_KEY)
    assert mine.digest(platform.tenant_id, "ada") != mine.digest(other.tenant_id, "ada")
