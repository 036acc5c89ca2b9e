"""A board as of then has the catalogue of then: names, bills, cities and genres, as the log had told them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coliseum.queries import leaderboards, names
from support.clocked import NOW, Clocked
from support.festival import vote


def artist(of: str, name: str, *, ago: float = 0, **fields: Any) -> dict[str, Any]:
    return said("artist", of, name, ago, **fields)


def said(kind: str, of: str, name: str, ago: float = 0, **fields: Any) -> dict[str, Any]:
    at = NOW - timedelta(minutes=ago)
    return {"type": f"catalog.{kind}", f"{kind}Id": of, "name": name, "at": at.isoformat(), **fields}


def viewed(event: str) -> dict[str, Any]:
    return {"type": "concierto.event_viewed", "userId": "ana", "eventId": event, "at": NOW.isoformat()}


async def as_of(clocked: Clocked, position: int, **query: Any) -> list[tuple[Any, ...]]:
    """Ids, names and scores of a board when the log had so many entries; explanations agree."""
    asked = {"metric": "votes", "as_of": position, **query}
    page = await clocked.ask(**asked)
    assert (page["source"], page["position"]) == ("log", [position])
    for row in page["rows"]:
        told = await clocked.explain(**{**asked, "entity": page["entity"]}, id=row["id"])
        assert (told["value"], told["position"]) == (row["score"], [position]), (query, row)
        assert sum(entry["value"] for entry in told["entries"]) == row["score"]
        assert all(entry["offset"] < position for entry in told["entries"])
    return [(row["id"], row["name"], row["score"]) for row in page["rows"]]


async def test_names_and_pictures_are_those_that_had_been_told(clocked: Clocked) -> None:
    await clocked.told(vote(artistId="nova", weight=3, at=NOW.isoformat()))
    await clocked.told(artist("nova", "Nova", picture="first.png"))
    await clocked.told(artist("nova", "Supernova"))
    assert [await as_of(clocked, position) for position in (1, 2, 3)] == [
        [("nova", "nova", 3)], [("nova", "Nova", 3)], [("nova", "Supernova", 3)]
    ]  # fmt: skip
    pictures = [(await clocked.ask(metric="votes", as_of=position))["rows"][0]["picture"] for position in (1, 2, 3)]
    assert pictures == [None, "first.png", None]


async def test_of_two_statements_the_later_one_counts_once_both_are_known(clocked: Clocked) -> None:
    """Which entries are known is the log's order; which of them holds is when they were made, as it is today."""
    await clocked.told(vote(artistId="nova", at=NOW.isoformat()), artist("nova", "Nova", ago=10))
    await clocked.told(artist("nova", "Novice", ago=20))  # it was made before, and comes after
    await clocked.told(artist("nova", "Supernova", ago=5))
    found = [(await as_of(clocked, position))[0][1] for position in (2, 3, 4)]
    assert found == ["Nova", "Nova", "Supernova"]
    assert (await clocked.both(metric="votes"))["rows"][0]["name"] == "Supernova"


async def test_an_instant_is_what_had_been_received_by_then(clocked: Clocked) -> None:
    await clocked.told(vote(artistId="nova", at=NOW.isoformat()), artist("nova", "Nova", genres=["pop"]))
    then = datetime.now(UTC)
    await clocked.told(
        artist("nova", "Supernova", ago=600, genres=["rock"]), artist("nova", "Hypernova", genres=["folk"])
    )
    asked: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["Nova"]), ({"genre": "pop"}, ["Nova"]), ({"genre": "rock"}, []), ({"genre": "folk"}, []),
    ]  # fmt: skip
    for query, expected in asked:
        page = await clocked.ask(metric="votes", as_of=then.isoformat(), at=NOW.isoformat(), **query)
        assert [row["name"] for row in page["rows"]] == expected, query


async def test_a_bill_is_the_one_of_then(clocked: Clocked) -> None:
    await clocked.told(viewed("final"), viewed("final"))
    await clocked.told(said("event", "final", "Final", artistIds=["nova", "lumen", "nova"]))
    await clocked.told(said("event", "final", "Final", artistIds=["lumen", "vega"]), viewed("final"))
    await clocked.told(said("event", "final", "Final"))
    views = {position: await as_of(clocked, position, metric="views") for position in (2, 3, 4, 5, 6)}
    assert {position: [(who, score) for who, _, score in sorted(rows)] for position, rows in views.items()} == {
        2: [], 3: [("lumen", 2), ("nova", 2)], 4: [("lumen", 2), ("vega", 2)], 5: [("lumen", 3), ("vega", 3)], 6: [],
    }  # fmt: skip
    assert await as_of(clocked, 4, metric="views", entity="event") == [("final", "Final", 2)]


async def test_a_city_is_the_one_of_then(clocked: Clocked) -> None:
    await clocked.told(vote(artistId="nova", eventId="final", at=NOW.isoformat()))
    await clocked.told(artist("nova", "Nova", city="Graz"))
    await clocked.told(said("venue", "hall", "Hall", city="Basel"))
    await clocked.told(said("event", "final", "Final", venueId="hall"))
    await clocked.told(said("venue", "hall", "Hall", city="Bern"))
    await clocked.told(said("event", "final", "Final", venueId="hall", city="Malmö"))
    for position, place in ((1, None), (2, "Graz"), (3, "Graz"), (4, "Basel"), (5, "Bern"), (6, "Malmö")):
        for city in ("Graz", "Basel", "Bern", "Malmö"):
            for more in ({}, {"event": "final"}, {"metric": "voters"}):
                found = await as_of(clocked, position, city=city, **more)
                assert [who for who, _, _ in found] == (["nova"] if city == place else []), (position, city, more)


async def test_a_genre_is_the_one_of_then_and_so_is_a_pair(clocked: Clocked) -> None:
    await clocked.told(viewed("final"), vote(artistId="nova", eventId="final", at=NOW.isoformat()))
    await clocked.told(said("event", "final", "Final", city="Graz", artistIds=["lumen"]))
    await clocked.told(artist("lumen", "Lumen", genres=["rock"]))
    await clocked.told(artist("nova", "Nova", genres=["pop", "folk"]))
    await clocked.told(artist("lumen", "Lumen", genres=["pop"]))

    async def who(position: int, **query: str) -> list[str]:
        return [each for each, _, _ in await as_of(clocked, position, **query)]

    # Of whom nothing is known counts for the genres of the event's bill.
    assert [await who(position, genre="rock") for position in (3, 4, 5, 6)] == [[], ["nova"], [], []]
    assert [await who(position, genre="pop") for position in (3, 4, 5, 6)] == [[], [], ["nova"], ["nova"]]
    assert [await who(position, genre="folk", city="Graz") for position in (4, 5)] == [[], ["nova"]]
    assert [await who(position, genre="folk", event="semi") for position in (4, 5)] == [[], []]
    views = [await who(position, genre="rock", city="Graz", metric="views") for position in (3, 4, 5, 6)]
    assert views == [[], ["lumen"], ["lumen"], []]
    events = [await who(position, genre="pop", metric="views", entity="event") for position in (5, 6)]
    assert events == [[], ["final"]]


async def test_what_was_put_aside_says_nothing(clocked: Clocked) -> None:
    await clocked.told(vote(artistId="nova", at=NOW.isoformat()), artist("nova", "Nova"), artist("nova", "Supernova"))
    await clocked.world.execute(
        """INSERT INTO processor_dead_letters (tenant_id, consumer, partition, "offset", id, event_type, error, attempts)
           SELECT tenant_id, 'coliseum', partition, "offset", id, event_type, 'a test', 1
           FROM passport_entries WHERE tenant_id = $1 AND "offset" = 2""",
        clocked.platform.tenant_id,
    )
    assert await as_of(clocked, 3) == [("nova", "Nova", 1)]


async def test_an_export_has_the_names_of_then(clocked: Clocked) -> None:
    await clocked.told(vote(artistId="nova", at=NOW.isoformat()), artist("nova", "Nova"))
    await clocked.told(artist("nova", "Supernova"))
    for position, name in ((2, "Nova"), (3, "Supernova")):
        path = f"/api/leaderboards/export?metric=votes&format=ndjson&as_of={position}"
        reply = await clocked.live.get(path, clocked.platform.server)
        assert reply.status == 200, reply
        assert f'"name":"{name}"' in reply.body.decode()


async def test_another_tenants_catalogue_is_another(clocked: Clocked) -> None:
    await clocked.told(vote(artistId="nova", at=NOW.isoformat()), artist("nova", "Nova", genres=["pop"]))
    other = Clocked(clocked.world, await clocked.world.platform(), NOW)
    await other.begin()
    try:
        await other.told(vote(artistId="nova", at=NOW.isoformat()), vote(artistId="nova", at=NOW.isoformat()))
        assert await as_of(other, 2) == [("nova", "nova", 2)]
        assert await as_of(other, 2, genre="pop") == []
    finally:
        await other.close()


async def test_names_of_today_would_be_seen(clocked: Clocked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaderboards, "names_of", lambda *args: names.names_of(*args[:4]))
    with pytest.raises(AssertionError):
        await test_names_and_pictures_are_those_that_had_been_told(clocked)
