"""The overview: what a member of a tenant sees first, in a real browser over a running system."""

import pytest

from support.pages import SIZES, THEMES, Pages, Theme, check_axe, fits

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_the_overview_fits_and_is_sound(pages: Pages, size: str, theme: Theme) -> None:
    with pages.open("", size=size, theme=theme) as page:
        assert page.locator(".overview-card").count() >= 6
        fits(page)
        check_axe(page)
        page.screenshot(path=f"/tmp/charts/o-{size}-{theme}.png")
