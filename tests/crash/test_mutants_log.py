"""Wrong appends and wrong imports are seen: each mutant fails the check that the right one passes."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from coliseum.clock import utc_now
from coliseum.importer import pipeline
from coliseum.passport.append import append
from coliseum.passport.appender import Appender
from coliseum.passport.entries import NewEntry
from coliseum.passport.storing import ClaimConflict
from coliseum.passport.subjects import Subjects
from coliseum.passport.suppression import Suppression
from support import mutants
from support.breaking import Way
from support.death import Death
from support.dying import Dying
from support.entries import entry
from support.festival import event, vote
from support.judging import judged, right_or_seen
from support.pausing import until_stuck
from support.services import SECRET_KEY, Platform, World
from support.trial import Capturing, break_everywhere, maker


class Votes(Capturing):
    """Requests of votes: one that is sent twice, and one whose id is used again."""

    async def prepare(self) -> None:
        await super().prepare()
        first = [vote(userId="fan-1"), vote(userId="fan-2"), vote(userId="fan-2", artistId="loreen")]
        again = [first[0], first[1] | {"artistId": "lordi"}, vote(userId="fan-2")]
        self.requests = [first, again]

    async def attempt(self) -> None:
        for request in self.requests:
            await self.capture(request)


class OneByOne(Capturing):
    """Single votes, each a transaction of its own."""

    async def prepare(self) -> None:
        await super().prepare()
        await self.world.execute("SELECT setval('mutant_offsets', 0, false)")
        self.votes = [vote(userId=f"fan-{n}") for n in range(3)]

    async def attempt(self) -> None:
        for one in self.votes:
            await self.capture([one])


class TakingBack(Capturing):
    """A vote that two stewards void."""

    async def prepare(self) -> None:
        await super().prepare()
        cast = vote(weight=3)
        await self.send([cast, vote()])
        self.voids = [event("coliseum.vote_voided", userId="steward", voteId=cast["id"], reason=str(n)) for n in "ab"]

    async def attempt(self) -> None:
        await self.capture(self.voids)

    async def check(self) -> None:
        assert len(self.told.refused) > 0
        await self.check_world()


@pytest.fixture(autouse=True, scope="module")
async def variants(world: World) -> None:
    """The appends that mutants use."""
    await mutants.make_append_variants(world)


APPENDERS = (
    Appender, mutants.AcknowledgesEarly, mutants.SwallowsHalf, mutants.TakesOtherContentForTheSame,
    mutants.StoresWhatItRefuses,
)  # fmt: skip


@pytest.mark.parametrize("appender", APPENDERS, ids=lambda kind: kind.__name__)
async def test_a_wrong_appender_is_seen(world: World, appender: type[Appender]) -> None:
    kind = type("Votes", (Votes,), {"appender_type": appender})
    await right_or_seen(lambda: break_everywhere(maker(kind, world), Way.FAILED), right=appender is Appender)


@pytest.mark.parametrize("mutant", [None, mutants.appends_by("append_by_a_sequence")], ids=["right", "sequence"])
async def test_offsets_of_a_sequence_leave_gaps(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None
) -> None:
    await judged(lambda: break_everywhere(maker(OneByOne, world), Way.FAILED, at_once=1), monkeypatch, mutant)


@pytest.mark.parametrize("mutant", [None, mutants.voids_without_a_claim])
async def test_a_vote_that_is_voided_twice_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None
) -> None:
    await judged(lambda: break_everywhere(maker(TakingBack, world), Way.FAILED), monkeypatch, mutant)


class Overtaking(Capturing):
    """Two single votes of one partition, each by a process of its own."""

    async def prepare(self) -> None:
        await self.world.execute("SELECT setval('mutant_offsets', 0, false)")
        # The person is known, so that an append begins at once.
        await Subjects(self.world.database, Suppression(SECRET_KEY)).resolve(self.platform.tenant_id, ["fan-1"])
        self.quick = Capturing(self.world, self.platform)
        self.quick.told = self.told
        self.quick.begin_process()
        self.begin_process()
        self.votes = [vote(userId="fan-1"), vote(userId="fan-1")]

    async def race(self, patch: pytest.MonkeyPatch, usual: mutants.Mutate, frozen: mutants.Mutate) -> None:
        """One append stands still with its offset, another overtakes it if it can; the consumers read in between."""
        async with self.world.database.connection("owner") as holder, holder.transaction():
            await holder.execute("SELECT pg_advisory_xact_lock(hashtext('a frozen append'))")
            with patch.context() as patched:
                frozen(patched)
                slow = asyncio.create_task(self.capture(self.votes[:1]))
                await until_stuck(self.world, slow)
            usual(patch)
            quick = asyncio.create_task(self.quick.capture(self.votes[1:]))
            await until_stuck(self.world, quick, others=1)
            await (await self.take()).quiesce()
        await asyncio.gather(slow, quick)
        await self.check()
        await self.leave()


RACES = {
    "right": ("passport_append", "append_frozen"),
    "wrong": ("append_by_a_sequence", "append_by_a_sequence_frozen"),
}


@pytest.mark.parametrize("case", RACES)
async def test_an_entry_that_becomes_visible_late_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    trial = Overtaking(world, await world.platform())
    await trial.prepare()
    usual, frozen = map(mutants.appends_by, RACES[case])
    await right_or_seen(lambda: trial.race(monkeypatch, usual, frozen), right=case == "right")


@pytest.fixture
async def without_unique_keys(world: World) -> AsyncIterator[None]:
    """Ids are looked up before they are inserted, and nothing more."""
    await world.execute("ALTER TABLE passport_keys DROP CONSTRAINT passport_keys_pkey")
    yield
    await world.execute("TRUNCATE passport_keys")
    await world.execute("ALTER TABLE passport_keys ADD PRIMARY KEY (tenant_id, id)")


async def fifty_at_once(world: World, platform: Platform) -> None:
    """The same batch, fifty times, over every connection there is."""

    async def send(batch: list[NewEntry]) -> None:
        for _ in range(100):
            try:
                async with world.database.connection("capture") as connection:
                    await append(connection, platform.tenant_id, 0, batch, utc_now())
            except ClaimConflict:
                continue
            return

    await asyncio.gather(*(send([entry(f"same-{n}") for n in range(5)]) for _ in range(50)))
    stored = [row["id"] for row in await world.entries(platform)]
    assert sorted(stored) == [f"same-{n}" for n in range(5)]


async def test_fifty_at_once_are_stored_once(world: World, platform: Platform) -> None:
    await fifty_at_once(world, platform)


async def test_looking_before_inserting_is_seen_when_fifty_come_at_once(
    world: World, platform: Platform, without_unique_keys: None
) -> None:
    await right_or_seen(lambda: fifty_at_once(world, platform), right=False)


class Slow(Dying):
    """Dies with its first request, once the mark was written; or once it is clear that it will not be."""

    def __init__(self) -> None:
        super().__init__()
        self.marked = threading.Event()

    def act(self, name: str, work: Callable[[], Any]) -> Any:
        if name == "post":
            self.marked.wait(0.5)
            self.dead = True
        result = super().act(name, work)
        if name == "replace":
            self.marked.set()
        return result


@pytest.mark.parametrize("mutant", [None, mutants.marks_before_the_answer])
async def test_a_mark_that_runs_ahead_of_the_answer_is_seen(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None
) -> None:
    monkeypatch.setattr(pipeline, "SAVE_INTERVAL_S", 0)
    trial = Death(world, await world.platform(), tmp_path, monkeypatch)

    async def run() -> None:
        await trial.live_until_killed(Slow())
        await trial.check()

    await judged(run, monkeypatch, mutant)


class Meeting(Capturing):
    """Two processes meet the same people; one of them is slow, and finds them stored."""

    async def prepare(self) -> None:
        self.quick = Capturing(self.world, self.platform)
        self.quick.told = self.told
        self.quick.begin_process()
        self.begin_process()

    async def attempt(self) -> None:
        fans = [f"fan-{n}" for n in range(3)]
        await self.subjects.resolve(self.platform.tenant_id, fans)
        for process in (self.quick, self):
            await process.capture([vote(userId=fan) for fan in fans])
        await self.check()


@pytest.mark.parametrize("mutant", [None, mutants.appends_by("append_whoever_it_is")], ids=["right", "wrong"])
async def test_an_entry_under_a_number_that_is_nobodys_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, mutant: mutants.Mutate | None
) -> None:
    trial = Meeting(world, await world.platform())
    await trial.prepare()
    await judged(trial.attempt, monkeypatch, mutant)
