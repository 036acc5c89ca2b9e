"""People whom nobody has met before are stored with the first entries that name them, under one number for ever."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from coliseum import db
from coliseum.capture import pipeline as capturing
from coliseum.capture.draft import Request, Result
from coliseum.capture.gates import TimeLimits
from coliseum.capture.pipeline import Pipeline
from coliseum.clock import utc_now
from coliseum.errors import StoreUnavailable
from coliseum.passport.appender import Appender
from coliseum.passport.subjects import CROWD_PEOPLE_MIN, Subjects
from coliseum.passport.suppression import Suppression
from support.festival import event, vote
from support.services import SECRET_KEY, Platform, World
from support.told import Told, people_of


class Process:
    """What a web process has of capture: its own memory of people, and its own appender."""

    def __init__(self, world: World, platform: Platform) -> None:
        self.platform = platform
        self.subjects = Subjects(world.database, Suppression(SECRET_KEY))
        appender = Appender(
            world.database, utc_now, queue_events_max=10_000, append_batch_events_max=1_000, on_commit=lambda _: None
        )
        limits = TimeLimits(too_old=timedelta(days=760), future=timedelta(minutes=5))
        self.pipeline = Pipeline(world.database, self.subjects, appender, world.services.tally, limits)

    async def capture(self, *events: dict[str, Any], told: Told | None = None) -> list[Result]:
        request = Request(self.platform.tenant, trusted=True, strict=False, source="test", received_at=utc_now())
        if told is not None:
            told.sending(events)
        results = await self.pipeline.capture([json.dumps(one).encode() for one in events], request)
        if told is not None:
            told.answered(events, [{"status": each.status, "partition": each.partition, "offset": each.offset}
                                   for each in results])  # fmt: skip
        return results

    async def meet(self, *user_ids: str) -> dict[str, int]:
        """Look people up, as a request does before its entries are appended; the numbers by which it would go."""
        found = await self.subjects.resolve(self.platform.tenant_id, user_ids)
        return {user_id: found[user_id].subject_id for user_id in user_ids}


@pytest.fixture
async def wide(world: World) -> Platform:
    return await world.platform(partitions=3)


async def stored(world: World, platform: Platform) -> dict[str, int]:
    return {user_id: number for number, user_id in (await people_of(world, platform)).items()}


async def test_somebody_is_stored_with_the_first_entry_that_names_them(world: World, platform: Platform) -> None:
    process = Process(world, platform)
    numbers = await process.meet("fan-1", "fan-2")
    assert await stored(world, platform) == {}
    assert [each.status for each in await process.capture(vote(userId="fan-1"), vote(userId="fan-1", weight=2))] == [
        "accepted", "accepted",
    ]  # fmt: skip
    assert await stored(world, platform) == {"fan-1": numbers["fan-1"]}
    assert await Process(world, platform).meet("fan-1") == {"fan-1": numbers["fan-1"]}


async def test_an_event_that_is_refused_makes_nobody(world: World, platform: Platform) -> None:
    process = Process(world, platform)
    known = vote(userId="fan-1")
    await process.capture(known)
    refused = [known | {"userId": "fan-2"}, event("coliseum.vote_voided", userId="fan-3", voteId="none", reason="")]
    assert [each.status for each in await process.capture(*refused)] == ["refused", "refused"]
    assert list(await stored(world, platform)) == ["fan-1"]


async def test_whoever_is_named_by_an_aim_or_a_void_is_stored_too(world: World, platform: Platform) -> None:
    process, told = Process(world, platform), Told()
    cast = vote(userId="fan-1")
    follow = event("social.follow", userId="fan-2", targetType="user", targetId="fan-3")
    void = event("coliseum.vote_voided", userId="steward", voteId=cast["id"], reason="")
    await process.capture(cast, follow, void, told=told)
    await told.check(world, platform)
    assert sorted(await stored(world, platform)) == ["fan-1", "fan-2", "fan-3", "steward"]


@pytest.mark.parametrize("many", [1, CROWD_PEOPLE_MIN - 10])
async def test_whoever_was_stored_by_another_process_meanwhile_keeps_that_number(
    world: World, platform: Platform, many: int
) -> None:
    slow, quick, told = Process(world, platform), Process(world, platform), Told()
    fans = [f"fan-{n}" for n in range(many)]
    device = {"deviceId": "phone", "sessionId": "visit"}
    unused = await slow.meet(*fans, "steward")
    cast = [vote(userId=fan, **device) for fan in [*fans, "steward"]]
    await quick.capture(*cast, told=told)
    first = await world.entries(platform)
    again = [vote(userId=fan, **device) for fan in fans]
    void = event("coliseum.vote_voided", userId="steward", voteId=cast[0]["id"], reason="")
    await slow.capture(*again, void, told=told)
    await told.check(world, platform)
    numbers = await stored(world, platform)
    assert not set(numbers.values()) & set(unused.values())
    digests = {row["subject_id"]: (row["device_id"], row["session_id"]) for row in first}
    for row in (await world.entries(platform))[len(cast) : -1]:
        assert (row["device_id"], row["session_id"]) == digests[row["subject_id"]]
    assert await slow.meet(*fans) == {fan: numbers[fan] for fan in fans}


async def test_a_crowd_is_stored_as_soon_as_it_is_met(world: World, platform: Platform) -> None:
    quick, slow = Process(world, platform), Process(world, platform)
    fans = [f"fan-{n}" for n in range(3 * CROWD_PEOPLE_MIN)]
    few = await quick.meet(*fans[: CROWD_PEOPLE_MIN - 1])
    await quick.capture(vote(userId=fans[0]))
    numbers = await slow.meet(*fans)
    assert await stored(world, platform) == numbers
    assert [fan for fan in few if few[fan] == numbers[fan]] == [fans[0]]
    told = Told()
    await quick.capture(*(vote(userId=fan) for fan in fans), told=told)  # and finds most of them taken
    assert await quick.meet(*fans) == numbers
    assert not told.refused


async def test_processes_that_meet_the_same_crowd_at_once_agree_on_everybody(world: World, wide: Platform) -> None:
    processes, told = [Process(world, wide) for _ in range(3)], Told()

    async def requests(number: int) -> None:
        for start in range(0, 60, 4):
            crowd = [f"fan-{(start * 7 + number // 3 + n) % 90}" for n in range(12)]
            follows = [event("social.follow", userId=fan, targetType="user", targetId=crowd[0]) for fan in crowd[1:4]]
            await processes[number % 3].capture(*(vote(userId=fan) for fan in crowd), *follows, told=told)

    await asyncio.gather(*(requests(number) for number in range(9)))
    assert not told.refused
    log = await told.check(world, wide)
    assert len(log) == 9 * 15 * 15


async def test_a_number_that_nobody_got_is_not_given_out_again(world: World, platform: Platform) -> None:
    first = await Process(world, platform).meet("fan-1")
    connection = await db.connect(world.database.url, "capture")  # a session that has taken no numbers yet
    try:
        sql = db.statements("coliseum.passport")["resolve_subjects"]
        (row,) = await connection.fetch(sql, platform.tenant_id, [b""], ["fan-1"])
    finally:
        await connection.close()
    assert row["subject_id"] != first["fan-1"]
    assert row["key"] is None


async def test_somebody_who_is_always_taken_is_refused_for_now_and_not_for_ever(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = Process(world, platform), Process(world, platform)
    await slow.meet("fan-1")
    await quick.capture(vote(userId="fan-1"))
    one = vote(userId="fan-1")
    with monkeypatch.context() as patched:
        patched.setattr(capturing, "PERSON_TRIES", 1)
        with pytest.raises(StoreUnavailable):
            await slow.capture(one)
    (result,) = await slow.capture(one)
    assert (result.status, result.offset) == ("accepted", 1)
