"""Every number of an entity's page leads to what it is made of, and what is found there comes to that very number."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest
from playwright.sync_api import APIResponse, Page

from support.pages import SIZES, THEMES, Pages, Theme, check_axe, fits
from support.season import ARTIST, send_season

from .test_entities_in_a_browser import address, first

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]
TOLD = """() => [...document.querySelectorAll("[data-told]")].map((each) => [each.getAttribute("href"), each.dataset.told])"""
SHARES = """() => [...document.querySelectorAll("[data-share]")].map((each) => [each.getAttribute("href"), each.dataset.share])"""
UNTOLD = """() => [...document.querySelectorAll("td.number, .verdicts dd, .top-value, .figure-value, .key-change .soft")]
    .filter((each) => /\\d/.test(each.textContent) && !each.closest(".chart, .ranks")
        && !each.matches("[data-told]") && !each.querySelector("[data-told], [data-share], [data-entry]"))
    .map((each) => each.outerHTML)"""
"""Places of numbers in which none leads anywhere."""
TOTAL = re.compile(r'(?:data-total|class="why" data-value)="(-?\d+)"')


@pytest.fixture(scope="module")
def leading(pages: Pages) -> dict[str, str]:
    """Of each kind one with something to tell."""
    send_season(pages.arena)
    fan = first(pages, "fan", "attendance")
    return {"artist": ARTIST, "event": "autumn", "track": f"{ARTIST}/1", "city": "Lyon", "fan": fan}


def total(answer: APIResponse) -> int:
    assert answer.status == 200, answer.url
    found = TOTAL.search(answer.text())
    assert found is not None, answer.url
    return int(found[1])


def links(page: Page, script: str) -> Iterator[tuple[str, str]]:
    for href, told in page.evaluate(script):
        assert href, told
        yield page.url.partition("/t/")[0] + str(href), str(told)


WALKS = [
    ("artist", {"period": "28"}, 12), ("artist", {"period": "all", "metric": "attendance"}, 10), ("event", {}, 30),
    ("event", {"period": "28", "minutes": "60", "metric": "votes"}, 30), ("track", {"period": "28"}, 4),
    ("city", {"period": "28"}, 2), ("fan", {"period": "all"}, 6),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "query", "least"), WALKS, ids=str)
def test_every_number_comes_to_what_it_leads_to(
    pages: Pages, leading: dict[str, str], kind: str, query: dict[str, str], least: int
) -> None:
    with pages.open(address(kind, leading[kind], **query)) as page:
        assert page.evaluate(UNTOLD) == []
        told = dict.fromkeys(links(page, TOLD))
        assert len(told) >= least
        for href, number in told:
            assert total(page.context.request.get(href)) == int(number), href
        for href, share in links(page, SHARES):
            answer = page.context.request.get(href)
            text = answer.text()
            whole = re.search(r'href="([^"]*)" data-told="(\d+)"', text)
            assert whole is not None, href
            assert total(page.context.request.get(page.url.partition("/t/")[0] + unescape(whole[1]))) == int(whole[2])
            assert abs(total(answer) / int(whole[2]) - float(share)) < 0.0001, href


def test_a_walk_sees_a_number_that_leads_nowhere(pages: Pages, leading: dict[str, str]) -> None:
    with pages.open(address("event", leading["event"])) as page:
        page.evaluate("document.querySelector('td.number a[data-told]').replaceWith('7')")
        assert len(page.evaluate(UNTOLD)) == 1


def test_people_are_shown_to_who_may_see_them_and_counted_for_everybody(pages: Pages, leading: dict[str, str]) -> None:
    path = "people?" + urlencode(
        {"event": leading["event"], "of": "again", "least": 2, "against": "event=autumn&of=again"}
    )
    with pages.open(path) as page:
        names = page.locator(".log tbody th a").all_inner_texts()
        assert len(names) == total(page.context.request.get(page.url)) > 0
    with pages.open(path, role="viewer") as page:
        assert page.locator(".log tbody th a").count() == 0
        assert page.locator(".log tbody tr").count() == len(names)
        assert not set(names) & set(page.locator("main").inner_text().split())
        assert "Your role does not see who they are" in page.locator("main").inner_text()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("of", ["people", "entries", "fan-entries"])
def test_what_numbers_lead_to_fits_and_is_sound(
    pages: Pages, leading: dict[str, str], of: str, size: str, theme: Theme
) -> None:
    share = {"event": leading["event"], "step": "bought", "of": "absent", "against": "event=autumn&step=bought"}
    asked = {"people": share, "entries": {"event": leading["event"], "step": "attended", "again": "true"},
             "fan-entries": {"userId": leading["fan"], "metric": "attendance"}}[of]  # fmt: skip
    with pages.open(f"{of}?{urlencode(asked)}", size=size, theme=theme) as page:
        fits(page)
        check_axe(page)
        if of == "people":
            pages.keep(page, "people", size, theme)
