"""Insights at their edges: what is not read yet, what was put aside, what nobody knows, and who may see whom."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from coliseum.accounts.permissions import Role
from coliseum.queries.ask import subject_of, window_of
from coliseum.queries.insights.about import listing
from coliseum.queries.insights.lift import Lift, lift
from coliseum.queries.insights.tiers import tiers
from support.asgi import Reply
from support.festival import event
from support.live import conducted, send
from support.people import new_person
from support.services import Platform, World

pytestmark = pytest.mark.long

SHOW = datetime(2026, 11, 1, 19, 0, tzinfo=UTC)
ARTISTS = 10_000
MANY = """
    INSERT INTO catalog_artists (tenant_id, id, name, genres, changed_at, partition, "offset")
    SELECT $1, 'artist-' || n, CASE WHEN n % 2 = 0 THEN 'Even 100%_' ELSE 'Odd ' END || lpad(n::text, 5, '0'), '{}',
           now(), 0, 0
    FROM generate_series(1, $2::int) AS n
"""
ASIDE = """
    INSERT INTO processor_dead_letters (tenant_id, consumer, partition, "offset", id, event_type, error, attempts)
    SELECT tenant_id, 'coliseum', partition, "offset", id, event_type, 'a test', 3 FROM passport_entries
    WHERE tenant_id = $1 AND id = $2
"""


def show(**fields: Any) -> dict[str, Any]:
    told = {"eventId": "night", "name": "Night", "startsAt": SHOW.isoformat(), "artistIds": ["abba"], **fields}
    return event("catalog.event", userId=None, **told)


def bought(fan: str, **fields: Any) -> dict[str, Any]:
    money = {"quantity": 2, "amountCents": 500, "currency": "eur", "orderId": "order", **fields}
    return event("concierto.ticket_purchased", userId=fan, eventId="night", at=SHOW.isoformat(), **money)


async def ask(world: World, platform: Platform, path: str, **query: object) -> Reply:
    return await world.http.get(f"/api/insights/{path}?{urlencode(query)}", platform.server)


async def test_what_is_not_read_yet_is_not_counted(world: World, platform: Platform) -> None:
    await send(world, platform, [show(), bought("ana")])
    conductor = await conducted(world, platform)
    await send(world, platform, [bought("ben")])
    assert (await ask(world, platform, "tiers", event="night")).json["sold"] == 2
    assert (await ask(world, platform, "entries", event="night", step="bought")).json["count"] == 1
    await conductor.quiesce()
    assert (await ask(world, platform, "tiers", event="night")).json["sold"] == 4


async def test_an_entry_that_was_put_aside_counts_nowhere(world: World, platform: Platform) -> None:
    poison = bought("ben", ticketTier="VIP")
    await send(world, platform, [show(), bought("ana"), poison])
    await conducted(world, platform)
    await world.execute(ASIDE, platform.tenant_id, poison["id"])
    told = (await ask(world, platform, "tiers", event="night")).json
    assert [(tier["tier"], tier["sold"]) for tier in told["tiers"]] == [("", 2)]
    steps = (await ask(world, platform, "funnel", event="night")).json["steps"]
    assert [step["fans"] for step in steps] == [0, 0, 1, 0, 0]


async def test_of_what_nobody_knows_everything_is_nothing(world: World, platform: Platform) -> None:
    await send(world, platform, [bought("ana")])
    await conducted(world, platform)
    told = (await ask(world, platform, "about", entity="event", id="night")).json
    assert (told["name"], told["artists"], told["catalogued"], told["counted"]) == ("night", [], False, True)
    steps = (await ask(world, platform, "funnel", event="never")).json["steps"]
    assert {(step["fans"], step["reached"], step["ofPrevious"]) for step in steps} == {(0, 0, None)}
    curve = (await ask(world, platform, "arrivals", event="never")).json
    assert (curve["anchor"], curve["stretches"], curve["peak"]) == (None, [], None)
    assert (await ask(world, platform, "tiers", event="never")).json["tiers"] == []
    assert (await ask(world, platform, "lift", event="never", metric="plays")).json["rows"] == []
    scopes = (await ask(world, platform, "repeat-fans", artist="never")).json["scopes"]
    assert [(scope["fans"], scope["percent"]) for scope in scopes] == [(0, None)]
    assert (await ask(world, platform, "top", artist="never", of="tracks")).json["rows"] == []
    for entity in ("artist", "event", "track", "city", "fan"):
        assert (await ask(world, platform, "about", entity=entity, id="never")).code == "not_found"
    assert (await ask(world, platform, "fan", userId="never")).code == "not_found"


async def test_a_city_that_only_the_catalogue_knows_has_a_page(world: World, platform: Platform) -> None:
    await send(world, platform, [show(city="Graz")])
    await conducted(world, platform)
    told = (await ask(world, platform, "about", entity="city", id="Graz")).json
    assert (told["catalogued"], told["counted"]) == (True, False)
    listed = (await ask(world, platform, "entities", entity="city", metric="attendance")).json
    assert [(row["id"], row["value"]) for row in listed["rows"]] == [("Graz", 0)]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("lift", {"metric": "plays"}, "event"),
        ("lift", {"metric": "plays", "event": "a", "artist": "b"}, "event"),
        ("lift", {"metric": "plays", "event": "a", "days": 29}, "days"),
        ("lift", {"metric": "listeners", "event": "a"}, "metric"),
        ("arrivals", {"event": "a", "minutes": 7}, "minutes"),
        ("repeat-fans", {}, "event"),
        ("entries", {"event": "a", "step": "left"}, "step"),
        ("entries", {"event": "a", "limit": 1_001}, "limit"),
        ("entries", {"event": "a", "cursor": "nonsense"}, "cursor"),
        ("top", {"artist": "a", "of": "venues"}, "of"),
        ("top", {"artist": "a", "limit": 101}, "limit"),
        ("entities", {"entity": "venue", "metric": "follows"}, "entity"),
        ("entities", {"entity": "artist", "metric": "plays", "page": 0}, "page"),
        ("entities", {"entity": "artist", "metric": "plays", "order": "age"}, "order"),
        ("entities", {"entity": "artist", "metric": "voters"}, "metric"),
        ("about", {"entity": "venue", "id": "hall"}, "entity"),
    ],
)
async def test_a_wrong_question_is_named(
    world: World, sender: Platform, path: str, query: dict[str, Any], field: str
) -> None:
    reply = await ask(world, sender, path, **query)
    assert (reply.status, reply.json.get("field")) == (400, field), reply


async def test_single_fans_are_for_those_who_may_see_them(world: World, platform: Platform) -> None:
    await send(world, platform, [show(), bought("ana")])
    await conducted(world, platform)
    paths = (
        "/api/insights/fan?userId=ana", "/api/insights/about?entity=fan&id=ana",
        "/api/insights/entities?entity=fan&metric=tickets",
    )  # fmt: skip
    expected: tuple[tuple[Role, int], ...] = (("viewer", 403), ("analyst", 200))
    for role, status in expected:
        person = await (await new_person(world, (platform, role))).log_in("token")
        for path in paths:
            reply = await world.http.get(path, person.headers)
            assert reply.status == status, (role, path, reply)
            assert (b"ana" in reply.body) == (status == 200)


async def test_a_fan_is_told_what_they_did_and_nothing_of_who_they_are(world: World, platform: Platform) -> None:
    await send(world, platform, [show(), bought("ana", orderId="order of Ana Smith, 1 Main Street")])
    await conducted(world, platform)
    told = await ask(world, platform, "fan", userId="ana")
    assert {row["metric"]: row["value"] for row in told.json["totals"]} == {"tickets": 2}
    assert [(row["kind"], row["id"]) for row in told.json["rows"]] == [("event", "night")]
    assert b"Main Street" not in told.body


async def lift_of(world: World, platform: Platform, now: datetime) -> Lift:
    subject = subject_of(platform.tenant, "follows", "artist", None)
    found = await lift(world.database, platform.tenant, subject, event="night", artist=None, days=7, now=now)
    [row] = found.rows
    return row


async def test_a_lift_says_nothing_before_it_can(world: World, platform: Platform) -> None:
    follow = {"targetType": "artist", "targetId": "abba"}
    after = [(SHOW + timedelta(days=1)).isoformat()] * 40
    await send(world, platform, [show(), *(event("social.follow", at=at, **follow) for at in after)])
    await conducted(world, platform)
    assert (await lift_of(world, platform, SHOW + timedelta(days=3))).support == "too_few_days"
    assert (await lift_of(world, platform, SHOW + timedelta(days=4))).support == "nothing_before"
    before = (SHOW - timedelta(days=2)).isoformat()
    await send(world, platform, [event("social.follow", at=before, **follow) for _ in range(14)])
    await conducted(world, platform)
    row = await lift_of(world, platform, SHOW + timedelta(days=4))
    assert (row.before.total, row.after.days, row.after.total, row.percent) == (14, 3, 40, 566.67)
    row = await lift_of(world, platform, SHOW + timedelta(days=40))
    assert (row.after.days, row.percent) == (7, 185.71)


async def test_nobody_is_missing_before_the_show_has_begun(world: World, platform: Platform) -> None:
    await send(world, platform, [show(), bought("ana")])
    await conducted(world, platform)
    [tier] = (await tiers(world.database, platform.tenant, "night", SHOW - timedelta(seconds=1))).tiers
    assert (tier.no_shows, tier.no_show_percent) == (None, None)
    [tier] = (await tiers(world.database, platform.tenant, "night", SHOW)).tiers
    assert (tier.no_shows, tier.no_show_percent) == (1, 100.0)


async def test_ten_thousand_artists_are_paged_and_searched(world: World, platform: Platform) -> None:
    await world.execute(MANY, platform.tenant_id, ARTISTS)
    subject, now = subject_of(platform.tenant, "plays", "artist", None), datetime.now(UTC)
    window = window_of(platform.tenant, "all", None, now)

    async def rows(search: str | None, page: int) -> tuple[int, list[str]]:
        found = await listing(world.database, platform.tenant, subject, window, search=search, by_name=True, page=page,
                              size=50)  # fmt: skip
        return found.members, [row.id for row in found.rows]

    members, last = await rows(None, 200)
    assert (members, last[-1]) == (ARTISTS, "artist-9999")
    assert (await rows("100%_000", 1))[1] == [f"artist-{n}" for n in (2, 4, 6, 8)] + [
        f"artist-{n}" for n in range(10, 100, 2)
    ][:46]
    assert (await rows("artist-77", 1)) == (1, ["artist-77"])
    assert (await rows("100__000", 1))[0] == 0
