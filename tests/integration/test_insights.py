"""Every number of insights is what the log says: against plain Python, over whatever fans may have done."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coliseum.projections.coliseum import ColiseumProjection
from coliseum.queries.ask import subject_of
from coliseum.queries.insights.lift import lift
from support.era import Era
from support.insights import EDGE, STEPS, Told, percent_more
from support.live import send
from support.services import Platform, World

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
QUICK = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
COUNT = itertools.count(1)
SHOWS, ARTISTS, FANS = (
    ["north", "south", "encore", "uncharted"],
    ["abba", "lordi", "ghost"],
    ["ana", "ben", "cai", "dua"],
)
TRACKS, CITIES, TIERS = ["waterloo", "euphoria"], ["Graz", "Malmö"], [None, "VIP", "floor"]
BEGINS = datetime(2026, 3, 27, 19, 30, tzinfo=UTC)
"""Two days before the clocks change in Vienna."""
BILLS = {"north": ["abba", "lordi"], "south": ["lordi"], "encore": ["abba", "abba"]}
STARTS = {"north": BEGINS, "south": BEGINS + timedelta(days=3), "encore": BEGINS + timedelta(days=9, hours=4)}


@st.composite
def deeds(draw: st.DrawFn) -> dict[str, Any]:
    """Whatever a fan may do around a show, crowded so that equal instants and re-entries are common."""
    kind = draw(st.sampled_from(["view", "view", "interest", "buy", "buy", "scan", "scan", "scan", "follow", "follow",
                                 "unfollow", "play", "play"]))  # fmt: skip
    spread = draw(st.sampled_from([timedelta(minutes=7), timedelta(hours=3), timedelta(days=8)]))
    moment = BEGINS + draw(st.sampled_from([timedelta(0), timedelta(days=3), timedelta(days=9)]))
    moment += spread * draw(st.integers(-6, 6)) / 6
    show, artist = draw(st.sampled_from(SHOWS)), draw(st.sampled_from(ARTISTS))
    common = {"id": f"deed-{next(COUNT)}", "userId": draw(st.sampled_from(FANS)), "at": moment.isoformat()}
    tier = draw(st.sampled_from(TIERS))
    more: dict[str, Any] = {} if tier is None else {"ticketTier": tier}
    target: tuple[str, str] = draw(st.sampled_from([("artist", artist), ("event", show), ("artist", show)]))
    made: dict[str, dict[str, Any]] = {
        "view": {"type": "concierto.event_viewed", "eventId": show},
        "interest": {"type": "concierto.event_interested", "eventId": show},
        "buy": {"type": "concierto.ticket_purchased", "eventId": show, "quantity": draw(st.integers(1, 4)),
                "amountCents": draw(st.sampled_from([1, 4_900, 2**40])),
                "currency": draw(st.sampled_from(["eur", "sek"])), "orderId": "order", **more},
        "scan": {"type": "concierto.event_attended", "eventId": show, "city": draw(st.sampled_from(CITIES)), **more},
        "follow": {"type": "social.follow", "targetType": target[0], "targetId": target[1]},
        "unfollow": {"type": "social.unfollow", "targetType": target[0], "targetId": target[1]},
        "play": {"type": "player.track_played", "trackId": draw(st.sampled_from(TRACKS)), "artistId": artist,
                 "durationSeconds": draw(st.sampled_from([29, 30, 200]))},
    }  # fmt: skip
    return common | made[kind]


def catalogue() -> list[dict[str, Any]]:
    shows = [
        {"type": "catalog.event", "eventId": show, "name": f"The {show}", "artistIds": BILLS[show],
         "startsAt": STARTS[show].isoformat()}
        for show in BILLS
    ]  # fmt: skip
    artists = [{"type": "catalog.artist", "artistId": "abba", "name": "ABBA"}]
    told: list[dict[str, Any]] = [*shows, *artists]
    return [{"id": f"told-{next(COUNT)}", "at": "2026-01-01T00:00:00Z", **each} for each in told]


async def read(world: World, platform: Platform) -> None:
    """The rollups read all there is, and hours that are over are rolled up."""
    era = await Era(world, platform, datetime.now(UTC)).begin()
    await era.read()
    async with world.database.transaction("processor") as connection:
        await ColiseumProjection().tidy(connection, platform.tenant, era.unit.generation)


async def ask(world: World, platform: Platform, path: str, **query: object) -> Any:
    words = urlencode({name: value for name, value in query.items() if value is not None})
    reply = await world.http.get(f"/api/insights/{path}?{words}", platform.server)
    assert reply.status == 200, (path, query, reply)
    return reply.json


async def played(world: World, happened: list[dict[str, Any]], zone: str) -> tuple[Platform, Told]:
    """A tenant to whom this happened, all read, with its hours rolled up; and what they were told."""
    platform = await world.platform(zone=zone, partitions=2)
    await send(world, platform, [*catalogue(), *happened])
    await read(world, platform)
    return platform, Told(ZoneInfo(zone), BILLS, STARTS, happened)


async def behind(world: World, platform: Platform, **question: object) -> int:
    """How many people are behind a number: read page by page they are as many, each once, and each with an entry."""
    whole = await ask(world, platform, "people", **question, limit=1_000)
    paged: list[Any] = []
    cursor = None
    for _ in range(len(FANS) + 1):
        page = await ask(world, platform, "people", **question, limit=2, cursor=cursor)
        assert page["count"] == whole["count"]
        paged += page["people"]
        if (cursor := page["nextCursor"]) is None:
            break
    assert paged == whole["people"]
    assert len({person["userId"] for person in paged} - {None}) == len(paged) == whole["count"], question
    for person in paged[:2]:
        reply = await world.http.get(f"/api/entries/{person['partition']}/{person['offset']}", platform.server)
        assert (reply.json["line"]["userId"], reply.json["line"]["type"]) == (person["userId"], person["type"])
    return int(whole["count"])


async def check_people_of_steps(world: World, platform: Platform, show: str, steps: list[Any]) -> None:
    for nth, step in enumerate(steps):
        names = {
            "reached": "reached",
            "took": "fans",
            "elsewhere": "elsewhere",
            **({"dropped": "dropped"} if nth else {}),
        }
        for of, name in names.items():
            assert await behind(world, platform, event=show, of=of, step=step["step"]) == step[name], (show, of, step)


async def check_people_of_tiers(world: World, platform: Platform, show: str, tiers: list[Any]) -> None:
    for tier in tiers:
        asked = {"event": show, "tier": tier["tier"]}
        assert await behind(world, platform, **asked, step="bought") == tier["buyers"]
        assert await behind(world, platform, **asked, step="attended") == tier["fans"]
        if tier["noShows"] is not None:
            assert await behind(world, platform, **asked, step="bought", of="absent") == tier["noShows"]
        for amount in tier["amounts"]:
            found = await ask(world, platform, "entries", **asked, step="bought", currency=amount["currency"])
            assert found["value"] == amount["amount"]


async def check_people_of_shows(world: World, platform: Platform, asked: dict[str, Any], scope: Any) -> None:
    """By which show it was, or how many there were; the last row: or more."""
    assert await behind(world, platform, **asked) == scope["fans"]
    assert await behind(world, platform, **asked, least=2) == scope["returning"]
    for row in scope["distribution"]:
        most = {} if row["shows"] == 4 else {"most": row["shows"]}
        assert await behind(world, platform, **asked, least=row["shows"], **most) == row["fans"]


@QUICK
@given(happened=st.lists(deeds(), min_size=20, max_size=90), zone=st.sampled_from(["Europe/Vienna", "Asia/Kolkata"]))
async def test_what_is_said_of_a_show_is_what_the_log_says(
    world: World, happened: list[dict[str, Any]], zone: str
) -> None:
    platform, told = await played(world, happened, zone)
    for show in SHOWS:
        steps = (await ask(world, platform, "funnel", event=show))["steps"]
        assert [step["step"] for step in steps] == list(STEPS)
        assert [(step["fans"], step["reached"], step["entries"]) for step in steps] == told.funnel(show), show
        for step in steps:
            behind = await ask(world, platform, "entries", event=show, step=step["step"], limit=1_000)
            assert behind["count"] == len(behind["entries"]) == step["entries"]
        await check_people_of_steps(world, platform, show, steps)
        tiers = (await ask(world, platform, "tiers", event=show))["tiers"]
        await check_people_of_tiers(world, platform, show, tiers)
        assert {
            tier["tier"]: (tier["sold"], tier["orders"], tier["buyers"], tier["visits"], tier["fans"]) for tier in tiers
        } == {tier: row[:5] for tier, row in told.tiers(show).items()}
        for tier in tiers:
            *_, missing, money = told.tiers(show)[tier["tier"]]
            assert {each["currency"]: each["amount"] for each in tier["amounts"]} == money
            if tier["noShows"] is not None:
                assert tier["noShows"] == missing
            bought = await ask(world, platform, "entries", event=show, step="bought", tier=tier["tier"])
            assert bought["value"] == tier["sold"]
        scopes = (await ask(world, platform, "repeat-fans", event=show))["scopes"]
        for scope, same in zip(scopes, (False, True), strict=True):
            assert [row["fans"] for row in scope["distribution"]] == told.repeats(show, same_artists=same), scope
            again = {"event": show, "of": "again", "scope": scope["scope"]}
            await check_people_of_shows(world, platform, again, scope)


@QUICK
@given(happened=st.lists(deeds(), min_size=20, max_size=90), minutes=st.sampled_from([1, 5, 15, 60]))
async def test_arrivals_are_first_scans_and_add_up_to_the_attendance(
    world: World, happened: list[dict[str, Any]], minutes: int
) -> None:
    platform, told = await played(world, happened, "UTC")
    for show in BILLS:
        curve = await ask(world, platform, "arrivals", event=show, minutes=minutes)
        expected, anchor = told.arrivals(show, minutes), told.anchor(show)
        stretches = {datetime.fromisoformat(each["start"]): each for each in curve["stretches"]}
        assert {start: each["arrivals"] for start, each in stretches.items() if each["arrivals"]} == {
            start: fans for start, fans in expected.items() if -EDGE <= start - anchor < EDGE
        }
        assert curve["earlier"] + curve["later"] + sum(each["arrivals"] for each in curve["stretches"]) == len(
            told.first_scans(show)
        )
        assert (
            curve["arrivals"] + curve["reEntries"]
            == curve["visits"]
            == len(list(told.about(show, "concierto.event_attended")))
        )
        again = await ask(world, platform, "entries", event=show, step="attended", again="true", limit=1_000)
        assert again["count"] == again["value"] == curve["reEntries"]
        for start, each in [pair for pair in stretches.items() if pair[1]["arrivals"]][:3]:
            until = start + timedelta(minutes=minutes)
            here = {"event": show, "from": start.isoformat(), "to": until.isoformat()}
            assert await behind(world, platform, **here) == each["arrivals"]
        edges = (anchor - EDGE).isoformat(), (anchor + EDGE).isoformat()
        assert await behind(world, platform, event=show, to=edges[0]) == curve["earlier"]
        assert await behind(world, platform, event=show, **{"from": edges[1]}) == curve["later"]
        starts = list(stretches)
        assert all(later - start == timedelta(minutes=minutes) for start, later in itertools.pairwise(starts))
        if starts:
            assert curve["stretches"][-1]["cumulative"] == curve["arrivals"] - curve["later"]
            assert curve["stretches"][0]["arrivals"] + curve["stretches"][0]["visits"] > 0


@QUICK
@given(happened=st.lists(deeds(), min_size=30, max_size=90), zone=st.sampled_from(["Europe/Vienna", "Asia/Kolkata"]))
async def test_what_is_said_of_an_artist_is_what_the_log_says(
    world: World, happened: list[dict[str, Any]], zone: str
) -> None:
    platform, told = await played(world, happened, zone)
    now = BEGINS + timedelta(days=60)
    for artist in ARTISTS:
        [scope] = (await ask(world, platform, "repeat-fans", artist=artist))["scopes"]
        assert [row["fans"] for row in scope["distribution"]] == told.repeats_of(artist)
        await check_people_of_shows(world, platform, {"artist": artist}, scope)
        cities = (await ask(world, platform, "top", artist=artist, of="cities"))["rows"]
        for row in cities:
            assert await behind(world, platform, artist=artist, city=row["id"]) == row["fans"]
        assert {row["id"]: (row["value"], row["fans"]) for row in cities} == told.cities(artist)
        tracks = (await ask(world, platform, "top", artist=artist, of="tracks"))["rows"]
        assert {row["id"]: row["value"] for row in tracks} == told.tracks(artist)
        for metric in ("plays", "follows", "views"):
            subject = subject_of(platform.tenant, metric, "artist", None)
            found = await lift(world.database, platform.tenant, subject, event=None, artist=artist, days=7, now=now)
            assert [row.event for row in found.rows] == [
                show for show in ("encore", "south", "north") if artist in BILLS[show]
            ]
            for row in found.rows:
                before, on_it, after = told.lift(metric, artist, row.event, 7)
                assert (row.before.total, row.day.total, row.after.total) == (before, on_it, after), (metric, row)
                assert sum(day.value for day in row.by_day) == before + on_it + after
                if row.support == "enough":
                    assert row.percent == percent_more(before, 7, after, 7)
                else:
                    assert row.percent is None
