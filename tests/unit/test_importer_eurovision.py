"""The Eurovision mapping, without a server: its events add up to every official total."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from coliseum.events.decode import decode_event
from coliseum.importer.formats import read_records
from coliseum.importer.mapping import make_mapper
from coliseum.importer.opening import open_input
from support.eurovision import ENTRIES, FOLDER, MAPPING, needs_eurovision, official_totals

pytestmark = needs_eurovision


def events_of(path: Path) -> list[dict[str, Any]]:
    source = open_input(str(path))
    mapper = make_mapper(source, MAPPING)
    records = read_records(source, mapper.format_name, mapper.options, 0)
    events = [json.loads(event) for record in records for event in mapper.events(record)]
    source.close()
    return events


@pytest.fixture(scope="module")
def votes() -> list[dict[str, Any]]:
    return events_of(FOLDER / "votes.csv")


@pytest.fixture(scope="module")
def catalog() -> list[dict[str, Any]]:
    return events_of(FOLDER / "contestants.csv")


def test_the_votes_add_up_to_every_official_total(votes: list[dict[str, Any]]) -> None:
    sums: Counter[tuple[str, str]] = Counter()
    for vote in votes:
        sums[vote["eventId"], vote["artistId"]] += vote["weight"]
    totals = official_totals()
    assert len(totals) == ENTRIES
    assert {entry: sums[entry] for entry in totals} == totals
    assert sums.keys() <= totals.keys()


def test_every_row_with_points_is_one_vote_and_no_other_row_is(votes: list[dict[str, Any]]) -> None:
    with (FOLDER / "votes.csv").open(encoding="utf-8", newline="") as file:
        assert len(votes) == sum(row["points"] != "0" for row in csv.DictReader(file)) == 17_717
    assert len({vote["id"] for vote in votes}) == len(votes)
    assert {vote["weight"] for vote in votes} == {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12}


def test_the_events_keep_to_the_contract(votes: list[dict[str, Any]], catalog: list[dict[str, Any]]) -> None:
    for event in catalog + votes[::50]:
        decode_event(json.dumps(event).encode(), strict=True)


def test_an_artist_is_a_performer_and_namesakes_are_told_apart(catalog: list[dict[str, Any]]) -> None:
    artists = {event["artistId"]: event for event in catalog if event["type"] == "catalog.artist"}
    assert {"Michelle (DE)", "Michelle (NL)", "Anne-Marie David", "Zdob și Zdub"} <= artists.keys()
    assert {"Michelle", "Paula Seling & OVI", "Zdob şi Zdub"}.isdisjoint(artists)
    assert artists["Michelle (NL)"]["name"] == "Michelle"
    assert artists["Michelle (NL)"]["country"] == "Netherlands"
    # 1,301 spellings: five of them are two people each, four are a second spelling of one performer.
    assert len(artists) == 1301 + 5 - 4
    assert all(name.isprintable() for name in artists)


def test_an_event_s_bill_is_who_sang_in_it(catalog: list[dict[str, Any]]) -> None:
    bills = {event["eventId"]: event["artistIds"] for event in catalog if event["type"] == "catalog.event"}
    by_event: dict[str, set[str]] = {}
    for event_id, artist in official_totals():
        by_event.setdefault(event_id, set()).add(artist)
    assert {event_id: set(bill) for event_id, bill in bills.items() if event_id in by_event} == by_event
    assert bills.keys() - by_event.keys() == {"1956/final"}
    assert len(bills["1956/final"]) == 12
    assert all(len(bill) == len(set(bill)) for bill in bills.values())
