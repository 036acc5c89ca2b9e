"""The pages of artists, events, tracks, cities and fans: their numbers are the API's, and nothing breaks them."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Page

from support.festival import now_text
from support.live_people import account
from support.pages import (
    HOSTILE,
    LONG,
    RIGHT_TO_LEFT,
    SIZES,
    THEMES,
    Arena,
    Pages,
    Theme,
    allow,
    check_axe,
    fits,
    sign_in,
)
from support.season import ARTIST, post, send_season

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
LISTS = {"artists": "artist", "events": "event", "tracks": "track", "cities": "city", "fans": "fan"}


def api(pages: Pages, path: str, **query: object) -> Any:
    """What the API answers the tenant's own server."""
    with pages.context(role=None) as context:
        answer = context.request.get(
            f"{pages.arena.system.url}/api/{path}?{urlencode(query)}",
            headers={"authorization": f"Bearer {pages.arena.tenant.key}"},
        )
        assert answer.status == 200, answer.text()
        return json.loads(answer.text())


def first(pages: Pages, kind: str, metric: str) -> str:
    """The id of the entity that leads a list."""
    return str(api(pages, "insights/entities", entity=kind, metric=metric, limit=1)["rows"][0]["id"])


def digits(text: str) -> int:
    return int(re.sub(r"[^\d-]", "", text))


def shown(page: Page, metric: str) -> int:
    """A number at the head of a page."""
    return digits(page.locator(f".key[data-metric={metric}] .figure-value").inner_text())


@pytest.fixture(scope="module")
def leading(pages: Pages) -> dict[str, str]:
    """Of each kind one with something to tell: an artist with three shows that are over, one of them, and who leads."""
    send_season(pages.arena)
    fan = first(pages, "fan", "attendance")
    return {"artist": ARTIST, "event": "autumn", "track": f"{ARTIST}/1", "city": "Lyon", "fan": fan}


def address(kind: str, entity_id: str, **query: str) -> str:
    words = f"?{urlencode(query)}" if query else ""
    return f"{next(path for path, each in LISTS.items() if each == kind)}/{quote(entity_id, safe='')}{words}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [*LISTS.values()])
def test_every_page_of_an_entity_fits_and_is_sound(
    pages: Pages, leading: dict[str, str], kind: str, size: str, theme: Theme
) -> None:
    with pages.open(address(kind, leading[kind]), size=size, theme=theme) as page:
        fits(page)
        check_axe(page)


@pytest.mark.parametrize("size", ["phone", "laptop"])
@pytest.mark.parametrize("path", LISTS)
def test_every_list_fits_and_is_sound(pages: Pages, path: str, size: str) -> None:
    with pages.open(path, size=size) as page:
        assert page.locator("#list tbody tr").count() > 0
        fits(page)
        check_axe(page)


@pytest.mark.parametrize("kind", ["artist", "event", "track", "city", "fan"])
def test_the_numbers_of_a_page_are_those_of_the_api(pages: Pages, leading: dict[str, str], kind: str) -> None:
    entity = leading[kind]
    with pages.open(address(kind, entity, period="28")) as page:
        keys = page.locator(".key")
        assert keys.count() > 0
        for metric in keys.evaluate_all("(all) => all.map((each) => each.dataset.metric)"):
            told = api(pages, "metrics", metric=metric, entity=kind, id=entity, grain="day")
            assert shown(page, metric) == told["total"], metric


def test_the_numbers_of_all_time_are_those_of_the_boards(pages: Pages, leading: dict[str, str]) -> None:
    with pages.open(address("event", leading["event"])) as page:
        for metric in ("views", "tickets", "attendance", "voters"):
            board = api(pages, "leaderboards", metric=metric, entity="event", around=leading["event"], limit=1)
            assert shown(page, metric) == sum(row["score"] for row in board["rows"]), metric


def test_the_funnel_the_tiers_and_the_arrivals_of_an_event_are_those_of_the_api(
    pages: Pages, leading: dict[str, str]
) -> None:
    event = leading["event"]
    with pages.open(address("event", event)) as page:
        for row, step in zip(
            page.locator("#funnel tbody tr:not(.chart-data tr)").all()[-5:],
            api(pages, "insights/funnel", event=event)["steps"],
            strict=True,
        ):
            cells = row.locator("td").all_inner_texts()
            assert (digits(cells[0]), digits(cells[-1])) == (step["reached"], step["fans"])
        curve = api(pages, "insights/arrivals", event=event)
        values = page.locator("#arrivals .verdicts dd").all_inner_texts()
        assert [digits(each) for each in values[:3]] == [curve["arrivals"], curve["visits"], curve["reEntries"]]
        tiers = api(pages, "insights/tiers", event=event)
        assert digits(page.locator("#tiers .verdict strong").inner_text()) == tiers["sold"]


def test_a_number_leads_to_the_entries_it_is_made_of(pages: Pages, leading: dict[str, str]) -> None:
    event = leading["event"]
    with pages.open(address("event", event)) as page:
        page.locator("#arrivals .verdicts dd a").nth(2).click()
        page.wait_for_url("**/entries?*")
        told = api(pages, "insights/entries", event=event, step="attended", again="true", limit=100)
        numbers = [digits(each) for each in page.locator(".verdicts dd").all_inner_texts()]
        assert numbers == [told["count"], told["value"], told["fans"]]
        ids = page.locator("td.entry-id").all_inner_texts()
        assert ids == [entry["id"] for entry in told["entries"]]
        check_axe(page)
        fits(page)
    with pages.open(address("artist", leading["artist"])) as page:
        explained = page.locator(".key[data-metric=plays] .figure-value a").get_attribute("href") or ""
        asked = explained.partition("?")[2]
        with pages.context(role=None) as context:
            answer = context.request.get(
                f"{pages.arena.system.url}/api/explain?{asked}",
                headers={"authorization": f"Bearer {pages.arena.tenant.key}"},
            )
            assert json.loads(answer.text())["value"] == shown(page, "plays")


def test_a_list_is_searched_while_somebody_types(pages: Pages, leading: dict[str, str]) -> None:
    name = api(pages, "insights/about", entity="artist", id=leading["artist"])["name"]
    with pages.open("artists") as page:
        page.wait_for_function("window.htmx !== undefined")
        page.get_by_label("Search").press_sequentially(name[:6])
        page.wait_for_url("**q=*")
        page.wait_for_function("document.querySelectorAll('#list tbody tr').length < 12")
        assert name in page.locator("#list").inner_text()
        page.get_by_label("Search").fill("nobody is called so")
        page.get_by_text("Nothing has that name").wait_for()


def test_lists_and_pages_are_read_without_a_script(pages: Pages, leading: dict[str, str]) -> None:
    with pages.open("artists?order=name&window=7d", java_script_enabled=False) as page:
        names = page.locator("#list tbody th").all_inner_texts()
        told = api(pages, "insights/entities", entity="artist", metric="plays", window="7d", order="name")
        assert [each.strip() for each in names] == [row["name"].strip() for row in told["rows"]]
        page.locator("#list tbody th a").first.click()
        assert page.locator("h1").is_visible()
    with pages.open(address("event", leading["event"], minutes="15"), java_script_enabled=False) as page:
        assert page.locator("#arrivals figure.chart").count() == 2


@pytest.mark.parametrize(("entity", "name"), [("hostile", HOSTILE), ("rtl", RIGHT_TO_LEFT), ("long", LONG[:256])])
@pytest.mark.parametrize("size", SIZES)
def test_names_that_would_break_a_page_do_not(pages: Pages, entity: str, name: str, size: str) -> None:
    with pages.open(f"artists/{entity}", size=size) as page:
        assert (page.locator("h1").text_content() or "").strip() == name.strip()
        assert page.evaluate("document.body.dataset.hacked") is None
        fits(page)
        check_axe(page)
    with pages.open("artists?metric=votes&q=" + quote(name[:20]), size=size) as page:
        assert name.strip()[:20] in page.locator("#list").inner_text()
        fits(page)


def test_an_event_that_is_in_no_catalogue_has_a_page(pages: Pages) -> None:
    with pages.open("events/odd-night") as page:
        assert page.locator("h1").inner_text() == "odd-night"
        assert "Not in the catalogue" in page.locator(".hero").inner_text()
        told = api(pages, "metrics", metric="votes", entity="event", id="odd-night", grain="day")
        assert shown(page, "votes") == told["total"] >= 45
        check_axe(page)
        fits(page)


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_id_says_so_and_leads_on(pages: Pages, path: str) -> None:
    with pages.open(f"{path}/nobody%2Fknows%20this") as page:
        assert page.locator("h1").inner_text() == "There is nothing here"
        assert page.get_by_role("link", name="To the overview").is_visible()
        allow(page, "404")


def test_a_viewer_sees_no_single_fan(pages: Pages, leading: dict[str, str]) -> None:
    for path in ("fans", address("fan", leading["fan"])):
        with pages.open(path, role="viewer") as page:
            assert page.locator("h1").inner_text() == "This is not yours to see"
            assert leading["fan"] not in page.locator("main").inner_text()
            allow(page, "403")
    with pages.open(address("fan", leading["fan"]), role="analyst") as page:
        assert leading["fan"] in page.locator("h1").inner_text()


def test_a_number_moves_when_something_happens(pages: Pages, leading: dict[str, str]) -> None:
    artist = leading["artist"]
    with pages.open(address("artist", artist, period="28")) as page:
        page.locator(".live-state[data-state=live]").wait_for()
        before = shown(page, "follows")
        follow = {"type": "social.follow", "userId": "a new fan", "targetType": "artist", "targetId": artist}
        post(pages.arena, [{**follow, "at": now_text()}])
        page.wait_for_function(
            "(before) => Number(document.querySelector('.key[data-metric=follows] .figure-value')"
            ".textContent.replace(/\\D/g, '')) === before + 1",
            arg=before,
        )


@pytest.mark.parametrize("kind", [*LISTS.values()])
def test_screens(pages: Pages, leading: dict[str, str], kind: str) -> None:
    pages.shoot(f"entities-{kind}", address(kind, leading[kind]))


def test_screens_of_a_list(pages: Pages) -> None:
    pages.shoot("entities-list", "artists")


@pytest.fixture(scope="module")
def dawn(arena: Arena) -> str:
    """The address of the owner of a tenant on its first day."""
    arena.system.create_tenant("dawn")
    owner = account(arena.system, "owner@dawn.example", "dawn", role="owner")
    with ThreadPoolExecutor(1) as beside:  # the browser has this thread's event loop
        beside.submit(asyncio.run, owner).result()
    return "owner@dawn.example"


def test_on_the_first_day_every_list_says_what_to_do_next(pages: Pages, dawn: str) -> None:
    state = sign_in(pages.browser, pages.arena.system.url, dawn)
    with closing(pages.browser.new_context(storage_state=state)) as context, pages.page(context) as page:
        for path in LISTS:
            page.goto(pages.url(f"/t/dawn/{path}"))
            assert page.locator("#list .empty .button").count() == 1, path
            check_axe(page)
            fits(page)
