"""Trials of the work of a processor: a tenant with something in its log, and its units in one hand."""

from coliseum.audit.tables import check_tables
from coliseum.processor.dead_letters import dead_letters, retry
from coliseum.processor.projection import Projection
from coliseum.processor.runner import Limits, Runner
from support.conductor import ATTEMPTS_MAX, NoWaiting
from support.festival import event, spent, vote
from support.poison import Spoilt
from support.told import Event
from support.trial import Trial

STEP_ENTRIES_MAX = 8
IDLE_S = 900


def story() -> list[Event]:
    """A little of everything that the consumers count."""
    votes = [vote(userId=f"fan-{n % 4}", artistId=f"artist-{n % 3}") for n in range(5)]
    paid = spent(artistId="artist-1", eventId="final", userId="fan-1")
    return [
        *votes,
        event("catalog.event", userId=None, eventId="final", name="Final", artistIds=["artist-1"], city="Graz"),
        event("concierto.event_attended", eventId="final", city="Graz"),
        paid,
        event("coliseum.vote_voided", userId="steward", voteId=votes[1]["id"], reason=""),
        event("treasury.money_refunded", userId="fan-1", refundOf=paid["id"], amountCents=200, currency="eur",
              reason=""),
        event("treasury.money_earned", userId="fan-2", amountCents=900, currency="sek", role="artist", source="merch"),
        event("social.follow", userId="fan-2", targetType="artist", targetId="artist-2"),
    ]  # fmt: skip


class Working(Trial):
    """A tenant with something in its log, and somebody who holds its units."""

    consumer: str

    async def prepare(self) -> None:
        await self.send(self.story())
        self.holder = await self.take()
        self.units = self.holder.units

    def story(self) -> list[Event]:
        return story()

    def runner(self, projection: Projection, step_entries_max: int = STEP_ENTRIES_MAX) -> Runner:
        limits = Limits(step_entries_max, ATTEMPTS_MAX, 1.0)
        return Runner(self.database, "conductor", self.units[self.consumer], projection, None, limits, NoWaiting())


def story_of(trial: Trial, event_type: str) -> list[Event]:
    return [event for event, _ in trial.told.accepted.values() if event["type"] == event_type]


class Stepping(Working):
    """All steps of one consumer, by one runner that lives through the faults."""

    async def prepare(self) -> None:
        await super().prepare()
        self.stepper = self.runner(self.projections[self.consumer])

    async def attempt(self) -> None:
        while await self.stepper.round():
            pass


class Parking(Working):
    """Steps over an entry that cannot be digested: trying again, putting it aside."""

    consumer = "treasury"

    def story(self) -> list[Event]:
        """As short as it can be: every failed try is a transaction with points of its own."""
        paid = spent(userId="fan-1")
        void = event("treasury.money_refunded", userId="fan-1", refundOf=paid["id"], amountCents=200, currency="eur",
                     reason="")  # fmt: skip
        return [paid, void, spent(userId="fan-2")]

    async def prepare(self) -> None:
        await super().prepare()
        poison = [one["id"] for one in story_of(self, "treasury.money_refunded")]
        self.ill = Spoilt(self.projections[self.consumer], set(poison), ValueError("ill"))
        self.projections = {**self.projections, self.consumer: self.ill}
        self.stepper = self.runner(self.ill, step_entries_max=1)

    async def attempt(self) -> None:
        while await self.stepper.round():
            pass

    async def check(self) -> None:
        letters = await dead_letters(self.world.database, self.tenant.slug)
        assert {letter.id for letter in letters} == self.ill.poison
        assert all(letter.attempts >= ATTEMPTS_MAX for letter in letters)
        differences = await check_tables(self.world.database, self.tenant)
        assert not differences, differences[:5]
        self.ill.poison = set()
        for letter in letters:
            assert await retry(self.world.database, self.tenant, letter, self.projections) is None
        await self.check_world()


class Retrying(Working):
    """Another try of two dead letters, one of which is digested now."""

    consumer = "coliseum"

    async def prepare(self) -> None:
        await self.send([vote(), vote(userId="fan-2"), spent(artistId="abba")])
        votes = [one["id"] for one in story_of(self, "coliseum.vote_cast")]
        self.ill = Spoilt(self.projections[self.consumer], set(votes), ValueError("ill"))
        self.projections = {**self.projections, self.consumer: self.ill}
        await (await self.take(step_entries_max=1)).quiesce()
        self.stubborn, self.healed = votes
        self.ill.poison = {self.stubborn}

    async def attempt(self) -> None:
        for letter in await dead_letters(self.database, self.tenant.slug):
            problem = await retry(self.database, self.tenant, letter, self.projections)
            assert problem == ("ill" if letter.id == self.stubborn else None)

    async def check(self) -> None:
        [letter] = await dead_letters(self.world.database, self.tenant.slug)
        assert letter.id == self.stubborn
        assert letter.attempts > ATTEMPTS_MAX
        differences = await check_tables(self.world.database, self.tenant)
        assert not differences, differences[:5]
        self.ill.poison = set()
        assert await retry(self.world.database, self.tenant, letter, self.projections) is None
        await self.check_world()
