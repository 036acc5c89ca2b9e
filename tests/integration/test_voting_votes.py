"""A vote from the page behind a QR code: once for each device, through the whole pipeline, from our own page only."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coliseum.web.voting import network_of
from support.asgi import Reply
from support.live import conducted
from support.services import Platform, World
from support.voting import OWN_PAGE, put_voting, slip, staged, vote

pytestmark = pytest.mark.long


@pytest.fixture
async def show(world: World, platform: Platform) -> Platform:
    """A tenant whose final may be voted in."""
    await staged(world, platform)
    await conducted(world, platform)
    assert (await put_voting(world, platform)).status == 201
    return platform


async def votes(world: World, platform: Platform) -> list[tuple[str, int]]:
    """The votes in the log."""
    return [(row["artist_id"], row["value"]) for row in await world.entries(platform)
            if row["event_type"] == "coliseum.vote_cast"]  # fmt: skip


async def test_a_tap_is_a_vote_in_the_log(world: World, show: Platform) -> None:
    reply = await vote(world, show, slip(world, show), "nemo")
    assert (reply.status, reply.json["status"], reply.json["artist"]) == (200, "accepted", "nemo")
    [entry] = [row for row in await world.entries(show) if row["event_type"] == "coliseum.vote_cast"]
    assert (entry["artist_id"], entry["event_id"], entry["value"]) == ("nemo", "final", 1)
    assert (entry["source"], entry["id"]) == ("voting", reply.json["id"])
    assert "access-control-allow-origin" not in reply.headers
    await conducted(world, show)
    board = await world.http.get("/api/leaderboards?metric=votes&event=final", show.server)
    assert [(row["id"], row["score"]) for row in board.json["rows"]] == [("nemo", 1)]


async def test_the_same_tap_again_counts_once_and_is_answered_as_the_first_time(world: World, show: Platform) -> None:
    device = slip(world, show)
    first, second = await vote(world, show, device), await vote(world, show, device)
    assert (first.json["status"], second.json["status"]) == ("accepted", "duplicate")
    assert first.json["id"] == second.json["id"]
    assert await votes(world, show) == [("abba", 1)]


async def test_a_device_that_has_voted_votes_for_nobody_else(world: World, show: Platform) -> None:
    device = slip(world, show)
    await vote(world, show, device, "abba")
    refused = await vote(world, show, device, "nemo")
    assert (refused.status, refused.code) == (409, "already_voted")
    assert "ABBA" in refused.json["detail"]
    assert await votes(world, show) == [("abba", 1)]
    # It can be asked whom the first vote was for, and nothing is a warning of the tenant's.
    assert (await vote(world, show, device, "abba")).json["status"] == "duplicate"


async def test_twenty_taps_at_one_moment_are_one_vote(world: World, show: Platform) -> None:
    device = slip(world, show)
    taps = [vote(world, show, device, artist) for artist in ["abba", "nemo"] * 10]
    replies: list[Reply] = await asyncio.gather(*taps)
    assert len(await votes(world, show)) == 1
    [(artist, _)] = await votes(world, show)
    for tapped, reply in zip(["abba", "nemo"] * 10, replies, strict=True):
        assert reply.status == (200 if tapped == artist else 409), reply
    assert [reply.json["status"] for reply in replies if reply.status == 200].count("accepted") == 1


async def test_two_devices_are_two_votes(world: World, show: Platform) -> None:
    for _ in range(2):
        assert (await vote(world, show, slip(world, show))).json["status"] == "accepted"
    assert await votes(world, show) == [("abba", 1), ("abba", 1)]
    await conducted(world, show)
    voters = await world.http.get("/api/leaderboards?metric=voters&event=final", show.server)
    assert [(row["id"], row["score"]) for row in voters.json["rows"]] == [("abba", 2)]


@pytest.mark.parametrize(("opens", "closes"), [(timedelta(minutes=-9), timedelta()), (timedelta(minutes=9), None)])
async def test_a_closed_voting_takes_no_vote(
    world: World, show: Platform, opens: timedelta, closes: timedelta | None
) -> None:
    now = datetime.now(UTC)
    times = {"opensAt": (now + opens).isoformat()}
    await put_voting(world, show, **(times if closes is None else times | {"closesAt": (now + closes).isoformat()}))
    refused = await vote(world, show, slip(world, show))
    assert (refused.status, refused.code) == (409, "voting_closed")
    assert await votes(world, show) == []


async def test_a_slip_that_is_not_ours_counts_for_nothing(world: World, show: Platform) -> None:
    other = await world.platform()
    await put_voting(world, show, "semi", event="semi", artists=["abba"])
    good = slip(world, show)
    number, made, digest = good.split(".")
    bad = [
        "", "x", "0" * 45, f"{number}.{int(made) + 1}.{digest}", f"{number[::-1]}.{made}.{digest}",
        f"{number}.{made}.{digest[::-1]}", slip(world, other), slip(world, show, "semi"),
        slip(world, show, age=timedelta(days=7, minutes=1)), slip(world, show, age=timedelta(days=-1)), good + "\n",
    ]  # fmt: skip
    for each in bad:
        refused = await vote(world, show, each)
        assert (refused.status, refused.code) == (401, "invalid_token"), each
    bodies: tuple[Any, ...] = (
        {}, {"slip": good}, {"artist": "abba"}, {"slip": good, "artist": "abba", "weight": 1000}, [], "x",
    )  # fmt: skip
    for body in bodies:
        refused = await vote(world, show, good, body=body)
        assert (refused.status, refused.code) == (400, "invalid_payload"), body
    assert await votes(world, show) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json", "sec-fetch-site": "cross-site"},
        {"content-type": "application/json", "sec-fetch-site": "same-site"},
        {"content-type": "application/json", "origin": "https://evil.example"},
        {"content-type": "application/json", "origin": "null"},
        {"content-type": "text/plain", "sec-fetch-site": "same-origin"},
        {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"},
        {"content-type": "text/plain", "sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    ],
)
async def test_a_page_of_another_site_makes_nobody_vote(world: World, show: Platform, headers: dict[str, str]) -> None:
    refused = await vote(world, show, slip(world, show), headers=headers)
    assert refused.code in ("cross_site", "unsupported_media_type"), refused
    assert await votes(world, show) == []


async def test_one_address_votes_as_often_a_minute_as_the_voting_says(world: World, show: Platform) -> None:
    await put_voting(world, show, votesPerAddress=3)
    replies = [await vote(world, show, slip(world, show), address="198.51.100.7") for _ in range(8)]
    refused = [reply for reply in replies if reply.status == 429]
    assert {reply.code for reply in refused} <= {"rate_limited"}
    assert 2 <= len(refused) <= 5  # a minute may have ended between two taps
    assert all(int(reply.headers["retry-after"]) > 0 for reply in refused)
    assert len(await votes(world, show)) == 8 - len(refused)
    # Another address is not held up by it.
    assert (await vote(world, show, slip(world, show), address="198.51.100.8")).status == 200


def test_a_whole_network_of_ipv6_is_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") == "2001:db8::/64"
    assert network_of("2001:db8:0:1::1") != network_of("2001:db8::1")
    assert network_of("203.0.113.9") == "203.0.113.9"
    assert network_of("unknown") == "unknown"


async def test_a_vote_can_be_taken_back_like_any_other(world: World, show: Platform) -> None:
    cast = await vote(world, show, slip(world, show))
    void = {"type": "coliseum.vote_voided", "userId": "referee", "voteId": cast.json["id"], "reason": "stuffing",
            "at": datetime.now(UTC).isoformat()}  # fmt: skip
    assert (await world.http.post("/api/passport/log", void, show.server)).status == 201
    await conducted(world, show)
    board = await world.http.get("/api/leaderboards?metric=votes&event=final", show.server)
    assert [row["score"] for row in board.json["rows"]] in ([], [0])


async def test_no_slip_is_kept_anywhere(world: World, show: Platform) -> None:
    device = slip(world, show)
    await vote(world, show, device, headers=OWN_PAGE)
    rows = await world.fetch("SELECT e::text AS row FROM passport_entries e WHERE tenant_id = $1", show.tenant_id)
    assert device.split(".")[2] not in str(rows)
    assert device.split(".")[0] not in str(rows)
