"""Pages of boards without a browser: who sees what, seasons, large boards, a tenant on its first day."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest

from coliseum import wiring
from coliseum.accounts.permissions import Role
from coliseum.web.app import build_app
from support.asgi import Http, Reply
from support.declaring import VOTES, put
from support.era import Era
from support.festival import event, spent, vote
from support.live import conducted, send
from support.people import LogIn, new_person
from support.services import Platform, World

pytestmark = pytest.mark.long

FIRST = datetime(2026, 5, 11, tzinfo=UTC)  # a Monday
NOON = timedelta(hours=12)
DAY = timedelta(days=1)
CROWD = 230
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
async def http(world: World) -> Http:
    """The application with its pages."""
    app = build_app(lambda: wiring.open_services(world.settings), "test")
    app.state.services = world.services
    return Http(app)


@dataclass
class Viewer:
    """Somebody who has logged in, looking at pages of a tenant."""

    http: Http
    platform: Platform
    log_in: LogIn

    async def get(self, path: str, **query: str) -> Reply:
        return await self.http.get(self._address(path, query), self.log_in.headers)

    async def swap(self, path: str, **query: str) -> Reply:
        """The part of a page that a script puts in the place of another."""
        return await self.http.get(self._address(path, query), {**self.log_in.headers, "hx-request": "true"})

    def _address(self, path: str, query: dict[str, str]) -> str:
        asked = f"?{urlencode(query)}" if query else ""
        return (path if path.startswith("/") else f"/t/{self.platform.tenant.slug}/{path}") + asked


async def viewer(world: World, http: Http, platform: Platform, role: Role = "analyst") -> Viewer:
    human = await new_person(world, (platform, role))
    return Viewer(http, platform, await human.log_in())


def ids(reply: Reply) -> list[str]:
    """Whose rows a page shows, without the one that scripts copy."""
    body = reply.body.decode().partition('<template id="row">')[0]
    return [unescape(each) for each in re.findall(r'<tr data-id="([^"]*)"', body)]


def link(reply: Reply, words: str) -> str:
    """Where the link with these words leads."""
    found = re.search(rf'<a href="([^"]*)"[^>]*>{words}', reply.body.decode())
    assert found is not None, words
    return unescape(found[1])


async def test_a_tenant_on_its_first_day_is_told_what_to_do_next(world: World, http: Http, platform: Platform) -> None:
    who = await viewer(world, http, platform)
    for path in ("boards", "boards?mode=trending", "boards?mode=breaking", "boards?metric=money_spent&window=week"):
        page = await who.get(path)
        assert page.status == 200, page
        assert "No event has been logged yet" in page.body.decode()
        assert ids(page) == []
    season = await who.get("boards", mode="season")
    assert (season.status, "No season here yet" in season.body.decode()) == (200, True)
    assert "No season yet" in (await who.get("boards/history")).body.decode()
    why = await who.get("explain", metric="votes")
    assert (why.status, "No entry counts here" in why.body.decode()) == (200, True)


async def test_a_large_board_is_read_a_hundred_rows_at_a_time(world: World, http: Http, platform: Platform) -> None:
    votes = [vote(artistId=f"artist-{number:05}", weight=1 + number % 7) for number in range(CROWD)]
    await send(world, platform, votes)
    await conducted(world, platform)
    who = await viewer(world, http, platform)
    page, seen = await who.get("boards", limit="100"), []
    while True:
        assert len(ids(page)) <= 100
        seen += ids(page)
        if "Next 100" not in page.body.decode():
            break
        page = await who.get(link(page, "Next 100"))
    assert len(seen) == len(set(seen)) == CROWD
    assert ids(await who.get("boards", place=str(CROWD - 9))) == seen[-10:]
    around = await who.get("boards", around="artist-00007")
    assert (len(ids(around)), "artist-00007" in ids(around)) == (11, True)
    assert f'<strong id="members">{CROWD}</strong>' in around.body.decode()


async def test_a_search_by_name_finds_one_or_offers_those_it_could_be(
    world: World, http: Http, platform: Platform
) -> None:
    names = {"a-1": "Night Choir", "a-2": "Night Shift", "a-3": "Mornings", "a-4": HOSTILE}
    await send(world, platform, [
        *(event("catalog.artist", artistId=artist, name=name) for artist, name in names.items()),
        *(vote(artistId=artist) for artist in names),
    ])  # fmt: skip
    await conducted(world, platform)
    who = await viewer(world, http, platform)
    one = (await who.get("boards", around="morn")).body.decode()
    assert "stands at" in one
    assert 'class="mine"' in one
    several = await who.get("boards", around="NIGHT")
    assert "Several match" in several.body.decode()
    chosen = await who.get(link(several, "Night Shift"))
    assert re.search(r'data-id="a-2"[^>]*class="mine"', chosen.body.decode())
    nobody = (await who.get("boards", around="zzz")).body.decode()
    assert "Nothing was ever counted for" in nobody
    hostile = (await who.get("boards", around="a-4")).body.decode()
    assert HOSTILE not in hostile
    assert "&lt;img src=x onerror=alert(1)&gt;" in hostile


async def test_who_may_not_see_fans_is_told_of_none(world: World, http: Http, platform: Platform) -> None:
    await send(world, platform, [vote(artistId="abba", userId="secret-fan"), spent(userId="secret-fan")])
    await conducted(world, platform)
    await put(world, platform, "best-fans", {"metric": "votes", "entity": "fan"})
    analyst, plain = await viewer(world, http, platform), await viewer(world, http, platform, "viewer")
    assert "secret-fan" in (await analyst.get("explain", metric="votes", entity="artist", id="abba")).body.decode()
    assert "best-fans" in (await analyst.get("boards")).body.decode()
    assert ids(await analyst.get("boards/best-fans")) == ["secret-fan"]
    for path in ("boards", "explain?metric=votes&entity=artist&id=abba", "explain?metric=votes"):
        page = await plain.get(path)
        assert page.status == 200, page
        assert "secret-fan" not in page.body.decode()
        assert "best-fans" not in page.body.decode()
        assert "format=csv" not in page.body.decode()
    for path, status in (
        ("boards?entity=fan", 403), ("boards?mode=trending&entity=fan", 403), ("boards/best-fans", 404),
        ("boards?board=best-fans", 400), ("explain?metric=votes&entity=fan&id=secret-fan", 403),
        ("boards/export?metric=votes&format=csv", 403), ("boards/votes-fan", 404),
    ):  # fmt: skip
        page = await plain.get(path)
        assert page.status == status, (path, page)
        assert "secret-fan" not in page.body.decode()


async def test_pages_of_another_tenant_are_closed(world: World, http: Http, platform: Platform) -> None:
    other = await world.platform()
    await send(world, other, [vote(artistId="theirs-alone")])
    await put(world, other, "open", {**VOTES, "visibility": "public"})
    who = await viewer(world, http, platform)
    for path in ("boards", "boards/open", "boards/export?metric=votes", "boards/history", "explain?metric=votes"):
        page = await who.get(f"/t/{other.tenant.slug}/{path}")
        assert page.status == 403, path
        assert "theirs-alone" not in page.body.decode()
    stranger = await http.get(f"/t/{other.tenant.slug}/boards")
    assert (stranger.status, stranger.headers["location"].partition("?")[0]) == (303, "/log-in")


async def test_the_form_leads_to_a_short_address(world: World, http: Http, platform: Platform) -> None:
    who = await viewer(world, http, platform)
    sent = {"was": "now~votes~all", "mode": "now", "metric": "plays", "entity": "event", "window": "week",
            "around": "", "city": "", "limit": "50"}  # fmt: skip
    moved = await who.get("boards", **sent)
    short = f"/t/{platform.tenant.slug}/boards?metric=plays&entity=track&window=week"
    assert (moved.status, moved.headers["location"]) == (303, short)
    part = await who.swap("boards", **sent)
    assert (part.status, part.headers["hx-push-url"]) == (200, short)
    assert part.body.decode().lstrip().startswith('<div id="boards">')


async def test_a_selective_board_is_shown_and_not_taken_away(world: World, http: Http, platform: Platform) -> None:
    await send(world, platform, [vote(artistId="abba", userId=f"fan-{fan}") for fan in range(3)])
    await send(world, platform, [vote(artistId="nemo", weight=9)])
    await conducted(world, platform)
    await put(world, platform, "finals", {**VOTES, "eligibility": {"minFans": 2}})
    who = await viewer(world, http, platform)
    page = await who.get("boards/finals")
    assert (page.status, ids(page)) == (200, ["abba"])
    assert "At least 2 different fans" in page.body.decode()
    assert 'id="travel"' in page.body.decode()
    to_file = re.search(r'href="([^"]*)" download[^>]*>CSV', page.body.decode())
    assert to_file is not None
    file = await who.get(unescape(to_file[1]))
    assert (file.status, file.body.decode().splitlines()[1:]) == (200, ["1,abba,abba,3,100.0,"])
    past = await who.get("boards/finals", as_of="2")
    assert (past.status, ids(past), "As of a place in the log" in past.body.decode()) == (200, ["abba"], True)
    assert ids(await who.get("boards/finals", as_of="1")) == []
    assert (await who.get("boards/nothing-like-it")).status == 404
    built_in = await who.get("boards/export?board=votes-artist&format=ndjson")
    assert (built_in.status, built_in.body.count(b"\n")) == (200, 2)


async def test_seasons_are_shown_with_their_champions_and_add_up(world: World, http: Http) -> None:
    run = await Era(world, await world.platform(zone="Europe/Vienna", partitions=2), FIRST + NOON).begin()
    await run.send(event("catalog.artist", artistId="abba", name="ABBA", at=run.now.isoformat()))
    for number in range(4):
        run.now = FIRST + number * DAY + NOON
        await run.votes({"abba": 3, "nemo": 1 + number})
    await run.pass_to(FIRST + 4 * DAY)
    who = await viewer(world, http, run.platform)
    history = await who.get("boards/history", metric="votes", window="day")
    assert history.status == 200, history
    rows = history.body.decode().partition("<tbody>")[2].split("</tr>")
    assert ["ABBA" in row for row in rows[:4]] == [False, True, True, True]
    assert "nemo" in rows[1]  # who shared the first rank
    assert "nemo" in rows[0]
    day = link(history, '<time datetime="2026-05-12')
    season = await who.get(day)
    assert ids(season) == ["abba", "nemo"]
    assert "this never changes" in season.body.decode()
    why = re.search(r'class="figures" href="([^"]*)"[^>]*data-value="(\d+)"', season.body.decode())
    assert why is not None
    explained = await who.get(unescape(why[1]))
    assert (f'data-value="{why[2]}"' in explained.body.decode(), why[2]) == (True, "3")
