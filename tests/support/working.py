"""Trials of the work of a processor: a tenant with something in its log, and its units in one hand."""

from collections.abc import Callable, Sequence
from datetime import datetime

from coliseum.audit.verify import verify
from coliseum.boards.board import Board, Keys, board_named
from coliseum.clock import utc_now
from coliseum.processor.projection import Projection, Unit
from coliseum.processor.runner import Limits, Runner
from coliseum.processor.step import read_cursors
from coliseum.projections.boards import BoardsFollower
from support.conductor import ATTEMPTS_MAX, NoWaiting
from support.festival import event, spent, vote
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


class Boarding(Working):
    """The boards of a tenant whose rollups are up to date."""

    consumer = "coliseum"
    asked: Sequence[str] = ()
    """Boards that somebody asked for, by their questions."""

    async def prepare(self) -> None:
        await super().prepare()
        await self.roll_up()
        await self.ask()
        self.follower = BoardsFollower(self.database, self.store, utc_now, IDLE_S)

    async def roll_up(self) -> None:
        """The rollups read all there is, without faults; the boards do not follow yet."""
        limits = Limits(1_000, ATTEMPTS_MAX, 1.0)
        unit = self.units[self.consumer]
        projection = self.projections[self.consumer]
        runner = Runner(self.world.database, "conductor", unit, projection, None, limits, NoWaiting())
        while await runner.round():
            pass

    async def ask(self) -> None:
        for question in self.asked:
            reply = await self.world.http.get(f"/api/leaderboards?{question}", self.platform.server)
            assert reply.status == 200, reply

    async def follow(self, follower: BoardsFollower) -> None:
        """Until nothing is left to follow or to fill."""
        unit = self.units[self.consumer]
        async with self.world.database.connection("processor") as connection:
            cursors = await read_cursors(connection, unit)
        for _ in range(100):
            if not await follower.follow(unit, cursors):
                return
        raise AssertionError("there is always more to do")

    async def attempt(self) -> None:
        await self.follow(self.follower)

    async def live(self) -> set[Board]:
        names = await self.world.store.raw.hkeys(Keys(self.platform.tenant_id).boards)
        return {board_named(name.decode()) for name in names}

    async def check(self) -> None:
        assert len(await self.live()) >= len(FEW)
        assert await verify(self.world.database, self.world.store, [self.tenant]) == []  # as the faults left them
        await self.check_world()


FEW = frozenset({"votes", "voters", "money_spent", "attendance"})
"""Metrics whose boards of artists stand for all: totals, unique fans, money, and those that follow the catalogue."""


def few_boards(pinned: Callable[[Unit, datetime], set[Board]]) -> Callable[[Unit, datetime], set[Board]]:
    """Pins a handful of boards, so that many worlds can be checked whole."""

    def few(unit: Unit, now: datetime) -> set[Board]:
        kept = {
            one for one in pinned(unit, now) if one.metric in FEW and one.window == "all" and one.kind.label == "artist"
        }
        assert len(kept) == len(FEW)
        return kept

    return few
