"""The overview as it is answered: who may see it, what it says when counting is behind, and that it is what the API says."""

import random
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from coliseum.accounts.permissions import Role
from support.asgi import Reply
from support.conductor import Conductor
from support.people import LogIn, new_person
from support.seen import Parts, with_pages
from support.services import Platform, World

pytestmark = pytest.mark.long

PATH = "/t/{}"
NUMBERS = ("attendance", "money_spent", "money_earned", "votes", "plays", "follows")
HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture(scope="module")
async def seen(world: World) -> World:
    return with_pages(world)


async def log_in(world: World, platform: Platform, role: Role = "viewer") -> LogIn:
    return await (await new_person(world, (platform, role))).log_in()


async def page(member: LogIn, platform: Platform, **query: str) -> Parts:
    reply = await answer(member, platform, **query)
    assert reply.status == 200, reply
    return Parts(reply.body.decode())


async def answer(member: LogIn, platform: Platform, **query: str) -> Reply:
    return await member.ask("GET", f"/t/{platform.tenant.slug}?{urlencode(query)}")


async def send(world: World, platform: Platform, *events: dict[str, object]) -> None:
    body = {"events": [{"userId": "ada", "at": datetime.now(UTC).isoformat(), **event} for event in events]}
    reply = await world.http.post("/api/passport/batch", body, platform.server)
    assert reply.status == 201, reply


def vote(artist: str = "nova", weight: int = 12) -> dict[str, object]:
    return {"type": "coliseum.vote_cast", "artistId": artist, "eventId": "night", "weight": weight, "channel": "web"}


def spent(amount: int, currency: str) -> dict[str, object]:
    return {"type": "treasury.money_spent", "amountCents": amount, "currency": currency, "reason": "ticket"}


async def count(world: World, platform: Platform) -> None:
    conductor = Conductor(world, platform, random.Random(3))
    await conductor.take()
    await conductor.quiesce()


async def test_a_viewer_sees_it_and_a_stranger_does_not(seen: World, platform: Platform) -> None:
    other = await seen.platform()
    assert (await answer(await log_in(seen, platform), platform)).status == 200
    assert (await answer(await log_in(seen, other, "owner"), platform)).status == 403
    nobody = await seen.http.send("GET", PATH.format(platform.tenant.slug), b"", {})
    assert (nobody.status, nobody.headers["location"]) == (303, f"/log-in?next=%2Ft%2F{platform.tenant.slug}")


async def test_a_tenant_without_events_is_shown_how_to_send_one(seen: World, platform: Platform) -> None:
    body = (await answer(await log_in(seen, platform, "owner"), platform)).body.decode()
    assert "coliseum.vote_cast" in body
    assert f"/t/{platform.tenant.slug}/settings/keys" in body
    viewer = (await answer(await log_in(seen, platform), platform)).body.decode()
    assert "Somebody who may make keys" in viewer


async def test_it_says_how_far_counting_is_behind(seen: World, platform: Platform) -> None:
    member = await log_in(seen, platform)
    await send(seen, platform, vote())
    await count(seen, platform)
    assert "1 event logged, and counted" in (await page(member, platform)).texts["fresh"]
    await send(seen, platform, vote(), vote())
    waiting = " ".join((await page(member, platform)).texts["fresh"])
    assert "2 events wait to be counted; the oldest came in" not in waiting
    assert re.search(r"2 events wait to be counted; the oldest came .*(second|now)", waiting), waiting
    await count(seen, platform)
    assert "3 events logged, all counted" in (await page(member, platform)).texts["fresh"]


async def test_the_page_says_what_the_api_says(seen: World, platform: Platform) -> None:
    await send(seen, platform, vote(), vote("lumen", 5), spent(1234, "eur"), spent(999, "jpy"))
    await count(seen, platform)
    found = await page(await log_in(seen, platform), platform, period="24h")
    for card, told in (("votes", "17"), ("money_spent-eur", "€12.34"), ("money_spent-jpy", "¥999"), ("plays", "0")):
        assert told in found.texts[f"card-{card}"], (card, found.texts[f"card-{card}"])
    explained = next(link for link in found.links["card-votes"] if "/explain" in link)
    query = dict(parse_qsl(urlsplit(explained).query))
    api = await seen.http.get(f"/api/explain?{urlencode(query)}", platform.server)
    assert (api.status, api.json["value"]) == (200, 17)
    board = await seen.http.get("/api/leaderboards?metric=votes&window=24h", platform.server)
    assert [row["id"] for row in board.json["rows"]] == ["nova", "lumen"]
    assert [text for text in found.texts["board-artist"] if text in ("nova", "lumen", "12", "5")] == [
        "nova",
        "12",
        "lumen",
        "5",
    ]


async def test_previous_numbers_are_explained_by_the_same_hours(seen: World, platform: Platform) -> None:
    yesterday = (datetime.now(UTC) - timedelta(hours=30)).isoformat()
    await send(seen, platform, {**vote(weight=4), "at": yesterday}, vote(weight=6))
    await count(seen, platform)
    found = await page(await log_in(seen, platform), platform)
    assert {"6", "4", "previous:"} <= set(found.texts["card-votes"])
    assert "+50.0%, 2 more" in found.texts["card-votes"]
    before = next(link for link in found.links["card-votes"] if "from=" in link)
    api = await seen.http.get(f"/api/explain?{urlsplit(before).query}", platform.server)
    assert api.json["value"] == 4


async def test_names_of_others_are_text(seen: World, platform: Platform) -> None:
    await send(
        seen, platform, vote("bad"), {"type": "catalog.artist", "artistId": "bad", "name": HOSTILE, "genres": []}
    )
    await count(seen, platform)
    body = (await answer(await log_in(seen, platform), platform)).body.decode()
    assert "<img src=x" not in body
    assert HOSTILE in Parts(body).texts["board-artist"]


@pytest.mark.parametrize(
    "query",
    [
        {"period": "fortnight"},
        {"metric": "voters"},
        {"metric": "money_spent", "currency": "EURO"},
        {"period": "custom"},
        {"period": "custom", "from": "2026-02-30", "to": "2026-03-01"},
        {"period": "custom", "from": "2026-03-02", "to": "2026-03-01"},
        {"period": "custom", "from": "0001-01-01", "to": "9999-12-31"},
        {"period": "custom", "from": "\u0000", "to": "<b>"},
    ],
)
async def test_what_is_asked_wrong_is_said_on_a_page(seen: World, platform: Platform, query: dict[str, str]) -> None:
    await send(seen, platform, vote())
    reply = await answer(await log_in(seen, platform), platform, **query)
    assert reply.status == 400, reply
    assert reply.headers["content-type"].startswith("text/html")


async def test_a_part_is_answered_without_the_frame(seen: World, platform: Platform) -> None:
    await send(seen, platform, vote())
    await count(seen, platform)
    member = await log_in(seen, platform)
    part = await member.ask("GET", PATH.format(platform.tenant.slug), headers={"hx-request": "true"})
    whole = await answer(member, platform)
    assert b"<html" not in part.body
    assert Parts(part.body.decode()).texts["card-votes"] == Parts(whole.body.decode()).texts["card-votes"]
