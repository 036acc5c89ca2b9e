"""The pages of settings: whole for each role, at each size, in both themes."""

import pytest

from support.pages import Pages, allow, check_axe

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


@pytest.mark.parametrize("section", SECTIONS)
def test_a_page_of_settings_fits_and_is_sound_at_each_size_and_theme(pages: Pages, section: str) -> None:
    pages.shoot(f"settings-{section.strip('/') or 'general'}", "settings" + section, prepare=check_axe)
