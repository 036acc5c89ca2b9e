"""The pages for anybody: sound at every size, true to the plans and settings, and whole without a script."""

import pytest
from playwright.sync_api import expect

from coliseum.accounts.plans import PLANS
from support.pages import SIZES, THEMES, Pages, Theme, allow, check_axe, fits

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
PATHS = ("/about", "/pricing", "/status", "/privacy", "/cookies")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PATHS)
def test_each_page_fits_and_is_sound(pages: Pages, path: str, size: str, theme: Theme) -> None:
    with pages.open(path, role=None, size=size, theme=theme) as page:
        assert page.locator("h1").count() == 1
        fits(page)
        check_axe(page)


def test_the_first_page_is_what_this_is_where_no_tenant_is_public(pages: Pages) -> None:
    with pages.open("/", role=None) as page:
        expect(page.locator("h1")).to_have_text("Live numbers that anybody can check")
        page.get_by_role("link", name="Start in a minute").click()
        expect(page.get_by_text("coliseum up")).to_be_in_viewport()


def test_who_has_logged_in_is_greeted_on_it(pages: Pages) -> None:
    with pages.open("/about", role="owner") as page:
        expect(page.locator("details.person")).to_be_visible()


def test_prices_are_those_of_the_plans(pages: Pages) -> None:
    with pages.open("/pricing", role=None, locale="de-DE") as page:
        row = page.locator("tr", has_text="Ereignisse im Monat")
        expect(row).to_contain_text("5.000.000")
        assert page.locator(".plan-name").all_inner_texts() == [plan.title for plan in PLANS.values()]


def test_the_status_is_told_and_looked_at_again_without_a_number_of_anybody(pages: Pages) -> None:
    with pages.open("/status", role=None) as page:
        expect(page.locator(".part")).to_have_count(4)
        assert set(page.locator(".part").evaluate_all("all => all.map((each) => each.dataset.state)")) <= {
            "working", "behind",
        }  # fmt: skip
        assert "arena" not in page.locator("main").inner_text().lower()


@pytest.mark.parametrize("path", PATHS)
def test_each_page_is_whole_without_a_script(pages: Pages, path: str) -> None:
    with pages.open(path, role=None, java_script_enabled=False, size="phone") as page:
        assert len(page.locator("main").inner_text()) > 100
        fits(page)


def test_an_address_at_which_there_is_nothing_is_a_page_for_people_and_a_problem_for_programs(pages: Pages) -> None:
    with pages.open("/no/such/thing", role=None) as page:
        expect(page.locator("h1")).to_have_text("There is nothing here")
        allow(page, "404")
        check_axe(page)
        answer = page.request.get(pages.url("/no/such/thing"), headers={"accept": "application/json"})
        assert (answer.status, answer.json()["code"]) == (404, "not_found")
        answer = page.request.get(pages.url("/api/nothing"), headers={"accept": "text/html"})
        assert (answer.status, answer.json()["code"]) == (404, "not_found")


def test_what_programs_look_for_is_there(pages: Pages) -> None:
    with pages.context(role=None) as context:
        robots = context.request.get(pages.url("/robots.txt"))
        assert "Disallow: /t/" in robots.text()
        icon = context.request.get(pages.url("/favicon.ico"))
        assert (icon.status, icon.headers["content-type"]) == (200, "image/svg+xml")
        assert context.request.get(pages.url("/.well-known/security.txt")).status == 404  # no contact is set here


def test_pictures(pages: Pages) -> None:
    for path in PATHS:
        pages.shoot(path.strip("/"), path, role=None)
