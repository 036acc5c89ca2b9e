"""The debugger's reads: entries by page and filter, one entry wholly, and what of it belongs to people."""

from typing import Any
from urllib.parse import urlencode

import pytest

from coliseum.queries import entries as reads
from support.festival import event, vote
from support.live import conducted, send
from support.people import new_person
from support.services import Platform, World


async def page(world: World, platform: Platform, **query: Any) -> dict[str, Any]:
    reply = await world.http.get(f"/api/entries?{urlencode(query)}", platform.server)
    assert reply.status == 200, reply
    found: dict[str, Any] = reply.json
    return found


async def walked(world: World, platform: Platform, **query: Any) -> list[tuple[int, int]]:
    """The places of all pages, in their order."""
    places: list[tuple[int, int]] = []
    cursor: str | None = ""
    while cursor is not None:
        found = await page(world, platform, **query, **({"cursor": cursor} if cursor else {}))
        places += [(line["partition"], line["offset"]) for line in found["entries"]]
        cursor = found["nextCursor"]
    return places


async def test_pages_hold_every_entry_once_newest_first_however_many_partitions(world: World) -> None:
    platform = await world.platform(partitions=3)
    for _ in range(4):
        await send(world, platform, [vote(userId=f"fan-{number}") for number in range(20)])
    places = await walked(world, platform, limit=7)
    assert sorted(places) == sorted((row["partition"], row["offset"]) for row in await world.entries(platform))
    for partition in range(3):
        offsets = [offset for part, offset in places if part == partition]
        assert offsets == sorted(offsets, reverse=True)


async def test_a_page_looks_at_no_more_than_its_bound_and_says_where_to_go_on(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "SCANNED_MAX", 10)
    await send(world, platform, [vote(artistId="rare"), *[vote() for _ in range(35)]])
    first = await page(world, platform, artist="rare")
    assert (first["entries"], first["searched"], first["nextCursor"]) == ([], 10, "0-26")
    assert await walked(world, platform, artist="rare") == [(0, 0)]


async def test_each_filter_leaves_what_it_names(world: World, platform: Platform) -> None:
    sent = [
        vote(artistId="a", eventId="e", userId="one"), event("player.track_played", trackId="t", artistId="b"),
        event("social.share", platform="web", targetId="a", targetType="artist", userId="two"),
    ]  # fmt: skip
    await send(world, platform, sent)
    at = {
        "type": "coliseum.vote_cast", "event": "e", "userId": "one", "entry": sent[0]["id"],
    }  # fmt: skip
    for name, value in at.items():
        assert await walked(world, platform, **{name: value}) == [(0, 0)], name
    assert await walked(world, platform, track="t") == [(0, 1)]
    assert await walked(world, platform, artist="b") == [(0, 1)]
    assert await walked(world, platform, source="webhook") == []
    assert await walked(world, platform, userId="nobody") == []
    assert len(await walked(world, platform, since="2020-01-01T00:00:00Z")) == 3
    assert await walked(world, platform, since="2999-01-01T00:00:00Z") == []


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=x", "cursor=1-", "since=now", "type=", "usr=1"])
async def test_a_question_that_is_none_is_refused_by_name(world: World, platform: Platform, query: str) -> None:
    reply = await world.http.get(f"/api/entries?{query}", platform.server)
    assert reply.status == (200 if query == "type=" else 400), reply


async def test_whose_an_entry_is_is_hidden_from_a_viewer(world: World, platform: Platform) -> None:
    told = {"platform": "whatsapp-to-my-sister", "targetId": "fan-9", "targetType": "user"}
    await send(world, platform, [event("social.share", userId="fan-secret", sessionId="visit-1", **told)])
    viewer = await (await new_person(world, (platform, "viewer"))).log_in("token")
    analyst = await (await new_person(world, (platform, "analyst"))).log_in("token")
    for path in ("/api/entries", "/api/entries/0/0"):
        hidden, shown = await viewer.ask("GET", path), await analyst.ask("GET", path)
        assert hidden.status == shown.status == 200, (hidden, shown)
        assert b"fan-secret" not in hidden.body, hidden
        assert b"sister" not in hidden.body, hidden
        assert b"fan-secret" in shown.body, shown
    assert (await viewer.ask("GET", "/api/entries?userId=fan-secret")).code == "not_allowed"


async def test_an_entry_says_what_was_sent_what_it_counts_for_and_who_has_counted_it(
    world: World, platform: Platform
) -> None:
    sent = vote(artistId="abba", weight=12, channel="jury", userId="fan-1", sessionId="visit-1")
    await send(world, platform, [sent])
    before = (await world.http.get("/api/entries/0/0", platform.server)).json
    assert {each["state"] for each in before["readings"]} == {"waiting"}
    assert before["line"]["counted"] is False
    await conducted(world, platform)
    view = (await world.http.get("/api/entries/0/0", platform.server)).json
    assert {name: value for name, value in view["sent"].items() if name != "at"} == {
        name: value for name, value in sent.items() if name not in ("at", "sessionId")
    }
    assert {"metric": "votes", "kind": "artist", "entityId": "abba", "value": 12} in view["counts"]
    assert {each["consumer"]: each["state"] for each in view["readings"]} == dict.fromkeys(
        ("coliseum", "treasury", "mediaid", "usage"), "counted"
    )
    assert view["line"]["counted"] is True
    assert view["stored"]["session"] not in (None, "visit-1")


@pytest.mark.parametrize("place", ["0/1", "1/0", "99999/0", "0/99999999999999999999"])
async def test_there_is_nothing_where_no_entry_is(world: World, platform: Platform, place: str) -> None:
    await send(world, platform, [vote()])
    assert (await world.http.get(f"/api/entries/{place}", platform.server)).status == 404


async def test_every_type_is_shown_in_the_words_in_which_it_was_sent(world: World, platform: Platform) -> None:
    samples = [
        vote(), event("treasury.money_spent", amountCents=5, currency="eur", reason="bar", artistId="abba"),
        event("catalog.artist", artistId="abba", name="ABBA", genres=["pop"], city="Stockholm", userId=None),
        event("catalog.event", eventId="final", name="Final", startsAt="2026-05-01T19:00:00Z", artistIds=["abba"],
              userId=None),
        event("social.follow", targetId="abba", targetType="artist"),
        event("social.follow", targetId="fan-9", targetType="user"),
        event("player.track_played", trackId="t-1", artistId="abba", durationSeconds=200),
    ]  # fmt: skip
    await send(world, platform, samples)
    for offset, sample in enumerate(samples):
        view = (await world.http.get(f"/api/entries/0/{offset}", platform.server)).json
        assert {**view["sent"], "at": ""} == {**sample, "at": ""}
