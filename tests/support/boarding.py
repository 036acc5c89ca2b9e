"""Trials of the boards: what is filled, what follows, and a handful of boards that stand for all."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from coliseum.boards.board import Board, Keys, board_named
from coliseum.clock import utc_now
from coliseum.metrics.registry import Kind
from coliseum.processor.projection import Unit
from coliseum.processor.runner import Limits, Runner
from coliseum.processor.step import read_cursors
from coliseum.projections.boards import BoardsFollower
from support.conductor import ATTEMPTS_MAX, NoWaiting
from support.festival import event, spent, vote
from support.working import Working, story_of

IDLE_S = 900
BY_CITY = "metric=attendance&entity=artist&window=all&city=Graz"
BY_FAN = "metric=votes&entity=fan&window=all"
BY_EVENT = "metric=voters&entity=event&window=all"


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
            if not (await follower.catch_up(unit, cursors) and await follower.settle(unit, cursors)):
                return
        raise AssertionError("there is always more to do")

    async def attempt(self) -> None:
        await self.follow(self.follower)

    async def live(self) -> set[Board]:
        names = await self.world.store.raw.hkeys(Keys(self.platform.tenant_id).boards)
        return {board_named(name.decode()) for name in names}

    async def check(self) -> None:
        assert len(await self.live()) >= len(FEW)
        await self.check_differences()  # as the faults left them
        await self.check_world()


FEW = frozenset({"votes", "voters", "money_spent", "attendance"})
"""Metrics whose boards of artists stand for all: totals, unique fans, money, and those that follow the catalogue."""


def few_boards(pinned: Callable[[Unit, datetime], set[Board]]) -> Callable[[Unit, datetime], set[Board]]:
    """Pins a handful of boards, so that many worlds can be checked whole."""

    def few(unit: Unit, now: datetime) -> set[Board]:
        kept = {
            one for one in pinned(unit, now) if one.metric in FEW and one.window == "all" and one.kind.label == "artist"
        }
        kept.add(Board("voters", "", Kind.ARTIST, "all", 0))  # not pinned of itself
        assert len(kept) == len(FEW)
        return kept

    return few


class Beginning(Boarding):
    """A Valkey that knows nothing: taking over, the reset, and every board filled and installed."""

    asked: Sequence[str] = (BY_CITY,)


class Following(Boarding):
    """Live boards that follow new entries: totals, unique fans, a void, a refund, and a change of the catalogue."""

    asked: Sequence[str] = (BY_CITY, BY_FAN)

    async def prepare(self) -> None:
        await super().prepare()
        await self.follow(BoardsFollower(self.world.database, self.world.store, utc_now, IDLE_S))
        await self.more()

    async def more(self) -> None:
        """What happens once the boards are live."""
        votes, payments = story_of(self, "coliseum.vote_cast"), story_of(self, "treasury.money_spent")
        await self.send([
            vote(userId="fan-9", artistId="artist-0"),
            event("coliseum.vote_voided", userId="steward", voteId=votes[0]["id"], reason=""),
            event("catalog.event", userId=None, eventId="final", name="Final", artistIds=["artist-2"], city="Basel"),
            event("concierto.event_attended", userId="fan-9", eventId="final", city="Graz"),
            event("treasury.money_refunded", userId="fan-1", refundOf=payments[0]["id"], amountCents=300,
                  currency="eur", reason=""),
            spent(userId="fan-9", artistId="artist-2"),
        ])  # fmt: skip
        await self.roll_up()
        self.asked = (BY_EVENT,)
        await self.ask()
        # By now nobody has read the board of fans for a while.
        self.follower = BoardsFollower(self.database, self.store, self.clock, IDLE_S)

    @staticmethod
    def clock() -> datetime:
        return utc_now() + timedelta(seconds=IDLE_S * 2)

    async def check(self) -> None:
        live = {(board.metric, board.kind.label) for board in await self.live()}
        assert ("votes", "fan") not in live
        assert ("voters", "event") in live
        await super().check()
