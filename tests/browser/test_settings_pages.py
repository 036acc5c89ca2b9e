"""The pages of settings: whole for each role, at each size, in both themes."""

import pytest

from support.pages import SIZES, THEMES, Pages, Theme, allow, check_axe, fits

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
SECTIONS = ["", "/members", "/keys", "/usage", "/webhooks", "/identity", "/privacy", "/audit"]
CLOSED = {
    "analyst": {"/keys", "/webhooks", "/audit"},
    "admin": {"/audit"},
    "viewer": set(SECTIONS),
    "owner": set[str](),
}


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("role", CLOSED)
def test_a_page_of_settings_is_whole_for_who_may_see_it_and_closed_to_others(
    pages: Pages, role: str, section: str
) -> None:
    with pages.open("settings" + section, role=role) as page:
        if section in CLOSED[role]:
            allow(page, "403")
            assert page.locator("h1").inner_text() == "This is not yours to see"
        else:
            assert page.locator("h1").inner_text() == "Settings"
            assert page.locator(".sections a[aria-current=page]").count() == 1
        check_axe(page)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("section", SECTIONS)
def test_a_page_of_settings_fits_and_is_sound(pages: Pages, section: str, size: str, theme: Theme) -> None:
    with pages.open("settings" + section, size=size, theme=theme) as page:
        fits(page)
        check_axe(page)
