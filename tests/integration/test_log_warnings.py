"""Ingestion warnings by reason, each with its fix; dead letters; entries as they arrive."""

import ast
import json
import random
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from coliseum import wiring
from coliseum.errors import Refusal, RequestRefused
from coliseum.queries.entries import EntryQuestion
from coliseum.web.fixes import FIXES, fix_for
from coliseum.web.live import tail
from support.conductor import Conductor
from support.festival import vote
from support.live import send
from support.people import new_person
from support.poison import Spoilt
from support.services import Platform, World

SOURCE = Path(__file__).parents[2] / "src" / "coliseum"
KEPT_IN = ("capture", "events")
"""The packages whose refusals of events the tally keeps."""
OF_REQUESTS = {Refusal.BATCH_TOO_LARGE, Refusal.BODY_TOO_LARGE}
"""What refuses a request before there are events, and so is never kept."""


def kept_reasons() -> set[str]:
    """All members of Refusal that capture and the contracts name, and what the Segment route tallies itself."""
    named: set[str] = set()
    for package in KEPT_IN:
        for path in (SOURCE / package).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Refusal":
                    named.add(Refusal[node.attr])
    return named | {Refusal.NOT_COUNTED}


def test_every_reason_that_can_be_kept_has_a_fix_and_no_fix_is_for_what_cannot() -> None:
    assert kept_reasons() - OF_REQUESTS == set(FIXES)
    assert all(fix.title and fix.meaning and len(fix.fix) > 20 for fix in FIXES.values())


def test_fixes_point_to_pages_that_there_are() -> None:
    root = SOURCE.parents[1]
    assert [fix.doc for fix in FIXES.values() if not (root / fix.doc).exists()] == []
    assert fix_for("not_heard_of").doc == "docs/ERRORS.md"


async def test_what_was_refused_is_told_by_reason_with_an_example_and_its_fix(world: World, platform: Platform) -> None:
    bad = [vote(weight=0), vote(weight=-1), {"type": "coliseum.vote_cats"}, {**vote(), "extra": 1}]
    assert (await world.http.post("/api/passport/batch", bad, platform.server)).status == 400
    await world.services.tally._write()
    found = (await world.http.get("/api/warnings/groups", platform.server)).json
    assert {each["code"]: each["count"] for each in found} == {
        "invalid_payload": 2, "unknown_type": 1, "unknown_field": 1,
    }  # fmt: skip
    [payload] = [each for each in found if each["code"] == "invalid_payload"]
    assert "weight" in payload["example"]
    assert payload["fix"]["fix"] == FIXES["invalid_payload"].fix


async def test_dead_letters_are_listed_and_what_is_wrong_only_for_who_may_read_about_fans(
    world: World, platform: Platform
) -> None:
    votes = [vote(artistId=f"artist-{number}") for number in range(5)]
    ill = Spoilt(wiring.PROJECTIONS["coliseum"], {votes[3]["id"]}, ValueError("ill"))
    conductor = Conductor(world, platform, random.Random(1), projections={**wiring.PROJECTIONS, "coliseum": ill})
    await conductor.take()
    await send(world, platform, votes)
    await conductor.quiesce()
    [letter] = (await world.http.get("/api/dead-letters", platform.server)).json["deadLetters"]
    assert (letter["id"], letter["offset"], letter["consumer"]) == (votes[3]["id"], 3, "coliseum")
    assert "ill" in letter["error"]
    viewer = await (await new_person(world, (platform, "viewer"))).log_in("token")
    assert (await viewer.ask("GET", "/api/dead-letters")).json["deadLetters"][0]["error"] is None
    view = (await world.http.get("/api/entries/0/3", platform.server)).json
    assert [each["state"] for each in view["readings"] if each["consumer"] == "coliseum"] == ["parked"]
    assert (await world.http.get("/api/dead-letters?consumer=treasury", platform.server)).json["deadLetters"] == []


async def test_what_arrives_is_told_at_once_and_a_flood_as_a_sample_with_the_true_number(
    world: World, platform: Platform
) -> None:
    await send(world, platform, [vote(artistId="before")])
    async with aclosing(world.services.tails.messages(platform.tenant, EntryQuestion())) as stream:  # type: ignore[type-var]
        first = await told(stream)
        assert [line["artistId"] for line in first["entries"]] == ["before"]
        await send(world, platform, [vote(artistId="now")])
        assert [line["artistId"] for line in (await told(stream))["entries"]] == ["now"]
        flood = tail.SAMPLE * 5
        await send(world, platform, [vote(artistId=f"artist-{number}") for number in range(flood)])
        arrived, sampled = 0, False
        while arrived < flood:
            message = await told(stream)
            arrived, sampled = arrived + message["arrived"], sampled or message["sampled"]
            assert len(message["entries"]) <= tail.LINES_MAX
        assert (arrived, sampled) == (flood, True)


async def test_nothing_of_another_tenant_arrives_and_nothing_says_whose_it_is(world: World) -> None:
    mine, other = await world.platform(), await world.platform()
    async with aclosing(world.services.tails.messages(mine.tenant, EntryQuestion(artist="abba"))) as stream:  # type: ignore[type-var]
        await told(stream)
        await send(world, other, [vote(userId="their-fan")])
        await send(world, mine, [vote(artistId="other"), vote(userId="my-fan")])
        message = await told(stream)
        assert [(line["artistId"], line["userId"]) for line in message["entries"]] == [("abba", None)]
        assert message["arrived"] == 2


def test_no_more_than_so_many_watch_at_a_time(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "VIEWERS_MAX", 0)
    with pytest.raises(RequestRefused, match="too many are watching"):
        world.services.tails.messages(platform.tenant, EntryQuestion())


async def told(stream: AsyncIterator[bytes]) -> dict[str, Any]:
    """The next message that says something."""
    async for message in stream:
        if message.startswith(b"data: "):
            found: dict[str, Any] = json.loads(message.removeprefix(b"data: "))
            return found
    raise AssertionError("the stream ended")
