"""The boards, broken at each command to Valkey and each statement: nothing is added twice, nothing is left out."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from coliseum.clock import utc_now
from coliseum.projections import boards
from coliseum.projections.boards import BoardsFollower
from support.breaking import Way
from support.festival import event, spent, vote
from support.services import World
from support.trial import break_everywhere, count, maker
from support.working import IDLE_S, Boarding, few_boards, story_of

BY_CITY = "metric=attendance&entity=artist&window=all&city=Graz"
BY_FAN = "metric=votes&entity=fan&window=all"
BY_EVENT = "metric=voters&entity=event&window=all"


class Beginning(Boarding):
    """A Valkey that knows nothing: taking over, the reset, and every board filled and installed."""

    asked: Sequence[str] = (BY_CITY,)


class Following(Boarding):
    """Live boards that follow new entries: totals, unique fans, a void, a refund, and a change of the catalogue."""

    asked: Sequence[str] = (BY_CITY, BY_FAN)

    async def prepare(self) -> None:
        await super().prepare()
        quiet = BoardsFollower(self.world.database, self.world.store, utc_now, IDLE_S)
        await self.follow(quiet)
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
        later = timedelta(seconds=IDLE_S * 2)
        self.follower = BoardsFollower(self.database, self.store, lambda: utc_now() + later, IDLE_S)

    async def check(self) -> None:
        live = {(board.metric, board.kind.label) for board in await self.live()}
        assert ("votes", "fan") not in live
        assert ("voters", "event") in live
        await super().check()


@pytest.fixture(autouse=True, scope="module")
async def scripts_are_loaded(world: World) -> None:
    """A script is sent to Valkey when it is first called: by then the operations are not those of every day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boards, "pinned_boards", few_boards(boards.pinned_boards))
        await count(maker(Following, world))


@pytest.mark.parametrize("way", Way)
async def test_boards_are_made_exactly_wherever_that_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Beginning, world), way) > 8


@pytest.mark.parametrize("way", Way)
async def test_boards_follow_exactly_wherever_that_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Following, world), way) > 8
