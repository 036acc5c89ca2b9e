"""The append, broken at each of its operations: what was acknowledged is in, once, at the place that was told."""

import asyncio
import json
from typing import Any

import pytest

from coliseum.audit.verify import verify
from coliseum.passport.entries import Accepted, Duplicate, NewEntry, Outcome
from support.breaking import Way
from support.entries import entry
from support.festival import event, spent, vote
from support.services import World
from support.told import Event
from support.trial import Capturing, break_everywhere, maker

MANY = 5
"""With fewer points than this the harness sees past the work."""


class Appending(Capturing):
    """One request with everything in it that an append can meet, over several partitions."""

    async def prepare(self) -> None:
        old, voided, paid = vote(userId="old"), vote(userId="old", weight=12), spent(artistId="abba")
        void = event("coliseum.vote_voided", userId="steward", voteId=voided["id"], reason="")
        await self.send([old, voided, paid, void])
        self.begin_process()
        fresh = [vote(userId=f"new-{n}", artistId=f"artist-{n % 3}") for n in range(6)]
        self.request = [
            *fresh,
            old,
            paid | {"artistId": "another"},
            fresh[0],
            fresh[1] | {"artistId": "another"},
            event("coliseum.vote_voided", userId="steward", voteId=fresh[2]["id"], reason="at once"),
            event("coliseum.vote_voided", userId="steward", voteId=old["id"], reason="later"),
            event("coliseum.vote_voided", userId="warden", voteId=voided["id"], reason="too late"),
            event("coliseum.vote_voided", userId="warden", voteId="no vote", reason="none"),
            spent(userId="new-1", stripePaymentIntentId="pi_1", eventId="final"),
            event("treasury.money_refunded", userId="fan-1", refundOf=paid["id"], amountCents=200, currency="eur",
                  reason=""),
            event("catalog.artist", userId=None, artistId="artist-1", name="One", genres=["pop"]),
            event("concierto.event_attended", userId="new-1", eventId="final", city="Graz"),
            event("unheard.of"),
            vote(at="2001-01-01T00:00:00Z"),
        ]  # fmt: skip

    async def attempt(self) -> None:
        await self.capture(self.request)

    async def check(self) -> None:
        assert len(self.told.accepted) == 4 + 6 + 2 + 4
        assert len({json.dumps(one) for one in self.told.refused}) == 6
        await self.check_world()


class Queueing(Capturing):
    """Submissions that wait for one commit, with an entry among them that the database cannot hold."""

    async def prepare(self) -> None:
        self.begin_process()
        odd = entry("odd", artist_id="a\0")
        self.batches = [
            [entry("a", "1"), entry("b", "1"), odd],
            [entry("c", "1"), entry("a", "1"), entry("b", "2")],
            [entry("d", "1", personal={"orderId": "order"})],
        ]

    async def attempt(self) -> None:
        waiting = [self.appender.submit(self.platform.tenant_id, 0, batch) for batch in self.batches]
        events = [[self.event(one) for one in batch] for batch in self.batches]
        for batch in events:
            self.told.sending(batch)
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        await self.appender.drain()
        assert self.appender.queued_events == 0
        for batch, answer in zip(events, answers, strict=True):
            if isinstance(answer, BaseException):
                raise answer
            self.told.answered(batch, [self.result(outcome) for outcome in answer])

    @staticmethod
    def event(one: NewEntry) -> Event:
        return {"id": one.id, "type": one.event_type, "content": one.metadata["content"]}

    @staticmethod
    def result(outcome: Outcome) -> dict[str, Any]:
        if isinstance(outcome, Accepted | Duplicate):
            return {"status": "accepted", "partition": outcome.partition, "offset": outcome.offset}
        return {"status": "refused"}

    async def check(self) -> None:
        log = await self.told.check(self.world, self.platform)
        assert [one["id"] for _, one in sorted(log.items())] == ["a", "b", "c", "d"]
        personal = "SELECT fields FROM passport_personal WHERE tenant_id = $1"
        assert await self.world.value(personal, self.platform.tenant_id) == {"orderId": "order"}
        assert await verify(self.world.database, self.world.store, [self.tenant]) == []


@pytest.mark.parametrize("way", Way)
async def test_a_request_is_told_the_truth_wherever_it_breaks(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Appending, world), way) > MANY


@pytest.mark.parametrize("way", Way)
async def test_requests_that_share_a_commit_are_each_told_the_truth(world: World, way: Way) -> None:
    assert await break_everywhere(maker(Queueing, world), way) > MANY
