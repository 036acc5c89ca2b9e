"""Votings: opened and closed by a tenant, seen by anybody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.festival import event
from support.festival import vote as voted
from support.live import conducted, send
from support.people import new_person
from support.services import Platform, World
from support.voting import BILL, public_voting, put_voting, slip, staged, vote

HOUR = timedelta(hours=1)


def instant(ahead: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + ahead).isoformat()


async def seen(world: World, platform: Platform) -> list[str]:
    listed = await world.http.get("/api/votings", platform.server)
    return [each["name"] for each in listed.json["votings"]]


async def test_a_voting_is_made_replaced_and_removed(world: World, platform: Platform) -> None:
    made = await put_voting(world, platform)
    assert made.status == 201, made
    assert made.json["artists"] is None
    assert made.json["results"] == "private"
    opens, closes = (datetime.fromisoformat(made.json[name]) for name in ("opensAt", "closesAt"))
    assert closes - opens == 6 * HOUR
    again = await put_voting(world, platform, title="The big one", artists=["nemo"], results="public")
    assert (again.status, again.json["title"], again.json["artists"]) == (200, "The big one", ["nemo"])
    assert await seen(world, platform) == ["final"]
    assert (await world.http.send("DELETE", "/api/votings/final", b"", platform.server)).status == 204
    assert await seen(world, platform) == []
    assert (await world.http.send("DELETE", "/api/votings/final", b"", platform.server)).code == "not_found"
    assert (await public_voting(world, platform)).code == "not_found"


@pytest.mark.parametrize(
    ("name", "body", "code", "field"),
    [
        ("Final", {}, "invalid_query", "name"),
        ("x" * 65, {}, "invalid_query", "name"),
        ("final", {"event": ""}, "invalid_payload", None),
        ("final", {"event": "x" * 129}, "invalid_payload", None),
        ("final", {"event": "a\x00b"}, "invalid_query", "event"),
        ("final", {"title": "x" * 201}, "invalid_payload", None),
        ("final", {"artists": []}, "invalid_payload", None),
        ("final", {"artists": ["a", "a"]}, "invalid_query", "artists"),
        ("final", {"artists": [f"artist-{n}" for n in range(51)]}, "invalid_payload", None),
        ("final", {"results": "some"}, "invalid_payload", None),
        ("final", {"votesPerAddress": 0}, "invalid_payload", None),
        ("final", {"weight": 5}, "invalid_payload", None),
        ("final", {"opensAt": "2026-05-16T20:00:00"}, "invalid_query", "opensAt"),
        ("final", {"opensAt": "2026-05-16T20:00:00Z", "closesAt": "2026-05-16T19:00:00Z"}, "invalid_query", "closesAt"),
        ("final", {"opensAt": "2026-05-16T20:00:00Z", "closesAt": "2026-05-24T20:00:00Z"}, "invalid_query", "closesAt"),
        ("final", {"opensAt": "9999-12-31T23:00:00Z"}, "invalid_query", "opensAt"),
    ],
)
async def test_a_voting_that_cannot_be_is_refused_by_name(
    world: World, platform: Platform, name: str, body: dict[str, Any], code: str, field: str | None
) -> None:
    reply = await put_voting(world, platform, name, **body)
    assert (reply.status, reply.code) == (400, code), reply
    if field is not None:
        assert reply.json["field"] == field
    assert await seen(world, platform) == []


async def test_an_event_has_one_voting(world: World, platform: Platform) -> None:
    assert (await put_voting(world, platform)).status == 201
    other = await put_voting(world, platform, "another")
    assert (other.status, other.code, other.json["field"]) == (409, "already_exists", "event")
    assert (await put_voting(world, platform, "another", event="semi-final")).status == 201


async def test_who_may_not_manage_boards_opens_no_voting(world: World, platform: Platform) -> None:
    viewer = await (await new_person(world, (platform, "viewer"))).log_in("token")
    refused = await viewer.ask("PUT", "/api/votings/final", {"event": "final"})
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert (await viewer.ask("GET", "/api/votings")).status == 200
    analyst = await (await new_person(world, (platform, "analyst"))).log_in("token")
    assert (await analyst.ask("PUT", "/api/votings/final", {"event": "final"})).status == 201
    [deed] = await world.fetch("SELECT * FROM trail_entries WHERE tenant_id = $1 AND action = 'voting.put' "
                               "AND outcome = 'done'", platform.tenant_id)  # fmt: skip
    assert (deed["target"], deed["outcome"]) == ("voting:final", "done")


async def test_anybody_sees_who_may_be_voted_for_in_the_order_of_the_bill(world: World, platform: Platform) -> None:
    await staged(world, platform)
    await conducted(world, platform)
    await put_voting(world, platform)
    shown = await public_voting(world, platform)
    assert shown.status == 200
    assert shown.headers["access-control-allow-origin"] == "*"
    assert [(each["id"], each["name"]) for each in shown.json["options"]] == list(BILL.items())
    assert (shown.json["title"], shown.json["state"]) == ("The final", "open")
    assert (shown.json["event"]["city"], shown.json["event"]["capacity"]) == ("Malmö", 15_500)
    # Results are private: no number of this tenant's is told.
    assert shown.json["standing"] is shown.json["votes"] is shown.json["position"] is None
    assert "slip" not in shown.json


async def test_public_results_have_all_who_stand_on_the_ballot_and_nobody_else(
    world: World, platform: Platform
) -> None:
    await staged(world, platform)
    sent = [voted(artistId="nemo", weight=3), voted(artistId="stranger", weight=9), voted(eventId="semi", weight=50)]
    await send(world, platform, sent)
    await conducted(world, platform)
    await put_voting(world, platform, results="public")
    shown = (await public_voting(world, platform)).json
    standing = [(each["rank"], each["id"], each["score"]) for each in shown["standing"]]
    assert standing == [(1, "nemo", 3), (2, "abba", 0), (2, "loreen", 0)]
    assert shown["votes"] == 3


async def test_a_voting_of_an_event_that_nobody_knows_has_an_empty_ballot(world: World, platform: Platform) -> None:
    await put_voting(world, platform, event="<b>nowhere</b>/1")
    shown = (await public_voting(world, platform)).json
    assert (shown["title"], shown["options"]) == ("<b>nowhere</b>/1", [])
    refused = await vote(world, platform, slip(world, platform), "abba")
    assert (refused.status, refused.code, refused.json["field"]) == (400, "invalid_payload", "artist")


async def test_the_crowd_is_counted_by_arrivals_of_all_time_and_by_minute(world: World, platform: Platform) -> None:
    await staged(world, platform)
    lately = [event("concierto.event_attended", eventId="final", city="Malmö", userId=f"fan-{n}",
                    at=instant(timedelta(minutes=-2))) for n in range(7)]  # fmt: skip
    earlier = [event("concierto.event_attended", eventId="final", city="Malmö", at=instant(-26 * HOUR))]
    elsewhere = [event("concierto.event_attended", eventId="semi", city="Malmö")]
    await send(world, platform, [*lately, *earlier, *elsewhere])
    await conducted(world, platform)
    crowd = (await world.http.get("/api/crowd?event=final", platform.server)).json
    assert (crowd["arrived"], crowd["perMinute"], crowd["event"]["capacity"]) == (8, 1, 15_500)
    assert len(crowd["minutes"]) == 60
    assert sum(each["value"] for each in crowd["minutes"]) == 7
    assert crowd["since"] == crowd["minutes"][0]["start"]
    unknown = (await world.http.get("/api/crowd?event=nowhere", platform.server)).json
    assert (unknown["arrived"], unknown["event"]["name"], unknown["event"]["capacity"]) == (0, "nowhere", None)
    for path in ("/api/crowd", "/api/crowd?event=", "/api/crowd?event=a&x=1"):
        refused = await world.http.get(path, platform.server)
        assert (refused.status, refused.code) == (400, "invalid_query"), path
