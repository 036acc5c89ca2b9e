"""From a question to a dashboard to a public link, in a browser; and what each of these pages looks like."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import coliseum
from support.pages import HOSTILE, SIZES, THEMES, Pages, Theme, allow, check_axe, fits

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
WITHIN_S = 2.0
BY_ARTIST = "query?metric=votes&split=artist&window=28d"


@contextmanager
def asked(pages: Pages, path: str = BY_ARTIST, **more: Any) -> Iterator[Page]:
    """The query page with an answer."""
    with pages.open(path, **more) as page:
        expect(page.locator("#answer")).to_be_visible()
        yield page


def listens(page: Page) -> None:
    """The controls are listened to."""
    until = time.monotonic() + 10
    while not page.evaluate("document.getElementById('ask')['htmx-internal-data'] !== undefined"):
        assert time.monotonic() < until
        page.wait_for_timeout(20)


def save(page: Page, name: str, title: str) -> str:
    """Save what is asked to a new dashboard; the address of it."""
    page.get_by_role("button", name="Save to a dashboard").click()
    dialog = page.get_by_role("dialog", name="Save to a dashboard")
    dialog.get_by_label("Title").fill(title)
    dialog.get_by_label("Dashboard", exact=True).select_option(label="A new one")
    dialog.get_by_label("Name of the new dashboard").fill(name)
    dialog.get_by_role("button", name="Save").click()
    link = dialog.get_by_role("link", name="Open the dashboard")
    expect(link).to_be_visible()
    return str(link.get_attribute("href"))


def made_link(page: Page) -> str:
    """Make a public link of what is shown; where it leads."""
    page.get_by_role("button", name="Public link").click()
    dialog = page.get_by_role("dialog", name="Public link")
    check_axe(page)
    dialog.get_by_role("button", name="Make the link").click()
    field = dialog.get_by_label("The link; it is shown only now")
    expect(field).to_have_value(re.compile(r"/s/arena\.[\w-]{43}$"))
    return str(field.input_value())


def test_a_question_becomes_a_dashboard_and_a_public_link_that_a_stranger_opens_on_a_phone(pages: Pages) -> None:
    with asked(pages) as page:
        address = save(page, "Tour", "Who leads")
        page.goto(pages.url(address))
        expect(page.get_by_role("heading", name="Tour")).to_be_visible()
        expect(page.get_by_role("heading", name="Who leads")).to_be_visible()
        link = made_link(page)
        with (
            pages.context(role=None, size="phone") as context,
            pages.page(context) as theirs,
        ):
            theirs.goto(link)
            assert not theirs.context.cookies()
            expect(theirs.get_by_role("heading", name="Tour")).to_be_visible()
            expect(theirs.locator("svg.chart-narrow")).to_be_visible()
            fits(theirs)
            check_axe(theirs)
            theirs.emulate_media(media="print")
            expect(theirs.get_by_text("arena", exact=True)).to_be_visible()
            expect(theirs.get_by_role("button", name="Dark")).to_be_hidden()
            theirs.emulate_media(media="screen")
            inside = theirs.evaluate(
                "[...document.links].map((each) => each.pathname).filter((each) => each[0] === '/')"
            )
            assert [each for each in inside if each.startswith(("/t/", "/api", "/log-in"))] == []
            page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
            expect(page.get_by_label("The link; it is shown only now")).to_have_value("It shows nothing any more.")
            since = time.monotonic()
            answer = theirs.goto(link)
            assert answer is not None
            assert answer.status == 404
            assert time.monotonic() - since < WITHIN_S
            expect(theirs.get_by_role("heading", name="There is nothing here")).to_be_visible()
            allow(theirs, "404")
    logs = list(pages.arena.system.folder.rglob("*.log"))
    assert logs
    assert not [log for log in logs if link.rpartition(".")[2] in log.read_text(errors="replace")]


def test_a_question_itself_is_shared_and_its_link_ends_by_the_list_of_links(pages: Pages) -> None:
    with asked(pages, "query?metric=plays&split=genre&window=7d&grain=day") as page:
        link = made_link(page)
        with pages.context(role=None) as context, pages.page(context) as theirs:
            theirs.goto(link)
            expect(theirs.get_by_role("heading", name="Plays by genre", level=1)).to_be_visible()
            page.goto(pages.url("dashboards"))
            check_axe(page)
            row = page.get_by_role("row").filter(has_text="Plays by genre").first
            row.get_by_role("button", name="Revoke").click()
            expect(page.get_by_role("row").filter(has_text="Plays by genre")).to_have_count(0)
            answer = theirs.goto(link)
            assert answer is not None
            assert answer.status == 404
            allow(theirs, "404")


def test_a_control_that_is_changed_changes_the_answer_and_the_address(pages: Pages) -> None:
    with asked(pages) as page:
        listens(page)
        page.get_by_label("Split by").focus()
        page.get_by_label("Split by").select_option("city")
        expect(page.get_by_role("heading", name="Votes by city")).to_be_visible()
        assert "split=city" in page.url
        assert page.evaluate("document.activeElement.id") == "split"
        page.get_by_label("Show", exact=True).select_option("follows")
        expect(page.get_by_role("heading", name="Follows")).to_be_visible()
        page.get_by_label("Period").select_option("custom")
        expect(page.get_by_label("First day")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", name="Follows")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", name="Votes by city")).to_be_visible()


def test_a_number_leads_to_its_explanation(pages: Pages) -> None:
    with asked(pages) as page:
        href = page.locator("table.parts tbody td a").first.get_attribute("href")
        assert href is not None
        assert href.startswith("/t/arena/explain?metric=votes")
        assert "id=" in href


def test_panels_are_moved_changed_and_removed_by_keyboard(pages: Pages) -> None:
    with asked(pages) as page:
        address = save(page, "Keys", "First")
    with asked(pages, "query?metric=plays&window=7d&grain=day") as page:
        page.get_by_role("button", name="Save to a dashboard").click()
        dialog = page.get_by_role("dialog", name="Save to a dashboard")
        dialog.get_by_label("Dashboard", exact=True).select_option(label="Keys")
        dialog.get_by_label("Title").fill("Second")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.get_by_role("link", name="Open the dashboard")).to_be_visible()
        page.goto(pages.url(address))
        titles = page.locator(".panel h2")
        expect(titles).to_have_text(["First", "Second"])
        page.get_by_role("button", name="Move panel 2 back").focus()
        page.keyboard.press("Enter")
        expect(titles).to_have_text(["Second", "First"])
        page.get_by_role("button", name="Edit panel 2").focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Panel")
        check_axe(page)
        dialog.get_by_label("Title").fill("Renamed")
        dialog.get_by_label("Chart").select_option("table")
        dialog.get_by_role("button", name="Save").click()
        expect(titles).to_have_text(["Second", "Renamed"])
        expect(page.locator(".panel table.parts")).to_be_visible()
        page.get_by_role("button", name="Edit panel 1").click()
        dialog.get_by_role("button", name="Remove the panel").click()
        expect(titles).to_have_text(["Renamed"])
        page.reload()
        expect(titles).to_have_text(["Renamed"])


def test_a_dashboard_moves_by_itself_while_it_is_seen(pages: Pages) -> None:
    with asked(pages, "query?metric=interests&window=28d") as page:
        address = save(page, "Lively", "Interests")
        page.goto(pages.url(address))
        total = page.locator(".panel .figure-value")
        before = int(total.inner_text().replace(",", "")) if total.count() else 0
        expect(page.locator("#lively")).to_have_attribute("data-state", "live")
        client = coliseum.Client(url=pages.arena.system.url, key=pages.arena.tenant.key)
        for each in range(3):
            client.track("concierto.event_interested", user_id=f"lively-{each}", event_id="odd-night")
        assert client.flush(60)
        client.close()
        expect(total).to_have_text(f"{before + 3:,}", timeout=20_000)


def test_everything_can_be_read_without_a_script(pages: Pages) -> None:
    with asked(pages) as page:
        address = save(page, "Plain", "Who leads")
    for path in (BY_ARTIST, "query", "dashboards", address):
        with pages.open(path, java_script_enabled=False, size="phone") as page:
            fits(page)
            assert page.locator("h1").is_visible()
    with pages.open("query", java_script_enabled=False) as page:
        page.get_by_label("Split by").select_option("genre")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.get_by_role("heading", name="Votes by genre")).to_be_visible()
        expect(page.locator(".chart-drawing svg").first).to_be_attached()
        assert page.get_by_role("button", name="Save to a dashboard").count() == 0


def test_hostile_names_are_only_text(pages: Pages) -> None:
    with asked(pages, "query?metric=votes&split=artist&window=28d&genre=noise&limit=50") as page:
        expect(page.locator("table.parts").get_by_text(HOSTILE)).to_be_visible()
        assert page.evaluate("document.body.dataset.hacked") is None
        fits(page)
        check_axe(page)
        address = save(page, HOSTILE, HOSTILE)
        page.goto(pages.url(address))
        expect(page.get_by_role("heading", name=HOSTILE, level=1)).to_be_visible()
        assert page.evaluate("document.body.dataset.hacked") is None
        check_axe(page)
        link = made_link(page)
        page.goto(link)
        expect(page.get_by_role("heading", name=HOSTILE, level=1)).to_be_visible()
        assert page.evaluate("document.body.dataset.hacked") is None


def test_no_row_says_why_and_what_to_do_next(pages: Pages) -> None:
    with asked(pages, "query?metric=votes&from=2020-01-01&last=2020-02-01&window=custom") as page:
        expect(page.get_by_text("Nothing was counted here")).to_be_visible()
        check_axe(page)
        page.get_by_role("link", name="Look at all time").click()
        expect(page.locator(".total .figure-value")).not_to_have_text("0")


def test_a_viewer_in_another_language_reads_numbers_as_they_write_them(pages: Pages) -> None:
    with asked(pages, "query?metric=money_spent&window=28d&grain=day", role="viewer", locale="de-DE") as page:
        assert re.fullmatch(r"[\d.]+,\d\d\s€", page.locator(".total .figure-value").inner_text())
        assert page.get_by_role("button", name="Öffentlicher Link").count() == 0


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", [BY_ARTIST, "query?metric=plays&split=genre&window=7d&grain=day&compare=previous"])
def test_the_query_page_fits_and_is_sound(pages: Pages, path: str, size: str, theme: Theme) -> None:
    with asked(pages, path, size=size, theme=theme) as page:
        fits(page)
        check_axe(page)


def test_pictures_of_the_query_page_and_of_a_dashboard(pages: Pages) -> None:
    pages.shoot("query", "query?metric=plays&split=artist&window=7d&grain=day")
    with asked(pages, "query?metric=votes&split=artist&window=28d&compare=previous") as page:
        address = save(page, "The festival", "Who leads")
    for path in ("query?metric=plays&split=genre&window=7d&grain=day", "query?metric=money_spent&window=7d&grain=day",
                 "query?metric=tickets&window=28d"):  # fmt: skip
        with asked(pages, path) as page:
            page.get_by_role("button", name="Save to a dashboard").click()
            dialog = page.get_by_role("dialog", name="Save to a dashboard")
            dialog.get_by_label("Dashboard", exact=True).select_option(label="The festival")
            dialog.get_by_role("button", name="Save").click()
            expect(dialog.get_by_role("link", name="Open the dashboard")).to_be_visible()
    pages.shoot("dashboard", address.removeprefix("/t/arena/"))
    with pages.open(address) as page:
        link = made_link(page)
        check_axe(page)
    pages.shoot("public", link.removeprefix(pages.arena.system.url), role=None)
    for theme in THEMES:
        with pages.open(address, theme=theme) as page:
            check_axe(page)
