"""Consent at capture: who has agreed, what a browser signals, what the tenant's ground is, and what needs none of it."""

from typing import Any

import pytest

from contract.event_samples import OWN
from support.consenting import FANS, LOG, careful_platform, fates, ground, say, word
from support.festival import event, vote
from support.services import Platform, World

GPC = {"sec-gpc": "1"}


@pytest.fixture
async def careful(world: World) -> Platform:
    return await careful_platform(world)


STORED: dict[str, list[dict[str, Any]]] = {
    "nothing": [], "yes": [{"granted": True}], "no": [{"granted": False}],
    "yes, then no": [{"granted": True}, {"granted": False}], "no, then yes": [{"granted": False}, {"granted": True}],
    "yes to something else": [{"granted": True, "purpose": "marketing"}],
    "yes, and no to something else": [{"granted": True}, {"granted": False, "purpose": "marketing"}],
    "yes of a signal": [{"granted": True, "source": "gpc"}], "yes, then a signal": [
        {"granted": True}, {"granted": False, "source": "gpc"}],
}  # fmt: skip
AGREED = {"yes", "no, then yes", "yes, and no to something else"}


@pytest.mark.parametrize("policy", ["legitimate_interest", "opt_in"])
@pytest.mark.parametrize("signal", [None, "1", "0"])
@pytest.mark.parametrize("stored", STORED)
async def test_an_event_of_a_page_by_what_is_agreed_what_is_signalled_and_the_ground(
    world: World, platform: Platform, stored: str, signal: str | None, policy: str
) -> None:
    device = next(FANS)
    for said in STORED[stored]:
        await say(world, platform, f"anon:{device}", **said)
    await ground(world, platform, policy)
    before = await world.count(platform)
    headers = platform.browser if signal is None else {**platform.browser, "sec-gpc": signal}
    reply = await world.http.post(LOG, vote(userId=None, deviceId=device), headers)
    taken = policy == "legitimate_interest" or (stored in AGREED and signal != "1")
    assert reply.status == (201 if taken else 403), reply
    assert await world.count(platform) - before == taken
    if not taken:
        assert (reply.code, reply.json["field"]) == ("no_consent", "userId")
        assert ("Sec-GPC" in reply.json["detail"]) == (signal == "1")
        assert reply.headers["access-control-allow-origin"] == "*"
    # A backend is no browser: what it relays is judged by what was agreed to.
    reply = await world.http.post(LOG, vote(userId=f"anon:{device}"), {**platform.server, **GPC})
    assert reply.status == (201 if policy == "legitimate_interest" or stored in AGREED else 403)


ASKED = {
    "concierto.event_viewed", "concierto.event_interested", "coliseum.vote_cast", "player.track_played",
    "player.track_favorited", "player.track_unfavorited", "social.follow", "social.unfollow", "social.share",
}  # fmt: skip
"""The types that need consent. Every other one does not, and a new type is put on one side or the other."""
FREE = {
    "concierto.ticket_purchased", "concierto.event_attended", "treasury.money_spent", "treasury.money_earned",
    "treasury.money_refunded", "catalog.artist", "catalog.event", "catalog.venue", "catalog.track",
    "privacy.consent_changed",
}  # fmt: skip


def test_every_type_is_on_one_side() -> None:
    assert {*ASKED, *FREE, "coliseum.vote_voided"} == set(OWN)


@pytest.mark.parametrize("event_type", sorted(FREE))
async def test_what_a_contract_or_the_law_asks_for_needs_no_consent(
    world: World, careful: Platform, event_type: str
) -> None:
    fan = next(FANS)
    assert await fates(world, careful, event(event_type, **OWN[event_type], userId=fan)) == ["accepted"]


@pytest.mark.parametrize("event_type", sorted(ASKED))
async def test_what_somebody_does_is_stored_when_they_have_agreed(
    world: World, careful: Platform, event_type: str
) -> None:
    fan = next(FANS)
    assert await fates(world, careful, event(event_type, **OWN[event_type], userId=fan)) == ["no_consent"]
    await say(world, careful, fan, granted=True)
    assert await fates(world, careful, event(event_type, **OWN[event_type], userId=fan)) == ["accepted"]


async def test_a_vote_is_taken_back_whatever_its_fan_says_today(world: World, careful: Platform) -> None:
    fan, cast = next(FANS), vote()
    await say(world, careful, fan, granted=True)
    assert await fates(world, careful, {**cast, "userId": fan}) == ["accepted"]
    await say(world, careful, fan, granted=False)
    void = event("coliseum.vote_voided", userId=fan, voteId=cast["id"], reason="withdrawn")
    assert await fates(world, careful, void) == ["accepted"]


async def test_whom_somebody_follows_is_not_asked_and_so_not_told_of(world: World, careful: Platform) -> None:
    fan, friend = next(FANS), next(FANS)
    await say(world, careful, fan, granted=True)
    follow = event("social.follow", userId=fan, targetId=friend, targetType="user")
    assert await fates(world, careful, follow) == ["accepted"]


async def test_within_a_batch_words_count_in_their_order(world: World, careful: Platform) -> None:
    fan, other = next(FANS), next(FANS)
    assert await fates(
        world, careful, vote(userId=fan), word(fan, granted=True), vote(userId=fan), vote(userId=other),
        word(fan, granted=False), vote(userId=fan), word(fan, granted=True, source="gpc"), vote(userId=fan),
    ) == ["no_consent", "accepted", "accepted", "no_consent", "accepted", "no_consent", "accepted", "no_consent"]  # fmt: skip
    assert await fates(world, careful, vote(userId=fan)) == ["no_consent"]


async def test_what_is_sent_again_is_answered_as_the_first_time_and_brings_no_consent_back(
    world: World, careful: Platform
) -> None:
    fan = next(FANS)
    batch = [word(fan, granted=True), vote(userId=fan)]
    assert await fates(world, careful, *batch) == ["accepted", "accepted"]
    await say(world, careful, fan, granted=False)
    assert await fates(world, careful, *batch, vote(userId=fan)) == ["duplicate", "duplicate", "no_consent"]
    assert await fates(world, careful, {**batch[1], "weight": 7}) == ["id_reused"]
    assert await fates(world, careful, vote(userId=fan)) == ["no_consent"]


async def test_an_id_that_stands_twice_in_a_batch_is_the_word_that_stands_first(
    world: World, careful: Platform
) -> None:
    fan = next(FANS)
    no = word(fan, granted=False)
    assert await fates(world, careful, no, {**no, "granted": True}, vote(userId=fan)) == [
        "accepted", "id_reused", "no_consent",
    ]  # fmt: skip
