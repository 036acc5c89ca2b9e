"""The widgets on foreign sites, in a real Chromium: under a strict policy, in a sandbox, offline, with hostile names."""

import http.client
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from support.embedding import BOARD, SOON_MS, Visit, declare, public, said, visiting, vote
from support.pages import LONG, RIGHT_TO_LEFT, Arena, Pages, Theme, check_axe, fits
from support.sites import site

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>a site</title><main><h1>A site</h1>{elements}</main>
<script src="{server}/embed/coliseum-widgets.js" defer></script></html>"""
LEADERS = '<coliseum-leaderboard tenant="arena" board="embedded" limit="100"></coliseum-leaderboard>'
COUNTER = '<coliseum-counter tenant="arena" board="embedded"></coliseum-counter>'
ROWS = "coliseum-leaderboard tbody tr"


@pytest.fixture(scope="module", autouse=True)
def board(arena: Arena) -> None:
    declare(arena, BOARD)


@contextmanager
def embedding(arena: Arena, elements: str, **headers: str) -> Iterator[str]:
    page = PAGE.format(server=arena.system.url, elements=elements)
    frame = '<!doctype html><title>a frame</title><iframe sandbox="allow-scripts" src="/page" width=600 height=600>'
    with site({"/page": page, "/frame": frame}, headers=headers) as origin:
        yield origin


def test_a_board_and_a_counter_live_on_a_site_with_the_strictest_policy(arena: Arena, pages: Pages) -> None:
    server = arena.system.url
    policy = f"default-src 'none'; script-src {server}; connect-src {server}; require-trusted-types-for 'script'"
    with (
        embedding(arena, LEADERS + COUNTER, **{"content-security-policy": policy}) as origin,
        visiting(pages, origin) as visit,
    ):
        page, before = visit.page, public(arena, "?limit=100")
        expect(page.locator(ROWS)).to_have_count(len(before["rows"]), timeout=SOON_MS)
        shown = page.locator(f"{ROWS} .name").all_inner_texts()
        assert shown[: len(before["rows"])] == [row["name"] for row in before["rows"]]
        assert page.locator("coliseum-leaderboard .title").inner_text() == "Votes & <b>more</b>"
        total = public(arena, "/total")["total"]
        expect(page.locator("coliseum-counter .moving")).to_have_text(f"{total:,}")
        last = before["rows"][-1]
        vote(arena, last["id"], 1_000, times=before["rows"][0]["score"] // 1_000 + 1)
        expect(page.locator(f"{ROWS} .name").first).to_have_text(last["name"], timeout=SOON_MS)
        expect(page.locator(f"{ROWS} .moved").first).to_have_class("moved up")
        expect(page.locator("coliseum-counter .moving")).to_have_text(
            f"{public(arena, '/total')['total']:,}", timeout=SOON_MS
        )
        check_only_public(visit, server, origin)
    assert not visit.wrong


def check_only_public(visit: Visit, server: str, origin: str) -> None:
    """Nothing was asked for but the script and public data, without a cookie, and nothing is kept."""
    for request in visit.asked:
        url = request.url
        assert url.startswith((f"{server}/api/public/", f"{server}/embed/", origin)), url
        assert "cookie" not in request.all_headers()
    assert visit.page.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"


def test_names_are_texts_whatever_they_say(arena: Arena, pages: Pages) -> None:
    with embedding(arena, LEADERS) as origin, visiting(pages, origin, size="phone") as visit:
        page = visit.page
        names = page.locator(f"{ROWS} .name")
        expect(names.filter(has_text="onerror").first).to_be_visible(timeout=SOON_MS)
        assert page.evaluate("document.body.dataset.hacked ?? 'no'") == "no"
        right = names.filter(has_text=RIGHT_TO_LEFT)
        assert right.first.locator("bdi").evaluate("(name) => getComputedStyle(name).direction") == "rtl"
        expect(names.filter(has_text=LONG[:40]).first).to_be_visible()
        fits(page)
        assert not visit.wrong


def test_in_a_sandboxed_frame_without_an_origin_both_work(arena: Arena, pages: Pages) -> None:
    with embedding(arena, LEADERS + COUNTER) as origin, visiting(pages, origin, "/frame") as visit:
        frame = visit.page.frame_locator("iframe")
        expect(frame.locator(f"{ROWS} .name").first).to_be_visible(timeout=SOON_MS)
        expect(frame.locator("coliseum-counter .moving")).to_have_text(re.compile(r"\d"))
        assert not visit.wrong


def test_the_tag_of_the_readme_loads_the_script_that_it_names(arena: Arena, pages: Pages) -> None:
    readme = (Path(__file__).parents[2] / "sdk" / "js" / "README.md").read_text()
    tag = re.search(r'<script src="[^"]*/embed/\w{16}/.*?</script>', readme, re.DOTALL)
    assert tag
    page = f"<!doctype html><title>a site</title>{COUNTER}" + tag[0].replace(
        "https://coliseum.example", arena.system.url
    )
    with site({"/page": page}) as origin, visiting(pages, origin) as visit:
        expect(visit.page.locator("coliseum-counter .moving")).to_have_text(re.compile(r"\d"), timeout=SOON_MS)
        assert not visit.wrong
    connection = http.client.HTTPConnection("127.0.0.1", arena.system.port, timeout=30)
    path = re.search(r"/embed/\w{16}/[\w.-]+", tag[0])
    assert path
    for asked, status, kept in ((path[0], 200, "immutable"), ("/embed/coliseum-widgets.js", 200, "max-age=600"),
                                ("/embed/0123456789abcdef/coliseum-widgets.js", 404, "no-store")):  # fmt: skip
        connection.request("GET", asked)
        answer = connection.getresponse()
        answer.read()
        assert (answer.status, kept in (answer.headers["cache-control"] or "")) == (status, True), asked
        assert status != 200 or answer.headers["access-control-allow-origin"] == "*"
    connection.close()


def test_without_a_network_it_says_so_and_what_is_known_stays(arena: Arena, pages: Pages) -> None:
    with embedding(arena, LEADERS) as origin, visiting(pages, origin) as visit:
        page = visit.page
        expect(page.locator(f"{ROWS} .name").first).to_be_visible(timeout=SOON_MS)
        page.context.set_offline(True)
        note = page.locator("coliseum-leaderboard .note")
        expect(note).to_have_text(re.compile("No connection"), timeout=SOON_MS)
        expect(page.locator(f"{ROWS} .name").first).to_be_visible()
        page.context.set_offline(False)
        expect(note).to_be_hidden(timeout=SOON_MS)


def test_a_board_is_shown_by_pages_of_the_tenants_list_and_no_others(arena: Arena, pages: Pages) -> None:
    try:
        with embedding(arena, LEADERS) as listed, embedding(arena, LEADERS) as foreign:
            assert said(arena, "PATCH", "/api/tenant", {"allowedOrigins": [listed]})[0] == 200
            time.sleep(2.5)  # every process knows it by then
            with visiting(pages, listed) as visit:
                expect(visit.page.locator(f"{ROWS} .name").first).to_be_visible(timeout=SOON_MS)
                assert not visit.wrong
            with visiting(pages, foreign) as visit:
                expect(visit.page.locator("coliseum-leaderboard .note")).to_be_visible(timeout=SOON_MS)
                expect(visit.page.locator(f"{ROWS} .name")).to_have_count(0)
                assert all("CORS" in wrong or "Failed to load" in wrong for wrong in visit.wrong), visit.wrong
    finally:
        assert said(arena, "PATCH", "/api/tenant", {"allowedOrigins": []})[0] == 200
        time.sleep(2.5)


def test_each_state_says_what_it_is(arena: Arena, pages: Pages) -> None:
    declare(arena, "nothing-yet", filters={"event": "no-such-event"})
    elements = (
        '<coliseum-leaderboard id="unset"></coliseum-leaderboard>'
        '<coliseum-leaderboard id="none" tenant="arena" board="no-such-board"></coliseum-leaderboard>'
        '<coliseum-leaderboard id="empty" tenant="arena" board="nothing-yet"></coliseum-leaderboard>'
        '<coliseum-counter id="zero" tenant="arena" board="nothing-yet"></coliseum-counter>'
        f'<coliseum-counter id="away" server="http://127.0.0.1:1" tenant="arena" board="{BOARD}"></coliseum-counter>'
    )
    with embedding(arena, elements) as origin, visiting(pages, origin) as visit:
        for name, text in (
            ("unset", "needs the attributes tenant and board"), ("none", "no public board"),
            ("empty", "Nothing has been counted"), ("away", "No connection"),
        ):  # fmt: skip
            expect(visit.page.locator(f"#{name} .note")).to_have_text(re.compile(text), timeout=SOON_MS)
        expect(visit.page.locator("#zero .moving")).to_have_text("0")


def test_attributes_language_theme_and_calm_are_followed(arena: Arena, pages: Pages) -> None:
    with (
        embedding(arena, LEADERS + COUNTER) as origin,
        visiting(pages, origin, theme="dark", reduced_motion="reduce") as visit,
    ):
        page = visit.page
        expect(page.locator(f"{ROWS} .name").first).to_be_visible(timeout=SOON_MS)
        page.evaluate("document.querySelector('coliseum-leaderboard').setAttribute('limit', '3')")
        expect(page.locator(ROWS)).to_have_count(3, timeout=SOON_MS)
        widget = page.locator("coliseum-leaderboard .widget")
        assert widget.get_attribute("data-theme") == "dark"
        page.evaluate("document.querySelector('coliseum-leaderboard').setAttribute('theme', 'light')")
        assert widget.get_attribute("data-theme") == "light"
        page.evaluate(
            """() => { coliseumWidgets.addTexts("de", {rank: "Platz", all: "Gesamt"});
            document.querySelector("coliseum-counter").setAttribute("lang", "de"); }"""
        )
        expect(page.locator("coliseum-counter .moving")).to_have_text(
            f"{public(arena, '/total')['total']:,}".replace(",", ".")
        )
        expect(page.locator("coliseum-counter .unit")).to_have_text("points · Gesamt")
        vote(arena, "rtl", 2)
        expect(page.locator("coliseum-counter .moving")).to_have_text(
            f"{public(arena, '/total')['total']:,}".replace(",", "."), timeout=SOON_MS
        )
        assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "laptop"])
def test_a_page_with_widgets_is_sound_and_looks_right(arena: Arena, pages: Pages, size: str, theme: Theme) -> None:
    elements = LEADERS.replace('"100"', '"10"') + COUNTER
    with embedding(arena, elements) as origin, visiting(pages, origin, size=size, theme=theme) as visit:
        expect(visit.page.locator(f"{ROWS} .name").first).to_be_visible(timeout=SOON_MS)
        expect(visit.page.locator("coliseum-counter .moving")).to_have_text(re.compile(r"\d"))
        fits(visit.page)
        check_axe(visit.page)
        if folder := os.environ.get("LOOK"):
            visit.page.screenshot(path=f"{folder}/widgets-{size}-{theme}.png", full_page=True)


def test_the_live_client_shows_what_the_api_answers(arena: Arena, pages: Pages) -> None:
    watch = """async (tenant) => {
      const { Live } = await import("/static/vendor/live.js");
      const live = new Live({ tenant });
      window.pages = []; window.states = []; window.refused = [];
      live.onState((state) => states.push(state));
      live.board({ metric: "votes", limit: "20" }, (page) => pages.push(page), (why) => refused.push(why));
      live.metrics({ metric: "votes", grain: "hour" }, (page) => (window.series = page));
      live.board("no-such-board", () => undefined, (why) => refused.push(why));
    }"""
    with pages.context() as context:
        page = watched_page(context, arena)
        page.evaluate(watch, "arena")
        until(page, "pages.length && window.series && refused.length === 1 && states.at(-1) === 'live'")
        rows = page.evaluate("pages.at(-1).rows.map((row) => row.id)")
        for artist in (rows[-1], rows[3], "somebody-new"):
            vote(arena, artist, 40, times=3)
        status, answer = said(arena, "GET", "/api/leaderboards?metric=votes&limit=20")
        assert status == 200
        until(page, f"pages.at(-1).position.join() === '{answer['position'][0]}'")
        assert page.evaluate("pages.at(-1)") == answer
        assert page.evaluate("refused[0].code") == "not_found"
        until(page, f"series.position.join() === '{answer['position'][0]}'")
        total = said(arena, "GET", "/api/metrics?metric=votes&grain=hour")[1]
        assert page.evaluate("series") == total


def until(page: Page, condition: str) -> None:
    """Wait until it is true in the page, whose policy forbids Playwright's own way of waiting."""
    waited = (
        """async () => { for (let n = 0; n < 400 && !(%s); n++) await new Promise((done) => setTimeout(done, 50)); }"""
    )
    page.evaluate(waited % condition)
    assert page.evaluate(f"Boolean({condition})"), condition


def watched_page(context: BrowserContext, arena: Arena) -> Page:
    """A page of the server itself, on which nothing else runs."""
    page = context.new_page()
    page.goto(f"{arena.system.url}/static/mark.svg")
    return page
