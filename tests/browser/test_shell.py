"""What all pages have in common, seen on the page of an address at which there is none."""

import pytest

from support.pages import SIZES, THEMES, Pages, Theme, allow, check_axe, fits

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
NOWHERE = "no/such/page"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_the_frame_of_every_page_fits_and_is_sound(pages: Pages, size: str, theme: Theme) -> None:
    with pages.open(NOWHERE, size=size, theme=theme) as page:
        assert page.locator("h1").inner_text() == "There is nothing here"
        allow(page, "404")
        fits(page)
        check_axe(page)


def test_who_has_not_logged_in_is_sent_to_do_so_and_would_come_back(pages: Pages) -> None:
    with pages.context(role=None) as context:
        answer = context.request.get(pages.url(NOWHERE + "?a=b"), max_redirects=0)
        assert (answer.status, answer.headers["location"]) == (
            303,
            "/log-in?next=%2Ft%2Farena%2Fno%2Fsuch%2Fpage%3Fa%3Db",
        )


def test_a_stranger_to_a_tenant_is_told_so(pages: Pages) -> None:
    with pages.open("/t/elsewhere/boards") as page:
        assert page.locator("h1").inner_text() == "This is not yours to see"
        allow(page, "403")


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(pages: Pages) -> None:
    with pages.open(NOWHERE) as page:
        menu = page.locator("details.person")
        menu.locator("summary").click()
        assert menu.get_by_role("button", name="Log out").is_visible()
        page.keyboard.press("Escape")
        assert not menu.get_by_role("button", name="Log out").is_visible()
        menu.locator("summary").click()
        page.locator("h1").click()
        assert not menu.get_by_role("button", name="Log out").is_visible()
        allow(page, "404")


def test_the_theme_is_changed_at_once_and_kept_only_with_consent(pages: Pages) -> None:
    with pages.open(NOWHERE) as page:
        allow(page, "404")
        page.get_by_role("button", name="Dark").click()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 17, 13)"
        assert "coliseum-theme" not in {cookie["name"] for cookie in page.context.cookies()}
        page.evaluate("document.cookie = 'coliseum-consent=yes; Path=/'")
        page.get_by_role("button", name="Light").click()
        assert "coliseum-theme" in {cookie["name"] for cookie in page.context.cookies()}
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == "light"
        allow(page, "404")


@pytest.mark.parametrize("theme", THEMES)
def test_the_light_is_that_of_the_system_until_somebody_chooses_another(pages: Pages, theme: Theme) -> None:
    grounds = {"light": "rgb(250, 246, 239)", "dark": "rgb(20, 17, 13)"}
    shades = {"light": "rgba(60, 40, 20, 0.08)", "dark": "rgba(0, 0, 0, 0.4)"}
    shade = "getComputedStyle(document.querySelector('.card')).boxShadow"
    ground = "getComputedStyle(document.body).backgroundColor"
    with pages.open("settings", theme=theme) as page:
        assert page.evaluate(ground) == grounds[theme]
        assert shades[theme] in page.evaluate(shade)
        for chosen in THEMES:
            page.evaluate(f"document.documentElement.dataset.theme = '{chosen}'")
            assert page.evaluate(ground) == grounds[chosen]
            assert shades[chosen] in page.evaluate(shade)


def test_numbers_are_written_as_the_viewer_writes_them(pages: Pages) -> None:
    with pages.open(NOWHERE, locale="de-DE") as page:
        assert page.locator("body").get_attribute("data-locale") == "de-DE"
        allow(page, "404")


def test_the_page_is_whole_without_a_script(pages: Pages) -> None:
    with pages.open(NOWHERE, java_script_enabled=False, size="phone") as page:
        assert page.locator("h1").is_visible()
        page.locator(".ways-menu summary").click()
        assert page.get_by_role("link", name="Leaderboards").is_visible()
        allow(page, "404")
