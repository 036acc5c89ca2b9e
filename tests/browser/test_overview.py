"""The overview: what a member of a tenant sees first, in a real browser over a running system."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import coliseum
from support.live_people import account
from support.pages import HOSTILE, SIZES, THEMES, Arena, Pages, Theme, check_axe, fits, sign_in
from support.system import Tenant

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
NUMBERS = ("attendance", "money_spent-eur", "money_earned-eur", "votes", "plays", "follows")
COUNTING = """
window.counted = {frames: 0, timers: 0, fetches: 0, waits: []};
for (const name of ["requestAnimationFrame", "setTimeout", "setInterval", "fetch"]) {
  const real = window[name].bind(window);
  window[name] = (...given) => {
    if (name === "requestAnimationFrame") counted.frames += 1;
    else if (name === "fetch") counted.fetches += 1;
    else { counted.timers += 1; counted.waits.push(given[1]); }
    return real(...given);
  };
}
"""


def value(page: Page, card: str) -> int:
    told = page.locator(f'[data-part="card-{card}"] .figure-value').inner_text()
    return int(re.sub(r"\D", "", told))


def vote(arena_tenant: Tenant, url: str, **more: Any) -> None:
    client = coliseum.Client(url=url, key=arena_tenant.key)
    said: dict[str, Any] = {
        "user_id": "late-fan",
        "artist_id": "hostile",
        "event_id": "odd-night",
        "weight": 7,
        "channel": "web",
    }
    client.track("coliseum.vote_cast", at=datetime.now(UTC), **{**said, **more})
    assert client.flush(30)
    client.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_the_overview_fits_and_is_sound(pages: Pages, size: str, theme: Theme) -> None:
    with pages.open("", size=size, theme=theme) as page:
        for card in NUMBERS:
            assert page.locator(f'[data-part="card-{card}"]').is_visible()
        assert page.locator(".chart-drawing svg:visible").count() == 1
        fits(page)
        check_axe(page)
        pages.keep(page, "overview", size, theme)
        page.locator(".chart-data summary").click()
        page.locator(".overview-more summary").first.click()
        fits(page)
        check_axe(page)


def test_every_number_leads_to_its_explanation_and_says_how_it_is_counted(pages: Pages) -> None:
    with pages.open("") as page:
        for card in NUMBERS:
            part = page.locator(f'[data-part="card-{card}"]')
            metric, _, currency = card.partition("-")
            address = part.locator(".figure-value a").get_attribute("href") or ""
            assert address.startswith(f"/t/arena/explain?metric={metric}")
            assert address.endswith("&window=24h")
            assert (f"currency={currency}" in address) == bool(currency)
            before = part.locator(".overview-change .figure-note a").get_attribute("href") or ""
            assert re.search(r"&from=[\d%A-Z-]+&to=", before), before
        how = page.locator('[data-part="card-votes"] .define')
        how.locator("summary").focus()
        page.keyboard.press("Enter")
        assert "coliseum.vote_cast, coliseum.vote_voided" in how.get_by_role("note").inner_text()
        page.keyboard.press("Escape")
        assert not how.get_by_role("note").is_visible()


def test_the_explanation_of_a_number_says_the_same_number(pages: Pages) -> None:
    with pages.open("?period=all") as page:
        for card in ("votes", "money_spent-eur"):
            told = page.locator(f'[data-part="card-{card}"] .figure-value')
            number = told.inner_text()
            told.get_by_role("link").click()
            expect(page.locator("main")).to_contain_text(number)
            page.go_back()
        page.locator(".overview-more summary").first.click()
        page.get_by_role("link", name="Open Query").click()
        expect(page.locator("h1")).to_be_visible()
        page.go_back()
        page.locator('[data-part="board-artist"]').get_by_role("link", name="Whole board").click()
        expect(page.locator("main")).to_contain_text(HOSTILE)


def test_it_reads_without_a_script(pages: Pages) -> None:
    with pages.open("?period=7d&metric=plays", java_script_enabled=False, size="phone") as page:
        assert value(page, "plays") > 0
        assert page.get_by_role("link", name="7 days").get_attribute("aria-current") == "page"
        page.locator(".chart-data summary").click()
        assert page.locator(".chart-table tbody tr").count() == 168
        assert "as of" in page.locator(".fresh-ago").inner_text()
        page.get_by_role("link", name="This month").click()
        assert page.locator("h1").inner_text() == "Overview"
        page.locator(".overview-custom summary").click()
        page.get_by_role("button", name="Show").click()
        assert "period=custom" in page.url
        assert page.locator(".overview-card").count() >= len(NUMBERS)


def test_the_file_behind_the_chart_has_the_numbers_of_the_table(pages: Pages) -> None:
    with pages.open("?metric=votes") as page:
        page.locator(".chart-data summary").click()
        told = page.locator(".chart-table tbody td:first-of-type").all_inner_texts()
        cells = [cell.replace(",", "") for cell in told]
        with page.expect_download() as saved:
            page.get_by_role("link", name="Download CSV").click()
        assert saved.value.suggested_filename == "votes-by-hour.csv"
        rows = saved.value.path().read_text(encoding="utf-8-sig").splitlines()[1:]
        assert [row.split(",")[1] for row in rows] == cells
        assert sum(map(int, cells)) == value(page, "votes")


def test_numbers_chart_and_boards_move_without_loading_again(pages: Pages, arena: Arena) -> None:
    with pages.open("") as page:
        page.evaluate("window.still = true")
        expect(page.locator(".fresh-state")).to_have_text("Live")
        votes, drawn = value(page, "votes"), page.locator(".chart-wide, .chart-middle").first.inner_html()
        page.locator(".chart-data summary").click()
        vote(arena.tenant, arena.system.url)
        expect(page.locator('[data-part="card-votes"] .figure-value')).to_have_text(f"{votes + 7:,}")
        expect(page.locator('[data-part="latest"]')).to_contain_text(HOSTILE)
        assert page.locator(".chart-wide, .chart-middle").first.inner_html() != drawn
        assert page.locator(".chart-data").get_attribute("open") is not None
        assert page.locator(".fresh-ago").inner_text().startswith("updated ")
        assert page.evaluate("window.still") is True


def test_what_moves_says_the_same_as_the_page_loaded_again(pages: Pages, arena: Arena) -> None:
    with pages.open("?metric=plays") as page:
        expect(page.locator(".fresh-state")).to_have_text("Live")
        votes = value(page, "votes")
        vote(arena.tenant, arena.system.url, weight=5)
        expect(page.locator('[data-part="card-votes"] .figure-value')).to_have_text(f"{votes + 5:,}")
        moved = page.locator('[data-part="card-votes"]').inner_text()
        page.reload()
        assert page.locator('[data-part="card-votes"]').inner_text() == moved


def test_nothing_is_drawn_or_asked_while_nothing_moves(pages: Pages) -> None:
    with pages.context() as context, pages.page(context) as page:
        page.add_init_script(COUNTING)
        page.goto(pages.url(""))
        expect(page.locator(".fresh-state")).to_have_text("Live")
        expect(page.locator(".fresh-ago")).to_have_text("updated 3s ago")
        session = context.new_cdp_session(page)
        session.send("Performance.enable")

        def busy() -> float:
            metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
            return float(metrics["TaskDuration"])

        page.evaluate("Object.assign(counted, {frames: 0, timers: 0, fetches: 0})")
        before = busy()
        expect(page.locator(".fresh-ago")).to_have_text("updated 13s ago", timeout=15_000)
        worked, counted = busy() - before, page.evaluate("counted")
        assert (counted["frames"], counted["fetches"]) == (0, 0), counted
        assert counted["timers"] <= 12, counted  # the second hand of "updated 9s ago", and nothing else
        assert worked < 1.0, f"busy for {worked:.2f} of 10 s"


def test_nothing_at_all_happens_while_nobody_looks(pages: Pages, arena: Arena) -> None:
    with pages.context() as context, pages.page(context) as page:
        page.add_init_script(COUNTING)
        page.add_init_script(
            "let away = false; Object.defineProperty(document, 'hidden', {get: () => away, set: (v) => { away = v; }});"
        )
        page.goto(pages.url(""))
        expect(page.locator(".fresh-state")).to_have_text("Live")
        votes = value(page, "votes")
        page.evaluate("document.hidden = true; document.dispatchEvent(new Event('visibilitychange'))")
        page.evaluate("Object.assign(counted, {frames: 0, timers: 0, fetches: 0})")
        vote(arena.tenant, arena.system.url, weight=3)
        arena.tenant.wait_until_caught_up()
        assert page.evaluate("[counted.frames, counted.timers, counted.fetches]") == [0, 0, 0]
        assert value(page, "votes") == votes
        page.evaluate("document.hidden = false; document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.locator('[data-part="card-votes"] .figure-value')).to_have_text(f"{votes + 3:,}")


def test_names_of_others_are_shown_and_nothing_more(pages: Pages, arena: Arena) -> None:
    leader = arena.tenant.get("/api/leaderboards", metric="votes", window="24h", limit=1)["rows"][0]
    for number in range(leader["score"] // 1_000 + 1):  # other tests vote, too
        vote(arena.tenant, arena.system.url, user_id=f"late-fan-{number}", weight=1_000)
    arena.tenant.wait_until_caught_up()
    with pages.open("?metric=votes") as page:
        board = page.locator('[data-part="board-artist"]')
        expect(board).to_contain_text(HOSTILE)
        assert page.evaluate("document.body.dataset.hacked ?? null") is None
        expect(page.locator('[data-part="latest"]')).to_contain_text(HOSTILE)
        fits(page)


def test_numbers_are_the_viewers_and_days_the_tenants(pages: Pages) -> None:
    with pages.open("", locale="de-DE") as page:
        assert "€" in page.locator('[data-part="card-money_spent-eur"] .figure-value').inner_text()
        assert re.search(r"\d,\d\d\s€", page.locator('[data-part="card-money_spent-eur"] .figure-value').inner_text())
        assert "arena" in page.title()


@pytest.fixture(scope="module")
def newcomer(arena: Arena) -> Tenant:
    """A tenant to which nothing has happened, with an owner."""
    made: Tenant = arena.system.create_tenant("newcomer")
    with ThreadPoolExecutor(1) as beside:  # in this thread the browser's loop runs
        beside.submit(asyncio.run, account(arena.system, "first@newcomer.example", "newcomer", role="owner")).result()
    return made


@contextmanager
def opened_by(pages: Pages, email: str, path: str, **more: object) -> Iterator[Page]:
    state = sign_in(pages.browser, pages.arena.system.url, email)
    context = pages.browser.new_context(storage_state=state, locale="en-US", **more)  # type: ignore[arg-type]
    try:
        with pages.page(context) as page:
            page.goto(pages.url(path))
            yield page
    finally:
        context.close()


def test_a_tenant_on_its_first_day_is_shown_what_to_do_and_sees_it_arrive(pages: Pages, newcomer: Tenant) -> None:
    with opened_by(pages, "first@newcomer.example", "/t/newcomer", viewport={"width": 390, "height": 844}) as page:
        assert page.locator(".steps > li").count() == 3
        assert page.get_by_role("link", name="Make a key").get_attribute("href") == "/t/newcomer/settings/keys"
        assert pages.arena.system.url in page.locator("#sample-curl").inner_text()
        fits(page)
        check_axe(page)
        expect(page.locator("#arriving")).to_contain_text("Waiting for your first event")
        vote(newcomer, pages.arena.system.url)
        expect(page.locator('[data-part="card-votes"] .figure-value')).to_have_text("7")
        fits(page)
        check_axe(page)
